"""Make a retriever's encoder by a recipe: measure it, train it, store it, measure it again."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from wherefrom.indexes.encoder import load_encoder
from wherefrom.indexes.model_folder import ModelFolder, find_model_folder
from wherefrom.kb.durable import hash_file
from wherefrom.kb.errors import UsageError
from wherefrom.kb.progress import Progress
from wherefrom.pipeline.data_file import take_data_sets
from wherefrom.pipeline.hard_negatives import examples, require_enough
from wherefrom.pipeline.leakage import bare_words
from wherefrom.pipeline.query_batches import QueryBatch, draw_query_batches
from wherefrom.pipeline.query_set import QuerySet, files_of, read_query_set
from wherefrom.pipeline.query_sources import QueryEvaluation, QuerySource
from wherefrom.pipeline.ranking_measures import Values, measure_encoder
from wherefrom.pipeline.reader_manifest import MANIFEST
from wherefrom.pipeline.resuming import checkpoint_to_resume
from wherefrom.pipeline.retriever_manifest import (
    RETRIEVER_MANIFEST,
    RetrieverManifest,
    read_retriever_manifest,
    write_retriever_manifest,
)
from wherefrom.pipeline.retriever_recipe import RetrieverRecipe, read_retriever_recipe
from wherefrom.pipeline.retriever_report import changes

CHECKPOINTS = "checkpoints"
PACKAGES = ("torch", "transformers", "sentence-transformers", "tokenizers")


@dataclass(frozen=True, slots=True)
class _Data:
    """What a recipe names, read and checked."""

    learnt: tuple[QuerySet, ...]
    evaluated: tuple[QuerySet, ...]
    leaks_dropped: int


def train_retriever(
    recipe_file: Path,
    data: Path,
    out: Path,
    *,
    resume: bool = False,
    name: str = "",
    progress: Progress | None = None,
) -> RetrieverManifest:
    """Train the encoder of a retriever and write it to a folder that `build` takes.

    Parameters
    ----------
    recipe_file
        The recipe, a TOML file; see `wherefrom.pipeline.retriever_recipe`.
    data
        The folder that the recipe's file names are relative to.
    out
        The folder for the encoder; checkpoints go to a folder within it.
    resume
        Go on from the last checkpoint in `out`.
    name
        What the encoder is called; the name of `out` if it is left out.
    progress
        Hears of the passages that are encoded to mine negatives and to measure.

    Returns
    -------
    RetrieverManifest
        What was written, with hashes of the data, the seed, and the measures before and after.

    Raises
    ------
    SourceError, RecordError
        If the recipe or a data file cannot be read.
    UsageError
        If the recipe is wrong, `resume` does not fit what is in `out`, a query is evaluated on that
        is learnt from, or the encoder is a reader.
    ModelError
        If the recipe's encoder cannot be loaded.
    """
    recipe = read_retriever_recipe(recipe_file)
    _ = checkpoint_to_resume(out / CHECKPOINTS, resume=resume)
    folder = _encoder_folder(recipe.encoder)
    take_data_sets([each.file for each in _sources(recipe)], data, columns=recipe.columns)
    read = _read(recipe, data)
    from wherefrom.pipeline.retriever_training import load_model_to_train, train_encoder

    model = load_model_to_train(folder)
    batches, count = _batches(recipe, read, progress)
    before = _measure(recipe.encoder, read.evaluated, "measure before", progress)
    prompts = (folder.query_prefix, folder.passage_prefix)
    trained = train_encoder(
        recipe, model, batches, out / CHECKPOINTS, prompts=prompts, resume=resume
    )
    trained.model.save(str(out), create_model_card=False)
    after = _measure(str(out), read.evaluated, "measure after", progress)
    manifest = RetrieverManifest(
        name=name or out.resolve().name,
        weights_sha256=find_model_folder(str(out)).weights_sha256(),
        training={
            "recipe_sha256": hash_file(recipe_file),
            **_origin(recipe.encoder, folder),
            "data_sha256": _hashes(recipe, data),
            "seed": recipe.seed,
            "steps": trained.steps,
            "queries": sum(len(each.queries) for each in read.learnt),
            "examples": count,
            "leaks_dropped": read.leaks_dropped,
            "seconds": round(trained.seconds),
            "machine": f"{platform.system()} {platform.machine()}",
            "packages": {package: version(package) for package in PACKAGES},
            "measures": {
                each.name: changes(*values)
                for each, *values in zip(read.evaluated, before, after, strict=True)
            },
        },
    )
    write_retriever_manifest(out, manifest)
    return manifest


def _encoder_folder(reference: str) -> ModelFolder:
    """Find the encoder, and refuse a reader, whose weights have heads and are of eight bits."""
    folder = find_model_folder(reference)
    if (folder.path / MANIFEST).is_file():
        raise UsageError(
            f"{reference} is the folder of a reader; a retriever needs an encoder of "
            "sentence-transformers"
        )
    return folder


def _read(recipe: RetrieverRecipe, data: Path) -> _Data:
    """Read all queries, without those that are evaluated on."""
    evaluated = tuple(read_query_set(each, data) for each in recipe.evaluate)
    known = {bare_words(query.text): each.name for each in evaluated for query in each.queries}
    learnt: list[QuerySet] = []
    dropped = 0
    for source in recipe.queries:
        found = read_query_set(source, data)
        leaks = [query.text for query in found.queries if bare_words(query.text) in known]
        if leaks and recipe.leaks == "refuse":
            raise UsageError(
                f"{found.name}: of {len(found.queries):,} queries {len(leaks):,} are evaluated on "
                f"too (the first, {leaks[0]!r}, in {known[bare_words(leaks[0])]}); take other "
                'data, or leave them out with leaks = "drop"'
            )
        dropped += len(leaks)
        kept = tuple(query for query in found.queries if bare_words(query.text) not in known)
        if recipe.hard_negatives:
            require_enough(found, recipe.hard_negatives)
        learnt.append(replace(found, queries=kept))
    return _Data(tuple(learnt), evaluated, dropped)


def _batches(
    recipe: RetrieverRecipe, read: _Data, progress: Progress | None
) -> tuple[list[QueryBatch], int]:
    """Mine negatives with the encoder as it is and draw the run's batches; count the examples."""
    encoder = load_encoder(recipe.encoder) if recipe.hard_negatives else None
    sources = [
        (
            found,
            examples(
                found,
                encoder,
                count=recipe.hard_negatives,
                positive_share=recipe.positive_share,
                seed=recipe.seed,
                progress=progress,
            ),
            source.share,
        )
        for source, found in zip(recipe.queries, read.learnt, strict=True)
    ]
    batches = draw_query_batches(sources, size=recipe.batch, seed=recipe.seed)
    if not batches:
        raise UsageError(
            "the recipe draws no batch from its queries: a batch needs two queries, neither of "
            "whose passages is relevant to the other; add queries or raise a share"
        )
    if recipe.max_steps:
        batches = batches[: recipe.max_steps]
    return batches, sum(len(found) for _, found, _ in sources)


def _measure(
    encoder: str, evaluated: Sequence[QuerySet], stage: str, progress: Progress | None
) -> list[Values]:
    """Measure an encoder as `build` would load it."""
    if not evaluated:
        return []
    loaded = load_encoder(encoder)
    return [
        measure_encoder(loaded, each, stage=f"{stage}: {each.name}", progress=progress)
        for each in evaluated
    ]


def _origin(reference: str, folder: ModelFolder) -> dict[str, Any]:
    """Say which weights a name or folder stands for; of a trained one, also how it was trained."""
    if not (folder.path / RETRIEVER_MANIFEST).is_file():
        return {"encoder": reference, "encoder_sha256": folder.weights_sha256()}
    manifest = read_retriever_manifest(folder.path)
    return {
        "encoder": manifest.name,
        "encoder_sha256": folder.weights_sha256(),
        "encoder_training": manifest.training,
    }


def _sources(recipe: RetrieverRecipe) -> tuple[QuerySource | QueryEvaluation, ...]:
    return (*recipe.queries, *recipe.evaluate)


def _hashes(recipe: RetrieverRecipe, data: Path) -> dict[str, str]:
    patterns = {name for each in _sources(recipe) for name in files_of(each)}
    files = {file for pattern in patterns for file in data.glob(pattern)}
    return {file.relative_to(data).as_posix(): hash_file(file) for file in sorted(files)}
