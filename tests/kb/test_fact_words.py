"""Facts read as sentences, whatever their source calls the relation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.fact_words import fact_sentence, relation_words
from wherefrom.kb.records import Triple
from wherefrom.kb.triples import is_negated

NAMES = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=12)


def said(relation: str, *, negated: bool = False) -> str:
    return fact_sentence(Triple("bird", relation, "thing", negated=negated))


@pytest.mark.parametrize(
    ("relation", "sentence"),
    [
        ("IsA", "bird is a kind of thing."),
        ("/r/IsA", "bird is a kind of thing."),
        ("isA", "bird is a kind of thing."),
        ("AtLocation", "bird is found at thing."),
        ("at_location", "bird is found at thing."),
        ("hypernym", "bird is a kind of thing."),
        ("_hypernym", "bird is a kind of thing."),
        ("xNeed", "bird needs PersonX first thing."),
        ("birthPlace", "bird: birth place: thing."),
        ("place_of_birth", "bird: place of birth: thing."),
        ("/people/person/place_of_birth", "bird: people person place of birth: thing."),
        ("place of birth", "bird: place of birth: thing."),
        ("NotableWork", "bird: notable work: thing."),
        ("ISBN", "bird: ISBN: thing."),
        ("出生地", "bird: 出生地: thing."),
        ("_", "bird: _: thing."),
        ("///", "bird: ///: thing."),
    ],
)
def test_what_a_relation_says(relation, sentence):
    assert said(relation) == sentence


@pytest.mark.parametrize(
    ("relation", "sentence"),
    [
        ("NotIsA", "bird is not a kind of thing."),
        ("/r/NotCapableOf", "bird cannot thing."),
        ("IsA", "bird is not a kind of thing."),  # an OWL assertion keeps its relation's own name
        ("NotRelatedTo", "bird: not related to: thing."),
        ("NotBirthPlace", "bird: not birth place: thing."),
        ("birthPlace", "bird: not birth place: thing."),
        ("NotableWork", "bird: not notable work: thing."),
        ("notes", "bird: not notes: thing."),
    ],
)
def test_what_a_denied_relation_says(relation, sentence):
    assert said(relation, negated=True) == sentence


@given(NAMES, NAMES, NAMES)
def test_a_sentence_names_both_ends_and_denies_what_does_not_hold(head, relation, tail):
    sentence = fact_sentence(Triple(head, relation, tail))
    assert sentence.startswith(head)
    assert sentence.endswith(f"{tail}.")
    if not is_negated(relation):
        assert sentence != fact_sentence(Triple(head, relation, tail, negated=True))


@given(NAMES)
def test_words_of_a_relation_are_words_of_words(relation):
    words = relation_words(relation)
    assert words == " ".join(words.split())
    assert "_" not in words
