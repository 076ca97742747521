"""A mean says how sure it is."""

import numpy as np
import pytest

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.interval import mean_with_interval


def test_the_interval_is_that_of_the_mean():
    values = np.random.default_rng(3).normal(10.0, 2.0, 400)
    found = mean_with_interval(values.tolist())
    assert found["n"] == 400
    assert found["value"] == pytest.approx(values.mean())
    error = values.std() / np.sqrt(400)  # the interval is about 1.96 of them to each side
    assert found["low"] == pytest.approx(values.mean() - 1.96 * error, abs=0.3 * error)
    assert found["high"] == pytest.approx(values.mean() + 1.96 * error, abs=0.3 * error)
    assert mean_with_interval(values.tolist()) == found


def test_values_that_are_all_equal_leave_no_doubt():
    assert mean_with_interval([1.0] * 5) == {"n": 5, "value": 1.0, "low": 1.0, "high": 1.0}


def test_nothing_has_no_mean():
    with pytest.raises(UsageError, match="nothing to measure"):
        mean_with_interval([])
