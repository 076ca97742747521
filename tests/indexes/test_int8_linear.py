"""Test that products in eight bits are those of the rounded numbers, whatever stands beside."""

import numpy as np
import pytest
import torch
from torch.nn.functional import gelu

from wherefrom.indexes.int8_linear import computes_in_int8, int8_linear, rounded_rows

needs_kernels = pytest.mark.skipif(
    not computes_in_int8("cpu"), reason="no kernel multiplies in eight bits here"
)
SHAPES = [(5, 48, 32), (33, 160, 32), (9, 384, 1536)]  # tokens, features out, features in


def drawn(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape)))


def product(features: torch.Tensor, weight: torch.Tensor) -> np.ndarray:
    """Round and multiply in whole numbers, slowly: what the kernel should give."""
    rows, scale = rounded_rows(weight)
    size = features.abs().amax(dim=1, keepdim=True) / 63
    whole = (features / size).round().to(torch.int64).numpy()
    scales = size.double().numpy() * scale.double().numpy()
    return (whole @ rows.numpy().astype(np.int64).T) * scales


@needs_kernels
@pytest.mark.parametrize(("tokens", "out", "width"), SHAPES)
def test_products_are_exact_in_whole_numbers(tokens: int, out: int, width: int) -> None:
    features, weight, bias = drawn(tokens, width), drawn(out, width), drawn(out)
    found = int8_linear(weight, bias)(features).numpy()
    wanted = product(features, weight) + bias.numpy()
    np.testing.assert_allclose(found, wanted, atol=1e-4)
    exact = torch.nn.functional.linear(features, weight, bias).numpy()
    error = np.abs(found - exact).mean() / np.abs(exact).mean()
    assert 0 < error < 0.03  # it is rounded, and not by much


@needs_kernels
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_largest_numbers_are_not_cut_off(sign: float) -> None:
    found = int8_linear(torch.ones(16, 384), None)(torch.full((2, 384), sign))
    torch.testing.assert_close(found, torch.full((2, 16), sign * 384))


@needs_kernels
def test_a_token_does_not_depend_on_the_others() -> None:
    linear, features = int8_linear(drawn(160, 32), drawn(160)), drawn(40, 32)
    together = linear(features)
    for first, last in ((0, 1), (3, 10), (39, 40)):
        assert torch.equal(linear(features[first:last]), together[first:last])


@needs_kernels
def test_shapes_gelu_and_zeros() -> None:
    weight, features = drawn(8, 32), drawn(12, 32)
    plain = int8_linear(weight, None)(features)
    assert torch.equal(int8_linear(weight, None)(features.view(3, 4, 32)), plain.view(3, 4, 8))
    assert torch.equal(int8_linear(weight, None, gelu=True)(features), gelu(plain))
    assert not int8_linear(weight, None)(torch.zeros(2, 32)).any()


def test_only_a_processor_multiplies_in_eight_bits() -> None:
    assert not computes_in_int8("cuda:0")
    assert not computes_in_int8("mps")
