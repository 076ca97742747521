"""Results of SPARQL as a table, as N-Triples, and in the formats of W3C."""

import pyoxigraph as ox
import pytest

from wherefrom.sparql_text import sparql_json, sparql_text

DATA = """
<a:b> <http://www.w3.org/2000/01/rdf-schema#label> "Paris"@fr, "two\\nlines" .
<http://www.w3.org/ns/prov#Entity> <a:size> 7 .
"""


@pytest.fixture
def store():
    found = ox.Store()
    found.load(DATA.encode(), format=ox.RdfFormat.TURTLE)
    return found


def test_solutions_are_a_table(store):
    found = store.query("SELECT ?s ?o ?none { ?s ?p ?o } ORDER BY ?p ?o")
    assert sparql_text(found) == (
        "s            o          none\n"
        "───────────  ─────────  ────\n"
        "prov:Entity  7\n"
        "a:b          Paris @fr\n"
        "a:b          two lines\n"
        "3 solutions\n"
    )


def test_long_values_are_cut_for_people_only(store):
    query = f'SELECT ?x {{ VALUES ?x {{ "{"long " * 99}" }} }}'
    assert "…\n1 solution\n" in sparql_text(store.query(query))
    (row,) = sparql_json(store.query(query))["results"]["bindings"]
    assert row["x"]["value"] == "long " * 99


def test_nothing_is_said_to_be_nothing(store):
    assert sparql_text(store.query("SELECT ?s { ?s a ?s }")) == "s\n─\n0 solutions\n"
    assert sparql_text(store.query("SELECT * { <a:b> <a:b> <a:b> }")) == "0 solutions\n"
    assert sparql_text([]) == ""


def test_ask_is_yes_or_no(store):
    assert sparql_text(store.query("ASK { ?s ?p 7 }")) == "yes\n"
    assert sparql_text(store.query("ASK { ?s ?p 8 }")) == "no\n"
    assert sparql_json(store.query("ASK { ?s ?p 8 }")) == {"head": {}, "boolean": False}


def test_a_graph_is_n_triples_or_json_ld(store):
    found = list(store.query("CONSTRUCT { ?s <a:c> ?o } WHERE { ?s <a:size> ?o }"))
    text = sparql_text(found)
    assert next(iter(ox.parse(text, format=ox.RdfFormat.N_TRIPLES))).triple == found[0]
    assert sparql_json(found) == [
        {
            "@id": "http://www.w3.org/ns/prov#Entity",
            "a:c": [{"@value": "7", "@type": "http://www.w3.org/2001/XMLSchema#integer"}],
        }
    ]
