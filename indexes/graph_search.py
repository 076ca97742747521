"""Find passages by a walk over the graph, from what a question names and what resembles it.

The walk (`walk.py`) starts at the passages about the entities that the question names and at its
best fused hits. From a passage where it starts it prefers the mentions whose sentence resembles
the question: of all people in the article on a film, the one in "It was directed by …".

Source: B. J. Gutiérrez et al., "HippoRAG: Neurobiologically Inspired Long-Term Memory for Large
Language Models", NeurIPS 2024, arXiv:2405.14831, walks so over triples that a language model
extracts. Here mentions take their place, and the question weighs the edges.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.encoder import Encoder
from wherefrom.indexes.graph import Graph
from wherefrom.indexes.graph_edges import Edges
from wherefrom.indexes.mention_sentences import mention_sentences
from wherefrom.indexes.records import Hit
from wherefrom.indexes.walk import walk
from wherefrom.kb.name_context import stands_in_longer_name
from wherefrom.kb.proper_names import capitals_tell
from wherefrom.kb.records import Mention

Numbers = NDArray[np.int64]
Weights = NDArray[np.float64]
Vector = NDArray[np.float32]
LEAST_COSINE = 1e-6  # of a hit that shares words alone with the question


@dataclass(frozen=True, slots=True)
class WalkRules:
    """How a walk begins and what it prefers (docs/decisions/graph.md).

    The walk goes home with chance `restart` before each step. Home is, with a share of `named`,
    the passages about entities that the question names, and for the rest the best `hits` fused
    hits, by cosine over rank. For an entity that no passage is about, home is the entity itself,
    and it counts by `bare_named`. A mention in a passage of home weighs exp(`preference` · (c -
    `usual`)), c the cosine of its sentence with the question. Of a document's passages the one
    stands for it whose chance times exp(`nearness` · cosine) is highest; the chances of its others
    count by the share `others`. The walk ends when a step changes its result by less than
    `tolerance`.
    """

    restart: float = 0.3
    hits: int = 20
    named: float = 0.7
    bare_named: float = 0.5
    preference: float = 4.0
    usual: float = 0.3
    nearness: float = 4.0
    others: float = 0.03
    tolerance: float = 1e-5


DEFAULT_RULES = WalkRules()


@dataclass(frozen=True, slots=True)
class Start:
    """Where the walk for one question begins.

    `entities` are those that the question names, `nearest` its best fused hits by number, best
    first; `passages` are those of the walk's home, each once, and `home` (N,) holds the weights.
    `is_sentence` is false for a heading and for keywords.
    """

    vector: Vector
    entities: tuple[int, ...]
    nearest: Numbers
    passages: Numbers
    home: Weights
    is_sentence: bool = True


@dataclass(frozen=True, slots=True)
class GraphRanking:
    """What a walk found, best first, and what explains it.

    `preference` says how much likelier than others a mention was, by passage and entity.
    """

    hits: list[Hit]
    start: Start
    preference: Mapping[tuple[int, int], float]


def walk_from(
    graph: Graph,
    edges: Edges,
    encoder: Encoder,
    starts: Sequence[Start],
    fused: Sequence[Sequence[Hit]],
    k: int,
    *,
    rules: WalkRules = DEFAULT_RULES,
) -> list[GraphRanking]:
    """Rank passages for each query by a walk.

    Parameters
    ----------
    graph, edges
        The graph and its weighted edges.
    encoder
        Of the graph's knowledge base.
    starts
        Where each walk begins.
    fused
        For each query its fused hits, best first.
    k
        How many passages at most.
    rules
        How to walk.

    Returns
    -------
    list[GraphRanking]
        One for each query. The score is the chance to find the walk at the passage; that of a
        document stands at its best passage. Where the walk comes to fewer than `k` passages, the
        rest of the fused hits follow; where a heading or keywords name nothing, or neither the
        query nor its hits name what passages are about or facts speak of, they are the ranking.
    """
    found: list[GraphRanking] = []
    preferences = _preferences(graph, encoder, starts, rules)
    for start, preference, hits in zip(starts, preferences, fused, strict=True):
        known = (*start.entities, *(entity for _, entity in preference))
        asks = bool(start.entities) or start.is_sentence
        if asks and any(not _is_bare(graph, entity) for entity in known):
            chances = _walked(graph, edges, start, preference, rules)
            ranked = _ranked(graph, chances, start, hits, k, rules)
        else:  # nothing leads anywhere: a walk would only stir the hits
            ranked = list(hits[:k])
        found.append(GraphRanking(ranked, start, preference))
    return found


def named_entities(graph: Graph, text: str, vector: Vector) -> tuple[int, ...]:
    """Return the entities that a question or answer names, each once, in its order.

    Names that documents only share count where capitals mark names in the text at all: "Health
    Study" in a heading is no name.
    """
    tells = capitals_tell(text)
    named: dict[int, None] = {}
    for mention in graph.linker_for(text).mentions(text):
        entity = graph.choice.chosen(text, mention, vector)
        if entity is None or (_is_bare(graph, entity) and not (tells and _is_whole(text, mention))):
            continue
        named[entity] = None
    return tuple(named)


def _is_whole(text: str, mention: Mention) -> bool:
    """Tell whether a mention has several words or is no part of a longer name."""
    several = " " in text[mention.start : mention.end]
    return several or not stands_in_longer_name(text, mention.start, mention.end)


def _is_bare(graph: Graph, entity: int) -> bool:
    """Tell whether nothing is known of an entity but that documents name it."""
    return not len(graph.about(entity)) and not len(graph.facts_of(entity))


def start_of(
    graph: Graph,
    entities: Sequence[int],
    vector: Vector,
    hits: Sequence[Hit],
    *,
    rules: WalkRules = DEFAULT_RULES,
    is_sentence: bool = True,
) -> Start:
    """Say where the walk begins for a query with a vector (D,), which names some entities."""
    rows = np.array([graph.generation.row(hit.passage_id) for hit in hits[: rules.hits]], np.int64)
    nearest = graph.number_of_row[rows]
    home = np.zeros(graph.passages + graph.entities)
    if len(rows):
        cosines = np.maximum(graph.vectors[rows] @ vector, LEAST_COSINE)
        home[nearest] = cosines / np.arange(1, len(rows) + 1)
        home /= home.sum()
    about = [graph.about(entity) for entity in entities]
    if entities:
        named = np.zeros_like(home)
        weights = [1.0 if len(passages) else rules.bare_named for passages in about]
        for entity, passages, weight in zip(entities, about, weights, strict=True):
            places = passages if len(passages) else np.array([graph.passages + entity])
            named[places] += weight / (sum(weights) * len(places))
        share = rules.named * max(weights) if len(rows) else 1.0
        home = (1 - share) * home + share * named
    each = list(dict.fromkeys(np.concatenate([*about, nearest]).tolist()))
    places = np.array(each, dtype=np.int64)
    return Start(vector, tuple(entities), nearest, places, home, is_sentence)


def _preferences(
    graph: Graph, encoder: Encoder, starts: Sequence[Start], rules: WalkRules
) -> list[dict[tuple[int, int], float]]:
    """Weigh the mentions in the home of each walk by how their sentences resemble the question."""
    held = [mention_sentences(graph, start.passages) for start in starts]
    texts = list(dict.fromkeys(one.text for sentences in held for one in sentences))
    vectors = dict(zip(texts, encoder.encode(texts), strict=True)) if texts else {}
    found: list[dict[tuple[int, int], float]] = []
    for start, sentences in zip(starts, held, strict=True):
        weights: dict[tuple[int, int], float] = {}
        for one in sentences:
            cosine = float(vectors[one.text] @ start.vector)
            weight = math.exp(rules.preference * (cosine - rules.usual))
            key = one.passage, one.entity
            weights[key] = max(weights.get(key, 0.0), weight)
        found.append(weights)
    return found


def _walked(
    graph: Graph,
    edges: Edges,
    start: Start,
    preference: Mapping[tuple[int, int], float],
    rules: WalkRules,
) -> Weights:
    """Return how often the walk is at each passage (P,)."""
    from scipy.sparse import csr_array

    if not start.home.any():
        return np.zeros(graph.passages)
    leaving = None
    if preference:
        nodes = np.unique([passage for passage, _ in preference]).astype(np.int64)
        rows = csr_array(edges.weights[nodes])
        sources = np.repeat(nodes, np.diff(rows.indptr)).tolist()
        targets = (rows.indices - graph.passages).tolist()
        pairs = zip(sources, targets, strict=True)
        rows.data = rows.data * np.array([preference.get(pair, 1.0) for pair in pairs])
        leaving = nodes, rows
    found = walk(
        edges.chances, start.home, restart=rules.restart, tolerance=rules.tolerance, leaving=leaving
    )
    return found[: graph.passages]


def _ranked(
    graph: Graph, chances: Weights, start: Start, hits: Sequence[Hit], k: int, rules: WalkRules
) -> list[Hit]:
    """Order passages: each document by all its passages' chances, at the place of its best one."""
    reached = _likeliest(chances, 5 * k + 50)
    rows = graph.arrays.passages[reached]
    scores = chances[reached].copy()
    near = scores * np.exp(rules.nearness * (graph.vectors[rows] @ start.vector))
    owner = graph.arrays.documents[reached]
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


def _likeliest(chances: Weights, count: int) -> Numbers:
    """Return the numbers of so many passages at most that the walk comes to, the likeliest."""
    reached = np.flatnonzero(chances > 0)
    if len(reached) > count:
        reached = reached[np.argpartition(-chances[reached], count - 1)[:count]]
    return reached
