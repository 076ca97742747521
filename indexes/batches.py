"""Group texts of one length, so that a vector depends on its text and on nothing beside it.

A batch of texts of different lengths is padded, and what a text is padded to would depend on its
neighbours. Here the padded length is a function of the text's own length.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def plan_batches(
    lengths: Sequence[int], *, batch_tokens: int, step: int = 1
) -> list[NDArray[np.int64]]:
    """Split texts into batches of one padded length each, longest first.

    Parameters
    ----------
    lengths
        The number of tokens of each text.
    batch_tokens
        How many tokens a batch may hold, padding counted; a longer text is a batch of its own.
    step
        Lengths are padded to a multiple of this.

    Returns
    -------
    list[NDArray[np.int64]]
        Positions in `lengths`, each in one batch.

    Examples
    --------
    >>> [batch.tolist() for batch in plan_batches([3, 5, 3, 3], batch_tokens=6)]
    [[1], [0, 2], [3]]
    """
    padded = -(-np.asarray(lengths, dtype=np.int64) // step) * step
    order = np.argsort(-padded, kind="stable")
    edges = np.flatnonzero(np.diff(padded[order])) + 1
    batches = []
    for group in np.split(order, edges):
        if len(group):
            rows = batch_rows(int(padded[group[0]]), batch_tokens)
            batches += [group[start : start + rows] for start in range(0, len(group), rows)]
    return batches


def batch_rows(padded_length: int, batch_tokens: int) -> int:
    """Return how many texts of a padded length make a full batch, at least one."""
    return max(1, batch_tokens // max(1, padded_length))
