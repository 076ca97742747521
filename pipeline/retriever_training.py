"""Train the encoder of a retriever by a recipe, on the trainer and the losses of
sentence-transformers: a query is to be nearer to its passage than to all others of the batch.

The run's batches are all drawn before it starts, as those of a reader are
(`wherefrom.pipeline.training`), so a run that is killed and resumed sees the same ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch
from safetensors.torch import load_model, save_model
from sentence_transformers import (
    SentenceTransformer,
    SentenceTransformerTrainer,
    SentenceTransformerTrainingArguments,
)
from sentence_transformers.sentence_transformer.losses import (
    CachedMultipleNegativesRankingLoss,
    MultipleNegativesRankingLoss,
)
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, SequentialSampler
from transformers import set_seed

from wherefrom.indexes.hardware import choose_number_type
from wherefrom.indexes.model_folder import ModelFolder
from wherefrom.kb.errors import ModelError, UsageError
from wherefrom.pipeline.adapter import SCALE
from wherefrom.pipeline.query_batches import QueryBatch
from wherefrom.pipeline.resuming import (
    WEIGHTS,
    Clock,
    checkpoint_to_resume,
    require_finite,
    whole_checkpoint,
)
from wherefrom.pipeline.retriever_recipe import RetrieverRecipe

if TYPE_CHECKING:
    from peft import LoraModel

Row = dict[str, str]  # the texts of one example, under the names of their columns
QUERY, POSITIVE, NEGATIVE = "anchor", "positive", "negative"


@dataclass(frozen=True, slots=True)
class TrainedEncoder:
    """A model on the CPU, in evaluation mode, and what the run was like."""

    model: SentenceTransformer
    steps: int
    seconds: float


class BatchTexts(Dataset[list[Row]]):
    """The texts of ready batches, one batch to a step."""

    def __init__(self, batches: Sequence[QueryBatch]) -> None:
        self.batches = batches

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, index: int) -> list[Row]:
        batch = self.batches[index]
        passages = batch.queries.passages
        return [
            {
                QUERY: batch.queries.queries[example.query].text,
                POSITIVE: passages[example.positive],
                **{
                    f"{NEGATIVE}_{number}": passages[one]
                    for number, one in enumerate(example.negatives, start=1)
                },
            }
            for example in batch.examples
        ]


class _RetrieverTrainer(SentenceTransformerTrainer):
    """The trainer, but batches stay as they were drawn, and a checkpoint holds bare weights.

    It stops where the loss is no number, and leaves no half of a checkpoint.
    """

    clock = Clock(None)

    def training_step(self, *inputs: Any, **options: Any) -> Tensor:
        loss: Tensor = super().training_step(*inputs, **options)
        advice = "lower learning_rate or raise temperature"
        step = self.state.global_step + 1
        require_finite(float(loss), step, str(self.args.output_dir), advice)
        return loss

    def preprocess_dataset(self, dataset: Any = None, dataset_name: str | None = None) -> Any:
        """Take the batches as they are."""
        return dataset

    def add_model_card_callback(self, default_args_dict: dict[str, Any]) -> None:
        """Collect nothing: wherefrom writes a card of its own."""

    def get_train_dataloader(self) -> Any:
        batches = cast(BatchTexts, self.train_dataset)
        loader: DataLoader[list[Row]] = DataLoader(
            batches,
            batch_size=1,
            sampler=SequentialSampler(batches),
            collate_fn=lambda features: self.data_collator(features[0]),
        )
        return self.accelerator.prepare(loader)

    def _save_checkpoint(self, model: torch.nn.Module, trial: Any) -> None:
        place = Path(str(self.args.output_dir)) / f"checkpoint-{self.state.global_step}"
        with whole_checkpoint(place):
            self.clock.keep(place)
            super()._save_checkpoint(model, trial)

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        place = Path(str(output_dir or self.args.output_dir))
        place.mkdir(parents=True, exist_ok=True)
        save_model(self.model, str(place / WEIGHTS))

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        load_model(self.model, str(Path(resume_from_checkpoint) / WEIGHTS))


def load_model_to_train(folder: ModelFolder) -> SentenceTransformer:
    """Load a model of sentence-transformers, in float32 whatever it is stored in.

    Raises
    ------
    ModelError
        If sentence-transformers cannot load it, or queries and passages go different ways in it.
    """
    if "Router" in folder.modules:
        raise ModelError(
            f"{folder.path} encodes queries and passages by different modules (Router), which "
            "cannot be trained here; choose an encoder of one transformer"
        )
    try:
        model = SentenceTransformer(str(folder.path), device="cpu", local_files_only=True)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, ImportError) as error:
        raise ModelError(f"{folder.path}: sentence-transformers cannot load it: {error}") from error
    return model.float()


def train_encoder(
    recipe: RetrieverRecipe,
    model: SentenceTransformer,
    batches: Sequence[QueryBatch],
    folder: Path,
    *,
    prompts: tuple[str, str] = ("", ""),
    resume: bool = False,
) -> TrainedEncoder:
    """Train a model and return it.

    Parameters
    ----------
    recipe
        How to train.
    model
        What is trained, in place.
    batches
        One for each step.
    folder
        Where checkpoints go; `resume` goes on from the last one there.
    prompts
        What the model wants before a query and before a passage.

    Raises
    ------
    UsageError
        If there is nothing to resume, or checkpoints exist and `resume` is false.
    ModelError
        If the last checkpoint is damaged.
    StorageError
        If the disk refuses a checkpoint.
    TrainingError
        If the loss is no number any more.
    """
    last = checkpoint_to_resume(folder, resume=resume)
    set_seed(recipe.seed)
    limit = model.max_seq_length
    model.max_seq_length = min(recipe.max_tokens, limit or recipe.max_tokens)
    adapter = _attached(model, recipe.adapter_rank) if recipe.adapter_rank else None
    trainer = _RetrieverTrainer(
        model=model,
        args=_arguments(recipe, folder, len(batches), prompts),
        train_dataset=BatchTexts(batches),
        loss=_loss(recipe, model),
    )
    trainer.clock = Clock(last)
    trainer.train(resume_from_checkpoint=None if last is None else str(last))
    seconds = trainer.clock.seconds()
    model = model.cpu().eval()
    if adapter is not None:
        adapter.merge_and_unload()
    model.max_seq_length = limit
    backend = getattr(model.tokenizer, "backend_tokenizer", None)
    if backend is not None:
        backend.no_truncation()  # else tokenizer.json would keep where the training cut
    return TrainedEncoder(model, len(batches), seconds)


def _loss(recipe: RetrieverRecipe, model: SentenceTransformer) -> torch.nn.Module:
    scale = 1.0 / recipe.temperature
    if 0 < recipe.mini_batch < recipe.batch:
        return cast(
            torch.nn.Module,
            CachedMultipleNegativesRankingLoss(
                model, scale=scale, mini_batch_size=recipe.mini_batch
            ),
        )
    return cast(torch.nn.Module, MultipleNegativesRankingLoss(model, scale=scale))


def _attached(model: SentenceTransformer, rank: int) -> "LoraModel":
    """Put an adapter into a model, in place; nothing else learns from now on."""
    from peft import LoraConfig, LoraModel

    network = getattr(model[0], "auto_model", None)
    linear = torch.nn.Linear
    names = (
        [name for name, part in network.named_modules() if isinstance(part, linear)]
        if (network is not None)
        else []
    )
    if not names:
        raise UsageError("adapter_rank needs an encoder that is a transformer")
    model.requires_grad_(False)
    config = LoraConfig(r=rank, lora_alpha=SCALE, lora_dropout=0.0, target_modules=names)
    return LoraModel(network, config, "default")


def _arguments(
    recipe: RetrieverRecipe, folder: Path, steps: int, prompts: tuple[str, str]
) -> SentenceTransformerTrainingArguments:
    device = "cuda" if torch.cuda.is_available() else "cpu"
    columns = [POSITIVE, *(f"{NEGATIVE}_{n}" for n in range(1, recipe.hard_negatives + 1))]
    before = {QUERY: prompts[0], **dict.fromkeys(columns, prompts[1])}
    return SentenceTransformerTrainingArguments(
        output_dir=str(folder),
        max_steps=steps,
        per_device_train_batch_size=1,
        learning_rate=recipe.learning_rate,
        weight_decay=recipe.weight_decay,
        warmup_steps=round(recipe.warmup_share * steps),
        lr_scheduler_type="linear",
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
        prompts={name: prompt for name, prompt in before.items() if prompt} or None,
    )
