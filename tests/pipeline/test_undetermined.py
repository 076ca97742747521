"""Test choices that say that the question cannot be answered."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.pipeline.choosing import choose_option
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.records import Evidence, Option
from wherefrom.pipeline.undetermined import says_undetermined, with_undetermined

TEXT = "Paris is the capital of France."
SHOWN = (Evidence("p#0", "p", "Paris", "", 1, 1.0, "dense", TEXT, 0, len(TEXT)),)


@pytest.mark.parametrize(
    "text",
    [
        "Unknown",
        "Undetermined.",
        "Not known",
        "Can't answer",
        "Cannot answer",
        "Cannot be determined",
        "Can’t be determined",
        "Not answerable",
        "Not enough info",
        "Insufficient evidence",
        "It is impossible to tell",
        "The answer is not known",
        "Cannot be determined from the passage",
        "nobody knows",
        "We don't know",
    ],
)
def test_what_says_that_nothing_can_be_told(text: str) -> None:
    assert says_undetermined(text)


@pytest.mark.parametrize(
    "text",
    [
        "An unknown man",
        "The Unknown Soldier",
        "the answer",
        "he cannot answer the phone",
        "They could not say goodbye",
        "not enough water",
        "none of the above",
        "no",
        "",
    ],
)
def test_what_says_something(text: str) -> None:
    assert not says_undetermined(text)


def test_it_has_the_chance_that_nothing_else_is_borne_out() -> None:
    chances, supports = np.array([0.6, 0.3, 0.1]), np.array([0.5, 0.2, 0.9])
    found = with_undetermined(chances, supports, np.array([False, False, True]))
    np.testing.assert_allclose(found, [0.6 * 2 / 3, 0.6 / 3, 0.4])
    for kind in (True, False):
        assert with_undetermined(chances, supports, np.full(3, kind)) is chances


@given(
    st.lists(st.tuples(st.floats(0.01, 1), st.floats(0, 1), st.booleans()), min_size=2, max_size=6)
)
def test_chances_add_up_to_one_and_keep_their_order(
    drawn: list[tuple[float, float, bool]],
) -> None:
    odds, supports, untold = (np.array(each) for each in zip(*drawn, strict=True))
    before = odds / odds.sum()
    after = with_undetermined(before, supports, untold)
    assert after.sum() == pytest.approx(1.0)
    assert (after >= 0).all()
    if not untold.all():
        order = np.argsort(before[~untold], kind="stable")
        assert (np.diff(after[~untold][order]) >= -1e-12).all()


def test_without_evidence_nothing_can_be_told(tiny_reader: Reader, word_encoder: Any) -> None:
    options = [Option("A", "Paris"), Option("B", "Not known"), Option("C", "Rome")]
    question = "What is the capital of France?"
    found = choose_option(tiny_reader, word_encoder, question, options, [[]] * 4)
    assert (found.choice, found.probabilities["B"], found.citations) == ("B", 1.0, ())
    shown = choose_option(tiny_reader, word_encoder, question, options, [SHOWN] * 4)
    assert 0 < shown.probabilities["B"] < 1
    assert sum(shown.probabilities.values()) == pytest.approx(1.0)
