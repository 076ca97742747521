"""What an index says to queries: rows of the index with their scores, best first."""

from collections.abc import Iterator, Sequence
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


@dataclass(frozen=True, slots=True, eq=False)
class Rankings:
    """The rankings of several queries side by side.

    A ranking that is shorter than the widest ends in rows of -1, whose score is minus infinity.
    """

    rows: Rows  # (Q, c) int64
    scores: Scores  # (Q, c) float32

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, number: int) -> Ranking:
        found = np.count_nonzero(self.rows[number] >= 0)
        return Ranking(self.rows[number, :found], self.scores[number, :found])

    def __iter__(self) -> Iterator[Ranking]:
        return (self[number] for number in range(len(self)))


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


def best_columns(rows: Rows, scores: Scores, k: int) -> Rankings:
    """Keep the `k` best rows of each query, in order of falling score, then of rising row.

    Parameters
    ----------
    rows
        Shape (Q, n), those of one query each once, in any order; -1 for none.
    scores
        Shape (Q, n), the score of each; minus infinity for none.
    k
        How many to keep; fewer rows are no error.

    Examples
    --------
    >>> scores = np.array([[0.5, 0.5, 0.9], [0.7, 0.2, -np.inf]], dtype=np.float32)
    >>> best_columns(np.array([[7, 3, 5], [4, 6, -1]]), scores, 2).rows
    array([[5, 3],
           [4, 6]])
    """
    # what comes from an index is nearly always in order, and sorting costs more than looking
    falling = scores[:, :-1] > scores[:, 1:]
    if not falling.all():
        unsorted = np.flatnonzero(~falling.all(axis=1))
        order = np.lexsort((rows[unsorted], -scores[unsorted]), axis=-1)
        rows, scores = rows.copy(), scores.copy()
        rows[unsorted] = np.take_along_axis(rows[unsorted], order, axis=1)
        scores[unsorted] = np.take_along_axis(scores[unsorted], order, axis=1)
    return Rankings(rows[:, :k], scores[:, :k])


def merge_columns(parts: Sequence[Rankings], offsets: Sequence[int], k: int) -> Rankings:
    """Join what several parts of one index say to the same queries, as `merge_rankings` does.

    Parameters
    ----------
    parts
        At least one.
    offsets
        The number of the first row of each part in the whole.
    k
        How many to keep for each query.
    """
    rows = [
        np.where(part.rows < 0, -1, part.rows + offset)
        for part, offset in zip(parts, offsets, strict=True)
    ]
    scores = np.concatenate([part.scores for part in parts], axis=1)
    return best_columns(np.concatenate(rows, axis=1), scores, k)


def nothing_found(queries: int) -> Rankings:
    """Make the empty rankings of so many queries."""
    rows = np.empty((queries, 0), dtype=np.int64)
    return Rankings(rows, np.empty(rows.shape, dtype=np.float32))


def side_by_side(rankings: Sequence[Ranking]) -> Rankings:
    """Put rankings of different lengths into one array.

    Examples
    --------
    >>> one = Ranking(np.array([3]), np.array([0.5], dtype=np.float32))
    >>> two = Ranking(np.array([5, 4]), np.array([0.7, 0.1], dtype=np.float32))
    >>> side_by_side([one, two]).rows
    array([[ 3, -1],
           [ 5,  4]])
    """
    width = max(map(len, rankings), default=0)
    rows = np.full((len(rankings), width), -1, dtype=np.int64)
    scores = np.full((len(rankings), width), -np.inf, dtype=np.float32)
    for number, ranking in enumerate(rankings):
        rows[number, : len(ranking)] = ranking.rows
        scores[number, : len(ranking)] = ranking.scores
    return Rankings(rows, scores)
