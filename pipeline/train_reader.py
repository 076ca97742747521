"""Make a reader by a recipe: train it, store it, measure what was stored, write its model card."""

import platform
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from importlib.metadata import version
from pathlib import Path

from wherefrom.indexes.model_folder import find_model_folder
from wherefrom.kb.durable import hash_file
from wherefrom.kb.progress import Progress
from wherefrom.pipeline.calibrating import fit, uncalibrated
from wherefrom.pipeline.calibration_data import calibration_examples, require_calibratable
from wherefrom.pipeline.checkpoint import PLAUSIBILITY, save_reader
from wherefrom.pipeline.cross_fitting import cross_fit
from wherefrom.pipeline.data_file import data_file, require_data_files, take_data_sets
from wherefrom.pipeline.examples import SpanExample
from wherefrom.pipeline.gains import gains
from wherefrom.pipeline.held_out import HeldOut
from wherefrom.pipeline.measuring import measured, require_measurable
from wherefrom.pipeline.model_card import write_model_card
from wherefrom.pipeline.networks import is_reader
from wherefrom.pipeline.probe import learn_probe, probe_examples
from wherefrom.pipeline.processes import first_process_first, is_first_process, wait_for_all
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.reader_manifest import (
    MANIFEST,
    Calibration,
    ReaderManifest,
    read_manifest,
    write_manifest,
)
from wherefrom.pipeline.recipe import LEARNT, Recipe, earlier_recipes, read_recipe
from wherefrom.pipeline.reliability_drawing import write_reliability
from wherefrom.pipeline.training import TrainedReader, train

CHECKPOINTS = "checkpoints"
READING_TOKENS = 384  # the budget of a prompt when reading; training uses the recipe's
PACKAGES = ("torch", "transformers", "tokenizers")


def train_reader(
    recipe_file: Path,
    data: Path,
    out: Path,
    *,
    resume: bool = False,
    name: str = "",
    progress: Progress | None = None,
    tell: Callable[[str], None] | None = None,
) -> ReaderManifest:
    """Train a reader and write it to a folder.

    Parameters
    ----------
    recipe_file
        The recipe, a TOML file; see `wherefrom.pipeline.recipe`.
    data
        The folder that the recipe's file names are relative to, and into which data sets (`hf:`)
        are taken.
    out
        The folder for the reader; checkpoints go to a folder within it.
    resume
        Go on from the last checkpoint in `out`.
    name
        What the reader is called; the name of `out` if it is left out.
    progress
        Hears of what the recipe's teacher labels, and of what its probe judges.
    tell
        Hears, before the first step, what of the drawn examples may be wrong.

    Returns
    -------
    ReaderManifest
        What was written, with hashes of the data, the seed and the metrics of the stored weights.

    Raises
    ------
    SourceError, RecordError
        If the recipe or a data file cannot be read.
    UsageError
        If the recipe is wrong, or `resume` does not fit what is in `out`.
    ModelError
        If the recipe's encoder cannot be loaded.
    """
    recipe = read_recipe(recipe_file)
    with first_process_first():
        _take_data_sets(recipe, data)
    require_data_files(recipe_files(recipe), data)
    require_measurable(recipe, data)
    require_calibratable(recipe, data)
    probing = probe_examples(recipe, data) if recipe.probe else []  # refused now, not after a run
    trained = train(recipe, data, out / CHECKPOINTS, resume=resume, progress=progress, tell=tell)
    if is_first_process():
        _write(out, name, recipe_file, recipe, data, trained, probing, progress)
    wait_for_all()
    return read_manifest(out)


def _write(
    out: Path,
    name: str,
    recipe_file: Path,
    recipe: Recipe,
    data: Path,
    trained: TrainedReader,
    probing: list[SpanExample],
    progress: Progress | None,
) -> None:
    """Write a reader, fit its probabilities, measure it, and write what was found."""
    manifest = ReaderManifest(
        name=name or out.resolve().name,
        weights_sha256="",
        max_tokens=READING_TOKENS,
        training=training_record(recipe_file, recipe, data, trained),
        labels=trained.labels,
    )
    manifest = save_reader(out, trained.network, trained.tokenizer, manifest, packed=recipe.packed)
    own = recipe.adapter_rank > 0 and trained.network.adapting == PLAUSIBILITY
    manifest = replace(manifest, calibration=_first_calibration(recipe, own_plausibility=own))
    write_manifest(out, manifest)
    if probing:
        manifest = _probed(out, manifest, probing, progress)
    examples = calibration_examples(recipe, data, trained.held_out)
    manifest = _calibrated(out, manifest, examples, answers=not recipe.adapter_rank)
    _report(out, manifest, recipe, data, examples)


def _probed(
    out: Path, manifest: ReaderManifest, examples: list[SpanExample], progress: Progress | None
) -> ReaderManifest:
    """Let a probe learn of the stored weights whether a passage answers, and write it."""
    probe = learn_probe(Reader.open(out), examples, progress=progress)
    manifest = replace(
        manifest,
        calibration=replace(manifest.calibration, answerable_probe=probe),
        training={**manifest.training, "probe_examples": len(examples)},
    )
    write_manifest(out, manifest)
    return manifest


def _calibrated(
    out: Path, manifest: ReaderManifest, examples: HeldOut, *, answers: bool
) -> ReaderManifest:
    """Fit the probabilities of the stored weights on what was held out, and write them.

    An adapter changes no answer, so what is known of answers stays.
    """
    calibration = fit(Reader.open(out), examples, answers=answers)
    counts = {
        field.name: len(kept)
        for field in fields(examples)
        if (kept := getattr(examples, field.name))
    }
    record = {**manifest.training, "calibrated_on": counts}
    manifest = replace(manifest, calibration=calibration, training=record)
    write_manifest(out, manifest)
    return manifest


def _report(
    out: Path, manifest: ReaderManifest, recipe: Recipe, data: Path, examples: HeldOut
) -> None:
    """Measure the stored weights and write what was found.

    Probabilities are those that are stored, but crosswise on files that they were fitted on.
    """
    reader = Reader.open(out)
    fitted_on = {entry.file for entry in recipe.calibrate}
    both = fitted_on & {entry.file for entry in recipe.evaluate}
    crossed = cross_fit(reader, examples) if both else None
    found = {
        entry.name: measured(reader, data, entry, crossed=crossed if entry.file in both else None)
        for entry in recipe.evaluate
    }
    record = {
        **manifest.training,
        **({"crosswise": sorted(both)} if both else {}),
        "metrics": {name: one.measures for name, one in found.items()},
        "reliability": {
            name: [asdict(each) for each in one.bins] for name, one in found.items() if one.bins
        },
    }
    if is_reader(recipe.encoder) and found:
        after = [(entry, found[entry.name].scores) for entry in recipe.evaluate]
        before = Reader.open(find_model_folder(recipe.encoder).path)
        record["gains"] = gains(before, after, data)
    manifest = replace(manifest, training=record)
    write_manifest(out, manifest)
    write_reliability(out, {name: one.bins for name, one in found.items() if one.bins})
    write_model_card(out, manifest)


def _first_calibration(recipe: Recipe, *, own_plausibility: bool) -> Calibration:
    """Return what is known before anything is fitted.

    Where plausibility has learnt alone, that of all else holds as before.
    """
    keeps = recipe.adapter_rank or recipe.keeps_judging
    calibration = _known_calibration(recipe) if keeps else Calibration()
    if recipe.choices or recipe.claims:
        calibration = replace(calibration, choice_weights={"plausibility": 1.0})
    if own_plausibility:
        return replace(calibration, plausibility_temperature=1.0)
    return replace(uncalibrated(calibration), answerable_probe=())  # which saw other features


def _known_calibration(recipe: Recipe) -> Calibration:
    """Return what is known of the recipe's encoder, of which nothing or little has changed.

    An encoder that is no reader found none, so nothing is known of it.
    """
    folder = find_model_folder(recipe.encoder).path
    if not (folder / MANIFEST).is_file():
        return Calibration()
    return read_manifest(folder).calibration


def recipe_files(recipe: Recipe) -> list[str]:
    """Return the names of all files of the data folder that a recipe names."""
    recipes = (recipe, *earlier_recipes(recipe))
    learnt = [one.file for each in recipes for name in LEARNT for one in getattr(each, name)]
    return [*learnt, *(entry.file for entry in (*recipe.evaluate, *recipe.calibrate))]


def _take_data_sets(recipe: Recipe, data: Path) -> None:
    """Take the data sets among a recipe's files, those of spans into SQuAD's format."""
    recipes = (*earlier_recipes(recipe), recipe)
    measured = (*recipe.evaluate, *recipe.calibrate)
    nested = [one.file for each in recipes for one in each.spans]
    nested += [one.file for one in measured if one.task in ("spans", "answerable")]
    columns = {name: found for each in recipes for name, found in each.columns.items()}
    take_data_sets(recipe_files(recipe), data, nested=nested, columns=columns)


def training_record(
    recipe_file: Path, recipe: Recipe, data: Path, trained: TrainedReader
) -> dict[str, object]:
    """Return what a manifest says of how a reader was trained, but for what it measures."""
    teachers = [_origin("teacher", each) for each in recipe.teacher]
    return {
        "recipe_sha256": hash_file(recipe_file),
        **_origin("encoder", recipe.encoder),
        **({"teachers": teachers} if teachers else {}),
        **_settings(recipe),
        **({"kept": recipe.kept, "kept_from": _named(recipe.kept_from)} if recipe.kept else {}),
        "data_sha256": {
            name: hash_file(data_file(data, name)) for name in sorted(set(recipe_files(recipe)))
        },
        **_notes(recipe),
        "seed": recipe.seed,
        "steps": trained.steps,
        **trained.items,
        **trained.record,
        "seconds": round(trained.seconds),
        "machine": f"{platform.system()} {platform.machine()}",
        "packages": {package: version(package) for package in PACKAGES},
    }


def _settings(recipe: Recipe) -> dict[str, object]:
    """Say what a run did that most runs do not."""
    said: dict[str, object] = {}
    if recipe.adapter_rank:
        said |= {"adapter": recipe.adapter, "adapter_rank": recipe.adapter_rank}
    if recipe.earlier:
        said["earlier"] = [
            {**asdict(each), "recipe_sha256": hash_file(Path(each.recipe))}
            for each in recipe.earlier
        ]
    for key in ("consolidation", "averaged", "r_drop", "keeps_judging"):
        if getattr(recipe, key):
            said[key] = getattr(recipe, key)
    return said


def _notes(recipe: Recipe) -> dict[str, object]:
    """Return what a recipe says for the card alone."""
    notes = {"licences": recipe.licences, "known_failures": list(recipe.known_failures)}
    return {name: said for name, said in notes.items() if said}


def _named(folder: str) -> str:
    """Return the name of the reader in a folder."""
    return read_manifest(find_model_folder(folder).path).name


def _origin(role: str, reference: str) -> dict[str, object]:
    """Say which weights a name or folder stands for; of a reader, also how it was trained."""
    folder = find_model_folder(reference)
    if not (folder.path / MANIFEST).is_file():
        return {role: reference, f"{role}_sha256": folder.weights_sha256()}
    manifest = read_manifest(folder.path)
    return {
        role: manifest.name,
        f"{role}_sha256": manifest.weights_sha256,
        f"{role}_training": manifest.training,
    }
