"""Test that training examples which stand in an evaluation file are found, refused or left out."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.examples import (
    ChoiceExample,
    ClaimExample,
    PairExample,
    SpanExample,
    TextExample,
)
from wherefrom.pipeline.leakage import Learnt, content, evaluated, without_leaks
from wherefrom.pipeline.sources import EVALUATION_TASKS, Evaluation
from wherefrom.pipeline.train_reader import train_reader

SAME: list[tuple[Learnt, Learnt]] = [
    (SpanExample("Who?", "A", "An owl.", 0, 2), SpanExample("who", "B", "an  OWL", -1, -1)),
    (PairExample("A man.", "He sleeps.", 0), PairExample("a man", "he sleeps", 2)),
    (ClaimExample("known", "It is.", True), ClaimExample("", "it is", False)),
    (TextExample("Good!", "a"), TextExample("good", "b")),
    (
        ChoiceExample(("", ""), ("It is A.", "It is B."), 0),
        ChoiceExample(("x", "y"), ("it is b", "it is a"), 1),
    ),
]


@pytest.mark.parametrize(("one", "two"), SAME)
def test_case_punctuation_labels_and_evidence_do_not_count(one: Learnt, two: Learnt) -> None:
    assert content(one) == content(two)


def test_words_and_their_parts_count() -> None:
    assert content(PairExample("a man", "sleeps", 0)) != content(PairExample("a", "man sleeps", 0))
    assert content(ClaimExample("", "it is", True)) != content(ClaimExample("", "it was", True))


def test_each_kind_of_file_is_looked_through(
    tmp_path: Path, write_squad: Callable[..., Path], write_pairs: Callable[..., Path]
) -> None:
    write_squad(tmp_path / "spans")
    write_squad(tmp_path / "answerable")
    write_pairs(tmp_path / "pairs")
    choices = [{"label": "A", "text": "Paris"}, {"label": "B", "text": "Rome"}]
    lines: dict[str, dict[str, Any]] = {
        "yes_no": {"question": "is it old", "passage": "It is.", "answer": True},
        "choices": {"question": "Which city?", "choices": choices, "answerKey": "A"},
        "claims": {"claim": "Owls fly.", "label": True},
        "texts": {"text": "Good", "label": "praise"},
    }
    for name, record in lines.items():
        (tmp_path / name).write_text(json.dumps(record) + "\n")
    tasks = [task for task in EVALUATION_TASKS if task != "answerable"]
    known = evaluated([Evaluation(task, task) for task in tasks], tmp_path)
    assert sorted(known.values()) == sorted(
        [*["spans"] * 8, *["pairs"] * 6, "yes_no", "choices", "claims", "texts"]
    )
    whole = evaluated([Evaluation("answerable", "answerable")], tmp_path)
    assert whole.keys() == evaluated([Evaluation("spans", "spans")], tmp_path).keys()
    assert known["owls fly"] == "claims"
    assert known["it is | is it old"] == "yes_no"
    assert known["paris city | rome city"] == "choices"


def test_leaks_are_refused_with_their_number_and_left_out_where_that_is_wanted() -> None:
    examples = [ClaimExample("", text, True) for text in ("One.", "Two.", "Three.", "two")]
    known = {"two": "dev.jsonl", "three": "other.jsonl"}
    with pytest.raises(
        UsageError,
        match=r"of 4 training examples some .*: 2 in dev.jsonl, 1 in other.jsonl \(the first begi"
        r"ns 'Two.'\).*leaks = \"drop\"",
    ):
        without_leaks(examples, known, "refuse")
    assert without_leaks(examples, known, "drop") == (examples[:1], 3)
    assert without_leaks(examples, {}, "refuse") == (examples, 0)


def test_train_stops_before_the_first_step(
    tmp_path: Path, backbone_folder: Path, write_pairs: Callable[..., Path], pairs: list[Any]
) -> None:
    write_pairs(tmp_path / "train.jsonl")
    write_pairs(tmp_path / "dev.jsonl", [pairs[2], ("An owl.", "A bird.", "neutral", "")])
    text = (
        f'encoder = "{backbone_folder.as_posix()}"\nmax_tokens = 64\n'
        '[[pairs]]\nfile = "train.jsonl"\n[[evaluate]]\nfile = "dev.jsonl"\ntask = "pairs"\n'
    )
    (tmp_path / "recipe.toml").write_text(text)
    with pytest.raises(UsageError, match=r"of 6 training examples some .*: 1 in dev.jsonl"):
        train_reader(tmp_path / "recipe.toml", tmp_path, tmp_path / "out")
    assert not list((tmp_path / "out").rglob("checkpoint-*"))
    (tmp_path / "recipe.toml").write_text('leaks = "drop"\n' + text)
    record = train_reader(tmp_path / "recipe.toml", tmp_path, tmp_path / "out").training
    assert (record["pair_items"], record["leaks_dropped"]) == (5, 1)
