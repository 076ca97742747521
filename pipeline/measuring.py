"""Measure a reader on the files that a recipe names."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.claims import read_claims, read_yes_no
from wherefrom.pipeline.evaluation import (
    Measures,
    measure_choices,
    measure_claims,
    measure_pairs,
    measure_spans,
    measure_texts,
    measure_yes_no,
)
from wherefrom.pipeline.examples import ChoiceExample, PairExample
from wherefrom.pipeline.inference_pairs import read_pairs
from wherefrom.pipeline.labelled_texts import read_texts
from wherefrom.pipeline.multiple_choice import as_example, read_choices
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.sources import Evaluation
from wherefrom.pipeline.squad import SquadQuestion, read_squad

Example = TypeVar("Example")


def measure(reader: Reader, data: Path, entry: Evaluation) -> Measures:
    """Measure a reader on one file of development data."""
    file = data / entry.file
    measured = {
        "spans": lambda: _measured(measure_spans, reader, file, _answered(file)),
        "pairs": lambda: _measured(measure_pairs, reader, file, _pairs(file)),
        "yes_no": lambda: _measured(measure_yes_no, reader, file, list(read_yes_no(file))),
        "choices": lambda: _measured(measure_choices, reader, file, _choices(file)),
        "claims": lambda: _measured(measure_claims, reader, file, list(read_claims(file))),
        "texts": lambda: _measured(measure_texts, reader, file, list(read_texts(file))),
    }
    return measured[entry.task]()


def _measured(
    measures: Callable[[Reader, Sequence[Example]], Measures],
    reader: Reader,
    file: Path,
    examples: Sequence[Example],
) -> Measures:
    if not examples:
        raise UsageError(f"nothing to measure on: {file} holds no example")
    return measures(reader, examples)


def _answered(file: Path) -> list[SquadQuestion]:
    return [question for question in read_squad(file) if question.answers]


def _pairs(file: Path) -> list[PairExample]:
    return [pair for _, pair in read_pairs(file)]


def _choices(file: Path) -> list[ChoiceExample]:
    return [as_example(question) for question in read_choices(file)]
