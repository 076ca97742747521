"""Read one immutable segment: documents and their passages in memory-mapped Arrow files.

Rows are counted from 0 in each file. The passages of one document stand together, in order.
Nothing is read until it is asked for, and then only the pages that hold it.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wherefrom.kb.errors import DamagedError
from wherefrom.kb.records import Document, Link, Passage
from wherefrom.kb.segment_ids import IdTable
from wherefrom.kb.segment_names import SegmentNames

Rows = NDArray[np.int64]
TAKEN_FROM = 64  # Arrow's take joins a column first: it pays from one row in so many on


class Segment:
    """One segment, opened from its three files.

    Raises
    ------
    DamagedError
        If a file of it is absent or not what it must be.
    """

    def __init__(self, documents: Path, passages: Path, ids: Path) -> None:
        self._documents = _Table(documents)
        self._passages = _Table(passages)
        self._ids = IdTable(ids)

    @property
    def documents(self) -> int:
        """Return how many documents it holds, deleted ones included."""
        return len(self._documents)

    @property
    def passages(self) -> int:
        """Return how many passages it holds, deleted ones included."""
        return len(self._passages)

    def find(self, document_id: str) -> int | None:
        """Return the row of the document with this id, None where there is none."""
        for row in self._ids.candidates(document_id):
            if self._documents.value("id", row) == document_id:
                return row
        return None

    def document_id(self, row: int) -> str:
        """Return the id of a document."""
        return str(self._documents.value("id", row))

    def span(self, document_row: int) -> range:
        """Return the rows of a document's passages."""
        first = self._documents.value("first_passage", document_row)
        return range(first, first + self._documents.value("passages", document_row))

    def digest(self, document_row: int) -> bytes:
        """Return the digest of a document's fields."""
        return bytes(self._documents.value("digest", document_row))

    def content(self, document_row: int) -> bytes:
        """Return the digest of a document's fields and of the places of its passages."""
        return bytes(self._documents.value("content", document_row))

    def document(self, row: int) -> Document:
        """Return a document."""
        return _document(self._documents.record(row))

    def passage(self, row: int) -> Passage:
        """Return a passage."""
        return Passage(**self._passages.record(row))

    def passage_ids(self, rows: Sequence[int] | Rows) -> list[str]:
        """Return the ids of passages, in the order of `rows`."""
        return self._passages.values("id", rows)

    def document_column(self, name: str) -> Any:
        """Return a column over all documents as an Arrow chunked array."""
        return self._documents.column(name)

    def passage_column(self, name: str) -> Any:
        """Return a column over all passages as an Arrow chunked array."""
        return self._passages.column(name)

    def iterate_passages(self) -> Iterator[Passage]:
        """Go over all passages, in order of rows."""
        for record in self._passages.records():
            yield Passage(**record)

    def iterate_documents(self) -> Iterator[Document]:
        """Go over all documents, in order of rows."""
        return map(_document, self._documents.records())


def open_segment(folder: Path, name: str) -> Segment:
    """Open the segment of the knowledge base in `folder` that the manifest calls `name`.

    Raises
    ------
    DamagedError
        If a file of it is absent or not what it must be.
    """
    names = SegmentNames(name)
    return Segment(folder / names.documents, folder / names.passages, folder / names.ids)


class _Table:
    """An Arrow IPC file, memory-mapped, with access to single rows."""

    def __init__(self, path: Path) -> None:
        import pyarrow as pa

        try:
            self._reader = pa.ipc.open_file(pa.memory_map(str(path)))
            count = self._reader.num_record_batches
            self._batches = [self._reader.get_batch(number) for number in range(count)]
        except (OSError, pa.ArrowException) as error:
            raise DamagedError(f"{path} cannot be read as an Arrow file: {error}") from error
        self._starts = [0, *accumulate(batch.num_rows for batch in self._batches)]
        self._chunks: dict[str, Any] = {}

    def __len__(self) -> int:
        return int(self._starts[-1])

    def value(self, name: str, row: int) -> Any:
        batch = bisect_right(self._starts, row) - 1
        return self._batches[batch].column(name)[row - self._starts[batch]].as_py()

    def values(self, name: str, rows: Sequence[int] | Rows) -> list[Any]:
        import pyarrow as pa

        column = self.column(name)
        if len(rows) * TAKEN_FROM >= len(self):
            taken: list[Any] = column.take(pa.array(rows)).to_pylist()
            return taken
        found = []
        for row in np.asarray(rows).tolist():
            batch = bisect_right(self._starts, row) - 1
            found.append(column.chunk(batch)[row - self._starts[batch]].as_py())
        return found

    def record(self, row: int) -> dict[str, Any]:
        batch = bisect_right(self._starts, row) - 1
        found: dict[str, Any] = (
            self._batches[batch].slice(row - self._starts[batch], 1).to_pylist()[0]
        )
        return found

    def column(self, name: str) -> Any:
        import pyarrow as pa

        if name not in self._chunks:  # all of them views of the file
            field = self._reader.schema.field(name)
            chunks = [batch.column(name) for batch in self._batches]
            self._chunks[name] = pa.chunked_array(chunks, type=field.type)
        return self._chunks[name]

    def records(self) -> Iterator[dict[str, Any]]:
        for batch in self._batches:
            yield from batch.to_pylist()


def _document(record: dict[str, Any]) -> Document:
    return Document(
        id=record["id"],
        title=record["title"],
        text=record["text"],
        url=record["url"],
        source=record["source"],
        aliases=tuple(record["aliases"]),
        links=tuple(Link(**link) for link in record["links"]),
    )
