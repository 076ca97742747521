"""Test recipes of compressions: what is read, and what is refused."""

from importlib.resources import as_file, files
from pathlib import Path

import pytest

from wherefrom.kb.errors import SourceError, UsageError
from wherefrom.pipeline.compression_recipe import (
    CompressionRecipe,
    read_compression_recipe,
    shared_settings,
)
from wherefrom.pipeline.compression_step import (
    Distil,
    DropLayers,
    PruneHeads,
    PruneVocabulary,
    Quantise,
    settings_of,
)
from wherefrom.pipeline.recipe import read_recipe
from wherefrom.pipeline.sources import Evaluation

MEASURED = '[[evaluate]]\nfile = "dev.json"\ntask = "spans"\n'
WEIGHED = '[[weigh]]\nfile = "train.json"\ntask = "spans"\n'
STEP = '[[step]]\nkind = "quantise"\nto = "bf16"\n'


def saved(folder: Path, text: str) -> Path:
    path = folder / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_recipe_with_everything(tmp_path: Path) -> None:
    text = f"""
        reader = "a/reader"
        most = 9
        batch = 2

        {MEASURED}
        [[robustness]]
        file = "hard.jsonl"

        {WEIGHED}
        [[step]]
        kind = "quantise"
        to = "int8_dynamic"

        [[step]]
        name = "words"
        kind = "prune_vocabulary"
        files = ["a.json", "b.txt"]
        least = 3
        from = "original"

        [[step]]
        kind = "drop_layers"
        layers = [3, 1]

        [[step]]
        name = "four"
        kind = "drop_layers"
        count = 2
        by = "loss"

        [[step]]
        kind = "prune_heads"
        share = 0.25

        [[step]]
        kind = "distil"
        recipe = "student.toml"
    """
    found = read_compression_recipe(saved(tmp_path, text))
    assert found == CompressionRecipe(
        reader="a/reader",
        most=9,
        batch=2,
        evaluate=(Evaluation("dev.json", "spans"),),
        robustness=("hard.jsonl",),
        weigh=(Evaluation("train.json", "spans"),),
        steps=(
            Quantise(name="int8_dynamic", source="original", to="int8_dynamic"),
            PruneVocabulary(name="words", source="original", files=("a.json", "b.txt"), least=3),
            DropLayers(name="drop_layers", source="words", layers=(1, 3)),
            DropLayers(name="four", source="drop_layers", count=2, by="loss"),
            PruneHeads(name="prune_heads", source="four", share=0.25),
            Distil(name="distil", source="prune_heads", recipe="student.toml"),
        ),
    )
    assert found.files == ("a.json", "b.txt", "dev.json", "hard.jsonl", "train.json")
    assert settings_of(found.steps[2]) == {
        "name": "drop_layers",
        "kind": "drop_layers",
        "source": "words",
        "layers": [1, 3],
        "count": 0,
        "by": "top",
    }
    assert shared_settings(found)["evaluate"] == [{"file": "dev.json", "task": "spans"}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("bach = 3\n" + MEASURED + STEP, r"unknown key 'bach'; .*did you mean batch\?"),
        (MEASURED + STEP.replace("quantise", "quantize"), r"did you mean quantise\?"),
        (MEASURED + "[[step]]\n", "unknown kind 'None'; choose quantise, drop_layers"),
        (MEASURED + STEP + "too = 1\n", r"unknown key 'too'; choose name, from or to"),
        (MEASURED + '[[step]]\nkind = "quantise"\n', "the key to is missing"),
        (MEASURED + STEP.replace("bf16", "int4"), "unknown to 'int4'; choose float32, bf16, int8"),
        (MEASURED + STEP + STEP, "there is 'bf16' already; give the step a name of its own"),
        (MEASURED + STEP + 'name = "a/b"\n', "name must be that of a folder, found 'a/b'"),
        (MEASURED + STEP + 'name = "original"\n', "there is 'original' already"),
        (MEASURED + STEP + 'from = "orginal"\n', r"unknown from 'orginal'; choose original"),
        (MEASURED + STEP + "name = 3\n", "name must be a string, found 3"),
        (MEASURED, r"needs at least one \[\[step\]\]"),
        (STEP, r"needs an \[\[evaluate\]\] with the task spans or pairs"),
        (
            MEASURED.replace("spans", "claims") + STEP,
            r"needs an \[\[evaluate\]\] with the task spans or pairs",
        ),
        (MEASURED + 'changed = "typos"\n' + STEP, "dev.json is changed; a compression measures"),
        ("batch = 0\n" + MEASURED + STEP, "batch must be at least 1, found 0"),
        ("rounds = 1.5\n" + MEASURED + STEP, "rounds must be int, found 1.5"),
        ("overlap_pairs = -1\n" + MEASURED + STEP, "overlap_pairs must be at least 0"),
        (
            MEASURED + '[[step]]\nkind = "prune_heads"\nshare = 0.5\n',
            r"the step prune_heads chooses by the loss on data; name some in \[\[weigh\]\]",
        ),
        (
            MEASURED + '[[step]]\nkind = "drop_layers"\ncount = 1\nby = "loss"\n',
            r"the step drop_layers chooses by the loss on data",
        ),
        (MEASURED + WEIGHED + '[[step]]\nkind = "prune_heads"\nshare = 1\n', "below 1, found 1"),
        (MEASURED + WEIGHED + '[[step]]\nkind = "prune_heads"\nshare = true\n', "found True"),
        (MEASURED + '[[step]]\nkind = "drop_layers"\n', "name either layers or a count of them"),
        (
            MEASURED + '[[step]]\nkind = "drop_layers"\nlayers = [0]\ncount = 1\n',
            "name either layers or a count of them",
        ),
        (MEASURED + '[[step]]\nkind = "drop_layers"\nlayers = [-1]\n', "0 or more, found -1"),
        (MEASURED + '[[step]]\nkind = "drop_layers"\nlayers = []\n', "must be a list of numbers"),
        (MEASURED + '[[step]]\nkind = "drop_layers"\ncount = 0\n', "1 or more, found 0"),
        (
            MEASURED + '[[step]]\nkind = "drop_layers"\ncount = 1\nby = "lose"\n',
            r"unknown by 'lose'; choose top or loss \(did you mean loss\?\)",
        ),
        (
            MEASURED + '[[step]]\nkind = "prune_vocabulary"\nfiles = "a"\n',
            "must be a list of files",
        ),
        (MEASURED + '[[step]]\nkind = "prune_vocabulary"\nfiles = []\n', "must be a list of files"),
        (
            MEASURED + '[[step]]\nkind = "prune_vocabulary"\nfiles = ["dev.json"]\n',
            "dev.json is measured on; choose by other data",
        ),
        (MEASURED + WEIGHED.replace("train", "dev") + STEP, "dev.json is measured on"),
        (
            MEASURED + WEIGHED.replace("spans", "claims") + STEP,
            r"\[\[weigh\]\]: the task of train.json must be spans or pairs",
        ),
        (MEASURED + STEP + "[[robustness]]\ntask = 'pairs'\n", "unknown key 'task'"),
        (MEASURED + STEP + "[[robustness]]\n", "file must be a string, found None"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_compression_recipe(saved(tmp_path, text))


def test_a_recipe_that_is_not_there_or_no_toml(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot read the recipe"):
        read_compression_recipe(tmp_path / "none.toml")
    with pytest.raises(SourceError, match="cannot read the recipe"):
        read_compression_recipe(saved(tmp_path, "most ="))


def test_the_recipe_for_the_bundled_reader_is_one() -> None:
    with as_file(files("wherefrom.models")) as folder:
        found = read_compression_recipe(folder / "compression.toml")
        (distil,) = (step for step in found.steps if isinstance(step, Distil))
        learnt = read_recipe(folder / distil.recipe, encoder="student", teacher="original")
    assert (learnt.encoder, learnt.teacher) == ("student", ("original",))
    assert all("train" in source.file for source in (*learnt.spans, *learnt.pairs))
    assert found.reader == ""
    assert not any("dev" in file for step in found.steps for file in getattr(step, "files", ()))
    assert all("train" in entry.file for entry in found.weigh)
