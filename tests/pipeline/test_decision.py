"""Test how features become a probability, and when it is too low to answer."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.pipeline.candidates import group
from wherefrom.pipeline.decision import FEATURES, Decision, decide, features, probability
from wherefrom.pipeline.judged import Judged
from wherefrom.pipeline.records import Evidence, Prediction
from wherefrom.pipeline.verdict import Verification

NUMBERS = st.floats(-1e6, 1e6)
VALUES = st.tuples(*[NUMBERS] * len(FEATURES))


def test_features_stand_in_the_order_of_their_names(
    make_evidence: Callable[..., Evidence],
) -> None:
    evidence = [make_evidence("owl", document=str(rank), rank=rank) for rank in (3, 1)]
    (candidate,) = group(
        [Prediction(evidence[0], 0, 3, 2.0, -1.5), Prediction(evidence[1], 0, 3, 2.0, 9.0)]
    )
    found = features(Judged(candidate, Verification(0.8, 0.1, 0.1), 0.7, 0.25))
    named = dict(zip(FEATURES, found, strict=True))
    assert named == {
        "margin": 2.0,
        "relevance": -1.5,
        "agreement": pytest.approx(math.log(2)),
        "entailment": pytest.approx(math.log(0.8 / 0.2)),
        "similarity": 0.7,
        "echo": 0.25,
    }


def test_the_probability_of_a_weighted_sum() -> None:
    values = tuple(float(number) for number, _ in enumerate(FEATURES, start=1))
    weights = {FEATURES[0]: 0.5, FEATURES[2]: -0.1}
    assert probability(values, weights, 0.25) == pytest.approx(1 / (1 + math.exp(-0.45)))
    assert probability(values, {}, 0.0) == 0.5


@given(VALUES, st.dictionaries(st.sampled_from(FEATURES), NUMBERS), NUMBERS)
def test_a_probability_lies_between_0_and_1(
    values: tuple[float, ...], weights: dict[str, float], bias: float
) -> None:
    assert 0 <= probability(values, weights, bias) <= 1


@given(VALUES, st.sampled_from(range(len(FEATURES))), st.floats(0, 1e6), st.floats(0, 10))
def test_more_of_a_feature_of_positive_weight_is_never_less_probable(
    values: tuple[float, ...], which: int, more: float, weight: float
) -> None:
    weights = {FEATURES[which]: weight}
    raised = tuple(value + more * (n == which) for n, value in enumerate(values))
    assert probability(raised, weights, 0.0) >= probability(values, weights, 0.0)


def test_too_few_values_are_refused() -> None:
    with pytest.raises(ValueError, match="mismatch"):
        probability((1.0,), {"margin": 1.0}, 0.0)


@pytest.mark.parametrize(
    ("probabilities", "threshold", "wanted"),
    [
        ([0.2, 0.7, 0.1], 0.5, Decision(1, 0.7, abstained=False)),
        ([0.2, 0.4], 0.5, Decision(1, 0.4, abstained=True)),
        ([0.5], 0.5, Decision(0, 0.5, abstained=False)),
        ([0.6, 0.6], 0.5, Decision(0, 0.6, abstained=False)),
        ([0.0], 0.0, Decision(0, 0.0, abstained=False)),
        ([], 0.5, Decision(-1, 0.0, abstained=True)),
        ([], 0.0, Decision(-1, 0.0, abstained=True)),
    ],
)
def test_decisions(probabilities: list[float], threshold: float, wanted: Decision) -> None:
    assert decide(probabilities, threshold) == wanted
