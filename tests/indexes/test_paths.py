"""A path is the cheapest there is within the budget, and each of its steps can be looked up."""

import math
import random
from collections.abc import Iterator

import numpy as np
import pytest

from wherefrom.indexes.graph import Graph
from wherefrom.indexes.paths import (
    BACKWARD_COST,
    ENTITY,
    HIT_COST,
    PASSAGE,
    STEP_COST,
    Path,
    PathBudget,
    Place,
    best_paths,
)
from wherefrom.indexes.records import MENTION, PathStep
from wherefrom.kb.entities import NO_ENTITY

NAMES = ["Alba", "Bex", "Cork", "Delft", "Elba", "Ferro", "Genoa", "Halle"]
DOCUMENTS = {
    "Red Film": "It is old. It was directed by Ann Lee in Rome.",
    "Ann Lee": "She was born in Ulm.",
    "Rome": "Rome is a city.",
}
FACTS = ["Ulm\tlies on\tDanube", "Danube\tNotFlowsTo\tRhine", "Danube\tends in\tBlack Sea\t0"]


def number(graph: Graph, name: str) -> int:
    (entity,) = graph.having("name", name)
    return entity


def passage(graph: Graph, passage_id: str) -> Place:
    return PASSAGE, int(graph.number_of_row[graph.generation.row(passage_id)])


def words(path: Path) -> list[str]:
    return [f"{step.head} > {step.relation} > {step.tail}" for step in path]


# --- an oracle: every walk within the steps, each edge once more from what the graph holds ---


def edges_of(graph: Graph, preference: dict) -> dict[Place, list[tuple[float, Place, str]]]:
    """Return every edge from each place: its cost, where it leads, and what a path says of it."""
    edges: dict[Place, list[tuple[float, Place, str]]] = {}
    owners = graph.owners.tolist()
    held = {(p, e) for p, e in np.asarray(graph.arrays.mentions[:2]).T.tolist()}
    every = graph.arrays.mentions[1].tolist()
    ids = graph.generation.passage_ids(np.asarray(graph.arrays.passages))
    for p, owner in enumerate(owners):
        title = ids[p] if owner == NO_ENTITY else graph.names[owner]
        weights = {e: preference.get((p, e), 1.0) for q, e in held if q == p}
        for e, weight in weights.items():
            said = f"{title} > mention > {graph.names[e]}"
            cost = STEP_COST - math.log(weight / sum(weights.values()))
            edges.setdefault((PASSAGE, p), []).append((cost, (ENTITY, e), said))
            back = STEP_COST + BACKWARD_COST + math.log(every.count(e))
            edges.setdefault((ENTITY, e), []).append((back, (PASSAGE, p), said))
        if owner != NO_ENTITY:
            edges.setdefault((PASSAGE, p), []).append((STEP_COST, (ENTITY, owner), ""))
            edges.setdefault((ENTITY, owner), []).append((0.0, (PASSAGE, p), ""))
    facts = [graph.fact(n) for n in range(int(graph.fact_offsets[-1]))]
    for fact in facts:
        ends = number(graph, fact.head), number(graph, fact.tail)
        if fact.negated or fact.weight <= 0 or ends[0] == ends[1]:
            continue
        said = f"{fact.head} > {fact.relation} > {fact.tail}"
        for one, other in (ends, ends[::-1]):
            name = graph.names[one]
            beside = sum(name in (other.head, other.tail) for other in facts)
            edges.setdefault((ENTITY, one), []).append(
                (STEP_COST + math.log(beside), (ENTITY, other), said)
            )
    return edges


def costs_of_walks(
    edges: dict, starts: dict[Place, float], steps: int
) -> dict[tuple[Place, tuple[str, ...]], float]:
    """Return what each path to each place costs, of all walks that are told by that path."""
    costs = {(place, ()): cost for place, cost in starts.items()}
    changed = dict(costs)
    while changed:
        reached: dict = {}
        for (place, path), cost in changed.items():
            for more, after, said in edges.get(place, []):
                key = after, (*path, said) if said else path
                total = cost + more
                if len(key[1]) <= steps and total < min(
                    costs.get(key, math.inf), reached.get(key, math.inf)
                ):
                    reached[key] = total
        costs |= reached
        changed = reached
    return costs


def random_graph(open_graph, seed: int) -> Graph:
    chosen = random.Random(seed)
    documents = {
        name: f"There {' and '.join(chosen.sample(NAMES, chosen.randint(1, 4)))} is."
        for name in chosen.sample(NAMES, 5)
    }
    facts = {
        f"{head}\t{chosen.choice(['near', 'NotNear', 'far'])}\t{tail}\t{chosen.choice([0, 1, 2])}"
        for head, tail in (chosen.choices(NAMES, k=2) for _ in range(5))
    }
    return open_graph(documents, sorted(facts))


@pytest.mark.parametrize("seed", range(6))
def test_the_best_path_is_that_of_all_walks(open_graph, seed):
    graph, chosen = random_graph(open_graph, seed), random.Random(seed)
    pairs = np.asarray(graph.arrays.mentions[:2]).T.tolist()
    preference = {(p, e): chosen.choice([0.1, 1.0, 8.0]) for p, e in pairs}
    edges = edges_of(graph, preference)
    everywhere = [(PASSAGE, n) for n in range(graph.passages)]
    everywhere += [(ENTITY, n) for n in range(graph.entities)]
    for steps in (1, 2, 3):
        named = chosen.sample(range(graph.entities), 1)
        hits = chosen.sample(range(graph.passages), 2)
        starts = {(PASSAGE, p): HIT_COST + math.log1p(rank) for rank, p in enumerate(hits)}
        starts |= {(ENTITY, e): 0.0 for e in named}
        costs = costs_of_walks(edges, starts, steps)
        found = best_paths(
            graph, named, hits, everywhere, preference=preference, budget=PathBudget(steps=steps)
        )
        assert set(found) == {place for place, _ in costs}
        for place, path in found.items():
            least = min(cost for (other, _), cost in costs.items() if other == place)
            assert costs[place, tuple(words(path))] == pytest.approx(least)


def test_a_cheap_way_that_is_too_long_does_not_hide_a_short_one(open_graph):
    """To C there are two cheap steps and one dear one; only after the dear one D is in reach."""
    graph = open_graph(
        facts=["Alba\tr\tBex", "Bex\tr\tCork", "Cork\tr\tDelft"],
        documents={
            "Alba": "There is Cork. Then Elba, Ferro, Genoa and Halle are there, too.",
            **dict.fromkeys(NAMES[4:], "It rained."),
        },
    )
    target = ENTITY, number(graph, "Delft")
    start = number(graph, "Alba")
    preference = {(passage(graph, "Alba#0")[1], number(graph, "Cork")): 1e-6}
    found = best_paths(
        graph, [start], [], [target], preference=preference, budget=PathBudget(steps=2)
    )
    assert words(found[target]) == ["Alba > mention > Cork", "Cork > r > Delft"]
    found = best_paths(graph, [start], [], [target], preference=preference)
    assert words(found[target]) == ["Alba > r > Bex", "Bex > r > Cork", "Cork > r > Delft"]


# --- receipts ---


@pytest.fixture
def graph(open_graph) -> Graph:
    return open_graph(DOCUMENTS, FACTS)


def test_a_mention_is_shown_by_its_place_in_the_document(graph):
    target = passage(graph, "Ann Lee#0")
    (step,) = best_paths(graph, [number(graph, "Red Film")], [], [target])[target]
    assert (step.head, step.relation, step.tail) == ("Red Film", MENTION, "Ann Lee")
    assert (step.source, step.place) == ("", "")
    document = graph.generation.document("Red Film")
    assert document.text[step.start : step.end] == "Ann Lee"
    shown = graph.generation.passage(step.passage_id)
    assert shown.start <= step.start < step.end <= shown.end


def test_a_fact_is_shown_by_its_source_and_line(graph, tmp_path):
    target = ENTITY, number(graph, "Danube")
    path = best_paths(graph, [number(graph, "Red Film")], [], [target])[target]
    assert words(path) == [
        "Red Film > mention > Ann Lee",
        "Ann Lee > mention > Ulm",
        "Ulm > lies on > Danube",
    ]
    source = f"triples:{tmp_path / 'facts.tsv'}"
    assert path[2] == PathStep("Ulm", "lies on", "Danube", source=source, place="line 1")


def test_a_fact_that_is_followed_backwards_says_what_it_says(graph):
    target = ENTITY, number(graph, "Ulm")
    path = best_paths(graph, [number(graph, "Danube")], [], [target])[target]
    assert words(path) == ["Ulm > lies on > Danube"]


def test_a_passage_without_a_name_is_shown_by_its_id(open_graph):
    open_graph({"Rome": "It is old."})
    graph = open_graph({"7": "It lies near Rome, they say."}, untitled=True)
    target = ENTITY, number(graph, "Rome")
    (step,) = best_paths(graph, [], [passage(graph, "7#0")[1]], [target])[target]
    assert (step.head, step.passage_id) == ("7#0", "7#0")


def test_where_the_search_begins_there_is_nothing_to_tell(graph):
    film, hit = passage(graph, "Red Film#0"), passage(graph, "Rome#0")
    assert best_paths(graph, [], [hit[1]], [hit]) == {hit: ()}
    found = best_paths(graph, [number(graph, "Red Film")], [hit[1]], [film, hit])
    assert found[film] == ()
    assert words(found[hit]) == ["Red Film > mention > Rome"]  # that it is named says more


def test_facts_that_do_not_hold_are_on_no_path(graph):
    start = number(graph, "Danube")
    for name in ("Rhine", "Black Sea"):  # one is denied, the other weighs nothing
        target = ENTITY, number(graph, name)
        assert best_paths(graph, [start], [], [target]) == {}
        assert best_paths(graph, [target[1]], [], [(ENTITY, start)]) == {}


# --- the budget ---


def test_no_path_has_more_steps_than_allowed(graph):
    target, start = (ENTITY, number(graph, "Danube")), number(graph, "Red Film")
    for steps in range(5):
        found = best_paths(graph, [start], [], [target], budget=PathBudget(steps=steps))
        assert (target in found) == (steps >= 3)


def test_no_more_places_are_looked_at_than_allowed(graph, monkeypatch):
    looked: list[int] = []
    facts_of = graph.facts_of
    monkeypatch.setattr(graph, "facts_of", lambda one: looked.append(one) or facts_of(one))
    nowhere = [(ENTITY, 10_000)]
    for places in (0, 1, 4):
        looked.clear()
        budget = PathBudget(places=places)
        assert best_paths(graph, [number(graph, "Ulm")], [], nowhere, budget=budget) == {}
        assert len(looked) <= places


def hub_facts() -> Iterator[str]:
    yield from (f"Hub\tknows\tp{n:04}" for n in range(3_000))
    yield "p2999\tknows\tEnd"


def test_of_a_hub_so_many_edges_are_followed(open_graph, monkeypatch):
    graph = open_graph({"Hub": "See p0001, p0002 and p0003 there."}, hub_facts())
    read: list[int] = []
    fact = graph.fact
    monkeypatch.setattr(graph, "fact", lambda one: read.append(one) or fact(one))
    near, far = (ENTITY, number(graph, "p0005")), (ENTITY, number(graph, "End"))
    found = best_paths(graph, [number(graph, "Hub")], [], [near, far])
    assert words(found[near]) == ["Hub > knows > p0005"]
    assert far not in found
    budget = PathBudget()
    assert len(read) <= budget.branches * 2 + 2 * budget.places  # few others have a fact more
    read.clear()
    few = best_paths(graph, [number(graph, "Hub")], [], [near], budget=PathBudget(branches=3))
    assert few == {}
    assert len(set(read)) <= 6


def test_of_many_mentions_the_preferred_are_followed(open_graph):
    graph = open_graph({"List": " ".join(NAMES), **dict.fromkeys(NAMES, "It rained.")})
    (hit,) = graph.about(number(graph, "List")).tolist()
    targets = [(ENTITY, number(graph, name)) for name in NAMES]
    preference = {(hit, number(graph, "Halle")): 5.0}
    found = best_paths(
        graph, [], [hit], targets, preference=preference, budget=PathBudget(branches=1, steps=1)
    )
    assert [words(path) for path in found.values()] == [["List > mention > Halle"]]


def test_nothing_to_begin_from_or_to_look_for(graph):
    assert best_paths(graph, [], [], [(PASSAGE, 0)]) == {}
    assert best_paths(graph, [0], [0], []) == {}
