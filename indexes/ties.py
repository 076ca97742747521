"""Put hits in an order that depends on content alone, not on how rows lie on disk.

An index breaks ties by row, and rows change places when a knowledge base is extended or compacted.
Here ties are broken by passage id, also at the edge between the k-th hit and the next.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.ranking import Ranking
from wherefrom.indexes.records import Hit

DEEPER = 4  # how much further to look when a tie goes on beyond what was found

Search = Callable[[Sequence[int], int], list[Ranking]]  # numbers of queries, depth
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
    depth = k + 1
    rankings = search(range(queries), depth)
    cut = [number for number, ranking in enumerate(rankings) if _ends_in_tie(ranking, k, depth)]
    while cut:
        depth *= DEEPER
        for number, ranking in zip(cut, search(cut, depth), strict=True):
            rankings[number] = ranking
        cut = [number for number in cut if _ends_in_tie(rankings[number], k, depth)]
    return _named(rankings, k, names)


def _ends_in_tie(ranking: Ranking, k: int, depth: int) -> bool:
    return len(ranking) == depth and bool(ranking.scores[-1] == ranking.scores[k - 1])


def _named(rankings: Sequence[Ranking], k: int, names: Names) -> list[list[Hit]]:
    if not rankings:
        return []
    ids = names(np.concatenate([ranking.rows for ranking in rankings]))
    found = []
    start = 0
    for ranking in rankings:
        scores = ranking.scores.tolist()
        hits = list(map(Hit, ids[start : start + len(scores)], scores))
        if len(set(scores)) < len(scores):
            hits.sort(key=lambda hit: (-hit.score, hit.passage_id))
        found.append(hits[:k])
        start += len(scores)
    return found
