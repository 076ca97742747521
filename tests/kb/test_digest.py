from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.digest import (
    MultisetDigest,
    content_digest,
    document_digest,
    fact_digest,
    placed_digest,
)
from wherefrom.kb.passages import PassageRules, cut_passages
from wherefrom.kb.records import Document, Link, Triple

DOCUMENT = Document(
    "d", "Title", "One. Two.", "http://x", "starter", ("Alias",), (Link(0, 3, "One"),)
)
FACT = Triple("bee", "is a", "insect", 2.0, source="triples:a.tsv", place="line 1")
digests = st.lists(st.binary(min_size=32, max_size=32), max_size=6)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "e"},
        {"title": "Titles"},
        {"text": "One. Two. "},
        {"url": ""},
        {"aliases": ()},
        {"links": (Link(0, 3, "Two"),)},
    ],
)
def test_every_field_counts(change):
    assert document_digest(replace(DOCUMENT, **change)) != document_digest(DOCUMENT)


def test_the_source_does_not_count():
    assert document_digest(replace(DOCUMENT, source="x")) == document_digest(DOCUMENT)


def test_fields_do_not_run_into_each_other():
    one = Document("a", "b", "c")
    assert document_digest(one) != document_digest(Document("ab", "", "c"))


def test_the_cut_counts():
    digest = document_digest(DOCUMENT)
    whole = cut_passages(DOCUMENT)
    halves = cut_passages(DOCUMENT, PassageRules(max_words=1))
    assert content_digest(digest, whole) != content_digest(digest, halves)


@pytest.mark.parametrize(
    "change",
    [
        {"head": "bees"},
        {"relation": "is an"},
        {"tail": "insects"},
        {"weight": 2.5},
        {"negated": True},
        {"literal": True},
        {"head_iri": "x"},
        {"relation_iri": "x"},
        {"tail_iri": "x"},
        {"language": "en"},
        {"datatype": "x"},
    ],
)
def test_every_field_of_a_fact_counts(change):
    assert fact_digest(replace(FACT, **change)) != fact_digest(FACT)


def test_where_a_fact_comes_from_does_not_count():
    assert fact_digest(replace(FACT, source="rdf:x", place="line 2")) == fact_digest(FACT)
    assert fact_digest(replace(FACT, weight=2)) == fact_digest(FACT)
    placed = placed_digest(fact_digest(FACT), "line 1")
    assert placed not in (fact_digest(FACT), placed_digest(fact_digest(FACT), "line 2"))


def test_fields_of_a_fact_do_not_run_into_each_other():
    assert fact_digest(Triple("ab", "c", "d")) != fact_digest(Triple("a", "bc", "d"))


@given(digests, digests)
def test_sums_of_digests_are_digests_of_sums(one, other):
    first, second = MultisetDigest().plus(one), MultisetDigest().plus(other)
    assert first + second == MultisetDigest().plus(one + other)
    assert first + second - second == first


@given(digests, digests, st.randoms())
def test_only_what_is_left_counts(kept, gone, chance):
    everything = kept + gone
    chance.shuffle(everything)
    total = MultisetDigest().plus(everything).minus(gone)
    assert total == MultisetDigest().plus(kept)
    assert MultisetDigest.from_hex(total.hex) == total
