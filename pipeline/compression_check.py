"""Refuse, before a compression begins, what would fail in the middle of it."""

import random
from collections.abc import Iterable

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.attention import attentions, require_heads
from wherefrom.pipeline.checkpoint import load_network
from wherefrom.pipeline.compression_recipe import CompressionRecipe
from wherefrom.pipeline.compression_step import (
    Distil,
    DropLayers,
    PruneHeads,
    PruneVocabulary,
    Step,
)
from wherefrom.pipeline.data_file import require_data_files
from wherefrom.pipeline.frontier import ORIGINAL
from wherefrom.pipeline.heads import ReaderNetwork
from wherefrom.pipeline.latency import timed_examples
from wherefrom.pipeline.layers import layer_stack
from wherefrom.pipeline.measuring import examples_of, require_known_heads
from wherefrom.pipeline.overlap_pairs import overlap_pairs
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.shrinking import Place, distillation, heads_to_prune, layers_to_drop
from wherefrom.pipeline.sources import Evaluation
from wherefrom.pipeline.train_reader import recipe_files
from wherefrom.pipeline.vocabulary import kept_pieces, tokenizer_files

Heads = list[int] | None  # of each layer; None where only the run will tell


def require_fitting(recipe: CompressionRecipe, place: Place) -> None:
    """Look at everything that a recipe names.

    Raises
    ------
    UsageError
        If a file is absent or holds no example, if the reader lacks a head for what is measured, or
        if a step does not fit what it begins with.
    SourceError, RecordError
        If a file cannot be read.
    ModelError
        If the original is no reader, or damaged.
    """
    require_data_files(recipe.files, place.data)
    network = load_network(place.original)
    reader = Reader.open(place.original, device="cpu")
    require_known_heads(reader, recipe.evaluate)
    robust = [Evaluation(file, "pairs") for file in recipe.robustness]
    for entry in (*recipe.evaluate, *recipe.weigh, *robust):
        _ = examples_of(entry, place.data)
    if not timed_examples(recipe.evaluate, place.data, reader, most=recipe.timed):
        raise UsageError("there is nothing to time: each text takes more than one prompt")
    if not robust:
        _ = overlap_pairs(recipe.overlap_pairs, "measuring", random.Random(recipe.seed))
    known = {ORIGINAL: _heads(recipe.steps, network)}
    for step in recipe.steps:
        known[step.name] = _after(step, known[step.source], recipe, place)


def _heads(steps: Iterable[Step], network: ReaderNetwork) -> Heads:
    """Return the heads of each layer, or ones where no step asks for heads."""
    kinds = {type(step) for step in steps}
    if PruneHeads in kinds:
        require_heads(network.encoder)
        return [one.heads for one in attentions(network.encoder)]
    if DropLayers in kinds:
        return [1] * len(layer_stack(network.encoder)[1])
    return None


def _after(step: Step, heads: Heads, recipe: CompressionRecipe, place: Place) -> Heads:
    """Check a step, and return the heads of each layer after it."""
    if isinstance(step, PruneVocabulary):
        _ = kept_pieces(tokenizer_files(place.original), {}, step.least)
    elif isinstance(step, Distil):
        learnt = distillation(step, recipe, place, encoder=place.original)
        require_data_files(recipe_files(learnt), place.data)
        return heads if learnt.encoder == str(place.original) else None
    elif heads is not None and isinstance(step, DropLayers):
        dropped = layers_to_drop(len(heads), step)
        if step.layers:
            return [one for number, one in enumerate(heads) if number not in step.layers]
        return heads[:-dropped] if step.by == "top" or len(set(heads)) == 1 else None
    elif heads is not None and isinstance(step, PruneHeads):
        _ = heads_to_prune(heads, step)
        return None
    return heads
