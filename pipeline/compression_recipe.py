"""Read a compression's recipe: one TOML file that says which steps make a reader smaller."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.compression_step import (
    DropLayers,
    PruneHeads,
    PruneVocabulary,
    Step,
    read_step,
)
from wherefrom.pipeline.frontier import ORIGINAL
from wherefrom.pipeline.latency import TASKS as TIMED_TASKS
from wherefrom.pipeline.recipe_kind import check_values, read_table, tables_of
from wherefrom.pipeline.sources import ENDLESS, Evaluation, check_keys, evaluation
from wherefrom.pipeline.weighing import TASKS as WEIGHED_TASKS

RANGES: dict[str, tuple[float, float]] = {  # both ends allowed
    "seed": (0, 2**32 - 1),
    "most": (0, ENDLESS),
    "overlap_pairs": (0, ENDLESS),
    "weighed": (1, ENDLESS),
    "batch": (1, ENDLESS),
    "timed": (1, ENDLESS),
    "rounds": (1, ENDLESS),
}


@dataclass(frozen=True, slots=True)
class CompressionRecipe:
    """How to make a reader smaller and faster, and what is measured after each step.

    `reader` is the folder of the original; empty for the bundled one. Of each file of `evaluate`
    and of `robustness`, `most` examples are measured (0: all). Where `robustness` names no file of
    adversarial pairs, `overlap_pairs` are made (`wherefrom.pipeline.overlap_pairs`, words for
    measuring, drawn from `seed`; 0: none). By the loss on `weighed` examples of each file of
    `weigh`, heads and layers are chosen. Latency is that of `timed` prompts, `batch` at a time, the
    median of `rounds`.
    """

    steps: tuple[Step, ...]
    evaluate: tuple[Evaluation, ...]
    robustness: tuple[str, ...] = ()
    weigh: tuple[Evaluation, ...] = ()
    reader: str = ""
    seed: int = 1
    most: int = 0
    overlap_pairs: int = 600
    weighed: int = 256
    batch: int = 8
    timed: int = 64
    rounds: int = 5

    @property
    def files(self) -> tuple[str, ...]:
        """Return the names of all files of the data folder that it reads, each once, in order."""
        named = [entry.file for entry in (*self.evaluate, *self.weigh)]
        named += self.robustness
        named += [file for s in self.steps if isinstance(s, PruneVocabulary) for file in s.files]
        return tuple(sorted(set(named)))


def read_compression_recipe(path: Path) -> CompressionRecipe:
    """Read and check a recipe.

    Raises
    ------
    SourceError
        If the file is missing or is not TOML.
    UsageError
        If a key is unknown, of the wrong type, or out of range, if no step or nothing to measure is
        named, or if parts would be chosen by what is measured.
    """
    table = read_table(path)
    plain = {field.name: type(field.default) for field in fields(CompressionRecipe)}
    names = ["step" if name == "steps" else name for name in plain]
    check_keys(table, names, str(path))
    before = [ORIGINAL]
    steps: list[Step] = []
    for entry, where in tables_of(table, "step", path):
        steps.append(read_step(entry, where, before))
        before.append(steps[-1].name)
    evaluate = tuple(evaluation(*each) for each in tables_of(table, "evaluate", path))
    weigh = tuple(evaluation(*each) for each in tables_of(table, "weigh", path))
    robustness = tuple(_pairs(*each) for each in tables_of(table, "robustness", path))
    if not steps:
        raise UsageError(f"{path}: a compression needs at least one [[step]]")
    check_values(table, plain, RANGES, path)
    recipe = CompressionRecipe(
        steps=tuple(steps), evaluate=evaluate, robustness=robustness, weigh=weigh, **table
    )
    _require_measures(recipe, path)
    return recipe


def _pairs(entry: dict[str, Any], where: str) -> str:
    """Check one [[robustness]] and return its file."""
    check_keys(entry, ["file"], where)
    return evaluation({**entry, "task": "pairs"}, where).file


def _require_measures(recipe: CompressionRecipe, path: Path) -> None:
    """Refuse what could not be measured or timed, or is measured on what parts are chosen by."""
    if not any(entry.task in TIMED_TASKS for entry in recipe.evaluate):
        tasks = " or ".join(TIMED_TASKS)
        raise UsageError(f"{path}: a compression needs an [[evaluate]] with the task {tasks}")
    for entry in (*recipe.evaluate, *recipe.weigh):
        if entry.changed:
            raise UsageError(f"{path}: {entry.file} is changed; a compression measures files as is")
    for entry in recipe.weigh:
        if entry.task not in WEIGHED_TASKS:
            tasks = " or ".join(WEIGHED_TASKS)
            raise UsageError(f"{path}, [[weigh]]: the task of {entry.file} must be {tasks}")
    for step in recipe.steps:
        by_loss = isinstance(step, DropLayers) and step.by == "loss"
        if (by_loss or isinstance(step, PruneHeads)) and not recipe.weigh:
            raise UsageError(
                f"{path}: the step {step.name} chooses by the loss on data; name some in [[weigh]]"
            )
    measured = {*(entry.file for entry in recipe.evaluate), *recipe.robustness}
    chosen = [entry.file for entry in recipe.weigh]
    chosen += [f for s in recipe.steps if isinstance(s, PruneVocabulary) for f in s.files]
    for file in chosen:
        if file in measured:
            raise UsageError(f"{path}: {file} is measured on; choose by other data")


def shared_settings(recipe: CompressionRecipe) -> dict[str, Any]:
    """Return the settings that concern all steps, as JSON has them."""
    names = ("seed", "most", "overlap_pairs", "weighed", "batch", "timed", "rounds")
    return {
        "evaluate": [{"file": entry.file, "task": entry.task} for entry in recipe.evaluate],
        "robustness": list(recipe.robustness),
        "weigh": [{"file": entry.file, "task": entry.task} for entry in recipe.weigh],
        **{name: getattr(recipe, name) for name in names},
    }
