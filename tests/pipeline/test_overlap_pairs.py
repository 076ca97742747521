"""Pairs that share all words: balanced, different, of words that training never saw."""

import random
import re
from collections import Counter
from dataclasses import astuple

import pytest

from wherefrom.pipeline.examples import ENTAILMENT, NEUTRAL
from wherefrom.pipeline.overlap_pairs import KINDS, WORD_SETS, WORDS, overlap_pairs


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


@pytest.mark.parametrize("words", WORD_SETS)
def test_pairs_are_different_and_share_their_words(words):
    made = overlap_pairs(5_000, words, random.Random(3))
    assert len({pair for _, pair in made}) == 5_000
    groups = Counter((kind, pair.label) for kind, pair in made)
    assert set(groups) == {(kind, label) for kind in KINDS for label in (ENTAILMENT, NEUTRAL)}
    assert max(groups.values()) - min(groups.values()) <= 1
    for _, pair in made:
        assert set(words_of(pair.hypothesis)) <= set(words_of(pair.premise))
        assert "{" not in pair.premise + pair.hypothesis
    assert made == overlap_pairs(5_000, words, random.Random(3))
    assert made != overlap_pairs(5_000, words, random.Random(4))


def test_subsequences_and_constituents_are_what_they_are_called():
    for kind, pair in overlap_pairs(600, "measuring", random.Random(1)):
        if kind == "constituent":
            said = pair.hypothesis.rstrip(".").lower()
            assert said in pair.premise.lower()


def test_the_two_sets_have_no_word_in_common():
    one, other = ({word for group in astuple(WORDS[name]) for word in group} for name in WORD_SETS)
    assert len(one) > 40
    assert not one & other
