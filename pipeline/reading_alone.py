"""Let reading learn alone, and keep what is judged nearly as it is.

What is judged goes through the encoder with an adapter added, so an encoder that learns to read
better judges otherwise. But what its matrices have learnt can be taken out of the adapters again:
of the difference from what their sums were before the nearest matrices of low rank are the new
adapter (see `wherefrom.pipeline.extraction`), as many numbers as before. Embeddings, biases, norms
and the heads that judge are shared or judge alone, and stay as they are.
"""

from typing import TYPE_CHECKING

import torch

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.adapter import linear_layers, with_adapter
from wherefrom.pipeline.checkpoint import INFERENCE
from wherefrom.pipeline.extraction import Beginning, nearest_adapter
from wherefrom.pipeline.networks import blend

if TYPE_CHECKING:
    from wherefrom.pipeline.heads import ReaderNetwork


def learn_to_read(network: "ReaderNetwork") -> None:
    """Let a network's matrices and the heads that read learn, and nothing else.

    Raises
    ------
    UsageError
        If inference has no adapter: what it would be kept in.
    """
    if not network.adapters[INFERENCE]:
        raise UsageError(
            "keeps_judging keeps it in the reader's adapters, but the encoder has none: train one "
            "with adapter_rank first"
        )
    layers = linear_layers(network.encoder)
    network.requires_grad_(False)
    for part in (*layers.values(), network.span, network.relevance):
        part.weight.requires_grad_(True)
    for head in (network.span, network.relevance):
        head.bias.requires_grad_(True)
    matrices = {name: layer.weight.detach().clone() for name, layer in layers.items()}
    network.beginning = Beginning(matrices, rank=0)


def blend_reading(network: "ReaderNetwork", other: "ReaderNetwork", share: float) -> None:
    """Move what a network has learnt to read by a share of the way to what another reads by.

    They are of the same shape, but for adapters. What has not learnt stays as it is.
    """
    learnt = {name for name, weight in network.named_parameters() if weight.requires_grad}
    blend(network, other, share, names=learnt)


def keep_judging(network: "ReaderNetwork") -> None:
    """Make the adapters of a network anew, whose matrices have learnt to read since."""
    if network.beginning is None:
        raise ValueError("the network has not begun to learn to read")
    layers = linear_layers(network.encoder)
    matrices = {f"{name}.weight": each for name, each in network.beginning.matrices.items()}
    sizes = sum(sum(each.shape) for each in matrices.values())
    network.beginning = None
    with torch.no_grad():
        for whose, adapter in network.adapters.items():
            if adapter:
                sums = with_adapter(matrices, adapter)
                changes = {
                    name: sums[f"{name}.weight"] - part.weight for name, part in layers.items()
                }
                rank = sum(matrix.numel() for matrix in adapter.values()) / sizes
                network.adapters[whose] = nearest_adapter(changes, rank)
