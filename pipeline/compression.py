"""Make a reader smaller and faster, step by step, and measure what each step costs.

Each step's reader is written, measured and entered into frontier.json before the next begins, so
that a run that is killed goes on after the last step that was finished.
"""

import platform
import random
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from wherefrom.kb.durable import TEMPORARY_SUFFIX, hash_file, make_folder, write_file
from wherefrom.kb.errors import ModelError, UsageError
from wherefrom.kb.progress import NoProgress, Progress
from wherefrom.pipeline.bundled import bundled_reader
from wherefrom.pipeline.checkpoint import reader_files, storage_in
from wherefrom.pipeline.compression_check import require_fitting
from wherefrom.pipeline.compression_recipe import (
    CompressionRecipe,
    read_compression_recipe,
    shared_settings,
)
from wherefrom.pipeline.compression_step import Distil, Step, settings_of
from wherefrom.pipeline.data_file import data_file
from wherefrom.pipeline.evaluation import score_pairs
from wherefrom.pipeline.examples import ENTAILMENT, NOT_ENTAILED
from wherefrom.pipeline.frontier import (
    FILE,
    ORIGINAL,
    Frontier,
    Point,
    read_frontier,
    require_same_run,
    write_frontier,
)
from wherefrom.pipeline.frontier_plot import frontier_svg
from wherefrom.pipeline.latency import time_reader, timed_examples
from wherefrom.pipeline.measuring import scored
from wherefrom.pipeline.model_card import write_model_card
from wherefrom.pipeline.overlap_pairs import overlap_pairs
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.reader_manifest import read_manifest, write_manifest
from wherefrom.pipeline.scores import Measures, main_measure
from wherefrom.pipeline.shrinking import Place, distillation, shrink
from wherefrom.pipeline.sources import Evaluation
from wherefrom.pipeline.train_reader import PACKAGES, recipe_files

PLOT = "frontier.svg"
MADE_PAIRS = "overlap pairs"  # what pairs that were made are called beside those of files
STAGE = "compress"
ORIGINAL_SETTINGS = {"name": ORIGINAL, "kind": ORIGINAL}
DEVICE = "cpu"  # what is measured is for processors; the training of a step takes a GPU if it can


def compress(
    recipe_file: Path, data: Path, out: Path, *, progress: Progress | None = None
) -> Frontier:
    """Carry out a compression's recipe.

    Parameters
    ----------
    recipe_file
        The recipe, a TOML file; see `wherefrom.pipeline.compression_recipe`.
    data
        The folder that the recipe's file names are relative to.
    out
        The folder for the readers, one folder for each step, and for frontier.json and
        frontier.svg. Where it holds this run already, only what is missing is done.
    progress
        Hears of each step, and of the pairs that a teacher labels.

    Returns
    -------
    Frontier
        The original and each step with what was measured.

    Raises
    ------
    SourceError, RecordError
        If the recipe or a data file cannot be read.
    UsageError
        If the recipe is wrong or does not fit the reader, or `out` holds another run.
    ModelError
        If the reader cannot be loaded, or that of a finished step is not what it was.
    TrainingError, StorageError
        If a distillation or the disk fails.
    """
    progress = progress or NoProgress()
    recipe = read_compression_recipe(recipe_file)
    original = Path(recipe.reader) if recipe.reader else bundled_reader()
    place = Place(recipe_file, data, original, out)
    require_fitting(recipe, place)
    frontier = _begun(recipe, place)
    make_folder(out)
    done = len(frontier.points)
    progress.start(STAGE, total=1 + len(recipe.steps))
    progress.advance(STAGE, done)
    first = Reader.open(original, device=DEVICE)
    for step in (None, *recipe.steps)[done:]:
        changed = shrink(step, recipe, place, progress=progress) if step else {}
        reader = Reader.open(place.folder_of(step.name), device=DEVICE) if step else first
        point = _measured(step, changed, reader, first, recipe, place)
        if step:
            _write_measures(place.folder_of(step.name), point)
        frontier = replace(frontier, points=(*frontier.points, point))
        write_frontier(out, frontier)
        write_file(out / PLOT, frontier_svg(frontier).encode())
        progress.advance(STAGE)
    progress.finish(STAGE)
    return frontier


def _begun(recipe: CompressionRecipe, place: Place) -> Frontier:
    """Return what is done already, of this recipe; else a run without a point.

    Raises
    ------
    UsageError
        If the out folder holds something else.
    ModelError
        If the reader of a finished step is not what it was.
    """
    manifest = read_manifest(place.original)
    begun = Frontier(
        reader=f"{manifest.name}, {manifest.weights_sha256}",
        settings=shared_settings(recipe),
        data_sha256=_hashes(recipe, place),
        machine=f"{platform.system()} {platform.machine()}",
        packages={package: version(package) for package in PACKAGES},
    )
    found = read_frontier(place.out)
    if found is None:
        names = [path.name for path in place.out.iterdir()] if place.out.exists() else []
        others = [name for name in names if not name.endswith(TEMPORARY_SUFFIX)]
        if others:
            raise UsageError(
                f"{place.out} holds {sorted(others)[0]} and no {FILE}; name another folder"
            )
        return begun
    steps = [ORIGINAL_SETTINGS, *(settings_of(step) for step in recipe.steps)]
    require_same_run(found, begun, steps)
    for point in found.points:
        folder = place.folder_of(point.name)
        if read_manifest(folder).weights_sha256 != point.weights_sha256:
            raise ModelError(
                f"{folder} does not hold the reader of the finished step {point.name} any more; "
                f"remove {place.out} and begin again"
            )
    return replace(begun, points=found.points)


def _hashes(recipe: CompressionRecipe, place: Place) -> dict[str, str]:
    """Hash every file that a run reads, those of its distillations too."""
    files = {name: data_file(place.data, name) for name in recipe.files}
    for step in recipe.steps:
        if isinstance(step, Distil):
            learnt = distillation(step, recipe, place, encoder=place.original)
            files |= {name: data_file(place.data, name) for name in recipe_files(learnt)}
            files[step.recipe] = place.recipe_file.parent / step.recipe
    return {name: hash_file(files[name]) for name in sorted(files)}


def _measured(
    step: Step | None,
    changed: dict[str, Any],
    reader: Reader,
    first: Reader,
    recipe: CompressionRecipe,
    place: Place,
) -> Point:
    """Measure a reader, the original being timed in turns with it."""
    folder = place.folder_of(step.name) if step else place.original
    found = {
        entry.file: scored(reader, place.data, entry, most=recipe.most) for entry in recipe.evaluate
    }
    examples = timed_examples(recipe.evaluate, place.data, first, most=recipe.timed)
    return Point(
        step=settings_of(step) if step else ORIGINAL_SETTINGS,
        changed=changed,
        weights_sha256=reader.manifest.weights_sha256,
        bytes=sum(file.stat().st_size for file in reader_files(folder)),
        storage=storage_in(folder),
        computation=reader.manifest.computation,
        measures={file: scores.measures() for file, scores in found.items()},
        robustness=_robustness(reader, recipe, place.data),
        latency=time_reader(reader, first, examples, batch=recipe.batch, rounds=recipe.rounds),
        scores={
            file: [round(score, 4) for score in scores.values[main_measure(scores.values)].tolist()]
            for file, scores in found.items()
        },
    )


def _robustness(reader: Reader, recipe: CompressionRecipe, data: Path) -> dict[str, Measures]:
    """Measure a reader on adversarial pairs: those of files, else pairs whose words overlap.

    Of the pairs that are made two answers count, entailed or not.
    """
    if recipe.robustness:
        entries = (Evaluation(file, "pairs") for file in recipe.robustness)
        return {one.file: scored(reader, data, one, most=recipe.most).measures() for one in entries}
    if not recipe.overlap_pairs:
        return {}
    made = overlap_pairs(recipe.overlap_pairs, "measuring", random.Random(recipe.seed))
    pairs = [
        pair if pair.label == ENTAILMENT else replace(pair, label=NOT_ENTAILED) for _, pair in made
    ]
    return {MADE_PAIRS: score_pairs(reader, pairs).measures()}


def _write_measures(folder: Path, point: Point) -> None:
    """Enter what was measured into a reader's manifest and write its model card."""
    manifest = read_manifest(folder)
    metrics = point.measures | point.robustness
    manifest = replace(manifest, training={**manifest.training, "metrics": metrics})
    write_manifest(folder, manifest)
    write_model_card(folder, manifest)
