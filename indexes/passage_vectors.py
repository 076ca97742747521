"""Look up the vectors of passages by their row in a generation."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.dense_files import open_exact
from wherefrom.kb.generation import Generation

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]


class PassageVectors:
    """The exact vectors of a generation's passages, memory-mapped.

    Parameters
    ----------
    parts
        (N, D) float32 for each segment.
    offsets
        The row of the first passage of each segment, and the number of all at the end.
    dimensions
        The length of every vector, D.
    """

    def __init__(self, parts: Sequence[Vectors], offsets: Rows, dimensions: int) -> None:
        self._parts = parts
        self._offsets = offsets
        self._dimensions = dimensions

    @classmethod
    def open(cls, generation: Generation) -> "PassageVectors":
        """Open those of a generation."""
        manifest = generation.manifest
        parts = [open_exact(generation.folder, one).vectors for one in manifest.segments]
        return cls(parts, generation.offsets, int(manifest.encoder["dimensions"] or 0))

    def __getitem__(self, rows: Rows) -> Vectors:
        """Return the vectors (R, D) of passages by their rows (R,)."""
        if len(self._parts) == 1:
            only: Vectors = self._parts[0][rows]
            return only
        found = np.empty((len(rows), self._dimensions), dtype=np.float32)
        numbers = np.searchsorted(self._offsets, rows, side="right") - 1
        for number in np.unique(numbers):
            chosen = numbers == number
            found[chosen] = self._parts[number][rows[chosen] - self._offsets[number]]
        return found
