"""A result says where it was made, and a mean how sure it is."""

import json

import numpy as np
import pytest

from wherefrom.benchmarks.interval import mean_with_interval
from wherefrom.benchmarks.provenance import write_result


def test_a_result_carries_machine_commit_and_versions(tmp_path):
    file = tmp_path / "new" / "result.json"
    write_result(file, {"benchmark": "é", "value": 1.5})
    found = json.loads(file.read_text(encoding="utf-8"))
    assert (found["benchmark"], found["value"]) == ("é", 1.5)
    made_by = found["made_by"]
    assert made_by["machine"]["cpu"] and made_by["machine"]["cores"] >= 1
    assert made_by["packages"]["wherefrom"] and made_by["packages"]["torch"]
    assert "commit" in made_by and made_by["python"].startswith("3.")


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
