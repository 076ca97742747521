"""Store a network's weights: as eight-bit integers, one scale for each row, or as floats.

Symmetric rounding to [-127, 127] by the row's largest magnitude, as in Jacob et al., "Quantization
and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", CVPR 2018,
arXiv:1712.05877, but for storage alone: the weights are floats again once they are loaded.
"""

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from wherefrom.indexes.int8_linear import rounded_rows

SCALE = ".scale"  # suffix of the tensor that holds a quantised tensor's scales
SMALLEST = 4096  # tensors with fewer elements stay in 32 bits: they are too small to matter
STORAGES = ("int8", "bf16", "float32")  # how large matrices are stored


def quantise(weights: Mapping[str, Tensor], storage: str = "int8") -> dict[str, Tensor]:
    """Return the weights as they are stored.

    Parameters
    ----------
    weights
        By name.
    storage
        One of STORAGES: every large matrix as int8 with its scales (rows,) as float32, as bfloat16,
        or as float32. All else is float32.
    """
    stored: dict[str, Tensor] = {}
    for name, weight in weights.items():
        exact = weight.detach().contiguous().float()
        if storage == "float32" or weight.ndim != 2 or weight.numel() < SMALLEST:
            stored[name] = exact
        elif storage == "bf16":
            stored[name] = exact.to(torch.bfloat16)
        else:
            stored[name], stored[name + SCALE] = rounded_rows(exact)
    return stored


def dequantise(stored: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return float32 weights; of int8 the inverse of `quantise` to half a step of a row's scale."""
    weights: dict[str, Tensor] = {}
    for name, tensor in stored.items():
        if name.endswith(SCALE):
            continue
        scale = stored.get(name + SCALE)
        weights[name] = tensor.float() if scale is None else tensor.float() * scale.unsqueeze(1)
    return weights


def storage_of(kinds: Iterable[torch.dtype]) -> str:
    """Tell which of STORAGES weights are stored in, by the number types of their tensors.

    Examples
    --------
    >>> storage_of([torch.float32, torch.int8])
    'int8'
    """
    found = set(kinds)
    if torch.int8 in found:
        return "int8"
    return "bf16" if torch.bfloat16 in found else "float32"
