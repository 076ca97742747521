"""Join the rankings of several indexes into one.

Source: Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and
individual Rank Learning Methods", SIGIR 2009, doi:10.1145/1571941.1572114.
"""

from collections import defaultdict
from collections.abc import Sequence

from wherefrom.indexes.records import Hit

RRF_CONSTANT = 60.0  # the paper's k; damps the gap between the first ranks


def reciprocal_rank_fusion(
    rankings: Sequence[Sequence[Hit]], *, constant: float = RRF_CONSTANT
) -> list[Hit]:
    """Sum 1 / (constant + rank) over the rankings, rank 1 first.

    Parameters
    ----------
    rankings
        One ranking per index, best hit first. A passage that a ranking lacks adds nothing.
    constant
        The paper's k, at least 0. Dimensionless.

    Returns
    -------
    list[Hit]
        Every passage once, best first; ties stand in order of passage id.

    Raises
    ------
    ValueError
        If `constant` is negative, or a ranking holds a passage twice.

    Examples
    --------
    >>> dense = [Hit("a", 0.9), Hit("b", 0.8)]
    >>> sparse = [Hit("b", 7.1)]
    >>> [hit.passage_id for hit in reciprocal_rank_fusion([dense, sparse])]
    ['b', 'a']
    """
    if constant < 0:
        raise ValueError(f"constant must be at least 0, got {constant!r}")
    totals: defaultdict[str, float] = defaultdict(float)
    for number, ranking in enumerate(rankings):
        ids = [hit.passage_id for hit in ranking]
        if len(ids) != len(set(ids)):
            twice = next(name for name in ids if ids.count(name) > 1)
            raise ValueError(f"ranking {number} holds passage {twice!r} more than once")
        for rank, passage_id in enumerate(ids, start=1):
            totals[passage_id] += 1.0 / (constant + rank)
    return [Hit(name, totals[name]) for name in sorted(totals, key=lambda n: (-totals[n], n))]
