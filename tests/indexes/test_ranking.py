"""Test how rows are ranked and rankings merged."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from wherefrom.indexes.ranking import (
    Ranking,
    best_columns,
    best_rows,
    merge_columns,
    merge_rankings,
    nothing_found,
    side_by_side,
)

SCORES = npst.arrays(np.float32, st.integers(0, 40), elements=st.sampled_from([-1, 0, 0.5, 2]))


def oracle(rows: np.ndarray, scores: np.ndarray, k: int) -> list[int]:
    return [int(row) for _, row in sorted(zip(-scores, rows, strict=True))][:k]


@given(SCORES, st.integers(1, 50), st.randoms())
def test_best_rows_equal_a_full_sort(scores: np.ndarray, k: int, random: object) -> None:
    rows = np.arange(len(scores))
    random.shuffle(rows)  # type: ignore[attr-defined]
    found = best_rows(rows, scores, k)
    assert found.rows.tolist() == oracle(rows, scores, k)
    assert len(found) == min(k, len(scores))


@given(SCORES, st.integers(1, 50), st.integers(0, 40))
def test_merged_parts_equal_the_whole(scores: np.ndarray, k: int, cut: int) -> None:
    rows = np.arange(len(scores))
    cut = min(cut, len(scores))
    parts = [
        best_rows(rows[:cut], scores[:cut], k),
        best_rows(rows[cut:] - cut, scores[cut:], k),
    ]
    merged = merge_rankings(parts, [0, cut], k)
    whole = best_rows(rows, scores, k)
    assert merged.rows.tolist() == whole.rows.tolist()
    assert merged.scores.tolist() == whole.scores.tolist()


def test_no_parts_make_an_empty_ranking() -> None:
    found = merge_rankings([], [], 3)
    assert isinstance(found, Ranking)
    assert len(found) == 0
    assert found.rows.dtype == np.int64


MATRICES = npst.arrays(
    np.float32,
    st.tuples(st.integers(1, 6), st.integers(0, 12)),
    elements=st.sampled_from([-np.inf, -1, 0, 0.5, 2]),
)


def drawn_rows(scores: np.ndarray, seed: int) -> np.ndarray:
    """Give each query rows in any order, -1 where the score says that there is none."""
    random = np.random.default_rng(seed)
    rows = np.stack([random.permutation(scores.shape[1]) for _ in scores]).astype(np.int64)
    return np.where(np.isneginf(scores), -1, rows)


@given(MATRICES, st.integers(1, 15), st.integers(0, 9))
def test_best_columns_equal_the_best_rows_of_each_query(
    scores: np.ndarray, k: int, seed: int
) -> None:
    rows = drawn_rows(scores, seed)
    before = rows.copy(), scores.copy()
    found = best_columns(rows, scores, k)
    assert len(found) == len(scores)
    for number, ranking in enumerate(found):
        there = rows[number] >= 0
        alone = best_rows(rows[number][there], scores[number][there], k)
        assert ranking.rows.tolist() == alone.rows.tolist()
        assert ranking.scores.tolist() == alone.scores.tolist()
    assert (rows == before[0]).all()
    assert (scores == before[1]).all()


@given(MATRICES, st.integers(1, 15), st.integers(0, 12))
def test_merged_columns_equal_the_whole(scores: np.ndarray, k: int, cut: int) -> None:
    rows = np.broadcast_to(np.arange(scores.shape[1]), scores.shape)
    rows = np.where(np.isneginf(scores), -1, rows)
    cut = min(cut, scores.shape[1])
    inner = np.where(rows[:, cut:] < 0, -1, rows[:, cut:] - cut)
    parts = [best_columns(rows[:, :cut], scores[:, :cut], k)]
    parts += [best_columns(inner, scores[:, cut:], k)]
    merged, whole = merge_columns(parts, [0, cut], k), best_columns(rows, scores, k)
    for one, other in zip(merged, whole, strict=True):
        assert one.rows.tolist() == other.rows.tolist()
        assert one.scores.tolist() == other.scores.tolist()


@given(st.lists(SCORES, max_size=5))
def test_rankings_side_by_side_stay_what_they_are(drawn: list[np.ndarray]) -> None:
    rankings = [best_rows(np.arange(len(scores)), scores, 9) for scores in drawn]
    found = side_by_side(rankings)
    assert [ranking.rows.tolist() for ranking in found] == [one.rows.tolist() for one in rankings]
    assert [ranking.scores.tolist() for ranking in found] == [
        one.scores.tolist() for one in rankings
    ]


def test_nothing_found_is_an_empty_ranking_for_each_query() -> None:
    assert [len(ranking) for ranking in nothing_found(3)] == [0, 0, 0]
    assert list(nothing_found(0)) == []
