"""Find a document's row by its id without holding the ids in memory.

The file is an array (2, N) of uint64 in NumPy's format: the sorted 64-bit hashes of the ids, and
under each the row of the document. It is searched by bisection in the memory-mapped file.
"""

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wherefrom.kb.errors import DamagedError

HASH_BYTES = 8


def hash_id(document_id: str) -> int:
    """Return the 64-bit hash of a document's id: BLAKE2b of its UTF-8, big-endian."""
    return int.from_bytes(blake2b(document_id.encode(), digest_size=HASH_BYTES).digest(), "big")


def id_table(document_ids: Iterable[str]) -> NDArray[np.uint64]:
    """Make the array of hashes and rows for documents in order of row."""
    hashes = np.fromiter((hash_id(name) for name in document_ids), dtype=np.uint64)
    order = np.argsort(hashes, kind="stable")
    return np.stack([hashes[order], order.astype(np.uint64)])


class IdTable:
    """The rows of documents by hashed id, opened memory-mapped.

    Raises
    ------
    DamagedError
        If the file is absent or not such an array.
    """

    def __init__(self, path: Path) -> None:
        try:
            table = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise DamagedError(f"{path} cannot be read as a NumPy array: {error}") from error
        if table.ndim != 2 or table.shape[0] != 2 or table.dtype != np.uint64:
            raise DamagedError(f"{path} must be uint64 (2, N), found {table.dtype} {table.shape}")
        self._hashes, self._rows = table

    def candidates(self, document_id: str) -> Iterator[int]:
        """Yield every row whose document may have this id: nearly always one or none."""
        wanted = np.uint64(hash_id(document_id))
        place = int(np.searchsorted(self._hashes, wanted))
        while place < len(self._hashes) and self._hashes[place] == wanted:
            yield int(self._rows[place])
            place += 1
