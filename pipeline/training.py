"""Train a reader by a recipe, on transformers' Trainer: checkpoints and resuming are its own.

Numbers are bf16 where the hardware computes in them; emulated, they take thirty times as long.

The run's batches are all drawn before it starts, from the recipe's seed, so a run that is killed
and resumed sees exactly the batches that an undisturbed one sees.
"""

import math
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from transformers import AutoTokenizer, TrainingArguments, set_seed

from wherefrom.indexes.hardware import choose_number_type
from wherefrom.indexes.model_folder import find_model_folder
from wherefrom.kb.errors import UsageError
from wherefrom.kb.progress import Progress
from wherefrom.pipeline.adapter import adapter_ranks, attach_adapter, detach_adapter, keep_adapter
from wherefrom.pipeline.adaptive_rank import (
    Allocating,
    load_allocation,
    orthogonality,
    schedule,
)
from wherefrom.pipeline.adversary import Adversary
from wherefrom.pipeline.augmentation import Augmenter
from wherefrom.pipeline.averaging import averaged_weights, require_averageable
from wherefrom.pipeline.batches import Item, collate
from wherefrom.pipeline.checkpoint import INFERENCE, load_network
from wherefrom.pipeline.consolidation import Consolidation, fisher_information
from wherefrom.pipeline.draws import text_labels
from wherefrom.pipeline.early_stopping import (
    MEASURED,
    Stopping,
    has_stopped,
    last_state,
    load_checkpoint,
)
from wherefrom.pipeline.heads import ReaderNetwork
from wherefrom.pipeline.held_out import HeldOut
from wherefrom.pipeline.networks import (
    add_heads,
    blend,
    blend_judging,
    freeze_layers,
    is_reader,
    known_labels,
    new_network,
    part_plausibility,
    require_same_beginning,
    require_same_shape,
)
from wherefrom.pipeline.processes import first_process_first, process_count, wait_for_all
from wherefrom.pipeline.prompt import PromptBuilder
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.reader_trainer import BatchList, ReaderTrainer
from wherefrom.pipeline.reading_alone import blend_reading, keep_judging, learn_to_read
from wherefrom.pipeline.recipe import Recipe, earlier_recipes
from wherefrom.pipeline.resuming import Clock, checkpoint_to_resume
from wherefrom.pipeline.run_batches import RunBatches, draw_run
from wherefrom.pipeline.teacher import Teacher

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


LOADERS = min(4, os.cpu_count() or 1)  # processes that make tensors while a GPU learns
TEACHER_LABELS = "teacher"  # the folder, beside the checkpoints, of what the teacher says


@dataclass(frozen=True, slots=True)
class TrainedReader:
    """A network with the tokenizer that it was trained with, and what the run was like."""

    network: ReaderNetwork
    tokenizer: "PreTrainedTokenizerBase"
    steps: int
    seconds: float
    items: dict[str, int]  # of each task that was drawn
    labels: tuple[str, ...] = ()
    record: dict[str, Any] = field(default_factory=dict)  # what else is to be said of the run
    held_out: HeldOut = field(default_factory=HeldOut)  # what it has not learnt


def train(
    recipe: Recipe,
    data: Path,
    folder: Path,
    *,
    resume: bool = False,
    progress: Progress | None = None,
    tell: Callable[[str], None] | None = None,
) -> TrainedReader:
    """Train a reader and return it.

    Parameters
    ----------
    recipe
        What to learn from and how.
    data
        The folder that the recipe's file names are relative to.
    folder
        Where checkpoints go; `resume` goes on from the last one there.
    progress
        Hears of the pairs that the recipe's teacher labels, and of the examples by which weights
        are weighed.
    tell
        Hears, before the first step, what of the drawn examples may be wrong.

    Raises
    ------
    SourceError, RecordError
        If a data file cannot be read.
    UsageError
        If there is nothing to resume or to learn from, or checkpoints exist and `resume` is false.
    ModelError
        If the encoder is none, or the last checkpoint is damaged.
    StorageError
        If the disk refuses a checkpoint.
    TrainingError
        If the loss is no number any more.
    """
    last = checkpoint_to_resume(folder, resume=resume)
    if recipe.report_to != "none" and find_spec(recipe.report_to) is None:
        raise UsageError(f"report_to is {recipe.report_to}, which is not installed: pip install it")
    set_seed(recipe.seed)
    tokenizer = AutoTokenizer.from_pretrained(find_model_folder(recipe.encoder).path)
    known = known_labels(recipe.encoder)
    labels = text_labels(recipe, data) or known
    network, fresh = _prepared(recipe, fresh_labels=0 if labels == known else len(labels))
    ancestor = _ancestor(recipe, network)
    builder = PromptBuilder(tokenizer.backend_tokenizer, max_tokens=recipe.max_tokens)
    held_out = HeldOut()
    with first_process_first():
        drawn = draw_run(
            recipe,
            data,
            builder,
            teachers=cache(lambda readers: _teacher(readers, folder)),
            labels=labels,
            held_out=held_out,
            augmenter=Augmenter.of(recipe.augment, recipe.seed, folder, fits=builder.question_fits),
            progress=progress,
        )
    if drawn.data and tell:
        for concern in drawn.data.concerns():
            tell(concern)
    trainer = _trainer(recipe, folder, network, drawn)
    if recipe.consolidation:
        with first_process_first():
            fisher = fisher_information(
                network, drawn.remembered, folder, seed=recipe.seed, fresh=fresh, progress=progress
            )
        trainer.terms.append(Consolidation(recipe.consolidation, fisher, network))
    seconds = _run(trainer, recipe, last)
    wait_for_all()  # the first has written the last checkpoint
    record = _chosen_weights(trainer, recipe, folder, drawn)
    network = network.cpu().eval()
    if ancestor is not None:
        _blend(recipe)(network, ancestor, recipe.kept)
    if recipe.keeps_judging:
        keep_judging(network)
    elif recipe.adapter_rank or network.judging_layers:
        detach_adapter(network)
        record["adapter_of"] = network.adapting
        record["adapter_ranks"] = adapter_ranks(network.adapters[network.adapting])
    steps = trainer.state.global_step
    return TrainedReader(network, tokenizer, steps, seconds, drawn.counts, labels, record, held_out)


def _ancestor(recipe: Recipe, network: ReaderNetwork) -> ReaderNetwork | None:
    """Return what a share is kept of, where one is, loaded before hours are spent on the run."""
    if not recipe.kept:
        return None
    ancestor = load_network(find_model_folder(recipe.kept_from).path)
    if recipe.adapter_rank:
        require_same_beginning(network, ancestor)
    else:
        require_same_shape(network, ancestor, adapted=recipe.keeps_judging)
    return ancestor


def _blend(recipe: Recipe) -> Callable[[ReaderNetwork, ReaderNetwork, float], None]:
    """Return how what a recipe taught is moved towards what an ancestor knew."""
    if recipe.keeps_judging:
        return blend_reading
    return blend_judging if recipe.adapter_rank else blend


def _prepared(recipe: Recipe, *, fresh_labels: int) -> tuple[ReaderNetwork, tuple[str, ...]]:
    """Make the network that learns, and name its fresh heads; refuse what cannot learn so."""
    if recipe.consolidation and not is_reader(recipe.encoder):
        raise UsageError(
            f"consolidation keeps what a reader has learnt, but the encoder {recipe.encoder} is no "
            "reader"
        )
    network = new_network(recipe.encoder, dropout=recipe.dropout)
    recipes = (recipe, *earlier_recipes(recipe))
    judged = any(one.choices or one.claims for one in recipes)
    is_fresh = {
        "plausibility": judged and network.plausibility is None,
        "labels": bool(fresh_labels),
    }
    if judged and recipe.adapter_rank and not any(_learns_inference(one) for one in recipes):
        part_plausibility(network)
    elif judged and network.plausibility_in is not None:
        raise UsageError(
            f"plausibility has an adapter of its own in {recipe.encoder}: learn [[choices]] and "
            "[[claims]] with adapter_rank, in a recipe that teaches nothing else"
        )
    add_heads(network, plausibility=judged, labels=fresh_labels)
    if recipe.keeps_judging:
        learn_to_read(network)
    elif recipe.adapter_rank:
        attach_adapter(network, recipe.adapter_rank, recipe.adapter)
    elif network.adapters[INFERENCE]:
        _require_adapted(recipe)
        keep_adapter(network)
    if recipe.frozen_layers:
        freeze_layers(network.encoder, recipe.frozen_layers)
    return network, tuple(head for head, fresh in is_fresh.items() if fresh)


def _learns_inference(recipe: Recipe) -> bool:
    """Tell whether a recipe teaches what shares its adapter with inference."""
    made = recipe.statements or recipe.overlap_pairs
    return bool(recipe.pairs or recipe.yes_no or recipe.texts or made)


def _require_adapted(recipe: Recipe) -> None:
    """Refuse what a reader that has an adapter cannot learn with."""
    for key, reason in (
        ("averaged", "the mean of two products is not that of their factors"),
        ("kept", "its adapter is not that of the weights in between"),
    ):
        if getattr(recipe, key):
            raise UsageError(f"{key} does not go with {recipe.encoder}, an adapter: {reason}")


def _trainer(
    recipe: Recipe, folder: Path, network: ReaderNetwork, drawn: RunBatches
) -> ReaderTrainer:
    """Make the trainer of a run, with all that acts on its steps."""
    batches, together = drawn.learnt, recipe.accumulate * process_count()
    if recipe.max_steps:
        batches = batches[: recipe.max_steps * together]
    steps = math.ceil(len(batches) / together)
    require_averageable(recipe.averaged, steps, recipe.save_steps)
    trainer = ReaderTrainer(
        model=network,
        args=_arguments(recipe, folder, steps),
        train_dataset=BatchList(batches),
        eval_dataset=BatchList(drawn.set_aside) if recipe.stopping_share else None,
        data_collator=_collate_one,
    )
    if recipe.adversary != "none":
        trainer.adversary = Adversary(
            recipe.adversary, recipe.adversary_size, recipe.adversary_steps
        )
    if recipe.stopping_share:
        trainer.add_callback(Stopping(early_stopping_patience=recipe.patience))
    if trainer.allocates:
        schedule(network.encoder, steps, *_rise_and_fall(recipe, steps))
        trainer.terms.append(lambda learning: orthogonality(learning.encoder))
        trainer.add_callback(Allocating(network.encoder))
    trainer.r_drop = recipe.r_drop
    return trainer


def _run(trainer: ReaderTrainer, recipe: Recipe, last: Path | None) -> float:
    """Train, from the last checkpoint where there is one; return how many seconds it took."""
    trainer.clock = Clock(last)
    if last is not None and recipe.stopping_share and has_stopped(last):
        trainer.state = last_state(last)
        return trainer.clock.seconds()
    if last is not None and trainer.allocates:
        load_allocation(trainer.network.encoder, last)
    trainer.train(resume_from_checkpoint=None if last is None else str(last))
    trainer.require_finite_loss()
    return trainer.clock.seconds()


def _chosen_weights(
    trainer: ReaderTrainer, recipe: Recipe, folder: Path, drawn: RunBatches
) -> dict[str, Any]:
    """Give the network the weights that count in the end; return what is to be said of them."""
    record: dict[str, Any] = drawn.data.record if drawn.data else {}
    if recipe.stopping_share:
        best = trainer.state.best_global_step
        loss = trainer.state.best_metric
        if not best or loss is None:
            raise UsageError(f"{folder} holds a run without stopping_share: name another folder")
        load_checkpoint(trainer.network, folder, best)
        record |= {
            "stopping_share": recipe.stopping_share,
            "stopping_items": sum(len(batch) for batch in drawn.set_aside),
            "stopping_loss": round(loss, 4),
            "best_step": best,
        }
    if recipe.averaged:
        trainer.network.load_state_dict(averaged_weights(folder, recipe.averaged))
    if drawn.replayed:
        record["replayed"] = list(drawn.replayed)
    return record


def _collate_one(features: list[list[Item]]) -> dict[str, Tensor]:
    """Take the one batch that each step of the loader gives."""
    return collate(features[0])


def _teacher(readers: tuple[str, ...], folder: Path) -> Teacher | None:
    """Open what a recipe names as its teacher, where it names one."""
    opened = tuple(Reader.open(find_model_folder(reader).path) for reader in readers)
    return Teacher(opened, folder / TEACHER_LABELS) if opened else None


def _rise_and_fall(recipe: Recipe, steps: int) -> tuple[int, int]:
    """Return over how many steps the learning rate rises, and over how many it falls."""
    warmup = round(recipe.warmup_share * steps)
    return warmup, min(round(recipe.decay_share * steps), steps - warmup)  # the rest is stable


def _arguments(recipe: Recipe, folder: Path, steps: int) -> TrainingArguments:
    warmup, decay = _rise_and_fall(recipe, steps)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return TrainingArguments(
        output_dir=str(folder),
        max_steps=steps,
        per_device_train_batch_size=1,
        gradient_accumulation_steps=recipe.accumulate,
        learning_rate=recipe.learning_rate,
        weight_decay=recipe.weight_decay,
        warmup_steps=warmup,
        lr_scheduler_type="warmup_stable_decay",
        lr_scheduler_kwargs={"num_decay_steps": decay, "decay_type": "linear"},
        max_grad_norm=1.0,
        bf16=choose_number_type(device) == torch.bfloat16,
        optim="adamw_torch_fused",
        logging_steps=50,
        save_steps=recipe.save_steps,
        save_total_limit=max(2, recipe.averaged),
        eval_strategy="steps" if recipe.stopping_share else "no",
        eval_steps=recipe.save_steps,
        metric_for_best_model=MEASURED if recipe.stopping_share else None,
        restore_callback_states_from_checkpoint=bool(recipe.stopping_share),
        seed=recipe.seed,
        data_seed=recipe.seed,
        report_to=[] if recipe.report_to == "none" else [recipe.report_to],
        remove_unused_columns=False,
        disable_tqdm=True,
        use_cpu=device == "cpu",
        dataloader_pin_memory=device == "cuda",
        dataloader_num_workers=LOADERS if device == "cuda" else 0,
        logging_nan_inf_filter=False,  # it waits for the GPU in each step; the trainer looks itself
    )
