"""Exact search over normalised vectors: one FAISS IndexFlatIP file, memory-mapped.

The file is written as a stream, so that a build holds one block of vectors and not all of them; it
equals, byte for byte, what `faiss.write_index` writes.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.ranking import Rankings, best_columns, nothing_found
from wherefrom.kb.errors import DamagedError, UsageError

Vectors = NDArray[np.float32]
Mask = NDArray[np.bool_]

COUNT_AT = slice(8, 16)  # where FAISS keeps the number of vectors in a flat index's header
SIZE_AT = slice(-8, None)  # and the number of 4-byte words that follow the header
SPARE = 3  # candidates beyond k: enough, nearly always, to be sure that no other row is better
DEEPER = 16  # times as many candidates, where they were not enough
CELLS = 1 << 22  # candidates of all queries that are held at once, when a search goes deeper
LONGEST_VECTOR = 1.01  # what `verify` allows, and a little more


def write_flat(path: Path, blocks: Iterable[Vectors], dimensions: int) -> int:
    """Write vectors as an exact inner-product index and return how many there were.

    Parameters
    ----------
    path
        The file to write, by convention `NAME.faiss`.
    blocks
        Blocks of shape (n, dimensions), float32; one is held at a time.
    dimensions
        The length of every vector.

    Raises
    ------
    ValueError
        If a block has another shape than (n, dimensions).
    """
    import faiss

    header = bytearray(faiss.serialize_index(faiss.IndexFlatIP(dimensions)))
    count = 0
    with path.open("wb") as file:
        file.write(header)
        for block in blocks:
            if block.ndim != 2 or block.shape[1] != dimensions:
                raise ValueError(f"expected vectors (n, {dimensions}), got {block.shape}")
            file.write(np.ascontiguousarray(block, dtype="<f4").data)
            count += len(block)
        header[COUNT_AT] = count.to_bytes(8, "little")
        header[SIZE_AT] = (count * dimensions).to_bytes(8, "little")
        file.seek(0)
        file.write(header)
    return count


class FlatIndex:
    """An exact index on disk, opened memory-mapped by `open_flat`."""

    def __init__(self, index: Any, vectors: Vectors) -> None:
        self.index = index  # FAISS's own
        self.vectors = vectors  # (N, D) float32, read-only view of the file

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def dimensions(self) -> int:
        """Return the length of the vectors."""
        return int(self.vectors.shape[1])

    def search(self, queries: Vectors, k: int, *, deleted: Mask | None = None) -> Rankings:
        """Find the `k` rows of the highest inner product with each query.

        Parameters
        ----------
        queries
            Shape (Q, D), float32, normalised.
        k
            How many rows at most, at least 1.
        deleted
            Shape (N,), true for each row that must not be found.

        Returns
        -------
        Rankings
            Ties in order of row; shorter than `k` when fewer rows are left.
        """
        check_query(queries, k, self.dimensions)
        live = count_live(len(self), deleted)
        if live == 0:
            return nothing_found(len(queries))
        if live == len(self):
            deleted = None
        return self._search(np.ascontiguousarray(queries), min(k, live), SPARE, deleted)

    def _search(self, queries: Vectors, k: int, spare: int, deleted: Mask | None) -> Rankings:
        """Choose the `k` best of some candidates, or of more where others might be as good."""
        if deleted is None:
            total = len(self)
            wanted = min(k + spare, total)
            scores, rows = self.index.search(queries, wanted)
        elif _multiplied(queries):
            total = len(self)
            wanted = min(2 * k + spare, total)  # some will turn out to be deleted
            scores, rows = self.index.search(queries, wanted)
            rows[deleted[rows]] = -1
        else:
            total = count_live(len(self), deleted)
            wanted = min(k + spare, total)
            scores, rows = self.index.search(queries, wanted, params=keep_live(deleted))
        found = rescore(self.vectors, queries, rows[:, :k], k)
        if wanted == k:
            return found
        rounding = self._rounding(queries)
        sure = found.scores[:, -1] > scores[:, k] + rounding
        if sure.all():
            return found
        unsure = np.flatnonzero(~sure)
        wider = rescore(self.vectors, queries[unsure], rows[unsure], k)
        found.rows[unsure], found.scores[unsure] = wider.rows, wider.scores
        if wanted < total:
            sure = wider.scores[:, -1] > scores[unsure, -1] + rounding[unsure]
            self._look_deeper(found, queries, unsure[~sure], wanted * DEEPER, deleted)
        return found

    def _look_deeper(
        self,
        found: Rankings,
        queries: Vectors,
        unsure: NDArray[np.int64],
        spare: int,
        deleted: Mask | None,
    ) -> None:
        """Search with more candidates for some of the queries, and replace what was found."""
        at_once = max(1, CELLS // spare)
        for start in range(0, len(unsure), at_once):
            part = unsure[start : start + at_once]
            deeper = self._search(queries[part], found.rows.shape[1], spare, deleted)
            found.rows[part], found.scores[part] = deeper.rows, deeper.scores

    def _rounding(self, queries: Vectors) -> NDArray[np.float32]:
        """Return how far two scores of a query and a row may differ, summed in any two orders.

        Source: Higham, "Accuracy and Stability of Numerical Algorithms", 2002, section 3.1.
        """
        lengths: NDArray[np.float32] = np.sqrt(np.einsum("qd,qd->q", queries, queries))
        return lengths * np.float32(LONGEST_VECTOR * self.dimensions * np.finfo(np.float32).eps)


def open_flat(path: Path) -> FlatIndex:
    """Open an exact index without reading it: pages come from disk as a search touches them.

    Raises
    ------
    DamagedError
        If the file is absent, cut short or no flat inner-product index.
    """
    import faiss

    index = read_mapped(path)
    if not isinstance(index, faiss.IndexFlat) or index.metric_type != faiss.METRIC_INNER_PRODUCT:
        raise DamagedError(f"{path}: expected a flat inner-product index, found {type(index)}")
    if index.ntotal == 0:
        return FlatIndex(index, np.empty((0, index.d), dtype=np.float32))
    return FlatIndex(index, np.asarray(_MappedVectors(index)))


class _MappedVectors:
    """The vectors of a flat index for NumPy, which holds on to the index as long as to the array.

    They are read-only, as the pages of the file are.
    """

    def __init__(self, index: Any) -> None:
        import faiss

        address = faiss.rev_swig_ptr(index.get_xb(), 1).ctypes.data
        self._index = index
        self.__array_interface__ = {
            "shape": (index.ntotal, index.d),
            "typestr": "<f4",
            "data": (address, True),
            "version": 3,
        }


def read_mapped(path: Path) -> Any:
    """Read a FAISS file memory-mapped, or say that it is damaged."""
    import faiss

    if not path.is_file():
        raise DamagedError(f"{path}: the index is missing")
    try:
        return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC | faiss.IO_FLAG_READ_ONLY)
    except RuntimeError as error:
        raise DamagedError(f"{path}: FAISS cannot read it: {error}") from error


def check_query(queries: Vectors, k: int, dimensions: int) -> None:
    """Refuse queries of another shape or type than the index has, and a `k` below 1."""
    if k < 1:
        raise UsageError(f"k must be at least 1, got {k}")
    if queries.ndim != 2 or queries.shape[1] != dimensions or queries.dtype != np.float32:
        raise ValueError(
            f"expected float32 queries (Q, {dimensions}), got {queries.dtype} {queries.shape}"
        )


def keep_selector(deleted: Mask) -> Any:
    """Make FAISS's selector of the rows that are not deleted."""
    import faiss

    kept = np.packbits(~deleted, bitorder="little")
    return faiss.IDSelectorBitmap(kept)  # type: ignore[call-arg, arg-type]


def keep_live(deleted: Mask) -> Any:
    """Make the parameters by which FAISS searches the rows that are not deleted."""
    import faiss

    return faiss.SearchParameters(sel=keep_selector(deleted))  # type: ignore[call-arg]


def _multiplied(queries: Vectors) -> bool:
    """Say whether FAISS, without a selector, takes these queries by a product of matrices.

    A thousand queries of 384 dimensions then take a tenth of the time.
    """
    import faiss

    return bool(queries.size >= faiss.cvar.distance_compute_blas_threshold)


def count_live(rows: int, deleted: Mask | None) -> int:
    """Return how many of so many rows are not deleted."""
    return rows if deleted is None else rows - int(np.count_nonzero(deleted))


def rescore(vectors: Vectors, queries: Vectors, rows: NDArray[np.int64], k: int) -> Rankings:
    """Score candidates anew, each alone, and keep the `k` best.

    The scores by which FAISS finds candidates differ in the last bits with the number of queries,
    the threads and the deleted rows; these depend on the two vectors only. The id -1, by which
    FAISS fills short results, is dropped.

    Parameters
    ----------
    vectors
        Shape (N, D).
    queries
        Shape (Q, D).
    rows
        Shape (Q, c), the candidates of each query, -1 for none.
    k
        How many to keep.
    """
    import faiss

    queries, rows = np.ascontiguousarray(queries), np.ascontiguousarray(rows)
    scores = np.empty(rows.shape, dtype=np.float32)
    pointers = [faiss.swig_ptr(array) for array in (scores, queries, vectors, rows)]
    faiss.fvec_inner_products_by_idx(*pointers, vectors.shape[1], *rows.shape)  # type: ignore[attr-defined]
    scores[rows < 0] = -np.inf
    return best_columns(rows, scores, k)
