"""Train a reader by a recipe, on transformers' Trainer: checkpoints and resuming are its own.

Numbers are bf16 where the hardware computes in them; emulated, they take thirty times as long.

The run's batches are all drawn before it starts, from the recipe's seed, so a run that is killed
and resumed sees exactly the batches that an undisturbed one sees.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, SequentialSampler
from transformers import AutoConfig, AutoModel, AutoTokenizer, Trainer, TrainingArguments, set_seed
from transformers.trainer_utils import get_last_checkpoint

from wherefrom.indexes.hardware import choose_number_type
from wherefrom.indexes.model_folder import find_model_folder
from wherefrom.kb.errors import UsageError
from wherefrom.kb.progress import Progress
from wherefrom.pipeline.adapter import attach_adapter, detach_adapter
from wherefrom.pipeline.adversary import Adversary, MovedEmbeddings
from wherefrom.pipeline.backbone import LEARNING_ATTENTION, without_pooler
from wherefrom.pipeline.batches import (
    Item,
    choice_items,
    claim_items,
    collate,
    cut_batches,
    pair_items,
    span_items,
    text_items,
)
from wherefrom.pipeline.checkpoint import MANIFEST, load_network
from wherefrom.pipeline.curriculum import (
    choice_examples,
    claim_examples,
    pair_examples,
    span_examples,
    text_examples,
)
from wherefrom.pipeline.heads import ReaderNetwork
from wherefrom.pipeline.labelled_texts import read_texts
from wherefrom.pipeline.leakage import Kind, evaluated, without_leaks
from wherefrom.pipeline.prompt import PromptBuilder
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.teacher import Teacher, targets

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


class BatchList(Dataset[list[Item]]):
    """A list of ready batches, one to a step."""

    def __init__(self, batches: list[list[Item]]) -> None:
        self.batches = batches

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, index: int) -> list[Item]:
        return self.batches[index]


class _ReaderTrainer(Trainer):
    """The Trainer, but batches keep their order as they were drawn, and an adversary may act."""

    adversary: Adversary | None = None

    def training_step(
        self,
        model: torch.nn.Module,
        inputs: dict[str, Tensor | Any],
        num_items_in_batch: Tensor | int | None = None,
    ) -> Tensor:
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
    """
    last: str | None = None
    if folder.is_dir():
        last = get_last_checkpoint(str(folder))  # type: ignore[no-untyped-call]
    if resume and last is None:
        raise UsageError(f"nothing to resume: {folder} holds no checkpoint")
    if not resume and last is not None:
        raise UsageError(f"{folder} holds checkpoints of a run; resume it or name another folder")
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
    teacher = _teacher(recipe, folder)
    batches, counts = draw_batches(
        recipe, data, builder, teacher=teacher, labels=labels, progress=progress
    )
    if not batches:
        raise UsageError(f"the recipe draws no example from its data in {data}; raise a share")
    if recipe.max_steps:
        batches = batches[: recipe.max_steps]
    trainer = _ReaderTrainer(
        model=network,
        args=_arguments(recipe, folder, len(batches)),
        train_dataset=BatchList(batches),
        data_collator=_collate_one,
    )
    if recipe.adversary != "none":
        trainer.adversary = Adversary(
            recipe.adversary, recipe.adversary_size, recipe.adversary_steps
        )
    result = trainer.train(resume_from_checkpoint=last)
    seconds = float(result.metrics["train_runtime"])
    network = network.cpu().eval()
    if recipe.adapter_rank:
        detach_adapter(network)
    if ancestor is not None:
        blend(network, ancestor, recipe.kept)
    return TrainedReader(network, tokenizer, len(batches), seconds, counts, labels)


def _collate_one(features: list[list[Item]]) -> dict[str, Tensor]:
    """Take the one batch that each step of the loader gives."""
    return collate(features[0])


def _teacher(recipe: Recipe, folder: Path) -> Teacher | None:
    """Open the recipe's teacher, where there is one."""
    if not recipe.teacher:
        return None
    return Teacher(Reader.open(find_model_folder(recipe.teacher).path), folder / TEACHER_LABELS)


def new_network(encoder: str, *, dropout: float) -> ReaderNetwork:
    """Load an encoder (a folder, a name, or the packaged default) and put fresh heads on it.

    The folder of a reader gives its heads too: training goes on from there. `dropout` is that of
    every layer of the encoder.
    """
    folder = find_model_folder(encoder).path
    if (folder / MANIFEST).is_file():
        network = load_network(folder)
    else:
        network = ReaderNetwork(
            AutoModel.from_pretrained(
                folder,
                **without_pooler(AutoConfig.from_pretrained(folder)),
                dtype=torch.float32,
                attn_implementation=LEARNING_ATTENTION,
            )
        )
    for module in network.encoder.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = dropout
    return network


def add_heads(network: ReaderNetwork, *, plausibility: bool, labels: int) -> None:
    """Put fresh heads on a network for what it has not learnt; other labels make a fresh head."""
    width = network.inference.in_features
    if plausibility and network.plausibility is None:
        network.plausibility = torch.nn.Linear(width, 1)
    if labels:
        network.labels = torch.nn.Linear(width, labels)


def require_same_shape(network: ReaderNetwork, other: ReaderNetwork) -> None:
    """Raise UsageError where the weights of two networks cannot be blended."""
    shapes, others = (
        {name: weight.shape for name, weight in one.state_dict().items()}
        for one in (network, other)
    )
    if shapes != others or other.adapter:
        raise UsageError("kept_from names a reader of another shape than the one that is trained")


def blend(network: ReaderNetwork, other: ReaderNetwork, share: float) -> None:
    """Move a network's weights by a share of the way to those of another of the same shape."""
    others = other.state_dict()
    with torch.no_grad():
        for name, weight in network.state_dict().items():
            weight.lerp_(others[name], share)


def freeze_layers(encoder: torch.nn.Module, count: int) -> None:
    """Keep an encoder's weights as they are, but for its layers from `count` on.

    Raises
    ------
    UsageError
        If it has no more than `count` layers, or they are not to be found.
    """
    config: Any = encoder.config
    wanted = getattr(config, "num_hidden_layers", None)
    stacks = [
        module
        for module in encoder.modules()
        if isinstance(module, torch.nn.ModuleList) and len(module) == wanted
    ]
    if not stacks or count >= len(stacks[0]):
        found = f"{len(stacks[0])} layers" if stacks else "no stack of layers to be told apart"
        raise UsageError(f"frozen_layers is {count}, but the encoder has {found}")
    encoder.requires_grad_(False)
    for layer in stacks[0][count:]:
        layer.requires_grad_(True)


def draw_batches(
    recipe: Recipe,
    data: Path,
    builder: PromptBuilder,
    *,
    teacher: Teacher | None = None,
    labels: Sequence[str] = (),
    progress: Progress | None = None,
) -> tuple[list[list[Item]], dict[str, int]]:
    """Draw the whole run's batches; return them with the number of items of each task.

    Raises
    ------
    UsageError
        If examples stand in an evaluation file too, and the recipe does not drop them.
    """
    rng = random.Random(recipe.seed)
    known = evaluated(recipe.evaluate, data)
    leaked = 0

    def clean(examples: Sequence[Kind]) -> list[Kind]:
        nonlocal leaked
        kept, found = without_leaks(examples, known, recipe.leaks)
        leaked += found
        return kept

    spans = span_items(clean(span_examples(recipe, data, rng, progress=progress)), builder)
    examples = clean(pair_examples(recipe, data, rng))
    wanted = targets(examples, teacher, progress=progress)
    wanted += recipe.label_smoothing * (1 / wanted.shape[1] - wanted)
    pairs = pair_items(examples, wanted, builder)
    choices = choice_items(clean(choice_examples(recipe, data, rng, progress=progress)), builder)
    claims = claim_items(clean(claim_examples(recipe, data, rng, progress=progress)), builder)
    texts = text_items(clean(text_examples(recipe, data, rng)), labels, builder)
    drawn: list[tuple[str, Sequence[Item], int]] = [
        ("span_items", spans, recipe.span_batch),
        ("pair_items", pairs, recipe.pair_batch),
        ("choice_items", choices, recipe.choice_batch),
        ("claim_items", claims, recipe.pair_batch),
        ("text_items", texts, recipe.pair_batch),
    ]
    batches = [batch for _, items, size in drawn for batch in cut_batches(items, size, rng)]
    rng.shuffle(batches)
    counts = {name: len(items) for name, items, _ in drawn if items}
    return batches, counts | ({"leaks_dropped": leaked} if leaked else {})


def text_labels(recipe: Recipe, data: Path) -> tuple[str, ...]:
    """Return the labels of a recipe's texts, in order.

    Raises
    ------
    UsageError
        If there are texts, but fewer than two labels among them.
    """
    files = [data / source.file for source in recipe.texts]
    labels = tuple(sorted({example.label for file in files for example in read_texts(file)}))
    if files and len(labels) < 2:
        raise UsageError(f"{files[0]}: texts need two labels or more, found {list(labels)}")
    return labels


def _arguments(recipe: Recipe, folder: Path, steps: int) -> TrainingArguments:
    warmup = round(recipe.warmup_share * steps)
    decay = min(round(recipe.decay_share * steps), steps - warmup)  # the rest is stable
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return TrainingArguments(
        output_dir=str(folder),
        max_steps=steps,
        per_device_train_batch_size=1,
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
        report_to=[],
        remove_unused_columns=False,
        disable_tqdm=True,
        use_cpu=device == "cpu",
        dataloader_pin_memory=device == "cuda",
    )
