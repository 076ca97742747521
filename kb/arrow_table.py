"""Read rows and columns of one Arrow IPC file without loading it.

The file is memory-mapped: nothing is read until it is asked for, and then only the pages that hold
it. Rows are counted from 0.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wherefrom.kb.errors import DamagedError

Rows = NDArray[np.int64]
TAKEN_FROM = 64  # Arrow's take joins a column first: it pays from one row in so many on


class ArrowTable:
    """An Arrow IPC file, memory-mapped, with access to single rows.

    Raises
    ------
    DamagedError
        If the file is absent or not such a file.
    """

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
        """Return one value of the column `name`."""
        batch = bisect_right(self._starts, row) - 1
        return self._batches[batch].column(name)[row - self._starts[batch]].as_py()

    def values(self, name: str, rows: Sequence[int] | Rows) -> list[Any]:
        """Return values of the column `name`, in the order of `rows`."""
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
        """Return one row, its values by the names of the columns."""
        batch = bisect_right(self._starts, row) - 1
        found: dict[str, Any] = (
            self._batches[batch].slice(row - self._starts[batch], 1).to_pylist()[0]
        )
        return found

    def column(self, name: str) -> Any:
        """Return a column as an Arrow chunked array, a view of the file."""
        import pyarrow as pa

        if name not in self._chunks:
            field = self._reader.schema.field(name)
            chunks = [batch.column(name) for batch in self._batches]
            self._chunks[name] = pa.chunked_array(chunks, type=field.type)
        return self._chunks[name]

    def records(self) -> Iterator[dict[str, Any]]:
        """Go over all rows in order."""
        for batch in self._batches:
            yield from batch.to_pylist()
