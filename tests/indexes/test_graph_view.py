"""The graph as networkx has it: all that is known, and the weights that retrieval walks over."""

import os
import subprocess
import sys

import networkx as nx
import numpy as np
import pytest

from wherefrom.indexes.graph_edges import weigh_edges
from wherefrom.indexes.graph_view import networkx_digraph, networkx_view
from wherefrom.indexes.walk import walk

DOCUMENTS = {
    "Paris": "Paris is the capital of France. The Seine flows through Paris.",
    "France": "France lies west of Germany.",
    "Seine": "The Seine is a river in France.",
    "Moon": "It has no air.",
}
FACTS = ["Paris\tcapital of\tFrance\t2", "Paris\tNotIsA\tvillage", "Moon\torbits\tEarth"]
BACKEND = """
import networkx as nx

class Backend:
    calls = 0

    @staticmethod
    def convert_from_nx(graph, **_):
        return graph

    @staticmethod
    def convert_to_nx(result, **_):
        return result

    @classmethod
    def pagerank(cls, graph, *arguments, **options):
        cls.calls += 1
        return {node: float(data["weight"] is not None) for _, node, data in graph.edges(data=True)}
"""
SCRIPT = """
import sys
from pathlib import Path
import networkx as nx
from wherefrom.indexes.graph import Graph
from wherefrom.indexes.graph_edges import weigh_edges
from wherefrom.indexes.graph_view import networkx_digraph
from wherefrom.kb.generation import Generation
import counting_backend

graph = Graph(Generation.open(Path(sys.argv[1])))
found = nx.pagerank(networkx_digraph(graph, weigh_edges(graph)))
print(counting_backend.Backend.calls, set(found.values()))
"""


@pytest.fixture
def graph(open_graph):
    return open_graph(DOCUMENTS, FACTS)


def test_passages_and_entities_are_nodes_with_what_is_known_of_them(graph):
    view = networkx_view(graph)
    nodes = dict(view.nodes(data=True))
    assert sorted(nodes) == list(range(graph.passages + graph.entities))
    for number in range(graph.passages):
        passage = graph.generation.passage(nodes[number]["passage_id"])
        shown = {
            "kind": "passage",
            "passage_id": passage.id,
            "title": passage.title,
            "start": passage.start,
            "end": passage.end,
        }
        assert nodes[number] == shown
    names = [nodes[graph.passages + entity]["name"] for entity in range(graph.entities)]
    assert names == list(graph.names)


def test_edges_are_mentions_subjects_and_facts_with_their_receipts(graph):
    view = networkx_view(graph)
    edges = list(view.edges(data=True))
    mentions = [edge for edge in edges if edge[2]["kind"] == "mention"]
    assert len(mentions) == graph.arrays.mentions.shape[1] == 3
    for passage, entity, data in mentions:
        text = graph.generation.document(view.nodes[passage]["title"]).text
        assert data["passage_id"] == view.nodes[passage]["passage_id"]
        assert text[data["start"] : data["end"]] == view.nodes[entity]["name"]
    about = {
        (view.nodes[a]["title"], view.nodes[b]["name"])
        for a, b, data in edges
        if data["kind"] == "about"
    }
    assert about == {(name, name) for name in DOCUMENTS}
    facts = [
        [view.nodes[a]["name"], data["relation"], view.nodes[b]["name"], data]
        for a, b, data in edges
        if data["kind"] == "fact"
    ]
    told = [(*words, data["weight"], data["negated"], data["place"]) for *words, data in facts]
    assert sorted(told) == [
        ("Moon", "orbits", "Earth", 1.0, False, "line 3"),
        ("Paris", "NotIsA", "village", 1.0, True, "line 2"),
        ("Paris", "capital of", "France", 2.0, False, "line 1"),
    ]
    assert {data["source"] for *_, data in facts} == {graph.generation.facts[0].source}


def test_a_literal_is_no_edge(open_graph, tmp_path):
    (tmp_path / "f.nt").write_text('<http://x.org/a> <http://x.org/size> "7" .\n')
    view = networkx_view(open_graph(specs=[f"rdf:{tmp_path / 'f.nt'}"]))
    assert [data["iri"] for _, data in view.nodes(data=True)] == ["http://x.org/a"]
    assert view.number_of_edges() == 0


@pytest.mark.parametrize("restart", [0.15, 0.5, 0.9])
def test_pagerank_of_networkx_is_the_walk(graph, restart):
    edges = weigh_edges(graph)
    view = networkx_digraph(graph, edges)
    count = graph.passages + graph.entities
    assert view.nodes[graph.passages]["kind"] == "entity"
    for node in range(count):
        home = np.zeros(count)
        home[[node, (node + 3) % count]] = 2.0, 1.0
        found = nx.pagerank(
            view, alpha=1 - restart, personalization=dict(enumerate(home)), tol=1e-12, max_iter=999
        )
        expected = walk(edges.chances, home, restart=restart, tolerance=1e-12)
        assert np.abs(np.array([found[one] for one in range(count)]) - expected).max() < 1e-8


def test_calls_go_to_a_backend_that_is_installed(graph, tmp_path):
    """Install a backend as a package is, and ask networkx to prefer it."""
    (tmp_path / "counting_backend.py").write_text(BACKEND)
    installed = tmp_path / "counting_backend-1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: counting-backend\nVersion: 1\n"
    )
    entry_point = "[networkx.backends]\ncounting = counting_backend:Backend\n"
    (installed / "entry_points.txt").write_text(entry_point)
    more = {"PYTHONPATH": str(tmp_path), "NETWORKX_BACKEND_PRIORITY": "counting"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(graph.generation.folder)],
        capture_output=True,
        text=True,
        env={**os.environ, **more},
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "1 {1.0}\n"), done.stderr
