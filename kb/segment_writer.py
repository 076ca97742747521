"""Write one segment as a stream: documents and passages into Arrow files, a batch at a time."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from wherefrom.kb.arrow_writer import ArrowWriter
from wherefrom.kb.durable import storage_errors
from wherefrom.kb.records import Document, Passage
from wherefrom.kb.segment_ids import id_table

SCRATCH_DOCUMENTS = "documents.arrow"
SCRATCH_PASSAGES = "passages.arrow"
SCRATCH_IDS = "ids.npy"


class SegmentWriter:
    """Collect documents with their passages into three files in `folder`.

    Leaving its ``with`` block ends the files; after an exception they stay unfinished.
    """

    def __init__(self, folder: Path) -> None:
        self.passages = 0
        self._document_ids: list[str] = []
        self._ids_path = folder / SCRATCH_IDS
        self._documents = ArrowWriter(folder / SCRATCH_DOCUMENTS, _document_fields())
        try:
            self._passages = ArrowWriter(folder / SCRATCH_PASSAGES, _passage_fields())
        except BaseException:
            self._documents.abandon()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with ExitStack() as stack:
            stack.callback(self._documents.abandon)
            stack.callback(self._passages.abandon)
            if error is None:
                self._documents.close()
                self._passages.close()
                with storage_errors(self._ids_path):
                    np.save(self._ids_path, id_table(self._document_ids))

    @property
    def documents(self) -> int:
        """Return how many documents were added."""
        return len(self._document_ids)

    def add(
        self, document: Document, passages: Sequence[Passage], *, digest: bytes, content: bytes
    ) -> None:
        """Append a document and its passages.

        Parameters
        ----------
        document
            The document.
        passages
            All its passages, in order.
        digest
            Of the document's fields, see `kb.digest`.
        content
            Of the document's fields and of the places of its passages.
        """
        row = {
            "id": document.id,
            "title": document.title,
            "url": document.url,
            "source": document.source,
            "aliases": list(document.aliases),
            "links": [
                {"start": link.start, "end": link.end, "target": link.target}
                for link in document.links
            ],
            "digest": digest,
            "content": content,
            "first_passage": self.passages,
            "passages": len(passages),
            "text": document.text,
        }
        self._documents.add(row, characters=len(document.text))
        for passage in passages:
            row = {name: getattr(passage, name) for name in _PASSAGE_NAMES}
            self._passages.add(row, characters=len(passage.text))
        self._document_ids.append(document.id)
        self.passages += len(passages)


_PASSAGE_NAMES = ("id", "document_id", "title", "text", "start", "end", "source", "url")


def _document_fields() -> Any:
    import pyarrow as pa

    link = pa.struct([("start", pa.int64()), ("end", pa.int64()), ("target", pa.string())])
    return pa.schema(
        [
            ("id", pa.string()),
            ("title", pa.string()),
            ("url", pa.string()),
            ("source", pa.string()),
            ("aliases", pa.list_(pa.string())),
            ("links", pa.list_(link)),
            ("digest", pa.binary(32)),
            ("content", pa.binary(32)),
            ("first_passage", pa.int64()),
            ("passages", pa.int64()),
            ("text", pa.string()),
        ]
    )


def _passage_fields() -> Any:
    import pyarrow as pa

    types = {"start": pa.int64(), "end": pa.int64()}  # the others are strings
    return pa.schema([(name, types.get(name, pa.string())) for name in _PASSAGE_NAMES])
