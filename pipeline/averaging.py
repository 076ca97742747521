"""Average the weights of a run's last checkpoints: nothing more to run, and often a better reader.

Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization", UAI 2018,
arXiv:1803.05407; of several runs: Wortsman et al., "Model soups", ICML 2022, arXiv:2203.05482.
"""

import math
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.early_stopping import checkpoint_weights
from wherefrom.pipeline.resuming import checkpoint_steps


def require_averageable(count: int, steps: int, save_steps: int) -> None:
    """Refuse to average more checkpoints than a run will write.

    Raises
    ------
    UsageError
        If there will be fewer.
    """
    written = math.ceil(steps / save_steps)
    if count > written:
        raise UsageError(
            f"averaged is {count}, but a run of {steps} steps with save_steps = {save_steps} "
            f"writes {written} checkpoints"
        )


def averaged_weights(folder: Path, count: int) -> dict[str, Tensor]:
    """Return the mean of the weights of the last checkpoints in a folder.

    Raises
    ------
    ModelError
        If one of them is damaged.
    UsageError
        If there are fewer.
    """
    steps = checkpoint_steps(folder)[-count:]
    if len(steps) < count:
        raise UsageError(
            f"averaged is {count}, but {folder} holds {len(steps)} whole checkpoints; those of a "
            "run that is resumed are kept as its recipe says from then on"
        )
    return mean_weights([checkpoint_weights(folder, step) for step in steps])


def mean_weights(all_weights: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
    """Return the mean of each weight; what is no floating-point number is the last one's.

    Examples
    --------
    >>> mean_weights([{"w": torch.tensor([1.0])}, {"w": torch.tensor([4.0])}])
    {'w': tensor([2.5000])}
    """
    last = all_weights[-1]
    return {
        name: torch.stack([weights[name] for weights in all_weights]).mean(0)
        if weight.is_floating_point()
        else weight
        for name, weight in last.items()
    }
