"""Vectors are looked up by row through all segments."""

import numpy as np
import pytest

from wherefrom.indexes.passage_vectors import PassageVectors
from wherefrom.kb.generation import Generation


@pytest.mark.parametrize("counts", [[], [5], [3, 1, 4], [0, 2]])
def test_rows_count_through_all_segments(counts):
    random = np.random.default_rng(1)
    parts = [random.standard_normal((count, 4)).astype(np.float32) for count in counts]
    whole = np.concatenate([np.empty((0, 4), np.float32), *parts])
    vectors = PassageVectors(parts, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), 4)
    rows = random.permutation(np.repeat(np.arange(len(whole)), 2))
    assert np.array_equal(vectors[rows], whole[rows])
    assert vectors[rows[:0]].shape == (0, 4)


def test_those_of_a_generation_are_those_of_its_passages(open_graph, word_encoder):
    open_graph({"a": "Cats eat mice.", "b": "Mice eat cheese."})
    generation: Generation = open_graph({"c": "Dogs chase cats."}).generation
    rows = np.array([generation.row(name) for name in ("c#0", "a#0")])
    wanted = word_encoder.encode_queries(["c. Dogs chase cats.", "a. Cats eat mice."])
    assert np.array_equal(PassageVectors.open(generation)[rows], wanted)
