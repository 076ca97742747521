"""Measure a reader on the files that a recipe names."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from wherefrom.indexes.model_folder import find_model_folder
from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.checkpoint import MANIFEST
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
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.sources import Evaluation
from wherefrom.pipeline.squad import SquadQuestion, read_squad

Example = TypeVar("Example")


def measure(reader: Reader, data: Path, entry: Evaluation) -> Measures:
    """Measure a reader on one file of development data.

    Raises
    ------
    UsageError
        If the file holds no example.
    """
    file = data / entry.file
    match entry.task:
        case "spans":
            return measure_spans(reader, _some(file, _answered(file)))
        case "pairs":
            return measure_pairs(reader, _some(file, _pairs(file)))
        case "yes_no":
            return measure_yes_no(reader, _some(file, list(read_yes_no(file))))
        case "choices":
            return measure_choices(reader, _some(file, _choices(file)))
        case "claims":
            return measure_claims(reader, _some(file, list(read_claims(file))))
        case _:
            return measure_texts(reader, _some(file, list(read_texts(file))))


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
        _ = _some(data / entry.file, _loaded(entry, data / entry.file))


def _loaded(entry: Evaluation, file: Path) -> Sequence[object]:
    loaders: dict[str, Callable[[Path], Sequence[object]]] = {
        "spans": _answered,
        "pairs": _pairs,
        "yes_no": lambda path: list(read_yes_no(path)),
        "choices": _choices,
        "claims": lambda path: list(read_claims(path)),
        "texts": lambda path: list(read_texts(path)),
    }
    return loaders[entry.task](file)


def _some(file: Path, examples: Sequence[Example]) -> Sequence[Example]:
    if not examples:
        raise UsageError(f"nothing to measure on: {file} holds no example")
    return examples


def _answered(file: Path) -> list[SquadQuestion]:
    return [question for question in read_squad(file) if question.answers]


def _pairs(file: Path) -> list[PairExample]:
    return [pair for _, pair in read_pairs(file)]


def _choices(file: Path) -> list[ChoiceExample]:
    return [as_example(question) for question in read_choices(file)]
