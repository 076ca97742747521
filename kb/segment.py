"""Read one immutable segment: documents and their passages in memory-mapped Arrow files.

Rows are counted from 0 in each file. The passages of one document stand together, in order.
Nothing is read until it is asked for, and then only the pages that hold it.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from wherefrom.kb.arrow_table import ArrowTable, Rows
from wherefrom.kb.records import Document, Link, Passage
from wherefrom.kb.segment_ids import IdTable
from wherefrom.kb.segment_names import SegmentNames


class Segment:
    """One segment, opened from its three files.

    Raises
    ------
    DamagedError
        If a file of it is absent or not what it must be.
    """

    def __init__(self, documents: Path, passages: Path, ids: Path) -> None:
        self._documents = ArrowTable(documents)
        self._passages = ArrowTable(passages)
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

    def names(self, row: int) -> tuple[str, tuple[str, ...]]:
        """Return a document's title and its aliases."""
        return self._documents.value("title", row), tuple(self._documents.value("aliases", row))

    def text(self, row: int) -> str:
        """Return a document's text."""
        return str(self._documents.value("text", row))

    def iterate_links(self) -> Iterator[tuple[range, tuple[Link, ...]]]:
        """Go over the documents that hold links: the rows of its passages and the links of each."""
        import pyarrow.compute as pc

        counts = pc.list_value_length(self._documents.column("links")).to_numpy()
        for row in np.flatnonzero(counts).tolist():
            found = self._documents.value("links", row)
            yield self.span(row), tuple(Link(**link) for link in found)

    def passage(self, row: int) -> Passage:
        """Return a passage."""
        return Passage(**self._passages.record(row))

    def title(self, row: int) -> str:
        """Return the title of a passage."""
        found: str = self._passages.value("title", row)
        return found

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
