"""Test reading claims and yes/no questions, and what is refused with its line."""

import json
from pathlib import Path
from typing import Any

import pytest

from wherefrom.kb.errors import RecordError
from wherefrom.pipeline.claims import read_claims, read_yes_no
from wherefrom.pipeline.examples import CONTRADICTION, ENTAILMENT, ClaimExample, PairExample

YES = {"question": "is it old", "passage": "It is old.", "answer": True}


def saved(folder: Path, *records: dict[str, Any]) -> Path:
    path = folder / "lines.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def test_claims_go_by_three_names(tmp_path: Path) -> None:
    path = saved(
        tmp_path,
        {"claim": "Owls fly.", "label": True, "question": "not this"},
        {"statement": "Owls swim.", "label": False, "entity": "owl"},
        {"question": "Can owls see?", "label": True},
    )
    assert list(read_claims(path)) == [
        ClaimExample("", "Owls fly.", True),
        ClaimExample("", "Owls swim.", False),
        ClaimExample("", "Can owls see?", True),
    ]


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"label": True}, 'there is no "claim"'),
        ({"claim": "x"}, 'there is no "label"'),
        ({"claim": "x", "label": "true"}, r"the label is a string \('true'\); allowed are true"),
        ({"claim": "x", "label": 1}, r"the label is a number \(1\)"),
        ({"statement": " ", "label": True}, '"statement" is only white space'),
    ],
)
def test_a_wrong_claim_is_named_with_its_line(
    tmp_path: Path, record: dict[str, Any], message: str
) -> None:
    with pytest.raises(RecordError, match=rf"lines.jsonl, line 1: .*{message}"):
        list(read_claims(saved(tmp_path, record)))


def test_yes_is_entailment_and_no_is_contradiction(tmp_path: Path) -> None:
    path = saved(tmp_path, YES | {"title": "Rome"}, YES | {"answer": False})
    assert list(read_yes_no(path)) == [
        PairExample("Rome: It is old.", "is it old", ENTAILMENT),
        PairExample("It is old.", "is it old", CONTRADICTION),
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"answer": "yes"}, r"the answer is a string \('yes'\); allowed are true and false"),
        ({"passage": ""}, "the passage is a string"),
        ({"passage": None}, "the passage is null"),
        ({"question": 3}, '"question" is a number'),
        ({"title": 3}, '"title" is a number'),
    ],
)
def test_a_wrong_yes_no_question_is_named_with_its_line(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(RecordError, match=rf"lines.jsonl, line 2: .*{message}"):
        list(read_yes_no(saved(tmp_path, YES, YES | change)))
