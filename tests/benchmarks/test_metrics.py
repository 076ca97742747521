"""Measures whose values are known: McNemar's test by hand, and nothing to measure."""

import math

import numpy as np
import pytest

from wherefrom.benchmarks.judging import compare_arms, findings, flags
from wherefrom.benchmarks.metrics import difference, mcnemar, measure_arm, resampled
from wherefrom.benchmarks.prediction import Prediction
from wherefrom.benchmarks.run import limited
from wherefrom.benchmarks.run_comparison import is_more_than_noise
from wherefrom.kb.errors import UsageError


def said(right: list[int], *, arm: str = "none", first: int = 0) -> list[Prediction]:
    return [
        Prediction(str(first + n), arm, "a", 0.5, ("a",), {"accuracy": float(value)})
        for n, value in enumerate(right)
    ]


@pytest.mark.parametrize(
    ("gained", "lost", "p"),
    [
        (0, 0, 1.0),
        (0, 5, 2 / 2**5),
        (0, 6, 2 / 2**6),
        (1, 9, 2 * (1 + 10) / 2**10),
        (3, 12, 2 * (1 + 15 + 105 + 455) / 2**15),
        (7, 7, 1.0),
        (12, 3, 2 * (1 + 15 + 105 + 455) / 2**15),
    ],
)
def test_mcnemar_is_that_of_the_hand(gained, lost, p):
    assert mcnemar(gained, lost) == pytest.approx(p)


@pytest.mark.parametrize(("gained", "lost"), [(0, 50), (200, 250), (300, 350), (1000, 1050)])
def test_a_lost_point_of_5000_is_noise_or_not_as_the_binomial_sum_says(gained, lost):
    before = [1] * lost + [0] * gained + [1] * (5_000 - lost - gained)
    after = [0] * lost + [1] * gained + [1] * (5_000 - lost - gained)
    found = difference(said(after), said(before), "accuracy")
    changed = gained + lost
    tail = sum(math.comb(changed, few) for few in range(gained + 1))
    by_hand = 2 * tail / 2**changed
    assert (found["n"], found["value"]) == (5_000, pytest.approx(-0.01))
    assert found["p"] == pytest.approx(by_hand, rel=1e-6)
    assert is_more_than_noise(found) is (by_hand < 0.05)
    assert (by_hand < 0.05) is (changed < 600)


def test_calibration_is_that_of_answers_alone():
    held_back = [Prediction(str(n), "none", "", 0.3, ("a",), {"f1": 0.0}) for n in range(10, 14)]
    found = measure_arm([*said([1, 0]), *held_back])
    assert found["calibration_error"] == {
        "n": 2,
        "value": 0.0,
        "low": 0.0,
        "high": pytest.approx(0.2615),
    }
    assert found["brier"]["value"] == pytest.approx(0.25)
    assert found["risk_coverage_area"]["n"] == 6
    assert not {"calibration_error", "brier"} & set(measure_arm(held_back))


def test_examples_spread_over_a_file_of_kinds_that_take_turns_are_of_all_kinds():
    kinds = [place % 6 for place in range(1_200)]
    chosen = limited(kinds, 200, spread=True)
    assert len(chosen) == 200
    assert all(chosen.count(kind) > 15 for kind in range(6))
    assert (
        chosen
        == limited(kinds, 200, spread=True, seed=0)
        != limited(kinds, 200, spread=True, seed=1)
    )
    assert limited(kinds, 1_200, spread=True) == kinds


def test_over_no_example_nothing_is_measured_and_nothing_is_told():
    assert measure_arm([]) == {}
    assert difference(said([1]), said([1], first=9), "accuracy") == {"n": 0}
    arms = {"retrieved": said([1]), "shuffled": said([1], first=9)}
    differences = compare_arms(arms, "claim")
    assert findings(differences, "claim") == []
    assert flags(differences) == []
    assert not is_more_than_noise({"n": 0})
    with pytest.raises(UsageError, match="nothing to measure"):
        resampled(0, lambda rows: 0.0, 0)


def test_the_interval_of_a_small_calibration_error_holds_it():
    """Resampled rows are calibrated worse than the rows: their quantiles would lie above."""
    random = np.random.default_rng(4)
    for _ in range(5):
        chances = random.uniform(0.4, 1.0, 200)
        right = random.random(200) < chances
        found = measure_arm(
            [
                Prediction(str(place), "gold", "A", chance, ("A",), {"accuracy": float(fine)})
                for place, (chance, fine) in enumerate(zip(chances, right, strict=True))
            ]
        )["calibration_error"]
        assert 0 <= found["low"] < found["value"] < found["high"] < found["value"] + 0.08


def test_no_measure_is_ever_not_a_number():
    marks = {"biased": "A", "unknown": "C", "condition": "ambig"}
    one = Prediction("1", "none", "C", 1.0, ("C",), {"accuracy": 1.0}, marks=marks)
    for arm in (said([0]), said([1]), [one]):
        for name, found in measure_arm(arm).items():
            assert all(math.isfinite(value) for value in found.values()), name
