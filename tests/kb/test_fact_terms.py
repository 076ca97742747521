"""Terms of facts are numbered over all sources, and know their names."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.fact_segment import FactSegment
from wherefrom.kb.fact_terms import NO_TERM, FactTerms, Term, number_terms
from wherefrom.kb.fact_writer import write_facts
from wherefrom.kb.records import Triple

EX = "http://example.org/"


def terms_of(folder: Path, *sources: Sequence[Triple]) -> FactTerms:
    """Number the terms of the facts of sources `s0`, `s1`, …"""
    segments = []
    for number, facts in enumerate(sources):
        path = folder / f"{number}.arrow"
        write_facts(path, iter(facts), advance=lambda count: None)
        segments.append(FactSegment(path, f"s{number}"))
    return number_terms(segments)


def named(head: str, relation: str, name: str, language: str = "", **more: bool) -> Triple:
    """Make a fact that names an IRI."""
    return Triple(head, relation, name, literal=True, head_iri=EX + head, language=language, **more)


def test_nothing_has_no_terms():
    found = number_terms([])
    assert (list(found.terms), len(found.heads), len(found.tails)) == ([], 0, 0)


def test_terms_are_numbered_in_order_through_all_sources(tmp_path):
    found = terms_of(
        tmp_path,
        [Triple("bee", "is a", "insect"), Triple("insect", "has", "6", literal=True)],
        [Triple("bee", "makes", "honey")],
    )
    assert [term.name for term in found.terms] == ["bee", "insect", "honey"]
    assert found.heads.tolist() == [0, 1, 0]
    assert found.tails.tolist() == [1, NO_TERM, 2]
    assert found.terms[0] == Term("bee", "", "bee")


def test_an_iri_is_known_by_itself_and_words_by_their_letters(tmp_path):
    facts = [
        Triple("Q1", "is", "x", head_iri=EX + "Q1"),
        Triple("one", "is", "x", head_iri=EX + "Q1"),  # the same, in other words
        Triple("Q1", "is", "x"),  # words that look alike
        Triple("q1", "is", EX + "Q1"),  # words that look like an IRI
    ]
    found = terms_of(tmp_path, facts)
    assert [(term.words, term.iri) for term in found.terms] == [
        ("Q1", EX + "Q1"),
        ("Q1", ""),
        ("q1", ""),
        ("x", ""),
        (EX + "Q1", ""),
    ]
    assert found.heads.tolist() == [0, 0, 1, 2]


def test_a_blank_node_means_something_in_its_source_alone(tmp_path):
    blank = Triple("_:a", "knows", "_:b", head_iri="_:a", tail_iri="_:b")
    found = terms_of(tmp_path, [blank, blank], [blank], [Triple("_:a", "is", "words")])
    assert [(term.iri, term.scope) for term in found.terms] == [
        ("_:a", "s0"),
        ("_:b", "s0"),
        ("_:a", "s1"),
        ("_:b", "s1"),
        ("", ""),
        ("", ""),
    ]


@pytest.mark.parametrize(
    ("labels", "name"),
    [
        ([("Wien", "de"), ("Vienna", "en"), ("Vienne", "fr")], "Vienna"),
        ([("Wien", "de"), ("Vienna", "")], "Vienna"),
        ([("Wien", "de"), ("Vienne", "fr")], "Wien"),  # by language, as none is preferred
        ([("Vienna", "en"), ("City of Vienna", "en")], "City of Vienna"),
        ([], "Q1741"),
        ([(" ", "en")], "Q1741"),
    ],
)
def test_the_best_label_is_the_name_and_the_others_are_aliases(tmp_path, labels, name):
    facts = [named("Q1741", "label", *label) for label in labels]
    facts += [named("Q1741", "alias", "Vindobona", "la"), Triple("x", "y", "z")]
    for order in (facts, facts[::-1]):
        found = terms_of(tmp_path, order)
        (term,) = [term for term in found.terms if term.iri]
        assert term.name == name
        others = {label for label, _ in labels if label.strip()} | {"Vindobona", "Q1741"}
        assert term.aliases == tuple(sorted(others - {name}))


def test_names_come_from_all_sources(tmp_path):
    found = terms_of(tmp_path, [named("Q1", "alias", "One")], [named("Q1", "label", "First", "en")])
    assert found.terms == [Term("Q1", EX + "Q1", "First", ("One", "Q1"))]


def test_what_is_denied_or_no_literal_names_nothing(tmp_path):
    facts = [
        named("Q1", "label", "Wrong", negated=True),
        Triple("Q1", "label", "Thing", head_iri=EX + "Q1"),
        named("Q1", "colour", "red"),
    ]
    found = terms_of(tmp_path, facts)
    assert found.terms[0] == Term("Q1", EX + "Q1", "Q1")


def test_words_without_an_iri_keep_their_name_and_gain_aliases(tmp_path):
    facts = [Triple("dog.n.01", relation, "domestic dog", literal=True) for relation in ("alias",)]
    assert terms_of(tmp_path, facts).terms == [Term("dog.n.01", "", "dog.n.01", ("domestic dog",))]


WORDS = st.sampled_from(["a", "b", "_:a", "http://x", "ä", "a\u0301"])
IRIS = st.sampled_from(["", "", "a", "_:a", "http://x"])
FACTS = st.lists(
    st.builds(
        Triple,
        WORDS,
        st.sampled_from(["r", "label", "alias"]),
        WORDS,
        negated=st.booleans(),
        literal=st.booleans(),
        head_iri=IRIS,
        tail_iri=IRIS,
    ),
    min_size=1,
    max_size=8,
)


@given(st.lists(FACTS, max_size=3))
def test_columns_give_what_facts_give_one_by_one(tmp_path_factory, sources):
    found = terms_of(tmp_path_factory.mktemp("facts"), *sources)
    wanted: dict[tuple[str, str], int] = {}
    rows = []
    for number, facts in enumerate(sources):
        facts = list(dict.fromkeys(facts))

        def known(words: str, iri: str, number: int = number) -> tuple[str, str]:
            return (f"{number}" if iri.startswith("_:") else "", iri or f"\0{words}")

        ends = [known(fact.head, fact.head_iri) for fact in facts]
        ends += [known(fact.tail, fact.tail_iri) for fact in facts if not fact.literal]
        for end in ends:
            wanted.setdefault(end, len(wanted))
        for fact in facts:
            tail = NO_TERM if fact.literal else wanted[known(fact.tail, fact.tail_iri)]
            rows.append((wanted[known(fact.head, fact.head_iri)], tail))
    assert list(zip(found.heads.tolist(), found.tails.tolist(), strict=True)) == rows
    assert len(found.terms) == len(wanted)
    for term, (_, name) in zip(found.terms, wanted, strict=True):
        assert (term.iri or f"\0{term.words}") == name
