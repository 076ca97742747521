from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.digest import MultisetDigest, content_digest, document_digest
from wherefrom.kb.passages import PassageRules, cut_passages
from wherefrom.kb.records import Document, Link

DOCUMENT = Document(
    "d", "Title", "One. Two.", "http://x", "starter", ("Alias",), (Link(0, 3, "One"),)
)
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


@given(digests, digests, st.randoms())
def test_only_what_is_left_counts(kept, gone, chance):
    everything = kept + gone
    chance.shuffle(everything)
    total = MultisetDigest().plus(everything).minus(gone)
    assert total == MultisetDigest().plus(kept)
    assert MultisetDigest.from_hex(total.hex) == total
