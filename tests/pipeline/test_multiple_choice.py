"""Test reading multiple choice: both published forms, and what is refused with its line."""

import json
from pathlib import Path
from typing import Any

import pytest

from wherefrom.kb.errors import RecordError
from wherefrom.pipeline.examples import ChoiceExample
from wherefrom.pipeline.multiple_choice import ChoiceQuestion, as_example, read_choices
from wherefrom.pipeline.records import Option
from wherefrom.pipeline.statement import as_statement

CHOICES = [{"label": "A", "text": "Paris"}, {"label": "B", "text": "Rome"}]
OPTIONS = (Option("A", "Paris"), Option("B", "Rome"))
GOOD = {"question": "Which city?", "choices": CHOICES, "answerKey": "B"}


def saved(folder: Path, *records: dict[str, Any]) -> Path:
    path = folder / "choices.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def test_both_forms_are_read(tmp_path: Path) -> None:
    nested = {"question": {"stem": "Which city?", "choices": CHOICES}, "answerKey": "B", "id": "x"}
    wanted = ChoiceQuestion("Which city?", OPTIONS, 1)
    assert list(read_choices(saved(tmp_path, GOOD, nested))) == [wanted, wanted]


def test_what_a_question_is_about_is_the_premise_of_every_choice(tmp_path: Path) -> None:
    about = {**GOOD, "context": "They drove to Lazio."}
    with_context, without, blank = read_choices(
        saved(tmp_path, about, GOOD, {**GOOD, "context": ""})
    )
    assert with_context == ChoiceQuestion("Which city?", OPTIONS, 1, "They drove to Lazio.")
    assert without == blank
    statements = tuple(as_statement("Which city?", one.text) for one in OPTIONS)
    assert as_example(with_context) == ChoiceExample(("They drove to Lazio.",) * 2, statements, 1)
    assert as_example(without).premises == ("", "")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"answerKey": "C"}, r"answerKey is a string \('C'\); the choices are \['A', 'B'\]"),
        ({"answerKey": None}, "answerKey is null"),
        ({"question": " "}, '"question" is only white space'),
        ({"question": 3}, '"question" is a number'),
        ({"question": {"stem": "Which?"}}, "choices are null"),
        ({"choices": "AB"}, r"choices are a string \('AB'\)"),
        ({"choices": CHOICES[:1], "answerKey": "A"}, r"choices are \['A'\]; two or more"),
        ({"choices": [CHOICES[0]] * 2, "answerKey": "A"}, "two or more are needed, each once"),
        ({"choices": [*CHOICES, {"label": "C"}]}, 'there is no "text"'),
        ({"choices": [*CHOICES, {"label": "C", "text": ""}]}, '"text" is empty'),
        ({"choices": [*CHOICES, {"label": 3, "text": "x"}]}, '"label" is a number'),
        ({"context": 3}, '"context" is a number'),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    path = saved(tmp_path, GOOD, GOOD | change)
    with pytest.raises(RecordError, match=rf"choices.jsonl, line 2: .*{message}"):
        list(read_choices(path))


def test_a_line_without_an_answer(tmp_path: Path) -> None:
    path = saved(tmp_path, {key: GOOD[key] for key in ("question", "choices")})
    with pytest.raises(RecordError, match='line 1: there is no "answerKey"'):
        list(read_choices(path))
