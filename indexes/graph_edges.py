"""Weigh the edges of the graph for a walk over its passages and entities.

Nodes are numbered: passages first, then entities. A passage leads to the entities that it mentions
and, less, to the one that it is about; an entity leads to the passages about it, to those that
mention it, and along its facts in both directions. Facts that say what does not hold are no edges.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.graph import Graph
from wherefrom.indexes.walk import Transitions, transitions
from wherefrom.kb.entities import NO_ENTITY

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Numbers = NDArray[np.int64]
Weights = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class EdgeWeights:
    """How strong each kind of edge is, chosen on development questions (docs/decisions/graph.md).

    A mention of what has passages weighs 1, of what has none `bare_mention`. A passage leads to
    what it is about with `back` times the weight of all mentions of that, and `own_facts` more
    where that has facts. An entity leads to the
    passages about it with 1 in all, to those that mention it with `comention` in all, and along
    its facts with `fact` in all.
    """

    bare_mention: float = 0.1
    back: float = 0.25
    comention: float = 0.1
    fact: float = 1.0
    own_facts: float = 1.0


@dataclass(frozen=True, slots=True)
class Edges:
    """The weighted edges of a graph: `weights` (N, N), from row to column, and their chances."""

    weights: "csr_array"
    chances: Transitions


def weigh_edges(graph: Graph, weights: EdgeWeights = EdgeWeights()) -> Edges:
    """Weigh all edges of a graph."""
    from scipy.sparse import coo_array

    passages, entities = graph.passages, graph.entities
    arrays, owners = graph.arrays, graph.owners
    has_passage = np.bincount(arrays.about[0], minlength=entities)
    pairs = np.unique(arrays.mentions[0].astype(np.int64) * max(1, entities) + arrays.mentions[1])
    source, target = pairs // max(1, entities), pairs % max(1, entities)
    mention = np.where(has_passage[target] > 0, 1.0, weights.bare_mention)
    mentioned = np.bincount(target, weights=mention, minlength=entities)
    titled = np.flatnonzero(owners != NO_ENTITY)
    owner = owners[titled]
    head, tail, strength = _fact_edges(graph, weights.fact)
    own = weights.back * mentioned
    own[head] += weights.own_facts
    blocks = [
        (source, passages + target, mention),
        (passages + owner, titled, 1.0 / has_passage[owner]),
        (titled, passages + owner, own[owner] / has_passage[owner]),
        (passages + target, source, weights.comention * mention / mentioned[target]),
        (passages + head, passages + tail, strength),
    ]
    rows, columns, values = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    size = passages + entities
    found = coo_array((values, (rows, columns)), shape=(size, size)).tocsr()
    found.eliminate_zeros()
    return Edges(found, transitions(found))


def _fact_edges(graph: Graph, total: float) -> tuple[Numbers, Numbers, Weights]:
    """Return every positive fact in both directions, `total` leaving each entity."""
    heads, tails = (np.asarray(side, dtype=np.int64) for side in graph.arrays.facts)
    if not len(heads):
        empty = np.empty(0, dtype=np.int64)
        return empty, empty, np.empty(0)
    weight = graph.fact_column("weight").astype(np.float64)
    negated = graph.fact_column("negated").astype(bool)
    kept = (tails != NO_ENTITY) & (heads != tails) & ~negated & (weight > 0)
    ends = np.concatenate([heads[kept], tails[kept]]), np.concatenate([tails[kept], heads[kept]])
    strength = np.concatenate([weight[kept], weight[kept]])
    leaving = np.bincount(ends[0], weights=strength, minlength=graph.entities)
    return *ends, total * strength / leaving[ends[0]]
