"""Test that quotes, sentences and citations are exact slices of their documents."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.passages import PassageRules, cut_passages
from wherefrom.kb.records import Document
from wherefrom.kb.sentences import split_sentences
from wherefrom.pipeline.quoted import Quoted, citation, quote, sentences
from wherefrom.pipeline.records import Evidence
from wherefrom.pipeline.verdict import Verification

MakeEvidence = Callable[..., Evidence]
TEXT = "Élan vital 🦉 is old. It was named by Bergson. 東京は大きい。The end."
WORDS = st.sampled_from(
    ["Élan", "old.", "It", "named", "東京。", "🦉", "why?", "\n\n", "e.g.", "x"]
)
TEXTS = st.lists(WORDS, min_size=1, max_size=25).map(" ".join)


def quoted_words(make_evidence: MakeEvidence, words: str) -> Quoted:
    start = TEXT.index(words)
    return quote(make_evidence(TEXT, title="Élan"), start, start + len(words))


def test_the_sentence_of_a_quote(make_evidence: MakeEvidence) -> None:
    found = quoted_words(make_evidence, "Bergson")
    assert found.quote == "Bergson"
    assert found.sentence == "It was named by Bergson."
    assert found.premise == "Élan: It was named by Bergson."


def test_a_quote_over_two_sentences_has_both(make_evidence: MakeEvidence) -> None:
    assert quoted_words(make_evidence, "old. It was").sentence == TEXT[:45]
    assert quoted_words(make_evidence, TEXT).sentence == TEXT


def test_a_sentence_that_only_touches_does_not_count(make_evidence: MakeEvidence) -> None:
    assert quoted_words(make_evidence, "東京は大きい。").sentence == "東京は大きい。"


def test_white_space_between_sentences_is_its_own_sentence(make_evidence: MakeEvidence) -> None:
    evidence = make_evidence("One.   Two.")
    found = quote(evidence, 5, 6)
    assert found.sentence == found.quote == " "


@given(TEXTS, st.data())
def test_a_sentence_holds_its_quote(
    make_evidence: MakeEvidence, text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    found = quote(make_evidence(text), start, end)
    assert found.quote == text[start:end]
    assert found.sentence_start <= start < end <= found.sentence_end
    assert found.quote in found.sentence
    borders = {place for span in split_sentences(text) for place in span}
    assert {found.sentence_start, found.sentence_end} <= borders | {start, end}


@given(TEXTS, st.integers(3, 9), st.integers(0, 2))
def test_citations_are_slices_of_the_document(
    make_evidence: MakeEvidence, text: str, max_words: int, overlap: int
) -> None:
    document = Document("d", "Title", text, url="", source="jsonl:x")
    rules = PassageRules(max_words=max_words, overlap_sentences=overlap)
    evidence = [
        make_evidence(passage.text, number=number, start=passage.start)
        for number, passage in enumerate(cut_passages(document, rules))
    ]
    places = []
    for quoted in sentences(evidence):
        found = citation(quoted, Verification(0.2, 0.7, 0.1))
        assert found.quote == text[found.start : found.end] == found.sentence
        assert found.passage_id == quoted.evidence.passage_id
        assert (found.verdict, found.entailment) == ("refuted", 0.2)
        places.append((found.start, found.end))
    assert len(set(places)) == len(places)  # passages share sentences; each is quoted once
    covered = {place for start, end in places for place in range(start, end)}
    assert all(place in covered for place, letter in enumerate(text) if not letter.isspace())


def test_a_citation_takes_over_its_evidence(make_evidence: MakeEvidence) -> None:
    evidence = make_evidence(TEXT, document="é/1", number=3, title="Élan", start=100)
    found = citation(quote(evidence, 11, 12), Verification(0.9, 0.06, 0.04))
    assert (found.document_id, found.passage_id) == ("é/1", "é/1#3")
    assert (found.title, found.url) == ("Élan", "https://example.org/é/1")
    assert (found.start, found.end, found.quote) == (111, 112, "🦉")
    assert (found.verdict, found.entailment) == ("supported", 0.9)


def test_the_same_sentence_of_another_document_counts(make_evidence: MakeEvidence) -> None:
    both = [make_evidence("One. Two."), make_evidence("One.", document="e")]
    assert [quoted.sentence for quoted in sentences(both)] == ["One.", "Two.", "One."]
    assert sentences([]) == []


def test_facts_of_one_source_are_all_quoted(make_evidence: MakeEvidence) -> None:
    """Each counts its own characters, so those of one length lie at one place."""
    facts = [
        make_evidence(text, document="triples:f.tsv", number=number)
        for number, text in enumerate(("Owls can fly.", "Owls can hop.", "Owls can fly."))
    ]
    assert [found.quote for found in sentences(facts)] == ["Owls can fly.", "Owls can hop."]
