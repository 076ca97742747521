"""Measure a reader on the files that a recipe names."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.claims import read_claims, read_yes_no
from wherefrom.pipeline.evaluation import (
    score_choices,
    score_claims,
    score_pairs,
    score_spans,
    score_texts,
    score_yes_no,
)
from wherefrom.pipeline.examples import ChoiceExample, PairExample
from wherefrom.pipeline.inference_pairs import read_pairs
from wherefrom.pipeline.labelled_texts import read_texts
from wherefrom.pipeline.multiple_choice import as_example, read_choices
from wherefrom.pipeline.networks import is_reader
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.scores import Measures, Scores
from wherefrom.pipeline.sources import Evaluation
from wherefrom.pipeline.squad import SquadQuestion, read_squad


def scored(reader: Reader, data: Path, entry: Evaluation, *, most: int = 0) -> Scores:
    """Score what a reader says of each example of one file of development data.

    Parameters
    ----------
    reader, data, entry
        What is measured on which file of which folder.
    most
        How many examples at most, in even steps through the file; 0 takes all.

    Raises
    ------
    UsageError
        If the file holds no example.
    """
    return _TASKS[entry.task].score(reader, examples_of(entry, data, most=most))


def measure(reader: Reader, data: Path, entry: Evaluation) -> Measures:
    """Measure a reader on one file of development data; raise as `scored` does."""
    return scored(reader, data, entry).measures()


def require_measurable(recipe: Recipe, data: Path) -> None:
    """Refuse, before a run, what could not be measured after it.

    Raises
    ------
    UsageError
        If a file holds no example, or a task needs a head that the recipe does not train and its
        encoder, which is no reader, does not have.
    """
    goes_on = is_reader(recipe.encoder)
    trained = {
        "choices": bool(recipe.choices or recipe.claims),
        "claims": bool(recipe.choices or recipe.claims),
        "texts": bool(recipe.texts),
    }
    for entry in recipe.evaluate:
        if not (goes_on or trained.get(entry.task, True)):
            raise UsageError(
                f"the recipe measures {entry.task} on {entry.file}, but trains no head for it; add "
                f"[[{entry.task}]]"
            )
        _ = examples_of(entry, data)


def require_known_heads(reader: Reader, entries: Iterable[Evaluation]) -> None:
    """Raise UsageError where files ask for a head that a reader does not have."""
    known = {
        "choices": reader.has_plausibility,
        "claims": reader.has_plausibility,
        "texts": bool(reader.manifest.labels),
    }
    for entry in entries:
        if not known.get(entry.task, True):
            raise UsageError(
                f"{entry.task} cannot be measured on {entry.file}: the reader "
                f"{reader.manifest.name} has no head for it"
            )


def examples_of(entry: Evaluation, data: Path, *, most: int = 0) -> Sequence[Any]:
    """Read the examples of a file, at most so many in even steps through it; 0 takes all.

    Raises
    ------
    UsageError
        If there is none.
    """
    file = data / entry.file
    examples = list(_TASKS[entry.task].read(file))
    if not examples:
        raise UsageError(f"nothing to measure on: {file} holds no example")
    if not most or most >= len(examples):
        return examples
    return [examples[number * len(examples) // most] for number in range(most)]


def _answered(file: Path) -> Iterable[SquadQuestion]:
    return (question for question in read_squad(file) if question.answers)


def _pairs(file: Path) -> Iterable[PairExample]:
    return (pair for _, pair in read_pairs(file))


def _choices(file: Path) -> Iterable[ChoiceExample]:
    return (as_example(question) for question in read_choices(file))


@dataclass(frozen=True, slots=True)
class _Task:
    """How the examples of a file are read, and how a reader's answers to them are scored."""

    read: Callable[[Path], Iterable[Any]]
    score: Callable[[Reader, Sequence[Any]], Scores]


_TASKS = {
    "spans": _Task(_answered, score_spans),
    "pairs": _Task(_pairs, score_pairs),
    "yes_no": _Task(read_yes_no, score_yes_no),
    "choices": _Task(_choices, score_choices),
    "claims": _Task(read_claims, score_claims),
    "texts": _Task(read_texts, score_texts),
}
