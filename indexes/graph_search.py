"""Find passages by a walk over the graph, from what a question names and what resembles it.

The walk (`walk.py`) starts at the passages about the entities that the question names and at its
best fused hits. From a passage where it starts it prefers the mentions whose sentence resembles
the question: of all people in the article on a film, the one in "It was directed by …".

Source: B. J. Gutiérrez et al., "HippoRAG: Neurobiologically Inspired Long-Term Memory for Large
Language Models", NeurIPS 2024, arXiv:2405.14831, walks so over triples that a language model
extracts. Here mentions take their place, and the question weighs the edges.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.encoder import Encoder
from wherefrom.indexes.graph import Graph
from wherefrom.indexes.graph_edges import Edges, EdgeWeights
from wherefrom.indexes.mention_sentences import MentionSentence, mention_sentences
from wherefrom.indexes.records import Hit
from wherefrom.indexes.walk import walk

Numbers = NDArray[np.int64]
Weights = NDArray[np.float64]
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class WalkRules:
    """How a walk begins and what it prefers (docs/decisions/graph.md).

    The walk goes home with chance `restart` before each step. Home is, with a share of `named`,
    the passages about entities that the question names, and for the rest the best `hits` fused
    hits, by cosine over rank. A mention in a passage of home weighs exp(`preference` · (c -
    `usual`)), c the cosine of its sentence with the question. Of a document's passages the one
    stands for it whose chance times exp(`nearness` · cosine) is highest.
    """

    restart: float = 0.3
    hits: int = 20
    named: float = 0.7
    preference: float = 16.0
    usual: float = 0.3
    nearness: float = 4.0
    others: float = 0.03
    tolerance: float = 1e-5


@dataclass(frozen=True, slots=True)
class Start:
    """Where the walk for one question begins.

    `entities` are those that the question names, and `passages` those of the walk's home, each
    once; `home` (N,) holds their weights.
    """

    vector: Vectors
    entities: tuple[int, ...]
    passages: Numbers
    home: Weights
    sentences: list[MentionSentence] = field(default_factory=list)


def graph_hits(
    graph: Graph,
    edges: Edges,
    encoder: Encoder,
    queries: Sequence[str],
    vectors: Vectors,
    fused: Sequence[Sequence[Hit]],
    k: int,
    *,
    rules: WalkRules = WalkRules(),
    also: Sequence[Sequence[int]] = (),
) -> list[list[Hit]]:
    """Rank passages for each query by a walk.

    Parameters
    ----------
    graph, edges
        The graph and its weighted edges.
    encoder
        Of the graph's knowledge base.
    queries
        Questions in words.
    vectors
        (Q, D), of the queries.
    fused
        For each query its fused hits, best first.
    k
        How many passages at most.
    rules
        How to walk.
    also
        For each query more entities to start from; nothing for none.

    Returns
    -------
    list[list[Hit]]
        For each query, best first. The score is the chance to find the walk at the passage; that of
        a document stands at its best passage. Where the walk comes to fewer than `k` passages, the
        rest of the fused hits follow.
    """
    more = also or [()] * len(queries)
    starts = [
        start(graph, query, vector, hits, rules, also=extra)
        for query, vector, hits, extra in zip(queries, vectors, fused, more, strict=True)
    ]
    texts = dict.fromkeys(one.text for begun in starts for one in begun.sentences)
    found = encoder.encode(list(texts)) if texts else np.zeros((0, vectors.shape[1]))
    seen = dict(zip(texts, found, strict=True))
    return [
        _ranked(graph, _walked(graph, edges, begun, seen, rules), begun, hits, k, rules)
        for begun, hits in zip(starts, fused, strict=True)
    ]


def named_entities(graph: Graph, text: str, vector: Vectors) -> tuple[int, ...]:
    """Return the entities that a question or answer names, each once, in its order."""
    chosen = (graph.choice.chosen(text, one, vector) for one in graph.linker.mentions(text))
    return tuple(dict.fromkeys(one for one in chosen if one is not None))


def start(
    graph: Graph,
    query: str,
    vector: Vectors,
    hits: Sequence[Hit],
    rules: WalkRules,
    *,
    also: Sequence[int] = (),
) -> Start:
    """Say where the walk for a query begins; `also` are more entities to begin from."""
    entities = tuple(dict.fromkeys([*named_entities(graph, query, vector), *also]))
    rows = np.array([graph.generation.row(hit.passage_id) for hit in hits[: rules.hits]], np.int64)
    nearest = graph.number_of_row[rows]
    home = np.zeros(graph.passages + graph.entities)
    if len(rows):
        cosines = np.maximum(graph.vectors[rows] @ vector, 1e-6)
        home[nearest] = cosines / np.arange(1, len(rows) + 1)
        home /= home.sum()
    about = [graph.about(entity) for entity in entities]
    if entities:
        named = np.zeros_like(home)
        for entity, passages in zip(entities, about, strict=True):
            places = passages if len(passages) else np.array([graph.passages + entity])
            named[places] += 1.0 / (len(entities) * len(places))
        share = rules.named if len(rows) else 1.0
        home = (1 - share) * home + share * named
    passages = np.array(list(dict.fromkeys(np.concatenate([*about, nearest]).tolist())), np.int64)
    return Start(vector, entities, passages, home, mention_sentences(graph, passages))


def _walked(
    graph: Graph, edges: Edges, begun: Start, seen: dict[str, Vectors], rules: WalkRules
) -> Weights:
    """Return how often the walk is at each passage (P,)."""
    from scipy.sparse import csr_array

    if not begun.home.any():
        return np.zeros(graph.passages)
    nodes = np.unique([one.passage for one in begun.sentences]).astype(np.int64)
    leaving = None
    if len(nodes):
        rows = csr_array(edges.weights[nodes])
        factors = np.ones_like(rows.data)
        best: dict[tuple[int, int], float] = {}
        for one in begun.sentences:
            key = one.passage, graph.passages + one.entity
            best[key] = max(best.get(key, -1.0), float(seen[one.text] @ begun.vector))
        for place, node in enumerate(nodes.tolist()):
            for at in range(rows.indptr[place], rows.indptr[place + 1]):
                cosine = best.get((node, int(rows.indices[at])))
                if cosine is not None:
                    factors[at] = np.exp(rules.preference * (cosine - rules.usual))
        rows.data = rows.data * factors
        leaving = nodes, rows
    found = walk(
        edges.chances,
        begun.home,
        restart=rules.restart,
        tolerance=rules.tolerance,
        leaving=leaving,
    )
    return found[: graph.passages]


def _ranked(
    graph: Graph,
    chances: Weights,
    begun: Start,
    hits: Sequence[Hit],
    k: int,
    rules: WalkRules,
) -> list[Hit]:
    """Order passages: each document by all its passages' chances, at the place of its best one."""
    documents = graph.arrays.documents
    reached = np.flatnonzero(chances > 0)
    if len(reached) > 5 * k + 50:
        reached = reached[np.argpartition(-chances[reached], 5 * k + 49)[: 5 * k + 50]]
    rows = graph.arrays.passages[reached]
    scores = chances[reached].copy()
    near = scores * np.exp(rules.nearness * (graph.vectors[rows] @ begun.vector))
    owner = documents[reached]
    for document in np.unique(owner):
        places = np.flatnonzero(owner == document)
        if len(places) > 1:
            best = places[near[places].argmax()]
            whole = scores[places].sum()
            scores[places] *= rules.others
            scores[best] = whole
    ids = graph.generation.passage_ids(rows)
    ranked = sorted(zip(ids, scores.tolist(), strict=True), key=lambda one: (-one[1], one[0]))[:k]
    found = [Hit(name, score) for name, score in ranked]
    known = {hit.passage_id for hit in found}
    last = found[-1].score if found else 1.0
    rest = [hit for hit in hits if hit.passage_id not in known][: k - len(found)]
    return found + [Hit(hit.passage_id, last / (2 + rank)) for rank, hit in enumerate(rest)]


__all__ = ["EdgeWeights", "Start", "WalkRules", "graph_hits", "named_entities", "start"]
