"""Measure a reader on the files that a recipe names."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wherefrom.indexes.model_folder import find_model_folder
from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.checkpoint import MANIFEST
from wherefrom.pipeline.claims import read_claims, read_yes_no
from wherefrom.pipeline.evaluation import (
    Measures,
    judge_pairs,
    measure_choices,
    measure_claims,
    measure_pairs,
    measure_spans,
    measure_texts,
    measure_yes_no,
    score_spans,
    span_measures,
    sureness_measures,
)
from wherefrom.pipeline.examples import ChoiceExample, PairExample
from wherefrom.pipeline.inference_pairs import read_pairs
from wherefrom.pipeline.labelled_texts import read_texts
from wherefrom.pipeline.multiple_choice import as_example, read_choices
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.sources import Evaluation
from wherefrom.pipeline.squad import SquadQuestion, read_squad


def measure(reader: Reader, data: Path, entry: Evaluation, *, most: int = 0) -> Measures:
    """Measure a reader on one file of development data.

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
    return _TASKS[entry.task].measured(reader, examples_of(entry, data, most=most))


def measure_each(
    reader: Reader, data: Path, entry: Evaluation, *, most: int = 0
) -> tuple[Measures, tuple[float, ...]]:
    """Measure as `measure` does, and return the score of each example of spans and pairs, too.

    A score is F1 of an answer, or 1.0 where a pair is judged rightly; other tasks have none.
    """
    examples = examples_of(entry, data, most=most)
    if entry.task == "spans":
        scores = score_spans(reader, examples)
        return span_measures(scores), scores.f1
    if entry.task == "pairs":
        chances, right = judge_pairs(reader, examples)
        return sureness_measures(chances, right), tuple(right.astype(float).tolist())
    return _TASKS[entry.task].measured(reader, examples), ()


def require_measurable(recipe: Recipe, data: Path) -> None:
    """Refuse, before a run, what could not be measured after it.

    Raises
    ------
    UsageError
        If a file holds no example, or a task needs a head that the recipe does not train and its
        encoder, which is no reader, does not have.
    """
    is_reader = (find_model_folder(recipe.encoder).path / MANIFEST).is_file()
    trained = {
        "choices": bool(recipe.choices or recipe.claims),
        "claims": bool(recipe.choices or recipe.claims),
        "texts": bool(recipe.texts),
    }
    for entry in recipe.evaluate:
        if not (is_reader or trained.get(entry.task, True)):
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
    """How the examples of a file are read, and how a reader is measured on them."""

    read: Callable[[Path], Iterable[Any]]
    measured: Callable[[Reader, Sequence[Any]], Measures]


_TASKS = {
    "spans": _Task(_answered, measure_spans),
    "pairs": _Task(_pairs, measure_pairs),
    "yes_no": _Task(read_yes_no, measure_yes_no),
    "choices": _Task(_choices, measure_choices),
    "claims": _Task(read_claims, measure_claims),
    "texts": _Task(read_texts, measure_texts),
}
