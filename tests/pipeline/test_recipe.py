"""Test recipes: what is read, and what is refused."""

import re
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from wherefrom.kb.errors import SourceError, UsageError
from wherefrom.pipeline.augment_table import Augment
from wherefrom.pipeline.recipe import Recipe, read_recipe
from wherefrom.pipeline.sources import Evaluation, JudgedSource, PairSource, SpanSource

START = 'encoder = "e"\n'
SPANS = '[[spans]]\nfile = "s"\n'
PAIRS = '[[pairs]]\nfile = "p"\n'


def saved(folder: Path, text: str) -> Path:
    path = folder / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_recipe_with_everything(tmp_path: Path) -> None:
    text = """
        encoder = "folder/of/an/encoder"
        seed = 3
        max_tokens = 128
        learning_rate = 1
        frozen_layers = 4
        decay_share = 0.5
        teacher = "folder/of/a/reader"
        label_smoothing = 0.1
        adversary = "freelb"
        known_failures = ["It sees no owls."]
        probe = 40

        [[spans]]
        file = "a.json"
        share = 2

        [[spans]]
        file = "b.json"
        tokenised = true
        taught = true

        [[pairs]]
        file = "c.jsonl"
        shares = {one = 1.5, two = 0}
        label_shares = {"one/neutral" = 3.0}

        [[pairs]]
        file = "d.jsonl"
        taught = true
        exchanges = 2

        [[choices]]
        file = "g.jsonl"
        taught = true

        [[claims]]
        file = "h.jsonl"
        share = 0.5
        taught = true

        [[evaluate]]
        file = "e.jsonl"
        task = "pairs"

        [[evaluate]]
        file = "e.jsonl"
        task = "pairs"
        changed = "typos"

        [[calibrate]]
        file = "f.jsonl"
        task = "yes_no"

        [augment]
        typos = 0.25
        translators = ["there", "back"]

        [licences]
        "a.json" = "MIT"
    """
    assert read_recipe(saved(tmp_path, text)) == Recipe(
        encoder="folder/of/an/encoder",
        spans=(SpanSource("a.json", 2), SpanSource("b.json", tokenised=True, taught=True)),
        pairs=(
            PairSource("c.jsonl", {"one": 1.5, "two": 0}, {"one/neutral": 3.0}),
            PairSource("d.jsonl", {}, {}, taught=True, exchanges=2),
        ),
        choices=(JudgedSource("g.jsonl", taught=True),),
        claims=(JudgedSource("h.jsonl", 0.5, taught=True),),
        evaluate=(Evaluation("e.jsonl", "pairs"), Evaluation("e.jsonl", "pairs", "typos")),
        calibrate=(Evaluation("f.jsonl", "yes_no"),),
        licences={"a.json": "MIT"},
        known_failures=("It sees no owls.",),
        augment=Augment(typos=0.25, translators=("there", "back")),
        teacher=("folder/of/a/reader",),
        label_smoothing=0.1,
        adversary="freelb",
        probe=40,
        seed=3,
        max_tokens=128,
        learning_rate=1,
        frozen_layers=4,
        decay_share=0.5,
    )


def test_what_is_left_out_has_a_default(tmp_path: Path) -> None:
    wanted = Recipe(encoder="e", spans=(SpanSource("s"),), pairs=())
    assert read_recipe(saved(tmp_path, START + SPANS)) == wanted


def test_every_key_is_documented_with_its_default() -> None:
    page = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text(encoding="utf-8")
    section = page.partition("## wherefrom train")[2].partition("\n## ")[0]
    for field in fields(Recipe):
        if field.default is MISSING or field.default == ():
            assert re.search(rf"`(\[\[)?{field.name}(\]\])?`", section), field.name
        else:
            default = field.default
            if not isinstance(default, str):
                default = "false" if default is False else f"{default:g}"
            wanted = rf"`{field.name}` \({default or 'none'}\b"
            assert re.search(wanted, section), field.name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SPANS, r": the key encoder is missing \(a model's name or folder\)"),
        (
            START,
            r": a recipe needs at least one of \[\[spans\]\], \[\[pairs\]\], \[\[yes_no\]\], \[\[",
        ),
        (START + "lerning_rate = 1\n" + SPANS, "unknown key 'lerning_rate'.*mean learning_rate"),
        ("encoder = 3\n" + SPANS, ": encoder must be str, found 3"),
        (START + "seed = 1.5\n" + SPANS, ": seed must be int, found 1.5"),
        (START + "packed = 1\n" + SPANS, ": packed must be bool, found 1"),
        (START + "seed = true\n" + SPANS, ": seed must be int, found True"),
        (START + "negatives = true\n" + SPANS, ": negatives must be float, found True"),
        (START + 'dropout = "0"\n' + SPANS, ": dropout must be float, found '0'"),
        (START + "seed = -1\n" + SPANS, ": seed must be from 0 to 4.29497e.09, found -1"),
        (START + "span_batch = 0\n" + SPANS, ": span_batch must be at least 1, found 0"),
        (START + "max_tokens = 8\n" + SPANS, ": max_tokens must be at least 32, found 8"),
        (START + "frozen_layers = -1\n" + SPANS, ": frozen_layers must be at least 0, found -1"),
        (START + "frozen_layers = 0.5\n" + SPANS, ": frozen_layers must be int, found 0.5"),
        (START + "negatives = -0.5\n" + SPANS, ": negatives must be at least 0, found -0.5"),
        (START + "decay_share = 2\n" + SPANS, ": decay_share must be from 0 to 1, found 2"),
        (START + "learning_rate = nan\n" + SPANS, ": learning_rate must be from 0 to 1, found nan"),
        (START + "negatives = inf\n" + SPANS, ": negatives must be at least 0, found inf"),
        (START + '[spans]\nfile = "s"\n', r": spans must be tables \[\[spans\]\], found {"),
        (START + "pairs = [1]\n", r": pairs must be tables \[\[pairs\]\], found \[1\]"),
        (START + "[[spans]]\nfile = 3\n", r", \[\[spans\]\]: file must be a string, found 3"),
        (START + "[[spans]]\n", r", \[\[spans\]\]: file must be a string, found None"),
        (START + SPANS + "shares = 2\n", r", \[\[spans\]\]: unknown key 'shares'.*mean share"),
        (START + SPANS + "share = -1\n", r", \[\[spans\]\]: share must be at least 0, found -1"),
        (START + SPANS + "share = true\n", r", \[\[spans\]\]: share must be a number, found True"),
        (START + SPANS + "tokenised = 1\n", "tokenised must be true or false, found 1"),
        (START + "[[pairs]]\nfile = 3\n", r", \[\[pairs\]\]: file must be a string, found 3"),
        (START + '[[pairs]]\nfile = "p"\nshares = 2\n', "shares must be a table, found 2"),
        (
            START + '[[pairs]]\nfile = "p"\nshares = {one = "x"}\n',
            r", \[\[pairs\]\]: shares, one must be a number, found 'x'",
        ),
        (
            START + '[[pairs]]\nfile = "p"\nlabel_shares = {"one/neutral" = -2}\n',
            r", \[\[pairs\]\]: label_shares, one/neutral must be at least 0, found -2",
        ),
        (
            START + '[[pairs]]\nfile = "p"\nlabel_shares = {"one/neutrl" = 2}\n',
            "label_shares, one/neutrl: unknown label 'neutrl'.*mean neutral",
        ),
        (START + SPANS + "retrieved = 1\n", "retrieved must be a folder, found 1"),
        (
            START + '[[choices]]\nfile = "c"\nretrieved = "no/such.kb"\n',
            r", \[\[choices\]\]: retrieved names no/such.kb, where there is no knowledge base",
        ),
        (
            START + '[[choices]]\nfile = "c.tsv"\nretrieved = "."\n',
            r", \[\[choices\]\]: questions that are made of facts take no retrieved evidence",
        ),
        (START + 'known_failures = "owls"\n' + SPANS, "known_failures must be a list of sentences"),
        (
            START + SPANS + "[licences]\na = 1\n",
            r', \[licences\] must be a table with "FILE" = "LICENCE", found',
        ),
        (START + SPANS + "distractors = -1\n", "distractors must be a whole number, 0 or more"),
        (START + "[[claims]]\n", r", \[\[claims\]\]: file must be a string, found None"),
        (START + '[[texts]]\nfile = "t"\nretrieved = "x"\n', "unknown key 'retrieved'"),
        (START + '[[yes_no]]\nfile = "y"\nshare = -1\n', "share must be at least 0, found -1"),
        (START + '[[pairs]]\nfile = "p"\ntaught = 1\n', "taught must be true or false, found 1"),
        (
            START + '[[pairs]]\nfile = "p"\ntaught = true\n',
            ": p is taught, but the recipe names no teacher",
        ),
        (START + SPANS + "taught = 1\n", r", \[\[spans\]\]: taught must be true or false, found 1"),
        (
            START + '[[choices]]\nfile = "c"\ntaught = "yes"\n',
            r", \[\[choices\]\]: taught must be true or false, found 'yes'",
        ),
        (
            START + SPANS + "taught = true\n" + PAIRS,
            ": s is taught, but the recipe names no teacher",
        ),
        (
            START + SPANS + '[[claims]]\nfile = "c"\ntaught = true\n',
            ": c is taught, but the recipe names no teacher",
        ),
        (
            START + "probe = 10\n" + PAIRS,
            r": probe needs \[\[spans\]\], of whose questions it learns",
        ),
        (START + "probe = -1\n" + SPANS, ": probe must be at least 0, found -1"),
        (START + "probe = 0.5\n" + SPANS, ": probe must be int, found 0.5"),
        (
            START + '[[pairs]]\nfile = "p"\nexchanges = 1\n',
            "exchanges are labelled by the teacher: taught = true",
        ),
        (
            START + '[[pairs]]\nfile = "p"\nexchanges = -1\n',
            "exchanges must be a whole number, 0 or more, found -1",
        ),
        (
            START + 'adversary = "fmg"\n' + SPANS,
            r": unknown adversary 'fmg'; choose none, fgm or freelb \(did you mean fgm\?\)",
        ),
        (START + "kept = 0.5\n" + SPANS, ": kept needs kept_from, the folder of a reader"),
        (
            START + "adapter_rank = 4\n" + SPANS,
            ": an adapter learns inference alone, found .*; with share = 0",
        ),
        (
            START + 'adapter_rank = 4\nkept = 0.5\nkept_from = "x"\n' + PAIRS,
            ": kept goes with adapter_rank only where adapter is svd",
        ),
        (
            START + "stopping_share = 0.6\n" + SPANS,
            ": stopping_share must be from 0 to 0.5, found 0.6",
        ),
        (START + "patience = 2\n" + SPANS, ": patience means nothing without stopping_share"),
        (
            START + "stopping_share = 0.1\npatience = 0\n" + SPANS,
            ": patience must be at least 1, found 0",
        ),
        (START + 'adapter = "adalora"\n' + PAIRS, ": adapter means nothing without adapter_rank"),
        (
            START + 'adapter_rank = 4\nadapter = "adalor"\n' + PAIRS,
            r": unknown adapter 'adalor'; choose lora, adalora or svd \(did you mean adalora\?\)",
        ),
        (
            START + 'adapter_rank = 4\nadapter = "adalora"\ndecay_share = 0.95\n' + PAIRS,
            ": adalora takes ranks away .* must be below 1 together, found 1",
        ),
        (
            START + 'adapter_rank = 4\nadapter = "adalora"\nstopping_share = 0.1\n' + PAIRS,
            ": stopping_share does not go with adalora: ranks are final only as the run ends",
        ),
        (START + "consolidation = -1\n" + SPANS, ": consolidation must be at least 0, found -1"),
        (START + "consolidation = 5\n" + SPANS, r": consolidation needs \[\[earlier\]\]"),
        (START + "fisher_examples = 5\n" + SPANS, "fisher_examples means nothing without consolid"),
        (
            START + "consolidation = 5\nadapter_rank = 4\n" + PAIRS,
            ": consolidation does not go with adapter_rank: no weight of the encoder changes",
        ),
        (
            START + "averaged = 2\nstopping_share = 0.1\n" + SPANS,
            ": averaged does not go with stopping_share: the best checkpoint alone counts",
        ),
        (
            START + "averaged = 2\nadapter_rank = 4\n" + PAIRS,
            ": averaged goes with adapter_rank only where adapter is svd",
        ),
        (START + "averaged = -1\n" + SPANS, ": averaged must be at least 0, found -1"),
        (
            START + 'r_drop = 1\nadversary = "fgm"\n' + SPANS,
            ": r_drop does not go with adversary",
        ),
        (START + "r_drop = -1\n" + SPANS, ": r_drop must be at least 0, found -1"),
        (START + SPANS + "[earlier]\n", r": earlier must be tables \[\[earlier\]\], found {"),
        (
            START + SPANS + "[[earlier]]\n",
            r", \[\[earlier\]\]: recipe must be a string, found None",
        ),
        (
            START + SPANS + '[[earlier]]\nrecipe = "no/such.toml"\n',
            r", \[\[earlier\]\]: recipe names no/such.toml, which is no file",
        ),
        (START + "adapter_rank = -1\n" + PAIRS, ": adapter_rank must be at least 0, found -1"),
        (START + 'report_to = "wandbs"\n' + SPANS, r"unknown report_to 'wandbs'; .* mean wandb\?"),
        (START + "calibration_share = 0.6\n" + SPANS, "calibration_share must be from 0 to 0.5"),
        (
            START + SPANS + '[[calibrate]]\nfile = "x"\ntask = "pair"\n',
            r", \[\[calibrate\]\]: unknown task 'pair'.*did you mean pairs\?",
        ),
        (
            START + SPANS + '[[calibrate]]\nfile = "x"\ntask = "spans"\nchanged = "typos"\n',
            r", \[\[calibrate\]\]: unknown key 'changed'",
        ),
        (
            START + SPANS + '[[evaluate]]\nfile = "x"\ntask = "spans"\nchanged = "typo"\n',
            r", \[\[evaluate\]\]: of spans: unknown changed 'typo'; .*mean typos\?",
        ),
        (
            START + SPANS + '[[evaluate]]\nfile = "x"\ntask = "pairs"\nchanged = "distractors"\n',
            r", \[\[evaluate\]\]: of pairs: unknown changed 'distractors'; choose typos, entities",
        ),
        (
            START + SPANS + '[[evaluate]]\nfile = "x"\ntask = "choices"\nchanged = "typos"\n',
            r", \[\[evaluate\]\]: nothing changes choices, found changed = 'typos'",
        ),
        (
            START + SPANS + '[[evaluate]]\nfile = "x"\ntask = "pairs"\n' * 2,
            r": two \[\[evaluate\]\] would both be told as x",
        ),
        (START + "augment = 1\n" + SPANS, r", \[augment\] must be a table, found 1"),
        (
            START + "augment = {typoes = 0.1}\n" + SPANS,
            r", \[augment\]: unknown key 'typoes'.*did you mean typos\?",
        ),
        (
            START + "augment = {typos = 2}\n" + SPANS,
            r", \[augment\]: typos must be from 0 to 1, found 2",
        ),
        (
            START + "augment = {typos = true}\n" + SPANS,
            r", \[augment\]: typos must be a number, found True",
        ),
        (
            START + "augment = {negation = 0.1}\n" + SPANS,
            r", \[augment\]: negation changes examples of \[\[pairs\]\], which the recipe lacks",
        ),
        (
            START + "augment = {synonyms = 0.1}\n" + SPANS,
            r", \[augment\]: synonyms need wordnet, the folder of a WordNet dictionary",
        ),
        (
            START + 'augment = {synonyms = 0.1, wordnet = "no/wn"}\n' + SPANS,
            r", \[augment\]: wordnet names no/wn, where there is no folder",
        ),
        (
            START + "augment = {wordnet = 1}\n" + SPANS,
            r", \[augment\]: wordnet must be a folder, found 1",
        ),
        (
            START + 'augment = {back_translation = 0.1, translators = ["x"]}\n' + SPANS,
            r", \[augment\]: back_translation needs two translators, there and back, found 1",
        ),
        (
            START + "augment = {translators = 1}\n" + SPANS,
            r", \[augment\]: translators must be two names or folders, found 1",
        ),
        (START + "accumulate = 0\n" + SPANS, ": accumulate must be at least 1, found 0"),
        (START + 'leaks = "dropp"\n' + SPANS, r"unknown leaks 'dropp'; choose .* mean drop\?"),
        (START + "kept = 2\n" + SPANS, ": kept must be from 0 to 1, found 2"),
        (START + "adversary_steps = 0\n" + SPANS, ": adversary_steps must be at least 1, found 0"),
        (START + "adversary_size = 2\n" + SPANS, ": adversary_size must be from 0 to 1, found 2"),
        (
            START + "teacher = 3\n" + SPANS,
            ": teacher must be a folder or a list of folders, found 3",
        ),
        (
            START + SPANS + '[[evaluate]]\nfile = "x"\ntask = "span"\n',
            r", \[\[evaluate\]\]: unknown task 'span'; choose spans, answerable, .* or texts",
        ),
        (
            START + SPANS + '[[evaluate]]\ntask = "spans"\n',
            r", \[\[evaluate\]\]: file must be a string, found None",
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=f"recipe.toml.*{message}"):
        read_recipe(saved(tmp_path, text))


@pytest.mark.parametrize(
    ("before", "entry", "message"),
    [
        (
            "",
            "replay = -0.1",
            r"recipe.toml, \[\[earlier\]\]: replay must be at least 0, found -0.1",
        ),
        (
            "",
            "replay = 1.5",
            r"recipe.toml, \[\[earlier\]\]: replay must be from 0 to 1, found 1.5",
        ),
        ("", "replay = true", r"recipe.toml, \[\[earlier\]\]: replay must be a number, found True"),
        ("", "share = 0.5", r"recipe.toml, \[\[earlier\]\]: unknown key 'share'"),
        ("", "replay = 1", r"recipe.toml: replay leaves no batch for what is new: .* found 1"),
        ("", "", r"recipe.toml: \[\[earlier\]\] .*old.toml is of no use: give it a share"),
        ("negatives = inf\n", "replay = 0.5", r"old.toml: negatives must be at least 0, found inf"),
        ('kind = "retriever"\n', "replay = 0.5", "old.toml is a recipe for a retriever; one for a"),
        ("lerning_rate = 1\n", "replay = 0.5", "old.toml: unknown key 'lerning_rate'"),
    ],
)
def test_what_is_wrong_with_an_earlier_recipe_is_named(
    tmp_path: Path, before: str, entry: str, message: str
) -> None:
    (tmp_path / "old.toml").write_text(before + START + SPANS)
    old = (tmp_path / "old.toml").as_posix()
    text = f'{START}{SPANS}[[earlier]]\nrecipe = "{old}"\n{entry}\n'
    with pytest.raises(UsageError, match=message):
        read_recipe(saved(tmp_path, text))


def test_files_that_are_no_recipe(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"cannot read the recipe .*none.toml"):
        read_recipe(tmp_path / "none.toml")
    with pytest.raises(
        SourceError, match=r"cannot read the recipe .*recipe.toml: .*at end of document"
    ):
        read_recipe(saved(tmp_path, "encoder = "))
