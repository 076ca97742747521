"""Put hits in an order that depends on content alone, not on how rows lie on disk.

An index breaks ties by row, and rows change places when a knowledge base is extended or compacted.
Here ties are broken by passage id, also at the edge between the k-th hit and the next.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.ranking import Ranking, Rankings
from wherefrom.indexes.records import Hit, make_hits

DEEPER = 16  # how much further to look when a tie goes on beyond what was found

Search = Callable[[Sequence[int], int], Rankings]  # numbers of queries, depth
Names = Callable[[NDArray[np.int64]], list[str]]


def stable_hits(search: Search, queries: int, k: int, *, names: Names) -> list[list[Hit]]:
    """Search so deep that no tie is cut, and return the `k` best of each query.

    Parameters
    ----------
    search
        Called with numbers of queries and a depth; returns a ranking for each, as deep as that
        or, where there is no more to find, shorter.
    queries
        How many there are.
    k
        How many hits to return for each, at least 1.
    names
        Gives the passage ids of rows.
    """
    found = search(range(queries), k + 1)
    hits = _named(found, k, names)
    equal = found.scores[:, :-1] == found.scores[:, 1:]
    if equal.any():
        equal &= found.rows[:, 1:] >= 0
        tied = np.flatnonzero(equal.any(axis=1)).tolist()
        whole = _without_cuts(search, {number: found[number] for number in tied}, k)
        for number, ranking in whole.items():
            hits[number] = _by_id(ranking, names)[:k]
    return hits


def _named(found: Rankings, k: int, names: Names) -> list[list[Hit]]:
    """Make the first `k` hits of each query, ties in order of row."""
    rows, scores = found.rows[:, :k], found.scores[:, :k]
    there = rows >= 0
    if there.size and there.all():
        hits = list(make_hits(names(rows.ravel()), scores.ravel().tolist()))
        width = rows.shape[1]
        return [hits[start : start + width] for start in range(0, len(hits), width)]
    counts = there.sum(axis=1)
    hits = list(make_hits(names(rows[there]), scores[there].tolist()))
    ends = np.cumsum(counts).tolist()
    return [hits[end - count : end] for end, count in zip(ends, counts.tolist(), strict=True)]


def _without_cuts(search: Search, rankings: dict[int, Ranking], k: int) -> dict[int, Ranking]:
    """Search deeper for every query whose k-th hit ties with the last that was found."""
    depth = k + 1
    cut = [number for number, ranking in rankings.items() if _ends_in_tie(ranking, k, depth)]
    while cut:
        depth *= DEEPER
        rankings.update(zip(cut, search(cut, depth), strict=True))
        cut = [number for number in cut if _ends_in_tie(rankings[number], k, depth)]
    return rankings


def _ends_in_tie(ranking: Ranking, k: int, depth: int) -> bool:
    return len(ranking) == depth and bool(ranking.scores[-1] == ranking.scores[k - 1])


def _by_id(ranking: Ranking, names: Names) -> list[Hit]:
    hits = make_hits(names(ranking.rows), ranking.scores.tolist())
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))
