"""Read question answering data in SQuAD's format (v1.1 and v2.0, plain or gzipped).

Source: Rajpurkar, Zhang, Lopyrev and Liang, "SQuAD: 100,000+ Questions for Machine Comprehension
of Text", EMNLP 2016, arXiv:1606.05250; Rajpurkar, Jia and Liang, "Know What You Don't Know", ACL
2018, arXiv:1806.03822.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from wherefrom.kb.errors import RecordError, SourceError
from wherefrom.kb.found import Place, checked_text, shown
from wherefrom.kb.json_file import read_json
from wherefrom.kb.jsonl import require
from wherefrom.pipeline.detokenise import detokenise
from wherefrom.pipeline.examples import SpanExample

FIELDS = (
    '{"title": "…", "paragraphs": [{"context": "…", "qas": [{"id": "…", '
    '"question": "…", "answers": [{"text": "…", "answer_start": 0}]}]}]}'
)


@dataclass(frozen=True, slots=True)
class SquadQuestion:
    """One question with its paragraph and the accepted answers (text and offset of each)."""

    id: str
    question: str
    title: str
    context: str
    answers: tuple[tuple[str, int], ...]


def read_squad(path: Path, *, tokenised: bool = False) -> list[SquadQuestion]:
    """Read every question of one file, in order.

    Parameters
    ----------
    path
        A SQuAD JSON file, plain or gzipped.
    tokenised
        Whether the contexts are tokenised text whose spaces should be undone.

    Raises
    ------
    SourceError
        If the file is missing, empty, truncated, not UTF-8 or not JSON.
    RecordError
        If an article, paragraph, question or answer lacks a field or has one of another kind, or an
        answer is not where it says.
    """
    data = read_json(path)
    if not isinstance(data, dict) or not isinstance(data.get("data"), list):
        raise SourceError(f'{path} is not in SQuAD format: no list under "data"')
    return [
        question
        for place, article in _listed(Place(str(path)), data, "data", "article")
        for question in _article(place, article, tokenised=tokenised)
    ]


def _article(
    place: Place, article: dict[str, object], *, tokenised: bool
) -> Iterator[SquadQuestion]:
    title = checked_text(place, "title", article.get("title") or "", blank_allowed=True)
    title = "" if title == "unknown" or ":" in title else title.replace("_", " ")
    for spot, paragraph in _listed(place, article, "paragraphs", "paragraph"):
        written = context = _text(spot, paragraph, "context")
        places: Sequence[int] = range(len(written) + 1)
        if tokenised:
            context, places = detokenise(written)
        for where, entry in _listed(spot, paragraph, "qas", "question"):
            found = [] if entry.get("is_impossible") else _listed(where, entry, "answers", "answer")
            spans = []
            for at, answer in found:
                start, end = _span(at, answer, written)
                said = context[places[start] : places[end]]
                spans.append((said.strip(), places[start] + len(said) - len(said.lstrip())))
            asked = _text(where, entry, "question")
            yield SquadQuestion(_text(where, entry, "id"), asked, title, context, tuple(spans))


def _span(place: Place, answer: dict[str, object], paragraph: str) -> tuple[int, int]:
    """Return where an answer begins and ends in its paragraph, which must say it there."""
    text, start = _text(place, answer, "text"), _needed(place, answer, "answer_start")
    if not isinstance(start, int):
        raise RecordError(f'{place}: "answer_start" is {shown(start)}; it must be a number')
    if not text.strip():
        raise RecordError(f"{place}: {text!r} is no answer; one holds text")
    end = start + len(text)
    if start < 0 or paragraph[start:end] != text:
        there = f"; there is {paragraph[start:end]!r}"
        if not 0 <= start < len(paragraph):
            there = f", which has {len(paragraph)} characters"
        raise RecordError(f"{place}: {text!r} is not at character {start} of the paragraph{there}")
    return start, end


def _listed(
    place: Place, record: dict[str, object], field: str, name: str
) -> list[tuple[Place, dict[str, object]]]:
    """Return the objects listed under a field, each with its place: its number from 0, its id."""
    found = _needed(place, record, field)
    if not isinstance(found, list):
        raise RecordError(
            f'{place}: "{field}" is {shown(found)}; it must be a list; an article is {FIELDS}'
        )
    listed = []
    for number, one in enumerate(found):
        spot = f"{place.spot}, {name} {number}" if place.spot else f"{name} {number}"
        if not isinstance(one, dict):
            where = Place(place.file, spot)
            raise RecordError(
                f"{where} is {shown(one)}; it must be an object; an article is {FIELDS}"
            )
        spot += f" (id {one['id']!r})" if "id" in one else ""
        listed.append((Place(place.file, spot), one))
    return listed


def _text(place: Place, record: dict[str, object], field: str) -> str:
    return checked_text(place, field, _needed(place, record, field), blank_allowed=True)


def _needed(place: Place, record: dict[str, object], field: str) -> object:
    require(record, (field,), FIELDS, place=place, what="an article")
    return record[field]


def as_span(question: SquadQuestion) -> SpanExample:
    """Make the example of a question beside its paragraph, with its first answer."""
    start, end = -1, -1
    if question.answers:
        answer, start = question.answers[0]
        end = start + len(answer)
    return SpanExample(question.question, question.title, question.context, start, end)
