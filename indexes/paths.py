"""Explain evidence: the best path through the graph from a question to a passage, with receipts.

A path is cheap where each of its steps was likely among those that led away from the same place,
as in the walk that found the passage; so the steps are searched by Dijkstra's algorithm, E. W.
Dijkstra, "A Note on Two Problems in Connexion with Graphs", Numerische Mathematik 1, 1959, within
a budget of steps and places.
"""

import heapq
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from wherefrom.indexes.graph import Graph
from wherefrom.indexes.records import MENTION, PathStep
from wherefrom.kb.entities import NO_ENTITY

Path = tuple[PathStep, ...]
PASSAGE, ENTITY = 0, 1
Place = tuple[int, int]  # PASSAGE or ENTITY, and its number


class Mention(NamedTuple):
    """A mention that a path follows, either way, by numbers; `start` and `end` are characters."""

    passage: int
    entity: int
    start: int
    end: int


Edge = Mention | int  # a mention, or the number of a fact: words cost time, few edges need theirs


@dataclass(frozen=True, slots=True)
class PathBudget:
    """How far paths are searched: steps in one, edges followed from a place, places looked at."""

    steps: int = 3
    branches: int = 64
    places: int = 400


STEP_COST = 1.0  # of each step: of two explanations that are as likely the shorter is better
BACKWARD_COST = 1.0  # more for a mention that is followed from what is named to who names it
HIT_COST = 2.0  # more for a path that begins at a passage that only resembles the question


def best_paths(
    graph: Graph,
    entities: Sequence[int],
    hits: Sequence[int],
    targets: Iterable[Place],
    *,
    preference: Mapping[tuple[int, int], float] | None = None,
    budget: PathBudget = PathBudget(),
) -> dict[Place, Path]:
    """Find the best path to each of some places.

    Parameters
    ----------
    graph
        The graph.
    entities
        What the question names.
    hits
        Passages that resemble the question, best first; paths may begin there, too.
    targets
        Places to be explained, each PASSAGE or ENTITY and a number.
    preference
        How much likelier than others a mention is, by passage and entity; 1 if it is not there.
    budget
        How far to search.

    Returns
    -------
    dict
        For each target that is reached its path; empty for one where the search begins, unless
        it is a hit and a path from what the question names is likelier.
    """
    wanted = set(targets)
    found: dict[Place, Path] = {}
    # What it costs to come to a place in 0, 1, … steps at most: the cheapest way there may have too
    # many to lead on
    least: dict[Place, list[float]] = {}
    order = count()
    queue: list[tuple[float, int, Place, tuple[Edge, ...]]] = []

    def reach(cost: float, place: Place, path: tuple[Edge, ...]) -> None:
        steps = len(path)
        if steps > budget.steps:
            return
        known = least.setdefault(place, [math.inf] * (budget.steps + 1))
        if cost < known[steps]:
            known[steps:] = [min(cost, other) for other in known[steps:]]
            heapq.heappush(queue, (cost, next(order), place, path))

    for entity in entities:
        reach(0.0, (ENTITY, entity), ())
    for rank, passage in enumerate(hits):
        reach(HIT_COST + math.log1p(rank), (PASSAGE, passage), ())
    done: set[Place] = set()
    while queue and wanted and len(done) < budget.places:
        cost, _, place, path = heapq.heappop(queue)
        if cost > least[place][len(path)]:
            continue
        done.add(place)
        if place in wanted:
            wanted.discard(place)
            found[place] = tuple(_step(graph, edge) for edge in path)
        steps = _from_passage if place[0] == PASSAGE else _from_entity
        for more, after, edge in steps(graph, place[1], preference or {}, budget.branches):
            reach(cost + more, after, path if edge is None else (*path, edge))
    return found


def _from_passage(
    graph: Graph, passage: int, preference: Mapping[tuple[int, int], float], branches: int
) -> Iterator[tuple[float, Place, Edge | None]]:
    """Follow the mentions of a passage, each entity once, and go to what the passage is about."""
    firsts: dict[int, tuple[int, int]] = {}
    for entity, start, end in graph.mentions_in(passage)[1:].T.tolist():
        firsts.setdefault(entity, (start, end))
    weights = {entity: preference.get((passage, entity), 1.0) for entity in firsts}
    total = sum(weights.values())
    chosen = heapq.nsmallest(branches, firsts, key=lambda one: (-weights[one], one))
    for entity in chosen:
        edge = Mention(passage, entity, *firsts[entity])
        yield STEP_COST - math.log(weights[entity] / total), (ENTITY, entity), edge
    owner = int(graph.owners[passage])
    if owner != NO_ENTITY:
        yield STEP_COST, (ENTITY, owner), None


def _from_entity(
    graph: Graph, entity: int, _: Mapping[tuple[int, int], float], branches: int
) -> Iterator[tuple[float, Place, Edge | None]]:
    """Go to the passages about an entity, to those that mention it, and along its facts."""
    about = graph.about(entity)
    for passage in about[:branches].tolist():
        yield 0.0, (PASSAGE, passage), None
    mentions = graph.mentions_of(entity, most=branches)
    naming: dict[int, tuple[int, int]] = {}
    for passage, _entity, start, end in mentions.T.tolist():
        naming.setdefault(passage, (start, end))
    often = math.log(max(1, graph.mention_count(entity)))
    for passage, place in naming.items():
        edge = Mention(passage, entity, *place)
        yield STEP_COST + BACKWARD_COST + often, (PASSAGE, passage), edge
    facts = graph.facts_of(entity)
    for number in facts[:branches].tolist():
        head, tail = graph.ends(number)
        other = tail if head == entity else head
        fact = graph.worded(number)
        if other in (NO_ENTITY, entity) or fact.negated or fact.weight <= 0:
            continue
        yield STEP_COST + math.log(len(facts)), (ENTITY, other), number


def _step(graph: Graph, edge: Edge) -> PathStep:
    """Put an edge in words."""
    if isinstance(edge, Mention):
        passage, entity, start, end = edge
        passage_id = _passage_id(graph, passage)
        return PathStep(_title(graph, passage), MENTION, graph.name(entity), passage_id, start, end)
    head, tail = graph.ends(edge)
    fact = graph.worded(edge)
    return PathStep(
        graph.name(head), fact.relation, graph.name(tail), source=fact.source, place=fact.place
    )


def _title(graph: Graph, passage: int) -> str:
    """Return the name of what a passage is about, or its id where that has no name."""
    owner = int(graph.owners[passage])
    return _passage_id(graph, passage) if owner == NO_ENTITY else graph.name(owner)


def _passage_id(graph: Graph, passage: int) -> str:
    return graph.generation.passage_ids(graph.arrays.passages[[passage]])[0]
