"""What one index says to one query: rows of the index with their scores, best first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Rows of an index and their scores, best first; ties stand in order of row."""

    rows: Rows  # (k',) int64, k' <= k
    scores: Scores  # (k',) float32, higher is better

    def __len__(self) -> int:
        return len(self.rows)


def best_rows(rows: Rows, scores: Scores, k: int) -> Ranking:
    """Keep the `k` best of some rows, in order of falling score, then of rising row.

    Parameters
    ----------
    rows
        Shape (n,), each row once, in any order.
    scores
        Shape (n,), the score of each.
    k
        How many to keep; fewer rows are no error.

    Examples
    --------
    >>> best_rows(np.array([7, 3, 5]), np.array([0.5, 0.5, 0.9], dtype=np.float32), 2).rows
    array([5, 3])
    """
    if len(rows) > k > 0:
        threshold = np.partition(scores, len(scores) - k)[len(scores) - k]
        kept = np.flatnonzero(scores >= threshold)  # all that tie at the edge, so rows decide
        rows, scores = rows[kept], scores[kept]
    order = np.lexsort((rows, -scores))[:k]
    return Ranking(rows[order].astype(np.int64), scores[order].astype(np.float32))


def merge_rankings(rankings: Sequence[Ranking], offsets: Sequence[int], k: int) -> Ranking:
    """Join the rankings of several parts of one index into one over all of them.

    Parameters
    ----------
    rankings
        One for each part, for the same query.
    offsets
        The number of the first row of each part in the whole.
    k
        How many to keep.

    Examples
    --------
    >>> first = Ranking(np.array([0]), np.array([0.2], dtype=np.float32))
    >>> second = Ranking(np.array([4]), np.array([0.7], dtype=np.float32))
    >>> merge_rankings([first, second], [0, 10], 5).rows
    array([14,  0])
    """
    if not rankings:
        return Ranking(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))
    rows = np.concatenate(
        [part.rows + offset for part, offset in zip(rankings, offsets, strict=True)]
    )
    return best_rows(rows, np.concatenate([part.scores for part in rankings]), k)
