"""The walk is that of networkx, and edges that one walk alone sees stay with it."""

import time

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from wherefrom.indexes.walk import transitions, walk
from wherefrom.kb.errors import UsageError

sizes = st.integers(1, 12)


@st.composite
def graphs(draw):
    """Draw weights (N, N), some nodes without a way out, and a home."""
    size = draw(sizes)
    weight = st.one_of(st.just(0.0), st.floats(0.1, 5.0))
    rows = draw(
        st.lists(st.lists(weight, min_size=size, max_size=size), min_size=size, max_size=size)
    )
    home = draw(st.lists(weight, min_size=size, max_size=size).filter(any))
    return np.array(rows), np.array(home)


def by_networkx(weights, home, restart):
    graph = networkx.DiGraph()
    graph.add_nodes_from(range(len(weights)))
    graph.add_weighted_edges_from(
        (i, j, weights[i, j]) for i, j in zip(*np.nonzero(weights), strict=True)
    )
    start = dict(enumerate(home))
    found = networkx.pagerank(
        graph, alpha=1 - restart, personalization=start, tol=1e-12, max_iter=10_000
    )
    return np.array([found[node] for node in range(len(weights))])


@settings(max_examples=200, deadline=None)
@given(graphs(), st.sampled_from([0.15, 0.3, 0.5, 0.85]))
def test_equals_networkx(drawn, restart):
    weights, home = drawn
    found = walk(transitions(csr_array(weights)), home, restart=restart, tolerance=1e-12)
    assert np.abs(found - by_networkx(weights, home, restart)).max() < 1e-6
    assert found.sum() == pytest.approx(1)


@settings(max_examples=100, deadline=None)
@given(graphs(), st.data())
def test_own_edges_replace_those_of_the_graph(drawn, data):
    weights, home = drawn
    nodes = np.array(data.draw(st.lists(st.integers(0, len(home) - 1), unique=True, min_size=1)))
    other = np.round(weights[::-1] * 1.5 + 0.0, 3)[nodes]
    changed = weights.copy()
    changed[nodes] = other
    whole = walk(transitions(csr_array(changed)), home, restart=0.3, tolerance=1e-12)
    graph = transitions(csr_array(weights))
    found = walk(graph, home, restart=0.3, tolerance=1e-12, leaving=(nodes, csr_array(other)))
    assert np.abs(found - whole).max() < 1e-9


def test_a_restart_of_one_stays_at_home():
    graph = transitions(csr_array(np.ones((3, 3))))
    assert walk(graph, np.array([0.0, 2.0, 2.0]), restart=1).tolist() == [0, 0.5, 0.5]


@pytest.mark.parametrize("restart", [0, -0.1, 1.5, float("nan")])
def test_a_restart_out_of_range_is_refused(restart):
    graph = transitions(csr_array(np.ones((2, 2))))
    with pytest.raises(UsageError, match="restart must be above 0"):
        walk(graph, np.ones(2), restart=restart)


@pytest.mark.parametrize("home", [[0.0, 0.0], [1.0, -1.0]])
def test_a_home_without_weight_is_refused(home):
    graph = transitions(csr_array(np.ones((2, 2))))
    with pytest.raises(UsageError, match="at least one node to start from"):
        walk(graph, np.array(home), restart=0.5)


@pytest.mark.slow
def test_a_hub_with_a_million_neighbours_is_walked_in_seconds():
    count = 1_000_000
    hub, leaves = np.zeros(count, dtype=np.int64), np.arange(1, count + 1)
    ends = np.concatenate([hub, leaves]), np.concatenate([leaves, hub])
    weights = csr_array((np.ones(2 * count), ends), shape=(count + 1, count + 1))
    graph = transitions(weights)
    home = np.zeros(count + 1)
    home[0] = 1.0
    started = time.perf_counter()
    found = walk(graph, home, restart=0.3, tolerance=1e-5)
    assert time.perf_counter() - started < 10
    assert found[0] == pytest.approx(1 / 1.7, abs=1e-4)  # at home, or one step away
    assert np.allclose(found[1:], 0.7 / 1.7 / count, rtol=1e-3)
    started = time.perf_counter()
    one_way = csr_array(([1.0], ([0], [7])), shape=(1, count + 1))
    found = walk(graph, home, restart=0.3, tolerance=1e-5, leaving=(np.array([0]), one_way))
    assert time.perf_counter() - started < 10
    assert np.flatnonzero(found).tolist() == [0, 7]
