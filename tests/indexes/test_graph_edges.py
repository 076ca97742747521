"""Edges weigh what they say they weigh, and facts that do not hold are none."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from wherefrom.indexes.graph import Graph
from wherefrom.indexes.graph_edges import EdgeWeights, weigh_edges
from wherefrom.indexes.walk import walk

NAMES = ["Ada", "Ben", "Rome", "Old Rome", "Cy"]
sentences = st.lists(st.sampled_from([f"So {name} it is." for name in NAMES]), max_size=6)
documents = st.dictionaries(st.sampled_from(NAMES), sentences.map(" ".join).map("x. ".__add__))
lines = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.sampled_from(["knows", "NotKnows"]),
        st.sampled_from([*NAMES, "else"]),
        st.sampled_from(["0", "1", "2.5"]),
    ).map("\t".join),
    max_size=6,
)


def slowly(graph: Graph, weights: EdgeWeights) -> dict[tuple[int, int], float]:
    """Weigh all edges one by one, as the documentation of `EdgeWeights` says."""
    found: Counter[tuple[int, int]] = Counter()
    node = graph.passages
    pairs = set(zip(*np.asarray(graph.arrays.mentions[:2]).tolist(), strict=True))
    strength = {e: 1.0 if len(graph.about(e)) else weights.bare_mention for _, e in pairs}
    all_of: Counter[int] = Counter()
    for _, entity in pairs:
        all_of[entity] += strength[entity]
    for passage, entity in pairs:
        found[passage, node + entity] += strength[entity]
        found[node + entity, passage] += weights.comention * strength[entity] / all_of[entity]
    for entity in range(graph.entities):
        about = graph.about(entity).tolist()
        held = [graph.fact(number) for number in graph.facts_of(entity).tolist()]
        ends = [graph.ends(number) for number in graph.facts_of(entity).tolist()]
        kept = [
            (fact.weight, tail if head == entity else head)
            for fact, (head, tail) in zip(held, ends, strict=True)
            if not fact.negated and not fact.literal and head != tail and fact.weight
        ]
        own = weights.back * all_of[entity] + (weights.own_facts if kept else 0.0)
        for passage in about:
            found[node + entity, passage] += 1 / len(about)
            found[passage, node + entity] += own / len(about)
        for weight, other in kept:
            found[node + entity, node + other] += weights.fact * weight / sum(w for w, _ in kept)
    return {edge: weight for edge, weight in found.items() if weight}


@pytest.mark.slow
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(documents, lines, st.sampled_from([EdgeWeights(), EdgeWeights(0.5, 0.3, 0.2, 0.7)]))
def test_edges_weigh_what_they_are_said_to_weigh(
    tmp_path_factory, make_graph, documents, lines, weights
):
    assume(documents or lines)
    graph = make_graph(tmp_path_factory.mktemp("edges"), documents, lines)
    edges = weigh_edges(graph, weights)
    assert edges.weights.shape == (graph.passages + graph.entities,) * 2
    found = dict(edges.weights.todok().items())
    wanted = slowly(graph, weights)
    assert found.keys() == wanted.keys()
    for edge, weight in wanted.items():
        assert found[edge] == pytest.approx(weight)


def reached(graph: Graph, entity: str) -> set[str]:
    """Return the names of all entities that a walk from one of them comes to."""
    edges = weigh_edges(graph)
    home = np.zeros(graph.passages + graph.entities)
    home[graph.passages + graph.names.index(entity)] = 1.0
    chances = walk(edges.chances, home, restart=0.3, tolerance=1e-12)
    return {graph.names[n] for n in np.flatnonzero(chances[graph.passages :])}


def test_a_fact_leads_on_from_an_article_that_nobody_names(open_graph):
    """The walk begins at the article; only what it is about has the fact."""
    texts = {"Elmstead": "It is a hill.", "Quillon": "A harbour town.", "Other": "None of both."}
    graph = open_graph(texts, ["Elmstead\ttwinned with\tQuillon"])
    edges = weigh_edges(graph)
    place = {graph.name(int(owner)): number for number, owner in enumerate(graph.owners)}
    home = np.zeros(graph.passages + graph.entities)
    home[place["Elmstead"]] = 1.0
    chances = walk(edges.chances, home, restart=0.3, tolerance=1e-12)
    assert chances[place["Quillon"]] > 0.01
    assert chances[place["Other"]] == 0


def test_a_fact_that_does_not_hold_is_never_walked(open_graph):
    facts = ["a\tknows\tb", "b\tNotKnows\tc", "d\tNotKnows\ta", "c\tknows\td"]
    graph = open_graph(facts=facts)
    assert graph.entities == 4
    assert reached(graph, "a") == {"a", "b"}
    assert reached(graph, "d") == {"c", "d"}


def test_values_and_facts_without_weight_are_never_walked(open_graph, tmp_path):
    (tmp_path / "a.ttl").write_text('<http://x/a> <http://x/size> "b" .\n')
    graph = open_graph(facts=["a\tis\tb\t0", "b\tis\tc\t1"], specs=[f"rdf:{tmp_path}/a.ttl"])
    assert reached(graph, "a") == {"a"}
    assert reached(graph, "b") == {"b", "c"}


def test_loops_and_circles_are_harmless(open_graph):
    facts = ["a\tis\ta", "a\tis\tb", "b\tis\tc", "c\tis\ta", "a\tis\tb", "e\tis\te"]
    graph = open_graph(facts=facts)
    edges = weigh_edges(graph)
    assert edges.weights.diagonal().tolist() == [0.0] * 4
    assert edges.chances.stuck.tolist() == [False] * 3 + [True]
    home = np.array([0.0, 0.0, 0.0, 1.0])
    assert walk(edges.chances, home, restart=0.3).tolist() == [0, 0, 0, 1]
    assert reached(graph, "a") == {"a", "b", "c"}


def test_stronger_facts_are_walked_more(open_graph):
    graph = open_graph(facts=["a\tis\tb\t3", "a\tis\tc\t1"])
    assert weigh_edges(graph).chances.incoming.toarray()[1:, 0].tolist() == [0.75, 0.25]


def test_nothing_has_no_edges(open_graph):
    graph = open_graph({"x": "It rained."}, untitled=True)
    edges = weigh_edges(graph)
    assert (edges.weights.shape, edges.weights.nnz) == ((1, 1), 0)
    assert edges.chances.stuck.tolist() == [True]
