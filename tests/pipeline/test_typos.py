"""Test typing errors."""

import random

from hypothesis import given
from hypothesis import strategies as st

from wherefrom.pipeline.edits import edited
from wherefrom.pipeline.typos import NEIGHBOURS, typos


def test_keys_are_beside_each_other() -> None:
    assert set(NEIGHBOURS["g"]) == set("fhtyvb")
    assert set(NEIGHBOURS["q"]) == set("wa")
    assert set(NEIGHBOURS["p"]) == set("ol")
    for letter, others in NEIGHBOURS.items():
        assert all(letter in NEIGHBOURS[other] for other in others), letter


@given(st.text("abcdeZ09 .'-", max_size=120), st.integers())
def test_words_keep_their_ends_their_length_and_their_number(text: str, seed: int) -> None:
    edits = typos(text, random.Random(seed))
    assert edits == typos(text, random.Random(seed))
    for edit in edits:
        word = text[edit.start : edit.end]
        assert word.islower() and word != edit.text and len(word) == len(edit.text) >= 4
        assert (word[0], word[-1]) == (edit.text[0], edit.text[-1])
        wrong = [at for at in range(len(word)) if word[at] != edit.text[at]]
        if len(wrong) == 2:  # two letters side by side have changed places
            assert wrong[1] == wrong[0] + 1
            assert sorted(word) == sorted(edit.text)
        else:
            assert edit.text[wrong[0]] in NEIGHBOURS[word[wrong[0]]]
    assert len(edited(text, edits)) == len(text)


def test_names_numbers_and_short_words_stay() -> None:
    assert typos("The Seine is in NASA's x-ray 1889 abc1def", random.Random(0)) == []
    words = " ".join(["tower"] * 40)
    assert len(typos(words, random.Random(0))) == 4
