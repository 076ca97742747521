"""Overlap is measured over all pairs, and by what is entailed and why not."""

import numpy as np
import pytest

from wherefrom.benchmarks.overlap import measure
from wherefrom.pipeline.overlap_pairs import KINDS
from wherefrom.pipeline.reader import Reader


@pytest.fixture
def tiny_reader(tiny_reader_folder) -> Reader:
    return Reader.open(tiny_reader_folder, device="cpu")


class Believer:
    """A reader that holds everything for entailed."""

    def __init__(self, reader) -> None:
        self.manifest = reader.manifest

    def infer(self, premises, hypotheses):
        return np.tile([0.8, 0.1, 0.1], (len(premises), 1))


def test_a_reader_that_believes_everything_is_half_right(tiny_reader):
    found = measure(Believer(tiny_reader), pairs=60, seeds=[1, 2])
    accuracy = {name: one["value"] for name, one in found["accuracy"].items()}
    assert accuracy.pop("all") == pytest.approx(0.5)
    assert accuracy.pop("not entailed") == 0
    assert accuracy == {
        f"{kind}, {said}": float(said == "entailed")
        for kind in KINDS
        for said in ("entailed", "not entailed")
    }
    assert found["accuracy_each_seed"] == [0.5, 0.5]
    assert found["accuracy"]["all"]["n"] == 120


def test_a_real_reader_is_measured(tiny_reader):
    found = measure(tiny_reader, pairs=12, seeds=[3])
    assert found["reader"] == tiny_reader.manifest.weights_sha256[:16]
    assert 0 <= found["accuracy"]["all"]["value"] <= 1
