"""Test synonyms in the place of words."""

import random

from wherefrom.pipeline.edits import edited
from wherefrom.pipeline.synonym_edits import synonym_edits

KNOWN = {"sofa": ("couch", "lounge"), "vast": ("huge",)}


def test_a_tenth_of_the_words_and_at_least_one() -> None:
    text = "A sofa, a vast sofa: Sofa-bed. The sofa's"
    for seed in range(20):
        edits = synonym_edits(text, KNOWN, random.Random(seed))
        assert len(edits) == 1
        old, new = text[edits[0].start : edits[0].end], edits[0].text
        assert new in KNOWN[old]
        assert "Sofa-bed. The sofa's" in edited(text, edits)  # other words are left alone
    longer = " ".join(["a vast sofa"] * 10)
    assert len(synonym_edits(longer, KNOWN, random.Random(0))) == 3
    assert synonym_edits("A dog sleeps.", KNOWN, random.Random(0)) == []
