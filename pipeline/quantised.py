"""Store a network's weights as eight-bit integers, one scale for each row.

Symmetric rounding to [-127, 127] by the row's largest magnitude, as in Jacob et al., "Quantization
and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", CVPR 2018,
arXiv:1712.05877, but for storage alone: the weights are floats again once they are loaded.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

SCALE = ".scale"  # suffix of the tensor that holds a quantised tensor's scales
SMALLEST = 4096  # tensors with fewer elements stay in 32 bits: they are too small to matter


def quantise(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the weights with every large matrix as int8 and its scales (rows,) as float32."""
    stored: dict[str, Tensor] = {}
    for name, weight in weights.items():
        if weight.ndim != 2 or weight.numel() < SMALLEST:
            stored[name] = weight.detach().contiguous().float()
            continue
        rows = weight.detach().float()
        scale = rows.abs().amax(dim=1).clamp(min=1e-12) / 127.0
        stored[name] = (rows / scale.unsqueeze(1)).round().to(torch.int8).contiguous()
        stored[name + SCALE] = scale
    return stored


def dequantise(stored: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return float32 weights; the inverse of `quantise` up to half a step of each row's scale."""
    weights: dict[str, Tensor] = {}
    for name, tensor in stored.items():
        if name.endswith(SCALE):
            continue
        scale = stored.get(name + SCALE)
        weights[name] = tensor if scale is None else tensor.float() * scale.unsqueeze(1)
    return weights
