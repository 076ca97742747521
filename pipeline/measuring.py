"""Measure a reader on the files that a recipe names."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.changed_examples import changed_examples, lost
from wherefrom.pipeline.claims import read_claims, read_yes_no
from wherefrom.pipeline.cross_fitting import CrossFitted
from wherefrom.pipeline.data_file import data_file
from wherefrom.pipeline.evaluation import (
    score_answerable,
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
from wherefrom.pipeline.reliability import Bin
from wherefrom.pipeline.scores import Measures, Scores
from wherefrom.pipeline.sources import Evaluation
from wherefrom.pipeline.squad import SquadQuestion, read_squad


@dataclass(frozen=True, slots=True)
class Measured:
    """What a reader is worth on one file, and how often it was right by how sure it was.

    `scores` are those of each example, None where it is the examples that are changed.
    """

    measures: Measures
    bins: tuple[Bin, ...]
    scores: Scores | None = None


def scored(
    reader: Reader,
    data: Path,
    entry: Evaluation,
    *,
    most: int = 0,
    crossed: CrossFitted | None = None,
) -> Scores:
    """Score what a reader says of each example of one file of development data, unchanged.

    Parameters
    ----------
    reader, data, entry
        What is measured on which file of which folder.
    most
        How many examples at most, in even steps through the file; 0 takes all.
    crossed
        What the reader's probabilities are then, where the file calibrates, too.

    Raises
    ------
    UsageError
        If the file holds no example.
    """
    examples = examples_of(entry, data, most=most)
    score = _TASKS[entry.task].score
    return crossed.score(score, reader, examples) if crossed else score(reader, examples)


def measure(reader: Reader, data: Path, entry: Evaluation) -> Measures:
    """Measure a reader on one file of development data; raise as `measured` does."""
    return measured(reader, data, entry).measures


def measured(
    reader: Reader, data: Path, entry: Evaluation, *, crossed: CrossFitted | None = None
) -> Measured:
    """Measure a reader on one file of development data, crosswise where it calibrates, too.

    Raises
    ------
    UsageError
        If the file holds no example, or none that can be changed.
    """
    if entry.changed:
        return Measured(measure_changed(reader, examples_of(entry, data), entry, crossed), ())
    scores = scored(reader, data, entry, crossed=crossed)
    return Measured(scores.measures(), scores.bins(), scores)


def measure_changed(
    reader: Reader,
    examples: Sequence[Any],
    entry: Evaluation,
    crossed: CrossFitted | None = None,
) -> Measures:
    """Measure a reader on the examples that the entry's change changes, clean and changed.

    Raises
    ------
    UsageError
        If it changes none.
    """
    before, after = _changed(examples, entry, fits=reader.prompts.question_fits)
    score = _TASKS[entry.task].score
    if crossed is None:
        return lost(score(reader, before), score(reader, after))
    return lost(*(crossed.score(score, reader, each, like=before) for each in (before, after)))


def _changed(
    examples: Sequence[Any], entry: Evaluation, *, fits: Callable[[str], bool] = lambda asked: True
) -> tuple[list[Any], list[Any]]:
    before, after = changed_examples(examples, entry.changed, fits=fits)
    if not before:
        raise UsageError(f"{entry.changed} change no example of {entry.file}")
    return before, after


def require_measurable(recipe: Recipe, data: Path) -> None:
    """Refuse, before a run, what could not be measured after it.

    Raises
    ------
    UsageError
        If a file holds no example, or none that can be changed, or a task needs a head that the
        recipe does not train and its encoder, which is no reader, does not have.
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
        examples = examples_of(entry, data)
        if entry.changed:
            _ = _changed(examples, entry)


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
    file = data_file(data, entry.file)
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
    "answerable": _Task(read_squad, score_answerable),
    "pairs": _Task(_pairs, score_pairs),
    "yes_no": _Task(read_yes_no, score_yes_no),
    "choices": _Task(_choices, score_choices),
    "claims": _Task(read_claims, score_claims),
    "texts": _Task(read_texts, score_texts),
}
