"""The order in which a graph numbers documents and passages: by document id, then by place.

It follows from the content alone; rows of a generation depend on how the knowledge base came to be.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wherefrom.kb.generation import Generation, documents_by_id

Rows = NDArray[np.int64]
DEAD = -1  # the number of a passage that is deleted


@dataclass(frozen=True, slots=True)
class GraphOrder:
    """The live documents in order of id, and their passages.

    `segments` (D,) and `places` (D,) say where each document lies; `rows` (P,) is the row in the
    generation of each passage and `documents` (P,) the number of its document.
    """

    segments: Rows
    places: Rows
    rows: Rows
    documents: Rows

    def iterate_documents(self) -> Iterator[tuple[int, int]]:
        """Go over the number of the segment of each document and its row there."""
        return zip(self.segments.tolist(), self.places.tolist(), strict=True)

    def numbers(self, count: int) -> Rows:
        """Return the number (count,) of the passage in each row, DEAD where it is deleted."""
        return numbers_of_rows(self.rows, count)


def graph_order(generation: Generation) -> GraphOrder:
    """Order the live documents of a generation and their passages."""
    found = [(place.segment, place.row) for place in documents_by_id(generation)]
    segments, places = np.array(found, dtype=np.int64).reshape(-1, 2).T
    spans = [generation.segments[number].span(row) for number, row in found]
    counts = np.array([len(span) for span in spans], dtype=np.int64)
    starts = np.array([span.start for span in spans], dtype=np.int64)
    starts += generation.offsets[segments]
    documents = np.repeat(np.arange(len(spans)), counts)
    within = np.arange(len(documents)) - np.repeat(np.cumsum(counts) - counts, counts)
    return GraphOrder(segments, places, starts[documents] + within, documents)


def numbers_of_rows(rows: Rows, count: int) -> Rows:
    """Invert rows (P,): return the number (count,) of the passage in each, DEAD where none is."""
    numbers = np.full(count, DEAD, dtype=np.int64)
    numbers[rows] = np.arange(len(rows))
    return numbers
