"""Show the graph of a knowledge base as a graph of networkx, for people and for its algorithms.

Nodes are numbered as in `graph_edges`: passages first, then entities. Everything is held in memory,
about a kilobyte for each edge, so a view suits graphs of some million edges. networkx hands its
calls on to the backends that are installed (nx-cugraph, nx-parallel) by itself.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from wherefrom.indexes.graph import Graph
from wherefrom.kb.entities import NO_ENTITY

if TYPE_CHECKING:
    import networkx as nx

    from wherefrom.indexes.graph_edges import Edges

Node = tuple[int, dict[str, Any]]
Edge = tuple[int, int, dict[str, Any]]


def networkx_view(graph: Graph) -> "nx.MultiDiGraph":
    """Return the graph with all that is known of its nodes and edges.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes have `kind`: a ``passage`` has `passage_id`, `title`, `start` and `end`, an ``entity``
        has `name` and `iri`. Edges have `kind`: a ``mention`` leads from a passage to an entity and
        has `passage_id`, `start` and `end`; ``about`` leads from a passage to an entity; a ``fact``
        leads from head to tail and has `relation`, `weight`, `negated`, `source` and `place`. Facts
        whose tail is a literal are no edges.
    """
    import networkx as nx

    view = nx.MultiDiGraph()
    view.add_nodes_from(_nodes(graph))
    view.add_edges_from(_mentions(graph, [data["passage_id"] for _, data in _passages(graph)]))
    view.add_edges_from(_about(graph))
    view.add_edges_from(_facts(graph))
    return view


def networkx_digraph(graph: Graph, edges: "Edges") -> "nx.DiGraph":
    """Return the weighted graph that retrieval walks over.

    `networkx.pagerank` over it, with `alpha` 1 less the chance of going home, gives what
    `wherefrom.indexes.walk.walk` gives.

    Parameters
    ----------
    graph
        The graph.
    edges
        Its edges, as `wherefrom.indexes.graph_edges.weigh_edges` weighs them.

    Returns
    -------
    networkx.DiGraph
        Nodes as in `networkx_view`; edges have `weight`.
    """
    import networkx as nx

    view = nx.from_scipy_sparse_array(edges.weights, create_using=nx.DiGraph)
    view.add_nodes_from(_nodes(graph))
    return view


def _nodes(graph: Graph) -> Iterator[Node]:
    yield from _passages(graph)
    for entity, name in enumerate(graph.names):
        yield graph.passages + entity, {"kind": "entity", "name": name, "iri": graph.iri(entity)}


def _passages(graph: Graph) -> Iterator[Node]:
    for number, row in enumerate(np.asarray(graph.arrays.passages).tolist()):
        passage = graph.generation.passage_at(row)
        yield (
            number,
            {
                "kind": "passage",
                "passage_id": passage.id,
                "title": passage.title,
                "start": passage.start,
                "end": passage.end,
            },
        )


def _mentions(graph: Graph, passage_ids: list[str]) -> Iterator[Edge]:
    for passage, entity, start, end in graph.arrays.mentions.T.tolist():
        data = {
            "kind": "mention",
            "passage_id": passage_ids[passage],
            "start": start,
            "end": end,
        }
        yield passage, graph.passages + entity, data


def _about(graph: Graph) -> Iterator[Edge]:
    for entity, passage in graph.arrays.about.T.tolist():
        yield passage, graph.passages + entity, {"kind": "about"}


def _facts(graph: Graph) -> Iterator[Edge]:
    facts = (fact for segment in graph.generation.facts for fact in segment.iterate())
    for (head, tail), fact in zip(graph.arrays.facts.T.tolist(), facts, strict=True):
        if tail == NO_ENTITY:
            continue
        data = {
            "kind": "fact",
            "relation": fact.relation,
            "weight": fact.weight,
            "negated": fact.negated,
            "source": fact.source,
            "place": fact.place,
        }
        yield graph.passages + head, graph.passages + tail, data
