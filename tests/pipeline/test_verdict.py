"""Test verdicts: their order, their odds, and that they are the reader's own probabilities."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.pipeline.examples import INFERENCE_LABELS
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.verdict import Verification, verify


@pytest.mark.parametrize(
    ("probabilities", "verdict"),
    [
        ((0.6, 0.3, 0.1), "supported"),
        ((0.3, 0.6, 0.1), "refuted"),
        ((0.3, 0.1, 0.6), "undecided"),
    ],
)
def test_the_most_probable_verdict(probabilities: tuple[float, ...], verdict: str) -> None:
    assert Verification(*probabilities).verdict == verdict


def test_odds_of_certainty_are_finite() -> None:
    assert Verification(1.0, 0.0, 0.0).log_odds == pytest.approx(math.log(1e6), abs=1e-4)
    assert Verification(0.0, 1.0, 0.0).log_odds == pytest.approx(-math.log(1e6), abs=1e-4)


@given(st.floats(1e-5, 1 - 1e-5))
def test_odds_are_those_of_support(supported: float) -> None:
    found = Verification(supported, 0.0, 1 - supported).log_odds
    assert 1 / (1 + math.exp(-found)) == pytest.approx(supported)


def test_verifications_are_what_the_reader_infers(tiny_reader: Reader) -> None:
    premises, claims = ["Paris is old.", "A dog eats."], ["It is old.", "The dog sleeps."]
    verified = verify(tiny_reader, premises, claims)
    for found, row in zip(verified, tiny_reader.infer(premises, claims), strict=True):
        by_label = dict(zip(INFERENCE_LABELS, row.tolist(), strict=True))
        assert found.supported == by_label["entailment"]
        assert found.refuted == by_label["contradiction"]
        assert found.undecided == by_label["neutral"]
        assert found.supported + found.refuted + found.undecided == pytest.approx(1)
    assert verify(tiny_reader, [], []) == []
