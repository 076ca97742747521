"""Entities are found by the names that they are shown by, by other names, and by their IRIs."""

import pytest

from wherefrom.indexes.entity_lookup import find_entity
from wherefrom.kb.errors import MissingError

TURTLE = """
@prefix x: <http://x.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
x:Q1 skos:prefLabel "Mercury" ; skos:altLabel "Hermes", "Hg" ; x:in x:Space .
x:Q2 skos:prefLabel "Mercury" ; skos:altLabel "Quicksilver" ; x:in x:Nature .
"""


@pytest.fixture
def graph(open_graph, tmp_path):
    (tmp_path / "f.ttl").write_text(TURTLE)
    documents = {"Mercury (band)": "They play.", "Paris": "A city.", "Prague": "A city."}
    return open_graph(documents, specs=[f"rdf:{tmp_path / 'f.ttl'}"])


def meant(graph, name):
    found = find_entity(graph, name)
    return [graph.name(entity) for entity in (found.entity, *found.others)]


def test_the_names_of_each_entity_are_listed_once_and_in_order(graph):
    listed = {graph.name(entity): graph.names_of(entity) for entity in range(graph.entities)}
    assert listed["Mercury (Q2)"] == ["Mercury", "Q2", "Quicksilver"]
    assert listed["Paris"] == ["Paris"]
    assert [name for name in listed if not listed[name]] == []


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Paris", ["Paris"]),
        ("PARIS", ["Paris"]),
        ("quicksilver", ["Mercury (Q2)"]),
        ("http://x.org/Q1", ["Mercury (Q1)"]),
        ("Mercury", ["Mercury (Q1)", "Mercury (Q2)", "Mercury (band)"]),
        ("Mercury (Q2)", ["Mercury (Q2)"]),
        ("Mercury (band)", ["Mercury (band)"]),
    ],
)
def test_a_name_or_an_iri_means_one_and_perhaps_others(graph, name, found):
    assert meant(graph, name) == found


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Pariss", r"nothing in .*my.kb is called 'Pariss' \(did you mean 'Paris'"),
        ("http://x.org/Q3", "is called 'http://x.org/Q3'"),
        ("zzzzzz", r"is called 'zzzzzz'$"),
        ("", r"is called ''$"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is_near(graph, name, message):
    with pytest.raises(MissingError, match=message):
        find_entity(graph, name)
