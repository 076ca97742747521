"""Let the encoder's matrices learn whole for judging, and keep an adapter of what they learnt.

A product of low rank that learns as one learns less than the matrices themselves, but what they
have learnt in the end is nearly of low rank: from the change of each the nearest matrix of the rank
asked for is kept, its truncated singular value decomposition (Eckart and Young, "The approximation
of one matrix by another of lower rank", Psychometrika 1936). Embeddings, biases and norms stay as
they are, as with any adapter.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from wherefrom.pipeline.adapter import DOWN, UP, with_adapter


@dataclass(frozen=True, slots=True)
class Beginning:
    """What an encoder's matrices are without an adapter, and the rank that it shall have."""

    matrices: dict[str, Tensor]  # by the names of their layers
    rank: int


def learn_whole(
    layers: Mapping[str, nn.Linear], rank: int, known: Mapping[str, Tensor]
) -> Beginning:
    """Let the matrices of layers learn, from their sums with what is known of an adapter on.

    Of the whole network nothing else is touched.
    """
    matrices = {name: layer.weight.detach().clone() for name, layer in layers.items()}
    begun = with_adapter({f"{name}.weight": matrix for name, matrix in matrices.items()}, known)
    with torch.no_grad():
        for name, layer in layers.items():
            layer.weight.copy_(begun[f"{name}.weight"])
            layer.weight.requires_grad_(True)
    return Beginning(matrices, rank)


def extract_adapter(layers: Mapping[str, nn.Linear], beginning: Beginning) -> dict[str, Tensor]:
    """Return an adapter near to what layers have learnt; they are again what they were.

    Its two factors of a matrix are equally large: each has the roots of the singular values.
    """
    adapter = {}
    with torch.no_grad():
        for name, layer in layers.items():
            matrix = beginning.matrices[name]
            left, values, right = torch.linalg.svd(layer.weight - matrix, full_matrices=False)
            roots = values[: beginning.rank].sqrt()
            adapter[name + DOWN] = roots[:, None] * right[: beginning.rank]
            adapter[name + UP] = left[:, : beginning.rank] * roots
            layer.weight.copy_(matrix)
    return adapter
