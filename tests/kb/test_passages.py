"""Passages are exact slices, in order, within the limit, and cover the document."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.errors import UsageError
from wherefrom.kb.passages import PassageRules, count_words, cut_passages
from wherefrom.kb.records import Document
from wherefrom.kb.sentences import split_sentences

WORDS = st.sampled_from(
    [
        "owl",
        "Night",
        "hunt,",
        "U.S.",
        "end.",
        "End. ",
        "東京。",
        "你好",
        "は",
        "x" * 70,
        "ภาษาไทย",
        "\n\n",
        "(a)",
        "why?",
        "it;",
    ]
)
TEXTS = st.one_of(st.lists(WORDS, max_size=80).map(" ".join), st.text(max_size=300))
RULES = st.builds(PassageRules, max_words=st.integers(1, 30), overlap_sentences=st.integers(0, 4))


def document(text):
    return Document("d", "Title", text, url="https://example.org/d", source="jsonl:x")


@given(TEXTS, RULES)
def test_passages_are_exact_slices_within_the_limit_that_cover_the_text(text, rules):
    passages = cut_passages(document(text), rules)
    covered = set()
    for ordinal, passage in enumerate(passages):
        assert passage.id == f"d#{ordinal}"
        assert passage.text == text[passage.start : passage.end] == passage.text.strip() != ""
        assert count_words(passage.text) <= rules.max_words
        covered.update(range(passage.start, passage.end))
    assert all(place in covered for place, letter in enumerate(text) if not letter.isspace())


@given(TEXTS, RULES)
def test_each_passage_goes_further_than_the_one_before(text, rules):
    passages = cut_passages(document(text), rules)
    for before, after in itertools.pairwise(passages):
        assert before.start < after.start
        assert before.end < after.end


@given(TEXTS, st.integers(1, 30))
def test_without_overlap_no_character_is_in_two_passages(text, max_words):
    rules = PassageRules(max_words=max_words, overlap_sentences=0)
    passages = cut_passages(document(text), rules)
    assert all(a.end <= b.start for a, b in itertools.pairwise(passages))


def test_a_passage_takes_over_its_document():
    (passage,) = cut_passages(document("One sentence."))
    assert (passage.document_id, passage.title) == ("d", "Title")
    assert (passage.source, passage.url) == ("jsonl:x", "https://example.org/d")
    assert (passage.start, passage.end) == (0, 13)


def test_passages_overlap_by_whole_sentences():
    text = " ".join(f"Sentence {number} here." for number in range(9))
    passages = cut_passages(document(text), PassageRules(max_words=9, overlap_sentences=2))
    sentences = [text[start:end] for start, end in split_sentences(text)]
    assert passages[0].text == " ".join(sentences[:3])
    assert passages[1].text == " ".join(sentences[1:4])


def test_overlap_gives_way_to_a_long_sentence():
    text = "One two three. " + "A " * 8 + "b."
    passages = cut_passages(document(text), PassageRules(max_words=10))
    assert [passage.start for passage in passages] == [0, 15]


def test_a_sentence_that_is_too_long_is_cut_at_a_clause():
    text = "When the owl, which was old, saw the moon it hunted, and it ate"
    passages = cut_passages(document(text), PassageRules(max_words=8, overlap_sentences=0))
    assert [passage.text for passage in passages] == [
        "When the owl, which was old,",
        "saw the moon it hunted, and it ate",
    ]


def test_text_without_spaces_is_cut_by_characters():
    text = "鸮" * 250
    passages = cut_passages(document(text), PassageRules(max_words=100, overlap_sentences=0))
    assert [len(passage.text) for passage in passages] == [100, 100, 50]
    blob = cut_passages(document("x" * 10_000), PassageRules(max_words=100, overlap_sentences=0))
    assert max(len(passage.text) for passage in blob) == 3200


def test_white_space_has_no_passages():
    assert cut_passages(document(" \n ")) == []


@pytest.mark.parametrize("wrong", [{"max_words": 0}, {"overlap_sentences": -1}])
def test_rules_that_make_no_sense_are_refused(wrong):
    with pytest.raises(UsageError, match="must be at least"):
        PassageRules(**wrong)


def test_a_very_long_sentence_takes_linear_time():
    passages = cut_passages(document("word, " * 60_000), PassageRules())
    assert len(passages) == 600
