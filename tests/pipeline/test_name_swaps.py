"""Test swaps of proper names: the same everywhere in an example, and never two names in one."""

import random

from wherefrom.pipeline.edits import edited
from wherefrom.pipeline.name_swaps import name_edits, names_by_shape, swapped_words

TEXTS = (
    "Which prize did Marie Curie win?",
    "In 1903 Marie Curie won it with Pierre Curie. Curie's work went on. J. Smith knew the "
    "House of Lords. She praised Curie.",
)


def test_names_are_known_by_shape() -> None:
    known = names_by_shape([*TEXTS, "He met Ada Lovelace and the Bank of England."])
    assert known == {
        ("Aa", "Aa"): ["Ada Lovelace", "Marie Curie", "Pierre Curie"],
        ("A.", "Aa"): ["J. Smith"],
        ("Aa", "of", "Aa"): ["Bank of England", "House of Lords"],
    }


def test_a_swap_is_the_same_in_every_text() -> None:
    known = {("Aa", "Aa"): ["Ada Lovelace"], ("Aa", "of", "Aa"): ["Bank of England"]}
    swapped = swapped_words(TEXTS, known, random.Random(0))
    assert swapped == {
        "Pierre": "Ada",
        "Curie": "Lovelace",
        "House": "Bank",
        "Lords": "England",
    }
    asked, said = (edited(text, name_edits(text, swapped)) for text in TEXTS)
    assert asked == "Which prize did Marie Lovelace win?"
    assert said == (
        "In 1903 Marie Lovelace won it with Ada Lovelace. Lovelace's work went on. J. Smith knew "
        "the Bank of England. She praised Lovelace."
    )


def test_no_name_becomes_one_that_is_there_already() -> None:
    assert swapped_words(TEXTS, {("Aa", "Aa"): ["Smith Ada"]}, random.Random(0)) == {}
    assert swapped_words(TEXTS, {("Aa", "Aa"): ["Ada Ada"]}, random.Random(0)) == {}
    assert swapped_words(TEXTS, {}, random.Random(0)) == {}
    two = ("We met Ann Lee and Bob Roe.",)
    swapped = swapped_words(two, {("Aa", "Aa"): ["Cy Poe"]}, random.Random(0))
    assert swapped == {"Ann": "Cy", "Lee": "Poe"}  # for the second no name is left
