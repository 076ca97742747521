"""Test when two answers name the same nation, when not, and when they do not tell."""

import pytest

from wherefrom.pipeline.nations import same_nation


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Italian", "Turin, Italy", True),
        ("the U.S.", "American silent western", True),
        ("United States", "the USA", True),
        ("UK", "Great Britain", True),
        ("French", "France", True),
        ("East German", "German", True),
        ("South Korean", "South Korea", True),
        ("South Korea", "North Korea", False),
        ("Austria", "Australia", False),
        ("Slovakia", "Slovenia", False),
        ("Turkey", "Turkmenistan", False),
        ("Niger", "Nigeria", False),
        ("Peru", "Norway", False),
        ("the United States", "Brazil", False),
        ("American", "Greek", None),
        ("Trondheim", "Norway", None),
        ("Austrian", "Australian", None),
        ("South African", "South Korean", None),
        ("1922", "Greek", None),
        ("", "Greek", None),
    ],
)
def test_answers_tell_of_nations_what_they_can(one: str, other: str, same: bool | None) -> None:
    assert same_nation(one, other) is same
    assert same_nation(other, one) is same
