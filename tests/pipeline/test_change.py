"""Test the paired change of a measure."""

import numpy as np
import pytest

from wherefrom.pipeline.change import in_short, paired_change
from wherefrom.pipeline.interval import mean_with_interval


def test_the_difference_is_paired_and_so_surer_than_two_intervals() -> None:
    random = np.random.default_rng(5)
    before = random.random(200)
    after = before + 0.02 + random.normal(0, 0.01, 200)
    found = paired_change(before, after)
    assert found["n"] == 200
    assert found["difference"] == pytest.approx(found["after"] - found["before"])
    assert 0 < found["low"] < found["difference"] < found["high"] < 0.03
    alone = mean_with_interval(before.tolist())
    assert alone["high"] - alone["low"] > 10 * (found["high"] - found["low"])


def test_nothing_changed() -> None:
    found = paired_change([0.0, 1.0], [0.0, 1.0])
    assert (found["difference"], found["low"], found["high"]) == (0.0, 0.0, 0.0)
    assert in_short({"a": ("f1", found), "b": ("f1", found)}) == "no sure difference on a and b"
    assert in_short({}) == "not measured: the recipe names no [[evaluate]]"


def test_several_measures_are_named_where_they_differ() -> None:
    up = {"n": 9, "before": 0.5, "after": 0.6, "difference": 0.1, "low": 0.02, "high": 0.2}
    found = in_short({"a": ("exact_match", up), "b": ("exact_match", up), "c": ("f1", up)})
    assert found == "better on a (exact match +0.100) and b (+0.100) and c (f1 +0.100)"
