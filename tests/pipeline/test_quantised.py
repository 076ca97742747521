"""Test that eight bits keep every weight within half a step of its row."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from wherefrom.pipeline.quantised import SCALE, SMALLEST, dequantise, quantise

WIDTH = 64
MATRICES = npst.arrays(
    np.float32,
    st.tuples(st.integers(SMALLEST // WIDTH, SMALLEST // WIDTH + 5), st.just(WIDTH)),
    elements=st.floats(-1e4, 1e4, width=32),
)


@settings(deadline=None, max_examples=50)
@given(MATRICES)
def test_every_weight_is_within_half_a_step_of_its_row(rows: np.ndarray) -> None:
    stored = quantise({"w": torch.from_numpy(rows)})
    assert stored["w"].dtype == torch.int8
    assert int(stored["w"].abs().max()) <= 127
    (back,) = dequantise(stored).values()
    step = np.maximum(np.abs(rows).max(axis=1, keepdims=True), 1e-12) / 127
    error = np.abs(back.numpy().astype(np.float64) - rows)
    assert (error <= step / 2 * (1 + 1e-4)).all()


@settings(deadline=None, max_examples=20)
@given(MATRICES)
def test_storing_twice_changes_no_more(rows: np.ndarray) -> None:
    once = dequantise(quantise({"w": torch.from_numpy(rows)}))
    twice = dequantise(quantise(once))
    torch.testing.assert_close(twice["w"], once["w"], rtol=1e-6, atol=1e-30)


def test_the_largest_weight_of_each_row_is_kept() -> None:
    rows = torch.randn(80, 64, generator=torch.Generator().manual_seed(1))
    back = dequantise(quantise({"w": rows}))["w"]
    torch.testing.assert_close(back.abs().amax(dim=1), rows.abs().amax(dim=1))


@pytest.mark.parametrize("shape", [(SMALLEST // 64 - 1, 64), (SMALLEST * 2,), (16, 16, 32), ()])
def test_small_tensors_and_others_than_matrices_stay_as_they_are(shape: tuple[int, ...]) -> None:
    weight = torch.randn(shape, generator=torch.Generator().manual_seed(2))
    stored = quantise({"w": weight})
    assert list(stored) == ["w"]
    assert torch.equal(stored["w"], weight)
    assert torch.equal(dequantise(stored)["w"], weight)


def test_names_and_storage() -> None:
    weights = {"a": torch.ones(64, 64), "b": torch.ones(3), "c": torch.zeros(64, 64).bfloat16()}
    stored = quantise(weights)
    assert set(stored) == {"a", f"a{SCALE}", "b", "c", f"c{SCALE}"}
    assert stored["a"].nbytes + stored[f"a{SCALE}"].nbytes == 64 * 64 + 64 * 4
    back = dequantise(stored)
    assert set(back) == set(weights)
    assert {tensor.dtype for tensor in back.values()} == {torch.float32}
    assert not back["c"].any()
