"""Mine hard negatives: passages that an encoder takes for nearly as relevant as those that are.

Data name few of the passages that are relevant to a query; one that scores almost as high as a
relevant one often is relevant too, and learning to push it away does harm. So a negative may score
at most a share of what the relevant passage does.

Source: Moreira et al., "NV-Retriever: Improving text embedding models with effective hard-negative
mining", 2024, arXiv:2407.15831 (section 3, TopK-PercPos).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.encoder import Encoder
from wherefrom.kb.errors import UsageError
from wherefrom.kb.progress import NoProgress, Progress
from wherefrom.pipeline.query_set import Query, QuerySet
from wherefrom.pipeline.ranking_measures import best_first

AMONG = 100  # of the nearest passages of each query the negatives are chosen
STAGE = "mine hard negatives"
_QUERIES_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class QueryExample:
    """A query, one passage that is relevant to it and some that are not, as numbers in the set."""

    query: int
    positive: int
    negatives: tuple[int, ...]


def examples(
    queries: QuerySet,
    encoder: Encoder | None,
    *,
    count: int,
    positive_share: float,
    seed: int,
    progress: Progress | None = None,
) -> list[QueryExample]:
    """Make an example of each relevant passage of each query, with its negatives.

    Parameters
    ----------
    queries
        The queries and all passages among which negatives are found.
    encoder
        The encoder that mines; None where `count` is 0.
    count
        Negatives for each example: those that the data name first, then the nearest that are far
        enough below the positive, then, where too few of the nearest are, others by chance.
    positive_share
        How much of the positive's score a mined negative may have at most, from 0 to 1.
    seed
        Of what is drawn by chance.
    progress
        Hears of the passages that are encoded.

    Raises
    ------
    UsageError
        If a query has fewer passages that are not relevant than `count`.
    """
    if not count or encoder is None:
        return [
            QueryExample(number, positive, ())
            for number, query in enumerate(queries.queries)
            for positive in query.relevant
        ]
    require_enough(queries, count)
    random = np.random.default_rng(seed)
    found: list[QueryExample] = []
    passages = _encoded(encoder, queries.passages, progress or NoProgress())
    for start in range(0, len(queries.queries), _QUERIES_AT_ONCE):
        asked = queries.queries[start : start + _QUERIES_AT_ONCE]
        scores = encoder.encode_queries([query.text for query in asked]) @ passages.T
        for row, query in enumerate(asked):
            nearest = best_first(scores[row], AMONG + len(query.relevant))
            for positive in query.relevant:
                highest = ceiling(float(scores[row, positive]), positive_share)
                allowed = [one for one in nearest if scores[row, one] <= highest]
                chosen = _chosen(query, allowed, count, len(queries.passages), random)
                found.append(QueryExample(start + row, positive, chosen))
    return found


def require_enough(queries: QuerySet, count: int) -> None:
    """Raise UsageError for a query with fewer passages that are not relevant than `count`."""
    for query in queries.queries:
        others = len(queries.passages) - len(query.relevant)
        if others < count:
            raise UsageError(
                f"{queries.name}: hard_negatives is {count}, but of {len(queries.passages)} "
                f"passages only {others} are not relevant to {query.text!r}"
            )


def ceiling(score: float, share: float) -> float:
    """Return the highest score that a negative may have beside a positive of a score.

    Examples
    --------
    >>> ceiling(0.8, 0.75)
    0.6
    >>> ceiling(-0.5, 0.5)
    -0.75
    """
    return round(score - (1.0 - share) * abs(score), 9)


def _chosen(
    query: Query,
    allowed: Sequence[int],
    count: int,
    passages: int,
    random: np.random.Generator,
) -> tuple[int, ...]:
    """Take the negatives of one example: known ones, near ones, then any."""
    known = [one for one in (*query.negatives, *allowed) if one not in query.relevant]
    chosen = list(dict.fromkeys(known))[:count]
    while len(chosen) < count:
        other = int(random.integers(passages))
        if other not in query.relevant and other not in chosen:
            chosen.append(other)
    return tuple(chosen)


def _encoded(
    encoder: Encoder, texts: Sequence[str], progress: Progress
) -> NDArray[np.float32]:  # (N, D)
    progress.start(STAGE, len(texts))
    vectors = encoder.encode(texts, progress=lambda done: progress.advance(STAGE, done))
    progress.finish(STAGE)
    return vectors
