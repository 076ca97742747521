"""Test how answers are compared, on known cases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.pipeline.matching import (
    EXTRA_WORDS,
    exact_match,
    normalised_words,
    says_the_same,
    word_f1,
)

WORDS = st.lists(st.sampled_from(["the", "a", "Owl", "owl.", "tower", "1889", "x-ray"]), max_size=6)


@pytest.mark.parametrize(
    ("said", "right", "exact", "f1"),
    [
        ("Denver Broncos", ["Denver Broncos"], 1.0, 1.0),
        ("the denver broncos!", ["Denver Broncos"], 1.0, 1.0),
        ("Broncos", ["Denver Broncos"], 0.0, 2 / 3),
        ("a b c d", ["c d e"], 0.0, 2 * (2 / 3) * (2 / 3) / (4 / 3)),  # "a" is an article
        ("gold gold", ["gold"], 0.0, 2 / 3),
        ("gold", ["silver", "the gold"], 1.0, 1.0),
        ("Paris, France", ["Rome", "Paris", "in France"], 0.0, 2 / 3),
        ("", ["Paris"], 0.0, 0.0),
        ("Paris", [""], 0.0, 0.0),
        ("the", ["a"], 1.0, 1.0),  # nothing is left of either
        ("Paris", [], 0.0, 0.0),
        ("U.S.", ["US"], 1.0, 1.0),
        ("théâtre", ["theatre"], 0.0, 0.0),
    ],
)
def test_known_cases(said: str, right: list[str], exact: float, f1: float) -> None:
    assert exact_match(said, right) == exact
    assert word_f1(said, right) == pytest.approx(f1)


def test_articles_within_words_stay() -> None:
    assert normalised_words("Another theatre, an owl; a-b") == ["another", "theatre", "owl", "ab"]


@given(WORDS, WORDS)
def test_f1_lies_between_exact_match_and_1_and_is_symmetric(one: list[str], two: list[str]) -> None:
    said, right = " ".join(one), " ".join(two)
    f1 = word_f1(said, [right])
    assert exact_match(said, [right]) <= f1 <= 1.0
    assert (f1 == 1.0) == (sorted(normalised_words(said)) == sorted(normalised_words(right)))
    assert f1 == pytest.approx(word_f1(right, [said]))


@pytest.mark.parametrize(
    ("said", "right", "same"),
    [
        ("Paris", ["paris"], True),
        ("the city of Paris", ["Rome", "Paris"], True),
        ("Paris", ["the city of Paris"], False),
        ("Par is", ["Paris"], False),
        ("Eiffel and Gustave", ["Gustave Eiffel"], False),
        ("one two three four Paris", ["Paris"], True),
        ("one two three four five Paris", ["Paris"], False),
        ("Paris", ["the"], False),
        ("Paris", [], False),
    ],
)
def test_an_answer_may_say_a_few_words_more(said: str, right: list[str], same: bool) -> None:
    assert EXTRA_WORDS == 4
    assert says_the_same(said, right) == same
