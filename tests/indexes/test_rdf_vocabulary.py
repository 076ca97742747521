"""Minted IRIs are valid whatever the names hold, and no two names share one."""

from urllib.parse import unquote

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.indexes.rdf_vocabulary import entity_node, iri_node, minted, relation_node

NAMES = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.lists(NAMES, max_size=3))
def test_any_name_gives_an_iri_that_both_libraries_take(names):
    found = minted("kind", *names).value
    assert ox.NamedNode(found).value == found
    assert rdflib.URIRef(found).n3() == f"<{found}>"  # raises where it is no IRI
    assert [unquote(part) for part in found.split(":")[3:]] == names


@given(NAMES, NAMES, NAMES, NAMES)
def test_no_two_names_share_an_iri(one, two, three, four):
    assert (minted("x", one, two) == minted("x", three, four)) is ((one, two) == (three, four))


@pytest.mark.parametrize(
    ("iri", "node"),
    [
        ("http://x.org/ä", "http://x.org/ä"),
        ("", "urn:wherefrom:entity:A%3AB"),
        ("_:b1", "urn:wherefrom:node:7"),
        ("/c/en/dog", "urn:wherefrom:iri:%2Fc%2Fen%2Fdog"),
        ("http://x.org/%zz", "urn:wherefrom:iri:http%3A%2F%2Fx.org%2F%25zz"),
    ],
)
def test_an_entity_keeps_its_iri_where_it_has_a_good_one(iri, node):
    assert entity_node(7, "A:B", iri).value == node


def test_a_relation_keeps_its_iri():
    assert relation_node("is a", "http://x.org/is").value == "http://x.org/is"
    assert relation_node("is a", "").value == "urn:wherefrom:relation:is%20a"
    assert iri_node("urn:x:y").value == "urn:x:y"
