"""Stop a run that has ceased to get better, and take the best of its checkpoints.

At each checkpoint the loss over what the run holds out is measured, in transformers' way.

Prechelt, "Early Stopping - But When?", in "Neural Networks: Tricks of the Trade", LNCS 1524 (1998),
doi:10.1007/3-540-49430-8_3.
"""

import json
from pathlib import Path
from typing import Any

import torch
from transformers import EarlyStoppingCallback, TrainerState

from wherefrom.kb.errors import ModelError
from wherefrom.pipeline.resuming import STATE, WEIGHTS, check_checkpoint

MEASURED = "loss"  # what is lowest at the best checkpoint


class Stopping(EarlyStoppingCallback):
    """transformers' callback; that the best weights are loaded is seen to by `load_checkpoint`."""

    def on_train_begin(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        """Say nothing of what loads the best weights."""


def has_stopped(checkpoint: Path) -> bool:
    """Tell whether the run that wrote a checkpoint stopped there because it got no better."""
    state = json.loads((checkpoint / STATE).read_text(encoding="utf-8"))
    found = state["stateful_callbacks"].get(Stopping.__name__)
    if not found:
        return False
    count: int = found["attributes"]["early_stopping_patience_counter"]
    patience: int = found["args"]["early_stopping_patience"]
    return count >= patience


def last_state(checkpoint: Path) -> TrainerState:
    """Return what a checkpoint says of its run."""
    state: TrainerState = TrainerState.load_from_json(str(checkpoint / STATE))
    return state


def load_checkpoint(network: torch.nn.Module, folder: Path, step: int) -> None:
    """Give a network the weights that it had after so many steps.

    Raises
    ------
    ModelError
        If the checkpoint is not there any more, or damaged.
    """
    network.load_state_dict(checkpoint_weights(folder, step))


def checkpoint_weights(folder: Path, step: int) -> dict[str, torch.Tensor]:
    """Return the weights after so many steps; raise as `load_checkpoint` does."""
    from safetensors.torch import load_file

    checkpoint = folder / f"checkpoint-{step}"
    if not checkpoint.is_dir():
        raise ModelError(f"the checkpoint {checkpoint} is needed, but is not there any more")
    check_checkpoint(checkpoint)
    return load_file(checkpoint / WEIGHTS)
