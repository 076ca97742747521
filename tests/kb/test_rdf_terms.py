"""Terms of RDF become words, and keep their IRIs beside them."""

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.errors import RecordError
from wherefrom.kb.rdf_terms import (
    BlankNodes,
    RdfDocument,
    WrittenLabels,
    facts_of,
    iri_words,
    relation_words,
)
from wherefrom.kb.records import NAMING, Triple
from wherefrom.kb.skipped import SkippedRecords

E = "http://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"


def facts(*quads, nodes=None, skipped=None):
    document = RdfDocument("owls.ttl", "rdf:owls.ttl", nodes or WrittenLabels())
    return list(facts_of([(7, quad) for quad in quads], document, skipped=skipped))


def about(predicate, object_, subject=f"{E}owl", graph=None):
    return ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), object_, graph)


@pytest.mark.parametrize(
    ("iri", "words"),
    [
        ("http://example.org/resource/Barn_owl", "Barn owl"),
        ("http://example.org/onto#birthPlace", "birthPlace"),
        ("http://example.org/Charlotte_Bront%C3%AB", "Charlotte Brontë"),
        ("http://example.org/Caf%E9", "Caf%E9"),  # Latin-1, or who knows what
        ("http://example.org/a%00b", "a%00b"),
        ("http://example.org/a%0Ab", "a b"),
        ("http://example.org/AC%2FDC", "AC/DC"),
        ("http://example.org/100%25_sure", "100% sure"),
        ("http://example.org/__a___b_", "a b"),
        ("http://example.org/___", "___"),
        ("http://example.org/owls#", "owls"),
        ("http://example.org/owls/", "owls"),
        ("http://example.org", "example.org"),
        ("urn:isbn:0141439556", "0141439556"),
        ("mailto:ann@example.org", "ann@example.org"),
        ("urn:example:", "urn:example:"),
        ("http://www.wikidata.org/entity/Q42", "Q42"),
        ("http://example.org/Ж", "Ж"),
    ],
)
def test_the_words_of_an_iri_are_its_local_name(iri, words):
    assert iri_words(iri) == words


@given(st.text(st.characters(categories=["L", "N", "P", "Z", "S"]), min_size=1))
def test_an_iri_always_has_words(name):
    iri = "http://example.org/" + "".join(f"%{byte:02X}" for byte in name.encode())
    words = iri_words(iri)
    assert words.strip() == words != ""
    assert words == (" ".join(name.replace("_", " ").split()) or iri.rpartition("/")[2])


@pytest.mark.parametrize(
    ("iri", "relation"),
    [
        ("http://www.w3.org/2000/01/rdf-schema#label", "label"),
        ("http://www.w3.org/2004/02/skos/core#prefLabel", "label"),
        ("http://schema.org/name", "label"),
        ("https://schema.org/name", "label"),
        ("http://xmlns.com/foaf/0.1/name", "label"),
        ("http://www.w3.org/2004/02/skos/core#altLabel", "alias"),
        ("https://schema.org/alternateName", "alias"),
        ("http://dbpedia.org/ontology/alias", "alias"),
        ("http://example.org/name", "name"),
        ("http://purl.org/ontology/mo/label", "mo label"),  # the firm that published a record
        ("http://example.org/spy#alias", "spy alias"),
        ("label:", "label:"),
        ("x:label", "x label"),
    ],
)
def test_only_what_names_its_subject_becomes_a_name(iri, relation):
    assert relation_words(iri, literal=True) == relation
    negated = relation_words(iri, literal=True, negated=True)
    assert negated not in NAMING
    assert relation_words(iri, literal=False) == iri_words(iri)


def test_a_fact_between_two_things_keeps_their_iris():
    assert facts(about(f"{E}eats", ox.NamedNode(f"{E}Wood_mouse"))) == [
        Triple(
            head="owl",
            relation="eats",
            tail="Wood mouse",
            head_iri=f"{E}owl",
            relation_iri=f"{E}eats",
            tail_iri=f"{E}Wood_mouse",
            source="rdf:owls.ttl",
            place=f"{E}owl",
        )
    ]


@pytest.mark.parametrize(
    ("literal", "tail", "language", "datatype"),
    [
        (ox.Literal("owl"), "owl", "", ""),
        (ox.Literal("owl", datatype=ox.NamedNode(f"{XSD}string")), "owl", "", ""),
        (ox.Literal("Eule", language="de"), "Eule", "de", ""),
        (ox.Literal("owl", language="en-GB"), "owl", "en-gb", ""),
        (ox.Literal("ar", language="ar", direction=ox.BaseDirection.RTL), "ar", "ar", ""),
        (ox.Literal("01", datatype=ox.NamedNode(f"{XSD}integer")), "01", "", f"{XSD}integer"),
        (ox.Literal("a\n\tb"), "a\n\tb", "", ""),
        (ox.Literal(""), "", "", ""),
    ],
)
def test_a_literal_keeps_form_language_and_datatype(literal, tail, language, datatype):
    (fact,) = facts(about(f"{E}name", literal))
    assert fact.literal
    assert (fact.tail, fact.tail_iri) == (tail, "")
    assert (fact.language, fact.datatype) == (language, datatype)


def test_a_type_a_loop_and_a_cycle_are_plain_facts():
    kind = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    loop, there, back = facts(
        about(kind, ox.NamedNode(f"{E}owl")),
        about(f"{E}knows", ox.NamedNode(f"{E}mouse")),
        about(f"{E}knows", ox.NamedNode(f"{E}owl"), subject=f"{E}mouse"),
    )
    assert (loop.head, loop.relation, loop.tail) == ("owl", "type", "owl")
    assert (there.head_iri, there.tail_iri) == (back.tail_iri, back.head_iri)


def test_the_place_names_the_graph():
    named, blank = facts(
        about(f"{E}p", ox.Literal("1"), graph=ox.NamedNode(f"{E}g")),
        about(f"{E}p", ox.Literal("1"), graph=ox.BlankNode("g")),
    )
    assert named.place == f"{E}owl in graph {E}g"
    assert blank.place == f"{E}owl in graph _:g"


def test_blank_nodes_keep_their_labels_or_are_numbered():
    made_up = [ox.BlankNode("b0123456789abcdef0123456789abcde"), ox.BlankNode("N" + "0" * 32)]
    labelled = ox.BlankNode("alice")
    quads = [ox.Quad(node, ox.NamedNode(f"{E}p"), labelled) for node in made_up]
    found = facts(*quads, nodes=BlankNodes())
    assert [fact.head_iri for fact in found] == ["_:anon1", "_:anon2"]
    assert {(fact.tail, fact.tail_iri) for fact in found} == {("_:alice", "_:alice")}
    assert facts(*quads, nodes=BlankNodes("page3."))[1].head == "_:page3.3"
    assert facts(quads[0], nodes=WrittenLabels())[0].head == f"_:{made_up[0].value}"


@given(st.lists(st.text("abN0123456789non", min_size=1, max_size=33)))
def test_two_blank_nodes_never_become_one(labels):
    nodes = BlankNodes()
    names = [nodes.name(label) for label in labels]
    assert len(set(names)) == len(set(labels))
    assert names == [nodes.name(label) for label in labels]


def test_what_no_fact_can_hold_is_refused_or_skipped():
    bad = [
        about(f"{E}p", ox.Literal("a\x00b")),
        about(f"{E}p", ox.Triple(ox.NamedNode(E), ox.NamedNode(E), ox.Literal("x" * 200))),
    ]
    with pytest.raises(RecordError, match=r"line 7: .*U\+0000 at character 1"):
        facts(bad[0])
    with pytest.raises(RecordError, match=r"is a triple .*are not read"):
        facts(bad[1])
    skipped = SkippedRecords()
    assert len(facts(*bad, about(f"{E}p", ox.Literal("1")), skipped=skipped)) == 1
    assert skipped.count == 2
