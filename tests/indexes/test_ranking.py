"""Test how rows are ranked and rankings merged."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from wherefrom.indexes.ranking import Ranking, best_rows, merge_rankings

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
