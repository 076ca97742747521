"""An opened graph says what its files say."""

import numpy as np
import pytest

from wherefrom.indexes.graph import Graph
from wherefrom.kb.entities import NO_ENTITY

DOCUMENTS = {
    "Film": "The film is old. It was directed by Ada in Rome. Rome is very large and far away now.",
    "Rome": "Rome is a city that Ada knows.",
    "Ada": "Ada wrote.",
}
FACTS = [
    "Ada\tknows\tBen",
    "Rome\tis in\tItaly",
    "Ben\tknows\tAda",
    "Rome\tis\tRome",
    "Ben\tlives in\tRome",
]


@pytest.fixture
def graph(open_graph) -> Graph:
    open_graph(DOCUMENTS)
    return open_graph({"0": "Ben is from Rome."}, FACTS)


def test_counts_and_names(graph):
    assert (graph.passages, graph.entities) == (5, 6)
    assert graph.names == ["0", "Ada", "Ben", "Film", "Italy", "Rome"]
    assert [graph.name(n) for n in range(6)] == graph.names
    assert [graph.iri(n) for n in range(6)] == [""] * 6
    assert [one.entity for one in graph.table.resolve("rome")] == [5]
    assert graph.linker.mentions("to Rome")[0].candidates == (5,)
    assert graph.choice.names is graph.names


def test_passages_and_what_they_are_about(graph):
    ids = graph.generation.passage_ids(np.asarray(graph.arrays.passages))
    assert ids == ["0#0", "Ada#0", "Film#0", "Film#1", "Rome#0"]
    assert graph.owners.tolist() == [0, 1, 3, 3, 5]
    assert [graph.about(n).tolist() for n in range(6)] == [[0], [1], [], [2, 3], [], [4]]
    rows = [graph.generation.row(name) for name in ids]
    assert graph.number_of_row[rows].tolist() == list(range(5))
    lengths = np.linalg.norm(graph.vectors[np.asarray(graph.arrays.passages)], axis=1)
    assert lengths == pytest.approx(np.ones(5))


def test_mentions_by_passage_and_by_entity(graph):
    everything = graph.arrays.mentions
    for passage in range(graph.passages):
        wanted = everything[:, everything[0] == passage]
        assert graph.mentions_in(passage).tolist() == wanted.tolist()
    for entity in range(graph.entities):
        wanted = everything[:, everything[1] == entity]
        assert graph.mentions_of(entity).tolist() == wanted.tolist()
        assert graph.mentions_of(entity, most=1).tolist() == wanted[:, :1].tolist()
        assert graph.mention_count(entity) == wanted.shape[1]
    assert graph.mentions_of(5)[0].tolist() == [0, 2, 3]
    assert graph.mentions_in(4)[1].tolist() == [1]


def test_facts_by_number_and_by_entity(graph):
    said = ["\t".join([fact.head, fact.relation, fact.tail]) for fact in map(graph.fact, range(5))]
    assert said == FACTS
    assert [graph.ends(n) for n in range(5)] == [(1, 2), (5, 4), (2, 1), (5, 5), (2, 5)]
    assert [graph.facts_of(n).tolist() for n in range(6)] == [
        [],
        [0, 2],
        [0, 2, 4],  # in order, whether it is head or tail
        [],
        [1],
        [1, 3, 4],  # a fact about itself once
    ]
    assert graph.fact_column("weight").tolist() == [1.0] * 5
    assert graph.fact_column("negated").tolist() == [False] * 5


def test_facts_of_several_sources_and_literals(open_graph, tmp_path):
    rdf = tmp_path / "a.ttl"
    rdf.write_text('<http://x/a> <http://x/size> "5" ; <http://x/near> <http://x/b> .\n')
    graph = open_graph({}, ["b\tis\tc"], specs=[f"rdf:{rdf}"])
    assert graph.fact_offsets.tolist() == [0, 2, 3]
    assert [graph.fact(n).source.partition(":")[0] for n in range(3)] == ["rdf", "rdf", "triples"]
    assert graph.names == ["a", "b", "c"]
    assert [graph.iri(n) for n in range(3)] == ["http://x/a", "http://x/b", ""]
    assert [graph.ends(n) for n in range(3)] == [(0, NO_ENTITY), (0, 1), (1, 2)]
    assert [graph.facts_of(n).tolist() for n in range(3)] == [[0, 1], [1, 2], [2]]


def test_a_graph_without_passages(open_graph):
    graph = open_graph(facts=["a\tb\tc"])
    assert (graph.passages, graph.entities) == (0, 2)
    assert graph.owners.tolist() == graph.about(0).tolist() == []
    assert graph.mentions_of(1).shape == graph.mentions_in(0).shape == (4, 0)


def test_a_graph_without_facts_or_names(open_graph):
    graph = open_graph({"x": "It rained."}, untitled=True)
    assert (graph.passages, graph.entities, graph.names) == (1, 0, [])
    assert graph.owners.tolist() == [NO_ENTITY]
    assert graph.fact_column("weight").tolist() == graph.fact_offsets.tolist()[1:] == []
