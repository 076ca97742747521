"""Train a reader by a recipe, on transformers' Trainer: checkpoints and resuming are its own.

Numbers are bf16 where the hardware computes in them; emulated, they take thirty times as long.

The run's batches are all drawn before it starts, from the recipe's seed, so a run that is killed
and resumed sees exactly the batches that an undisturbed one sees.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, SequentialSampler
from transformers import AutoTokenizer, Trainer, TrainingArguments, set_seed

from wherefrom.indexes.hardware import choose_number_type
from wherefrom.indexes.model_folder import find_model_folder
from wherefrom.kb.errors import UsageError
from wherefrom.kb.progress import Progress
from wherefrom.pipeline.adapter import attach_adapter, detach_adapter
from wherefrom.pipeline.adversary import Adversary, MovedEmbeddings
from wherefrom.pipeline.augmentation import Augmenter
from wherefrom.pipeline.batches import Item, collate
from wherefrom.pipeline.checkpoint import load_network
from wherefrom.pipeline.draws import draw_batches, text_labels
from wherefrom.pipeline.heads import ReaderNetwork
from wherefrom.pipeline.held_out import HeldOut
from wherefrom.pipeline.networks import (
    add_heads,
    blend,
    freeze_layers,
    new_network,
    require_same_shape,
)
from wherefrom.pipeline.prompt import PromptBuilder
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.resuming import checkpoint_to_resume, require_finite, whole_checkpoint
from wherefrom.pipeline.teacher import Teacher

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


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
    held_out: HeldOut = field(default_factory=HeldOut)  # what it has not learnt


class BatchList(Dataset[list[Item]]):
    """A list of ready batches, one to a step."""

    def __init__(self, batches: list[list[Item]]) -> None:
        self.batches = batches

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, index: int) -> list[Item]:
        return self.batches[index]


class _ReaderTrainer(Trainer):
    """The Trainer, but batches keep their order as they were drawn, and an adversary may act.

    It stops where the loss is no number, and leaves no half of a checkpoint.
    """

    adversary: Adversary | None = None

    def training_step(
        self,
        model: torch.nn.Module,
        inputs: dict[str, Tensor | Any],
        num_items_in_batch: Tensor | int | None = None,
    ) -> Tensor:
        loss = self._learnt(model, inputs, num_items_in_batch)
        advice = "lower learning_rate, or adversary_size where there is an adversary"
        step = self.state.global_step + 1
        require_finite(float(loss), step, str(self.args.output_dir), advice)
        return loss

    def _save_checkpoint(self, model: torch.nn.Module, trial: Any) -> None:
        place = Path(str(self.args.output_dir)) / f"checkpoint-{self.state.global_step}"
        with whole_checkpoint(place):
            super()._save_checkpoint(model, trial)

    def _learnt(
        self,
        model: torch.nn.Module,
        inputs: dict[str, Tensor | Any],
        num_items_in_batch: Tensor | int | None,
    ) -> Tensor:
        """Take one step's gradient and return its loss."""
        if self.adversary is None:
            return super().training_step(model, inputs, num_items_in_batch)
        encoder = self.accelerator.unwrap_model(model).encoder
        with MovedEmbeddings(encoder, self.adversary, inputs["mask"]) as moved:
            losses = []
            for _ in range(self.adversary.turns):
                losses.append(super().training_step(model, inputs, num_items_in_batch))
                moved.go_on()
        for weight in model.parameters():
            if weight.grad is not None:
                weight.grad /= self.adversary.turns
        return torch.stack(losses).mean()

    def get_train_dataloader(self) -> DataLoader[list[Item]]:
        batches = cast(BatchList, self.train_dataset)
        loader: DataLoader[list[Item]] = DataLoader(
            batches,
            batch_size=1,
            sampler=SequentialSampler(batches),
            collate_fn=self.data_collator,
        )
        return cast("DataLoader[list[Item]]", self.accelerator.prepare(loader))


def train(
    recipe: Recipe,
    data: Path,
    folder: Path,
    *,
    resume: bool = False,
    progress: Progress | None = None,
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
        Hears of the pairs that the recipe's teacher labels.

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
    labels = text_labels(recipe, data)
    network = new_network(recipe.encoder, dropout=recipe.dropout)
    add_heads(network, plausibility=bool(recipe.choices or recipe.claims), labels=len(labels))
    if recipe.adapter_rank:
        attach_adapter(network, recipe.adapter_rank)
    elif network.adapter:
        raise UsageError(f"{recipe.encoder} has an adapter: learn on with adapter_rank")
    if recipe.frozen_layers:
        freeze_layers(network.encoder, recipe.frozen_layers)
    ancestor = None
    if recipe.kept:  # loaded now, so that a wrong folder is not found out hours later
        ancestor = load_network(find_model_folder(recipe.kept_from).path)
        require_same_shape(network, ancestor)
    builder = PromptBuilder(tokenizer.backend_tokenizer, max_tokens=recipe.max_tokens)
    held_out = HeldOut()
    batches, counts = _drawn(recipe, data, folder, builder, labels, held_out, progress)
    steps = math.ceil(len(batches) / recipe.accumulate)
    trainer = _ReaderTrainer(
        model=network,
        args=_arguments(recipe, folder, steps),
        train_dataset=BatchList(batches),
        data_collator=_collate_one,
    )
    if recipe.adversary != "none":
        trainer.adversary = Adversary(
            recipe.adversary, recipe.adversary_size, recipe.adversary_steps
        )
    result = trainer.train(resume_from_checkpoint=None if last is None else str(last))
    seconds = float(result.metrics["train_runtime"])
    network = network.cpu().eval()
    if recipe.adapter_rank:
        detach_adapter(network)
    if ancestor is not None:
        blend(network, ancestor, recipe.kept)
    return TrainedReader(network, tokenizer, steps, seconds, counts, labels, held_out)


def _drawn(
    recipe: Recipe,
    data: Path,
    folder: Path,
    builder: PromptBuilder,
    labels: Sequence[str],
    held_out: HeldOut,
    progress: Progress | None,
) -> tuple[list[list[Item]], dict[str, int]]:
    """Draw the batches that a run learns, and how many items they are of; refuse none at all."""
    batches, counts = draw_batches(
        recipe,
        data,
        builder,
        teacher=_teacher(recipe, folder),
        labels=labels,
        held_out=held_out,
        augmenter=Augmenter.of(recipe.augment, recipe.seed, folder, fits=builder.question_fits),
        progress=progress,
    )
    if not batches:
        raise UsageError(f"the recipe draws no example from its data in {data}; raise a share")
    if recipe.max_steps:
        batches = batches[: recipe.max_steps * recipe.accumulate]
    return batches, counts


def _collate_one(features: list[list[Item]]) -> dict[str, Tensor]:
    """Take the one batch that each step of the loader gives."""
    return collate(features[0])


def _teacher(recipe: Recipe, folder: Path) -> Teacher | None:
    """Open the recipe's teacher, where there is one."""
    if not recipe.teacher:
        return None
    return Teacher(Reader.open(find_model_folder(recipe.teacher).path), folder / TEACHER_LABELS)


def _arguments(recipe: Recipe, folder: Path, steps: int) -> TrainingArguments:
    warmup = round(recipe.warmup_share * steps)
    decay = min(round(recipe.decay_share * steps), steps - warmup)  # the rest is stable
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
        save_total_limit=2,
        seed=recipe.seed,
        data_seed=recipe.seed,
        report_to=[] if recipe.report_to == "none" else [recipe.report_to],
        remove_unused_columns=False,
        disable_tqdm=True,
        use_cpu=device == "cpu",
        dataloader_pin_memory=device == "cuda",
    )
