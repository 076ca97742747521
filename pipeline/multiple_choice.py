"""Read multiple choice: CommonsenseQA's JSON lines, as published or with the choices on top.

Source: Talmor, Herzig, Lourie and Berant, "CommonsenseQA: A Question Answering Challenge Targeting
Commonsense Knowledge", NAACL 2019, arXiv:1811.00937. OpenBookQA and ARC are published alike.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wherefrom.kb.errors import RecordError
from wherefrom.kb.found import Place, checked, checked_text, shown
from wherefrom.kb.jsonl import read_objects, require
from wherefrom.pipeline.examples import ChoiceExample
from wherefrom.pipeline.records import Option
from wherefrom.pipeline.statement import as_statement

FIELDS = '{"question": "…", "choices": [{"label": "A", "text": "…"}, …], "answerKey": "A"}'


@dataclass(frozen=True, slots=True)
class ChoiceQuestion:
    """A question with its choices, at least two, and the place of the right one among them.

    `context` is a text that the question is about, empty where there is none.
    """

    question: str
    options: tuple[Option, ...]
    right: int
    context: str = ""


def read_choices(path: Path) -> Iterator[ChoiceQuestion]:
    """Yield the question of each line, in order.

    A question may also be ``{"stem": "…", "choices": […]}``, as CommonsenseQA is published.

    Raises
    ------
    SourceError
        If the file is missing, empty, binary or truncated.
    RecordError
        If a line is not JSON, lacks a field, has fewer than two choices or two of one label, or its
        answer is none of them.
    """
    for place, record in read_objects(path, FIELDS):
        require(record, ("question", "answerKey"), FIELDS, place=place)
        asked = record["question"]
        if isinstance(asked, dict):
            record = {**record, "choices": asked.get("choices"), "question": asked.get("stem")}
        require(record, ("choices",), FIELDS, place=place)
        question = checked_text(place, "question", record["question"])
        options = _options(place, record["choices"])
        labels = [option.label for option in options]
        key = record["answerKey"]
        if key not in labels:
            raise RecordError(f"{place}: answerKey is {shown(key)}; the choices are {labels}")
        context = checked_text(place, "context", record.get("context", ""), blank_allowed=True)
        yield ChoiceQuestion(question, options, labels.index(str(key)), context)


def as_example(question: ChoiceQuestion) -> ChoiceExample:
    """Make the example of a question: each choice as a statement, after what the question is about.

    There is no other evidence.
    """
    statements = tuple(as_statement(question.question, one.text) for one in question.options)
    return ChoiceExample((question.context,) * len(statements), statements, question.right)


def _options(place: Place, found: object) -> tuple[Option, ...]:
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise RecordError(f"{place}: choices are {shown(found)}; a line is {FIELDS}")
    for one in found:
        require(one, ("label", "text"), FIELDS, place=place)
    options = tuple(
        Option(
            checked(place, "label", one["label"], blank_allowed=False),
            checked_text(place, "text", one["text"]),
        )
        for one in found
    )
    if len(options) < 2 or len({option.label for option in options}) < len(options):
        raise RecordError(
            f"{place}: the labels of the choices are {[option.label for option in options]}; "
            "two or more are needed, each once"
        )
    return options
