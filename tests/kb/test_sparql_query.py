"""Only a CONSTRUCT query that can be asked page by page passes."""

import pytest
import rdflib
from rdflib.plugins.sparql import prepareQuery

from wherefrom.kb.errors import UsageError
from wherefrom.kb.sparql_query import check_construct, page_of

WHERE = "WHERE { ?owl ?p ?o }"


@pytest.mark.parametrize(
    "query",
    [
        f"CONSTRUCT {{ ?owl ?p ?o }} {WHERE}",
        f"CONSTRUCT {WHERE} ORDER BY ?owl # and a comment",
        "PREFIX e: <http://e/#>\nCONSTRUCT { ?a e:b ?c } FROM <http://g> WHERE { ?a e:b ?c }",
        "CONSTRUCT { ?a a ?c } WHERE { { SELECT DISTINCT ?a ?c { ?a a ?c } LIMIT 5 OFFSET 2 } }",
        'CONSTRUCT { ?a a ?c } WHERE { ?a a ?c FILTER(?c != "LIMIT 5") VALUES ?a { 1 } }',
    ],
)
def test_a_construct_query_passes_and_so_do_its_pages(query):
    check_construct(query)
    algebra = prepareQuery(page_of(query, limit=7, offset=14)).algebra
    assert algebra.name == "ConstructQuery"


def test_an_undeclared_prefix_is_left_to_the_endpoint():
    check_construct("CONSTRUCT { ?a dbo:b ?c } WHERE { ?a dbo:b ?c }")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (f"SELECT * {WHERE}", "the query is SELECT; a CONSTRUCT query is needed"),
        ("ASK { ?a ?b ?c }", "the query is ASK"),
        ("DESCRIBE <http://x>", "the query is DESCRIBE"),
        (f"CONSTRUCT {WHERE} LIMIT 5", "ends with LIMIT or OFFSET"),
        (f"CONSTRUCT {WHERE}\n OFFSET 5 # LIMIT", "ends with LIMIT or OFFSET"),
        (f"CONSTRUCT {WHERE} VALUES ?owl {{ 1 }}", "ends with VALUES"),
        ("", "the query is no SPARQL: line 1, column 1, at 'the end of the query'"),
        ("CONSTRUCT { ?a ?b ?c }\nWHERE { ?a ?b }", "no SPARQL: line 2"),
        (f"CONSTRUCT {WHERE}\n}}", "no SPARQL: line 2, column 1, at '}'"),
        ("DELETE WHERE { ?a ?b ?c }", "no SPARQL: line 1"),
        ('CONSTRUCT { ?a ?b "\\UFFFFFFFF" } WHERE { ?a ?b ?c }', "no SPARQL"),
        ("CONSTRUCT { ?a ?b ?c } WHERE " + "{" * 5000, "nested too deeply|no SPARQL"),
    ],
)
def test_other_queries_are_refused(query, message):
    with pytest.raises(UsageError, match=message):
        check_construct(query)


def test_pages_together_hold_every_solution():
    graph = rdflib.Graph()
    number = rdflib.URIRef("http://example.org/number")
    for value in range(10):
        graph.add((rdflib.URIRef(f"http://example.org/{value}"), number, rdflib.Literal(value)))
    query = "CONSTRUCT { ?a ?b ?c } WHERE { ?a ?b ?c } ORDER BY ?c # in order"
    pages = [graph.query(page_of(query, limit=4, offset=offset)).graph for offset in (0, 4, 8, 12)]
    assert [len(page) for page in pages] == [4, 4, 2, 0]
    assert set().union(*pages) == set(graph)
