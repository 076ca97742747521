"""Let two passes of a batch, in which dropout leaves out other features, say the same.

Liang et al., "R-Drop: Regularized Dropout for Neural Networks", NeurIPS 2021, arXiv:2106.14448.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


def loss_of_two_passes(network: nn.Module, batch: Mapping[str, Any], weight: float) -> Tensor:
    """Return half of the paper's loss, which is as large as that of one pass.

    Parameters
    ----------
    network
        A `wherefrom.pipeline.heads.ReaderNetwork` that is learning.
    batch
        Its arguments.
    weight
        The paper's α: how much a difference between the passes counts.
    """
    first, second = network(**batch), network(**batch)
    loss: Tensor = first["loss"] + second["loss"]
    return (loss + weight * difference(first["logits"], second["logits"])) / 2


def difference(first: Sequence[Tensor], second: Sequence[Tensor]) -> Tensor:
    """Return the mean Kullback-Leibler divergence of two passes, of both directions.

    Parameters
    ----------
    first, second
        For each thing that is asked the logits (B, L) of a batch, or (B,) where it is yes or no.

    Examples
    --------
    >>> logits = [torch.tensor([[0.0, 1.0]]), torch.tensor([2.0])]
    >>> float(difference(logits, logits))
    0.0
    """
    found = []
    for one, other in zip(first, second, strict=True):
        there, back = _logarithms(one), _logarithms(other)
        found.append(_divergence(there, back) + _divergence(back, there))
    return torch.stack(found).mean() / 2


def _divergence(one: Tensor, other: Tensor) -> Tensor:
    return functional.kl_div(other, one, reduction="batchmean", log_target=True)


def _logarithms(logits: Tensor) -> Tensor:
    """Return logarithms of probabilities (B, L)."""
    if logits.dim() == 1:
        logits = torch.stack([torch.zeros_like(logits), logits], dim=-1)
    return functional.log_softmax(logits, dim=-1)
