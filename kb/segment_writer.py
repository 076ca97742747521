"""Write one segment as a stream: documents and passages into Arrow files, a batch at a time."""

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from wherefrom.kb.durable import storage_errors
from wherefrom.kb.records import Document, Passage
from wherefrom.kb.segment_ids import id_table

SCRATCH_DOCUMENTS = "documents.arrow"
SCRATCH_PASSAGES = "passages.arrow"
SCRATCH_IDS = "ids.npy"

BATCH_ROWS = 2_048
BATCH_CHARACTERS = 4_000_000  # of text; long documents make shorter batches


class SegmentWriter:
    """Collect documents with their passages into three files in `folder`.

    Leaving its ``with`` block ends the files; after an exception they stay unfinished.
    """

    def __init__(self, folder: Path) -> None:
        self.passages = 0
        self._document_ids: list[str] = []
        self._ids_path = folder / SCRATCH_IDS
        self._documents = _TableWriter(folder / SCRATCH_DOCUMENTS, _document_fields())
        try:
            self._passages = _TableWriter(folder / SCRATCH_PASSAGES, _passage_fields())
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
        self._documents.add(row)
        for passage in passages:
            self._passages.add({name: getattr(passage, name) for name in _PASSAGE_NAMES})
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


class _TableWriter:
    """An Arrow IPC file that grows by batches of rows."""

    def __init__(self, path: Path, schema: Any) -> None:
        import pyarrow as pa

        self._path = path
        self._schema = schema
        self._rows: list[dict[str, Any]] = []
        self._characters = 0
        with storage_errors(path):
            # A Python file: its errors keep their errno, Arrow's own do not always
            self._file = path.open("wb")
            self._writer = pa.ipc.new_file(self._file, self._schema)

    def add(self, row: dict[str, Any]) -> None:
        self._rows.append(row)
        self._characters += len(row["text"])
        if len(self._rows) >= BATCH_ROWS or self._characters >= BATCH_CHARACTERS:
            self._write_batch()

    def close(self) -> None:
        self._write_batch()
        with storage_errors(self._path):
            self._writer.close()
            self._file.close()

    def abandon(self) -> None:
        """Let go of the file where it was not closed."""
        with suppress(OSError):  # what failed before may fail again as the buffer is written
            self._file.close()

    def _write_batch(self) -> None:
        import pyarrow as pa

        if self._rows:
            with storage_errors(self._path):
                batch = pa.RecordBatch.from_pylist(self._rows, schema=self._schema)
                self._writer.write_batch(batch)
        self._rows = []
        self._characters = 0
