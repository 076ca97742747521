"""Look terms up in a file: sorted by their bytes, found by bisection in mapped memory.

A vocabulary of millions of terms costs neither time to open nor memory that must stay resident.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

TERMS_NAME = "terms.utf8"  # the terms one after another
ENDS_NAME = "terms.ends.npy"  # int64: where each begins, and the end of the last
IDS_NAME = "terms.ids.npy"  # int32: the number of each


def write_terms(folder: Path, ids: Mapping[str, int]) -> None:
    """Write terms and their numbers into three files of a folder."""
    pairs = sorted((term.encode(), number) for term, number in ids.items())
    ends = np.cumsum([0, *(len(term) for term, _ in pairs)], dtype=np.int64)
    (folder / TERMS_NAME).write_bytes(b"".join(term for term, _ in pairs))
    np.save(folder / ENDS_NAME, ends)
    np.save(folder / IDS_NAME, np.array([number for _, number in pairs], dtype=np.int32))


class TermTable:
    """Terms and their numbers, in files that `write_terms` wrote."""

    def __init__(self, folder: Path) -> None:
        terms = folder / TERMS_NAME
        self._ends = np.load(folder / ENDS_NAME, mmap_mode="r")
        self._ids = np.load(folder / IDS_NAME, mmap_mode="r")
        size = terms.stat().st_size
        if len(self._ends) != len(self._ids) + 1 or int(self._ends[-1]) != size:
            raise ValueError(f"{terms} has {size} bytes, {ENDS_NAME} and {IDS_NAME} say otherwise")
        self._terms = np.memmap(terms, np.uint8, "r") if size else np.empty(0, np.uint8)

    def __len__(self) -> int:
        return len(self._ids)

    def find(self, term: str) -> int | None:
        """Return the number of a term, or None for one that no text has."""
        wanted = term.encode()
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            found = self._terms[self._ends[middle] : self._ends[middle + 1]].tobytes()
            if found == wanted:
                return int(self._ids[middle])
            low, high = (middle + 1, high) if found < wanted else (low, middle)
        return None
