"""Write an Arrow IPC file row by row, in batches that bound what is held in memory."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from wherefrom.kb.durable import storage_errors

BATCH_ROWS = 2_048
BATCH_CHARACTERS = 4_000_000  # of text; long rows make shorter batches


class ArrowWriter:
    """An Arrow IPC file that grows by batches of rows; end it with `close` or `abandon`.

    Parameters
    ----------
    path
        The file; it is replaced.
    schema
        The columns, an Arrow schema.
    batch_rows
        How many rows a batch has at most; None takes `BATCH_ROWS`.

    Raises
    ------
    StorageError
        Here and in each method, if the disk refuses.
    """

    def __init__(self, path: Path, schema: Any, *, batch_rows: int | None = None) -> None:
        import pyarrow as pa

        self._path = path
        self._schema = schema
        self._batch_rows = BATCH_ROWS if batch_rows is None else batch_rows
        self._rows: list[dict[str, Any]] = []
        self._characters = 0
        with storage_errors(path):
            # A Python file: its errors keep their errno, Arrow's own do not always
            self._file = path.open("wb")
            self._writer = pa.ipc.new_file(self._file, self._schema)

    def add(self, row: dict[str, Any], *, characters: int) -> None:
        """Append a row, its values by the names of the columns.

        Parameters
        ----------
        row
            The values.
        characters
            About how much text it holds.
        """
        self._rows.append(row)
        self._characters += characters
        if len(self._rows) >= self._batch_rows or self._characters >= BATCH_CHARACTERS:
            self._write_batch()

    def close(self) -> None:
        """Write what is left and end the file."""
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
