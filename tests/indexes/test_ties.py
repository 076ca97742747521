"""Test that hits do not depend on how rows lie, against a sort of everything."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from wherefrom.indexes.ranking import Rankings, best_columns
from wherefrom.indexes.records import Hit
from wherefrom.indexes.ties import stable_hits

# few values and many rows: ties everywhere, also at the edge
SHAPES = st.tuples(st.integers(0, 4), st.integers(0, 60))
SCORES = npst.arrays(
    np.float32,
    st.tuples(st.integers(0, 4), st.integers(0, 60)),
    elements=st.sampled_from([0, 1, 2]),
)


class Index:
    """An index of rows with given scores, which notes how deep each search for a query went."""

    def __init__(self, scores: np.ndarray) -> None:
        self.scores = scores
        self.depths: list[tuple[int, int]] = []

    def search(self, numbers: Sequence[int], depth: int) -> Rankings:
        self.depths += [(number, depth) for number in numbers]
        scores = self.scores[list(numbers)]
        rows = np.broadcast_to(np.arange(scores.shape[1]), scores.shape)
        return best_columns(rows, scores, depth)


@given(SCORES, st.integers(1, 70), st.randoms())
def test_hits_are_the_first_of_all_in_order_of_score_and_id(scores, k, random) -> None:
    names = [f"d{number:02}" for number in range(scores.shape[1])]
    random.shuffle(names)
    found = stable_hits(
        Index(scores).search, len(scores), k, names=lambda rows: [names[row] for row in rows]
    )
    for query, hits in zip(scores.tolist(), found, strict=True):
        everything = sorted(zip((-score for score in query), names, strict=True))
        assert hits == [Hit(name, -negative) for negative, name in everything[:k]]


@pytest.mark.parametrize(
    ("scores", "depths"),
    [
        ([9, 8, 7, 6, 5], [3]),
        ([9, 9, 7, 6, 5], [3]),  # the tie is within the first two
        ([9, 8, 8, 6, 5], [3, 48]),  # it is at the edge
    ],
)
def test_a_search_goes_deeper_only_for_a_tie_at_the_edge(scores, depths) -> None:
    index = Index(np.array([scores, [5, 4, 3, 2, 1]], dtype=np.float32))
    found = stable_hits(index.search, 2, 2, names=lambda rows: [str(9 - row) for row in rows])
    assert [hit.score for hit in found[0]] == scores[:2]
    assert [depth for number, depth in index.depths if number == 0] == depths
    assert [depth for number, depth in index.depths if number == 1] == [3]


def test_hits_hold_numbers_of_python() -> None:
    index = Index(np.array([[0.5, 0.25]], dtype=np.float32))
    ((hit, _),) = stable_hits(index.search, 1, 2, names=lambda rows: [str(row) for row in rows])
    assert (type(hit), type(hit.score), hit.passage_id) == (Hit, float, "0")
