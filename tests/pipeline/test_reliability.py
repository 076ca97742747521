"""Test bins of probabilities, the calibration error and their drawing."""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.pipeline.reliability import BINS, calibration_error, reliability
from wherefrom.pipeline.reliability_drawing import RELIABILITY, write_reliability

PREDICTIONS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40)


@given(PREDICTIONS)
def test_every_prediction_is_in_one_bin(predictions: list[tuple[float, bool]]) -> None:
    sure = np.array([chance for chance, _ in predictions])
    right = np.array([truth for _, truth in predictions])
    bins = reliability(sure, right)
    assert sum(one.n for one in bins) == len(predictions)
    assert sum(one.n * one.right for one in bins) == pytest.approx(right.sum())
    assert sum(one.n * one.probability for one in bins) == pytest.approx(sure.sum())
    for one in bins:
        assert one.n > 0
        assert one.high - one.low == pytest.approx(1 / BINS)
        assert one.low - 1e-9 <= one.probability <= one.high + 1e-9
    assert [one.low for one in bins] == sorted({one.low for one in bins})


@pytest.mark.parametrize(
    ("sure", "right", "error"),
    [
        ([1.0, 1.0], [True, True], 0.0),
        ([1.0, 1.0], [False, False], 1.0),
        ([0.75] * 4, [True, True, True, False], 0.0),
        ([0.5, 0.9], [True, True], (0.5 + 0.1) / 2),
        ([0.9] * 3 + [0.5], [True] * 3 + [False], (0.3 + 0.5) / 4),
        ([], [], 0.0),
    ],
)
def test_calibration_error(sure: list[float], right: list[bool], error: float) -> None:
    found = calibration_error(np.array(sure, dtype=float), np.array(right, dtype=bool))
    assert found == pytest.approx(error)


def test_the_drawing_has_a_diagram_for_each_file(tmp_path: Path) -> None:
    some = reliability(np.array([0.9, 0.9, 0.4]), np.array([True, False, True]))
    write_reliability(tmp_path, {"a<b>.jsonl": some, "c": some[:1]})
    root = ElementTree.parse(tmp_path / RELIABILITY).getroot()
    space = "{http://www.w3.org/2000/svg}"
    assert root.tag == f"{space}svg"
    names = [text.text for text in root.iter(f"{space}text")]
    assert "a<b>.jsonl (n = 3)" in names
    assert "c (n = 1)" in names
    bars = [each for each in root.iter(f"{space}rect") if each.get("class") == "right"]
    assert [float(bar.get("height", "")) for bar in bars] == [260, 130, 260]
    write_reliability(tmp_path, {})
    assert not (tmp_path / RELIABILITY).exists()
