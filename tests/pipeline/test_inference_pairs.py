"""Test reading of inference data."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from wherefrom.kb.errors import RecordError, SourceError
from wherefrom.pipeline.examples import CONTRADICTION, ENTAILMENT, NEUTRAL, PairExample
from wherefrom.pipeline.inference_pairs import read_pairs

GOOD = {"premise": "p", "hypothesis": "h", "label": "neutral", "source": "s"}


@pytest.mark.parametrize("name", ["pairs.jsonl", "pairs.jsonl.gz"])
def test_every_line_in_order(tmp_path: Path, write_pairs: Callable[..., Path], name: str) -> None:
    found = list(read_pairs(write_pairs(tmp_path / name)))
    assert [source for source, _ in found] == ["one"] * 3 + ["two"] * 3
    assert [pair.label for _, pair in found] == [ENTAILMENT, NEUTRAL, CONTRADICTION] * 2
    assert found[0][1] == PairExample("A man sleeps.", "A man is asleep.", ENTAILMENT)


def test_other_sources_are_passed_over_unread(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(json.dumps(GOOD) + "\n" + json.dumps({"source": "other", "label": "?"}) + "\n")
    assert len(list(read_pairs(path, sources={"s"}))) == 1


def test_a_source_may_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(json.dumps({key: GOOD[key] for key in GOOD if key != "source"}) + "\n")
    assert [source for source, _ in read_pairs(path)] == [""]


def test_files_as_snli_and_multinli_have_them(tmp_path: Path) -> None:
    names = {"premise": "sentence1", "hypothesis": "sentence2", "label": "gold_label"}
    published = {names.get(key, key): value for key, value in GOOD.items()}
    path = tmp_path / "snli_1.0_train.jsonl"
    lines = (json.dumps({**published, "gold_label": label}) for label in ("-", "neutral"))
    path.write_text("".join(f"{line}\n" for line in lines))
    assert list(read_pairs(path)) == [("s", PairExample("p", "h", NEUTRAL))]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"label": "maybe"},
            "the label is a string .'maybe'.; allowed are entailment, neutral, contradiction",
        ),
        ({"label": 1}, "the label is a number .1.; allowed are"),
        ({"premise": None}, "premise and hypothesis must be strings"),
        ({"hypothesis": ["h"]}, "premise and hypothesis must be strings"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, change: dict[str, object], message: str) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(json.dumps(GOOD) + "\n" + json.dumps({**GOOD, **change}) + "\n")
    with pytest.raises(RecordError, match=f"pairs.jsonl, line 2: {message}"):
        list(read_pairs(path))


@pytest.mark.parametrize("field", ["premise", "hypothesis", "label"])
def test_a_field_that_is_missing_is_named(tmp_path: Path, field: str) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(json.dumps({key: GOOD[key] for key in GOOD if key != field}) + "\n")
    with pytest.raises(RecordError, match=f'line 1: there is no "{field}"'):
        list(read_pairs(path))


def test_files_that_cannot_be_read(tmp_path: Path, write_pairs: Callable[..., Path]) -> None:
    with pytest.raises(SourceError, match=r"none.jsonl does not exist"):
        list(read_pairs(tmp_path / "none.jsonl"))
    path = tmp_path / "pairs.jsonl"
    path.write_text("")
    with pytest.raises(SourceError, match=r"pairs.jsonl is empty"):
        list(read_pairs(path))
    path.write_text('{"premise": "p"\n')
    with pytest.raises(RecordError, match=r"pairs.jsonl, line 1: not JSON"):
        list(read_pairs(path))
    packed = write_pairs(tmp_path / "cut.jsonl.gz")
    packed.write_bytes(packed.read_bytes()[:-12])
    with pytest.raises(SourceError, match=r"cut.jsonl.gz is truncated"):
        list(read_pairs(packed))
