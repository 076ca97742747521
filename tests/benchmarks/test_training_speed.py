"""Test that both loops that are timed do the same work: steps over the same batches."""

import pytest

from wherefrom.benchmarks.training_speed import measure


@pytest.mark.slow
def test_both_loops_are_timed_over_the_same_steps() -> None:
    found = measure(steps=1, rounds=1)
    assert found["steps"] == 1
    assert set(found["seconds"]) == {"train", "bare"}
    assert all(len(taken) == 1 and taken[0] > 0 for taken in found["seconds"].values())
    wanted = found["seconds"]["bare"][0] / found["seconds"]["train"][0]
    assert found["ratio"] == pytest.approx(wanted)
