"""Test that a tokeniser's spaces are undone, and that every place stays known."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.pipeline.detokenise import detokenise

TOKENS = st.sampled_from(
    "the Ohio , . ( ) `` '' ' 's n't - ; % $ 1880 [ ] 東京 does ! \n é".split(" ")
)


@pytest.mark.parametrize(
    ("tokenised", "text"),
    [
        ("1880 , 81 ( Ohio ) .", "1880, 81 (Ohio)."),
        ("he 's here ; they 'll go", "he's here; they'll go"),
        ("it does n't cost $ 5 or 6 % ?", "it doesn't cost $5 or 6%?"),
        ("the `` dogma , '' he said", 'the "dogma," he said'),
        ("`` a '' and `` b ''", '"a" and "b"'),
        ("a well - known [ sic ] name", "a well-known [sic] name"),
        ("from 5 - 6 - 7", "from 5-6-7"),
        ("a - b", "a-b"),
        ("nothing to do", "nothing to do"),
        ("", ""),
    ],
)
def test_texts(tokenised: str, text: str) -> None:
    assert detokenise(tokenised)[0] == text


@given(st.one_of(st.lists(TOKENS, max_size=30).map(" ".join), st.text(max_size=60)))
def test_every_place_is_known(text: str) -> None:
    joined, places = detokenise(text)
    assert len(places) == len(text) + 1
    assert (places[0], places[-1]) == (0, len(joined))
    for letter, (start, end) in zip(text, itertools.pairwise(places), strict=True):
        left = joined[start:end]
        if letter in " \t\n`'" or letter.isspace():
            assert left in (letter, "", '"')
        else:
            assert left == letter


@given(st.lists(st.sampled_from("Ohio 1880 ( ) , . 's".split()), max_size=20))
def test_words_keep_their_places(words: list[str]) -> None:
    text = " ".join(words)
    joined, places = detokenise(text)
    at = 0
    for word in words:
        assert joined[places[at] : places[at + len(word)]] == word
        at += len(word) + 1
