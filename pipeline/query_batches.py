"""Draw the batches of a retriever's training: what is relevant to a query is no negative of it.

In a batch every passage but its own is a negative of a query. So no two examples share a batch if a
passage of one is relevant to the query of the other. A batch is of one source: passages of another
domain are told apart by their style alone, which teaches little.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from wherefrom.pipeline.hard_negatives import QueryExample
from wherefrom.pipeline.query_set import QuerySet

LOOKED_AT = 16  # times the batch: how many examples are tried before a batch stays smaller


@dataclass(frozen=True, slots=True)
class QueryBatch:
    """The examples of one step and the set that their numbers mean."""

    queries: QuerySet
    examples: tuple[QueryExample, ...]


def draw_query_batches(
    sources: Iterable[tuple[QuerySet, Sequence[QueryExample], float]], *, size: int, seed: int
) -> list[QueryBatch]:
    """Draw all batches of a run.

    Parameters
    ----------
    sources
        Each with its examples and the share of them that is shown; 2.5 shows each twice and half
        of them a third time.
    size
        Examples in a batch; what is left at the end makes smaller ones. One example alone, which
        has no negative but its own, is left out.
    seed
        The same seed draws the same batches.

    Returns
    -------
    list[QueryBatch]
        Those of all sources, shuffled.
    """
    random = np.random.default_rng(seed)
    batches: list[QueryBatch] = []
    for queries, examples, share in sources:
        waiting = [examples[place] for place in _places(len(examples), share, random)]
        while waiting:
            taken, waiting = _take(queries, waiting, size)
            if len(taken) > 1:
                batches.append(QueryBatch(queries, tuple(taken)))
    return [batches[place] for place in random.permutation(len(batches))]


def _places(count: int, share: float, random: np.random.Generator) -> list[int]:
    """Return which examples are shown, in which order."""
    whole = int(share)
    rest = round((share - whole) * count)
    rounds = [random.permutation(count) for _ in range(whole)]
    return [int(place) for each in (*rounds, random.permutation(count)[:rest]) for place in each]


def _take(
    queries: QuerySet, waiting: Sequence[QueryExample], size: int
) -> tuple[list[QueryExample], list[QueryExample]]:
    """Take a batch from the front; return it and what waits on, in order."""
    taken: list[QueryExample] = []
    passages: set[int] = set()
    relevant: set[int] = set()
    passed: list[QueryExample] = []
    place = 0
    for place, example in enumerate(waiting, start=1):
        own = {example.positive, *example.negatives}
        if own & relevant or passages & queries.queries[example.query].relevant.keys():
            passed.append(example)
        else:
            taken.append(example)
            passages |= own
            relevant |= queries.queries[example.query].relevant.keys()
        if len(taken) == size or place == LOOKED_AT * size:
            break
    return taken, [*passed, *waiting[place:]]
