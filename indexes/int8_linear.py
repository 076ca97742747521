"""Linear layers whose products are computed in eight bits on a processor.

Weights are rounded once, with one scale for each row of the matrix; what comes in is rounded when
it comes, with one scale for each token. So what is computed of a prompt does not depend on the
prompts beside it, which one scale for a whole batch (torch's own dynamic quantisation) would make
it do; the error is smaller, too. What comes in is rounded to seven bits: processors without VNNI
add pairs of products in sixteen, and larger ones would be cut off there, without a word.

Scales for each token: Yao et al., "ZeroQuant: Efficient and Affordable Post-Training Quantization
for Large-Scale Transformers", NeurIPS 2022, arXiv:2206.01861, section 4.1.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

    Linear = Callable[[Tensor], Tensor]

LARGEST = 127.0  # weights are rounded to whole numbers from -LARGEST to LARGEST
LARGEST_INPUT = 63.0  # and what comes in to those from -LARGEST_INPUT to LARGEST_INPUT
ZERO = 64  # which are shifted by this, so that none is below 0
SMALLEST = 1e-12  # the largest magnitude of a row of zeros is taken for this


def rounded_rows(rows: "Tensor") -> "tuple[Tensor, Tensor]":
    """Round each row to eight bits.

    Parameters
    ----------
    rows
        Shape (R, C), floats.

    Returns
    -------
    tuple
        Whole numbers (R, C) as int8, and scales (R,) as float32; a number is their product, within
        half a scale.
    """
    import torch

    scale = rows.abs().amax(dim=1).clamp(min=SMALLEST) / LARGEST
    return (rows / scale.unsqueeze(1)).round().to(torch.int8).contiguous(), scale


def computes_in_int8(device: str) -> bool:
    """Tell whether a device multiplies in eight bits here: a processor with oneDNN's kernels."""
    import torch

    kernels = getattr(torch.ops, "onednn", None)
    return (
        device.partition(":")[0] == "cpu"
        and bool(torch.backends.mkldnn.is_available())  # type: ignore[no-untyped-call]
        and hasattr(kernels, "qlinear_prepack")
        and hasattr(kernels, "qlinear_pointwise")
    )


def int8_linear(weight: "Tensor", bias: "Tensor | None", *, gelu: bool = False) -> "Linear":
    """Make a linear layer that multiplies in eight bits.

    Parameters
    ----------
    weight
        Shape (O, I), floats.
    bias
        Shape (O,), or None.
    gelu
        Whether GELU follows.

    Returns
    -------
    Callable
        Takes float32 of shape (…, I) and gives float32 of shape (…, O): the product of the rounded
        numbers, which is exact, times the scales.
    """
    import torch
    from torch.nn.functional import gelu as gelu_of

    rows, scale = rounded_rows(weight.float())
    kernels: Any = torch.ops.onednn
    packed = kernels.qlinear_prepack(rows, None)
    zeros = torch.zeros(len(rows), dtype=torch.int32)

    def linear(features: "Tensor") -> "Tensor":
        flat = features.reshape(-1, features.shape[-1])
        sizes = flat.abs().amax(dim=1, keepdim=True).clamp_(min=SMALLEST) / LARGEST_INPUT
        whole = (flat / sizes).round_().add_(ZERO).to(torch.uint8)
        product = kernels.qlinear_pointwise(
            whole, 1.0, ZERO, packed, scale, zeros, None, 1.0, 0, torch.float32, "none", [], ""
        ).mul_(sizes)
        if bias is not None:
            product.add_(bias)
        out = product.view(*features.shape[:-1], -1)
        return gelu_of(out) if gelu else out

    return linear
