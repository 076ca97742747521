"""Measure an encoder on queries whose relevant passages are known, passage by passage.

Source: Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 2002,
doi:10.1145/582415.582418, in the form of trec_eval: the gain is the grade, the discount log2.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.encoder import Encoder
from wherefrom.kb.progress import NoProgress, Progress
from wherefrom.pipeline.query_set import QuerySet

DEPTHS = (1, 5, 10)  # recall at these ranks
DEEPEST = max(DEPTHS)
NDCG = f"nDCG@{DEEPEST}"
MEASURES = (*(f"recall@{depth}" for depth in DEPTHS), NDCG)
_QUERIES_AT_ONCE = 256

Values = dict[str, NDArray[np.float64]]  # of each measure, one value a query, in their order


def measure_encoder(
    encoder: Encoder, queries: QuerySet, *, stage: str = "measure", progress: Progress | None = None
) -> Values:
    """Rank all passages of a set for each of its queries, and return each measure's values.

    Raises
    ------
    ModelError
        If the encoder fails.
    """
    told = progress or NoProgress()
    told.start(stage, len(queries.passages))
    passages = encoder.encode(queries.passages, progress=lambda done: told.advance(stage, done))
    told.finish(stage)
    rows: list[dict[str, float]] = []
    for start in range(0, len(queries.queries), _QUERIES_AT_ONCE):
        asked = queries.queries[start : start + _QUERIES_AT_ONCE]
        scores = encoder.encode_queries([query.text for query in asked]) @ passages.T
        for row, query in zip(scores, asked, strict=True):
            rows.append(rank_values(best_first(row, DEEPEST), query.relevant))
    return {name: np.array([row[name] for row in rows]) for name in MEASURES}


def rank_values(ranking: Sequence[int], relevant: Mapping[int, int]) -> dict[str, float]:
    """Return the measures of one ranking, of at least `DEEPEST` passages where there are so many.

    Parameters
    ----------
    ranking
        Passages, best first.
    relevant
        The grade, at least 1, of each relevant passage; not empty.

    Examples
    --------
    >>> found = rank_values([4, 2, 7], {2: 1, 9: 1})
    >>> found["recall@1"], found["recall@5"], round(found["nDCG@10"], 3)
    (0.0, 0.5, 0.387)
    """
    values = {
        f"recall@{depth}": sum(one in relevant for one in ranking[:depth]) / len(relevant)
        for depth in DEPTHS
    }
    best = sorted(relevant.values(), reverse=True)[:DEEPEST]
    found = [relevant.get(one, 0) for one in ranking[:DEEPEST]]
    return {**values, NDCG: _gain(found) / _gain(best)}


def best_first(scores: NDArray[np.float32], count: int) -> list[int]:
    """Return the numbers of the highest scores, best first; ties stand in order of number."""
    count = min(count, len(scores))
    least = np.partition(scores, len(scores) - count)[len(scores) - count]
    among = np.flatnonzero(scores >= least)
    order: list[int] = among[np.argsort(-scores[among], kind="stable")][:count].tolist()
    return order


def _gain(grades: Sequence[int]) -> float:
    return float(sum(grade / np.log2(rank + 1) for rank, grade in enumerate(grades, start=1)))
