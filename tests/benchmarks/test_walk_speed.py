"""Walks are timed over random edges, from a hub, and over the graph of a corpus."""

import json

import numpy as np
import pytest

from wherefrom.benchmarks.walk_speed import hub_transitions, measure, random_transitions, timed


@pytest.mark.slow
def test_small_graphs_are_measured(tmp_path):
    corpus = tmp_path / "corpus.jsonl"
    rows = [
        {"id": "Ada", "title": "Ada", "text": "Ada lives in Rome."},
        {"id": "Rome", "title": "Rome", "text": "Rome is old."},
    ]
    corpus.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = measure(corpus, tmp_path, nodes=50, edges=200, neighbours=100, rounds=3)
    assert (found["corpus"]["passages"], found["corpus"]["entities"]) == (2, 2)
    assert found["corpus"]["nodes"] == 4
    assert (found["random"]["nodes"], found["hub"]["nodes"]) == (50, 101)
    assert 100 < found["random"]["edges"] <= 200
    for name in ("corpus", "random", "hub"):
        assert len(found[name]["milliseconds"]["each_round"]) == 3
        assert found[name]["milliseconds"]["median"] > 0
    assert found["building"]["peak_mib"] > 20
    assert found["building"]["edges_alone_peak_mib"] > 20


def test_edges_are_drawn_alike_each_time():
    one, other = random_transitions(20, 50), random_transitions(20, 50)
    assert np.array_equal(one.incoming.toarray(), other.incoming.toarray())
    leaving = one.incoming.toarray().sum(axis=0)
    assert np.allclose(leaving[~one.stuck], 1)


def test_a_hub_leads_to_all_and_back():
    hub = hub_transitions(4)
    assert hub.incoming.toarray()[0].tolist() == [0, 1, 1, 1, 1]
    assert hub.incoming.toarray()[1:, 0].tolist() == [0.25] * 4
    assert timed(hub, 2, places=np.zeros(1, dtype=np.int64))["edges"] == 8
