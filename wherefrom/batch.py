"""Read files of questions or claims: one JSON object a line, answered in the order of the file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from wherefrom.kb.errors import RecordError, SourceError
from wherefrom.kb.found import Place, checked, shown
from wherefrom.kb.jsonl import read_objects, require

QUESTION_LINE = '{"id": "…", "question": "…"}'
CLAIM_LINE = '{"id": "…", "claim": "…"}'
TEXT_LINE = '{"id": "…", "text": "…"}'
CHOICE_LINE = '{"id": "…", "question": "…", "choices": [{"label": "…", "text": "…"}, …]}'


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, query or claim, with the id that its result carries.

    `choices` maps each label to its text, for questions that are to be answered by choosing.
    `place` says where it was read, and plays no part in a comparison.
    """

    id: str | int
    text: str
    choices: Mapping[str, str] = field(default_factory=dict)
    place: str = field(default="", compare=False)


def read_questions(path: Path) -> list[Asked]:
    """Read the questions of a file, in order.

    Raises
    ------
    SourceError
        If the file is missing, empty, binary or holds no question.
    RecordError
        If a line is malformed; the message names file and line.
    """
    return [
        _asked(place, record, "question")
        for place, record in _records(path, QUESTION_LINE, "question")
    ]


def read_claims(path: Path) -> list[Asked]:
    """Read the claims of a file, in order; raises as `read_questions`."""
    return [_asked(place, record, "claim") for place, record in _records(path, CLAIM_LINE, "claim")]


def read_texts(path: Path) -> list[Asked]:
    """Read the texts of a file, in order; raises as `read_questions`."""
    return [_asked(place, record, "text") for place, record in _records(path, TEXT_LINE, "text")]


def read_choices(path: Path) -> list[Asked]:
    """Read the questions of a file with their choices, in order; raises as `read_questions`."""
    return [
        replace(_asked(place, record, "question"), choices=_choices(place, record))
        for place, record in _records(path, CHOICE_LINE, "question")
    ]


def _records(path: Path, form: str, field: str) -> Iterator[tuple[Place, dict[str, object]]]:
    empty = True
    for place, record in read_objects(path, form):
        empty = False
        require(record, ("id", field), form, place=place)
        yield place, record
    if empty:
        raise SourceError(f"{path} holds only blank lines; a line is {form}")


def _asked(place: Place, record: dict[str, object], field: str) -> Asked:
    name = _id(place, record)
    return Asked(name, _text(place, record, field), place=f"{place} (id {name!r})")


def _id(place: Place, record: dict[str, object]) -> str | int:
    found = record["id"]
    if isinstance(found, int) and not isinstance(found, bool):
        return found
    return checked(place, "id", found, blank_allowed=False)


def _text(place: Place, record: dict[str, object], field: str) -> str:
    value = record[field]
    if not isinstance(value, str):
        raise RecordError(f'{place}: "{field}" is {shown(value)}; it must be a string')
    return value


def _choices(place: Place, record: dict[str, object]) -> dict[str, str]:
    found = record.get("choices")
    if not isinstance(found, list):
        raise RecordError(f'{place}: "choices" is {shown(found)}; a line is {CHOICE_LINE}')
    choices: dict[str, str] = {}
    for choice in found:
        if not isinstance(choice, dict) or not choice.keys() >= {"label", "text"}:
            raise RecordError(f"{place}: a choice is {shown(choice)}; a line is {CHOICE_LINE}")
        label = checked(place, "label", choice["label"], blank_allowed=False)
        if label in choices:
            raise RecordError(f"{place}: the label {label!r} stands twice among the choices")
        choices[label] = checked(place, "text", choice["text"], blank_allowed=False)
    return choices
