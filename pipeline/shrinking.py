"""Carry out one step of a compression: from a reader's folder to another one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from wherefrom.kb.durable import storage_errors
from wherefrom.kb.errors import UsageError
from wherefrom.kb.progress import Progress
from wherefrom.pipeline.attention import attentions, head_importance, prune_heads, require_heads
from wherefrom.pipeline.checkpoint import (
    TOKENIZER,
    StoredTokenizer,
    is_packed,
    load_network,
    save_reader,
    storage_in,
)
from wherefrom.pipeline.compression_recipe import CompressionRecipe
from wherefrom.pipeline.compression_step import (
    Distil,
    DropLayers,
    PruneHeads,
    PruneVocabulary,
    Quantise,
    Step,
    settings_of,
)
from wherefrom.pipeline.frontier import ORIGINAL
from wherefrom.pipeline.heads import ReaderNetwork
from wherefrom.pipeline.layers import drop_layers, layer_stack, least_needed
from wherefrom.pipeline.prompt import PromptBuilder
from wherefrom.pipeline.reader_manifest import MANIFEST, ReaderManifest, read_manifest
from wherefrom.pipeline.recipe import Recipe, read_recipe, taught_files
from wherefrom.pipeline.resuming import last_checkpoint
from wherefrom.pipeline.sources import Evaluation
from wherefrom.pipeline.train_reader import CHECKPOINTS, training_record
from wherefrom.pipeline.training import train
from wherefrom.pipeline.vocabulary import (
    kept_pieces,
    prune_embeddings,
    pruned_tokenizer,
    read_texts,
    tokenizer_files,
    used_pieces,
)
from wherefrom.pipeline.weighing import (
    Batch,
    batch_loss,
    judging,
    mean_loss,
    weighing_batches,
)

Changed = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run finds what it needs: recipe, data, the original reader and the out folder."""

    recipe_file: Path
    data: Path
    original: Path
    out: Path

    def folder_of(self, name: str) -> Path:
        """Return the folder of the reader that a step of this name has made."""
        return self.original if name == ORIGINAL else self.out / name


@dataclass(slots=True)
class _Shrunk:
    """A reader between two steps, in 32 bits; `source` is the folder that it came from."""

    source: Path
    network: ReaderNetwork
    tokenizer: StoredTokenizer
    manifest: ReaderManifest
    storage: str


def shrink(
    step: Step,
    recipe: CompressionRecipe,
    place: Place,
    *,
    progress: Progress | None = None,
) -> Changed:
    """Make the reader of one step in the folder of its name, and say what has changed.

    Raises
    ------
    UsageError
        If the step does not fit the reader.
    ModelError, SourceError, RecordError, TrainingError, StorageError
        As reading, training and writing raise them.
    """
    folder, source = place.out / step.name, place.folder_of(step.source)
    (folder / MANIFEST).unlink(missing_ok=True)  # it is written last: without it nothing is there
    if isinstance(step, Distil):
        shrunk, changed = _distilled(step, recipe, source, place, progress)
    else:
        shrunk = _opened(source)
        changed = _WORK[type(step)](step, shrunk, recipe, place.data)
    training = {k: v for k, v in shrunk.manifest.training.items() if k != "metrics"}
    training["compression"] = [*training.get("compression", []), settings_of(step) | changed]
    name = f"{read_manifest(place.original).name}-{step.name}"
    manifest = replace(shrunk.manifest, name=name, training=training)
    with storage_errors(folder):
        save_reader(
            folder,
            shrunk.network,
            shrunk.tokenizer,
            manifest,
            storage=shrunk.storage,
            packed=is_packed(source),
        )
    return changed


def distillation(step: Distil, recipe: CompressionRecipe, place: Place, *, encoder: Path) -> Recipe:
    """Read the training recipe of a step, with what it leaves out filled in.

    The student is what the step begins with (`encoder`), the teacher the original, and no example
    may stand in a file that the compression measures on.

    Raises
    ------
    SourceError, UsageError
        As `read_recipe`; also if nothing is taught.
    """
    file = place.recipe_file.parent / step.recipe
    found = read_recipe(file, encoder=str(encoder), teacher=str(place.original))
    if not taught_files(found.spans, found.pairs, found.choices, found.claims):
        raise UsageError(
            f"{file}: nothing is learnt from the original; name files that are taught = true"
        )
    robust = tuple(Evaluation(name, "pairs") for name in recipe.robustness)
    measured = dict.fromkeys((*found.evaluate, *recipe.evaluate, *robust))
    return replace(found, evaluate=tuple(measured))


def heads_to_prune(heads: Sequence[int], step: PruneHeads) -> int:
    """Return how many heads a share is, given how many each layer has.

    Raises
    ------
    UsageError
        If it is none, or a layer would be left with none.
    """
    count, total = round(step.share * sum(heads)), sum(heads)
    if not 0 < count <= total - len(heads):
        raise UsageError(
            f"the step {step.name}: a share of {step.share:g} is {count} of {total} heads, but "
            f"from 1 to {total - len(heads)} can be pruned: each of {len(heads)} layers keeps one"
        )
    return count


def layers_to_drop(count: int, step: DropLayers) -> int:
    """Return how many layers a step drops of `count`.

    Raises
    ------
    UsageError
        If one is not there, or none would be left.
    """
    for number in step.layers:
        if number >= count:
            raise UsageError(
                f"the step {step.name}: there is no layer {number}; the reader has {count}, "
                f"numbered from 0 to {count - 1}"
            )
    dropped = len(step.layers) or step.count
    if dropped >= count:
        raise UsageError(
            f"the step {step.name}: {dropped} layers cannot be dropped of {count}; one must be left"
        )
    return dropped


def _opened(source: Path) -> _Shrunk:
    tokenizer = tokenizer_files(source)
    return _Shrunk(
        source, load_network(source), tokenizer, read_manifest(source), storage_in(source)
    )


def _quantise(step: Quantise, shrunk: _Shrunk, recipe: CompressionRecipe, data: Path) -> Changed:
    dynamic = step.to == "int8_dynamic"
    shrunk.storage = "int8" if dynamic else step.to
    shrunk.manifest = replace(shrunk.manifest, computation="int8" if dynamic else "float")
    return {}


def _drop_layers(
    step: DropLayers, shrunk: _Shrunk, recipe: CompressionRecipe, data: Path
) -> Changed:
    network = shrunk.network
    count = len(layer_stack(network.encoder)[1])
    dropped = layers_to_drop(count, step)
    layers = list(step.layers)
    if not layers and step.by == "top":
        layers = list(range(count - dropped, count))
    elif not layers:
        whole, batches = judging(network), _batches(shrunk, recipe, data)
        layers = least_needed(whole.encoders(), dropped, lambda: mean_loss(whole, batches))
    drop_layers(network.encoder, network.adapters.values(), layers)
    return {"dropped": layers, "left": count - dropped}


def _prune_heads(
    step: PruneHeads, shrunk: _Shrunk, recipe: CompressionRecipe, data: Path
) -> Changed:
    network = shrunk.network
    require_heads(network.encoder)
    count = heads_to_prune([one.heads for one in attentions(network.encoder)], step)
    whole, batches = judging(network), _batches(shrunk, recipe, data)
    importance = head_importance(whole.encoders(), batches, lambda batch: batch_loss(whole, batch))
    pruned = prune_heads(network.encoder, network.adapters.values(), importance, count)
    return {"pruned": pruned, "left": [one.heads for one in attentions(network.encoder)]}


def _prune_vocabulary(
    step: PruneVocabulary, shrunk: _Shrunk, recipe: CompressionRecipe, data: Path
) -> Changed:
    files = tokenizer_files(shrunk.source)
    tokenizer = _tokenizer(shrunk.source)
    texts = (text for file in step.files for text in read_texts(data / file))
    kept = kept_pieces(files, used_pieces(tokenizer, texts), step.least)
    shrunk.tokenizer = pruned_tokenizer(files, kept)
    prune_embeddings(shrunk.network.encoder, kept)
    return {"before": tokenizer.get_vocab_size(), "left": len(kept)}


_WORK: Mapping[type, Callable[..., Changed]] = {
    Quantise: _quantise,
    DropLayers: _drop_layers,
    PruneHeads: _prune_heads,
    PruneVocabulary: _prune_vocabulary,
}


def _distilled(
    step: Distil,
    recipe: CompressionRecipe,
    source: Path,
    place: Place,
    progress: Progress | None,
) -> tuple[_Shrunk, Changed]:
    """Train, going on from the last checkpoint where a run was killed."""
    learnt = distillation(step, recipe, place, encoder=source)
    checkpoints = place.out / step.name / CHECKPOINTS
    resume = last_checkpoint(checkpoints) is not None
    trained = train(learnt, place.data, checkpoints, resume=resume, progress=progress)
    before = read_manifest(source)
    record = training_record(place.recipe_file.parent / step.recipe, learnt, place.data, trained)
    if learnt.encoder == str(source):
        record["compression"] = before.training.get("compression", [])
    manifest = replace(before, training=record, labels=trained.labels or before.labels)
    shrunk = _Shrunk(source, trained.network, trained.tokenizer, manifest, storage_in(source))
    return shrunk, {"steps": trained.steps, "seconds": round(trained.seconds), **trained.items}


def _batches(shrunk: _Shrunk, recipe: CompressionRecipe, data: Path) -> list[Batch]:
    tokens = shrunk.manifest.max_tokens
    builder = PromptBuilder(_tokenizer(shrunk.source), max_tokens=tokens)
    return weighing_batches(recipe.weigh, data, builder, most=recipe.weighed)


def _tokenizer(folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(folder / TOKENIZER))
