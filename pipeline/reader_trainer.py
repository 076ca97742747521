"""transformers' Trainer as readers need it: batches in their order, and more in the loss."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, SequentialSampler
from transformers import Trainer

from wherefrom.pipeline.adaptive_rank import is_adaptive, save_allocation
from wherefrom.pipeline.adversary import Adversary, MovedEmbeddings
from wherefrom.pipeline.batches import Item
from wherefrom.pipeline.heads import ReaderNetwork
from wherefrom.pipeline.resuming import Clock, require_finite, whole_checkpoint
from wherefrom.pipeline.two_passes import loss_of_two_passes


class BatchList(Dataset[list[Item]]):
    """A list of ready batches, one to a step."""

    def __init__(self, batches: list[list[Item]]) -> None:
        self.batches = batches

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, index: int) -> list[Item]:
        return self.batches[index]


class ReaderTrainer(Trainer):
    """The Trainer, but batches keep their order, and more than a batch may go into the loss.

    It stops where the loss is no number, and leaves no half of a checkpoint.
    """

    adversary: Adversary | None = None
    clock = Clock(None)
    r_drop = 0.0

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.terms: list[Callable[[Any], Tensor]] = []  # of the network, added to the loss
        self._last_loss: tuple[int, Tensor] | None = None  # not looked at yet, and its step

    @property
    def network(self) -> ReaderNetwork:
        """Return what learns."""
        return cast(ReaderNetwork, self.model)

    @property
    def allocates(self) -> bool:
        """Tell whether the network's adapter shares its ranks out."""
        return is_adaptive(self.network.encoder)

    def training_step(
        self,
        model: torch.nn.Module,
        inputs: dict[str, Tensor | Any],
        num_items_in_batch: Tensor | int | None = None,
    ) -> Tensor:
        """Take one step's gradient and return its loss, which must be a number."""
        if self._last_loss is not None and self.args.device.type == "cuda":
            self.require_finite_loss()  # of the step before, which the GPU has done by now
        loss = self._learnt(model, inputs, num_items_in_batch)
        self._last_loss = (self.state.global_step + 1, loss.detach())
        if self.args.device.type != "cuda":
            self.require_finite_loss()
        return loss

    def require_finite_loss(self) -> None:
        """Refuse to go on where the loss of the last step is no number.

        Raises
        ------
        TrainingError
            If it is none.
        """
        if self._last_loss is not None:
            step, loss = self._last_loss
            self._last_loss = None
            advice = "lower learning_rate, or adversary_size where there is an adversary"
            require_finite(float(loss), step, str(self.args.output_dir), advice)

    def _save_checkpoint(self, model: torch.nn.Module, trial: Any) -> None:
        self.require_finite_loss()
        place = Path(str(self.args.output_dir)) / f"checkpoint-{self.state.global_step}"
        with whole_checkpoint(place):
            self.clock.keep(place)  # before the state, which says that the checkpoint is whole
            if self.allocates:
                save_allocation(self.network.encoder, place)
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

    def compute_loss(
        self,
        model: torch.nn.Module,
        inputs: dict[str, Tensor | Any],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Tensor:
        """Return the loss that is learnt from."""
        if self.r_drop:
            loss = loss_of_two_passes(model, inputs, self.r_drop)
        else:
            loss = cast(Tensor, super().compute_loss(model, inputs))
        network = self.accelerator.unwrap_model(model)
        for term in self.terms:
            loss = loss + term(network)
        return loss

    def prediction_step(
        self,
        model: torch.nn.Module,
        inputs: dict[str, Tensor | Any],
        prediction_loss_only: bool,
        ignore_keys: list[str] | None = None,
    ) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
        """Return the loss of a batch that is held out, without what is added while learning."""
        with torch.no_grad():
            return model(**self._prepare_inputs(inputs))["loss"], None, None

    def get_train_dataloader(self) -> DataLoader[list[Item]]:
        """Give the batches to learn from, as they were drawn."""
        return self._loader(self.train_dataset)

    def get_eval_dataloader(self, eval_dataset: Any = None) -> DataLoader[list[Item]]:
        """Give the batches that are held out."""
        return self._loader(self.eval_dataset)

    def _loader(self, dataset: Any) -> DataLoader[list[Item]]:
        """Give the batches of a list in its order."""
        batches = cast(BatchList, dataset)
        loader: DataLoader[list[Item]] = DataLoader(
            batches,
            batch_size=1,
            sampler=SequentialSampler(batches),
            collate_fn=self.data_collator,
            num_workers=self.args.dataloader_num_workers,
            pin_memory=self.args.dataloader_pin_memory,
        )
        return cast("DataLoader[list[Item]]", self.accelerator.prepare(loader))
