"""Let the encoder's matrices learn whole for judging, and keep an adapter of what they learnt.

A product of low rank that learns as one learns less than the matrices themselves, but what they
have learnt in the end is nearly of low rank: from the change of each the nearest matrix of a lower
rank is kept, its truncated singular value decomposition (Eckart and Young, "The approximation of
one matrix by another of lower rank", Psychometrika 1936). Some need more ranks than others, so the
singular values of all compete. Embeddings, biases and norms stay as they are, as with any adapter.
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

    Its two factors of a matrix are equally large: each has the roots of the singular values. A
    matrix that keeps no rank has none.
    """
    changes = {}
    with torch.no_grad():
        for name, layer in layers.items():
            changes[name] = layer.weight - beginning.matrices[name]
            layer.weight.copy_(beginning.matrices[name])
    return nearest_adapter(changes, beginning.rank)


def nearest_adapter(changes: Mapping[str, Tensor], rank: float) -> dict[str, Tensor]:
    """Return the adapter nearest to changes of matrices, with as many numbers as of this rank."""
    parts = {name: torch.linalg.svd(each, full_matrices=False) for name, each in changes.items()}
    sizes = {name: sum(each.shape) for name, each in changes.items()}
    values = {name: part.S for name, part in parts.items()}
    adapter = {}
    for name, kept in shared_ranks(values, sizes, rank).items():
        left, found, right = parts[name]
        roots = found[:kept].sqrt()
        if kept:
            adapter[name + DOWN] = roots[:, None] * right[:kept]
            adapter[name + UP] = left[:, :kept] * roots
    return adapter


def shared_ranks(
    values: Mapping[str, Tensor], sizes: Mapping[str, int], rank: float
) -> dict[str, int]:
    """Share ranks out between matrices, so that the least is lost of what all have learnt.

    Parameters
    ----------
    values
        Of each matrix its singular values, the largest first.
    sizes
        How many numbers one rank of a matrix takes: its rows and columns.
    rank
        As many numbers are kept as if each matrix had this rank.

    Examples
    --------
    >>> values = {"a": torch.tensor([9.0, 8.0, 1.0]), "b": torch.tensor([2.0, 1.0, 1.0])}
    >>> shared_ranks(values, {"a": 10, "b": 10}, 1)
    {'a': 2, 'b': 0}
    """
    room = rank * sum(sizes.values())
    worth = sorted(
        ((float(value) ** 2 / sizes[name], name) for name in values for value in values[name]),
        reverse=True,
    )
    ranks = dict.fromkeys(values, 0)
    for _, name in worth:
        if sizes[name] > room:
            break
        ranks[name] += 1
        room -= sizes[name]
    return ranks
