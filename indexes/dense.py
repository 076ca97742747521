"""Exact search over normalised vectors: one FAISS IndexFlatIP file, memory-mapped.

The file is written as a stream, so that a build holds one block of vectors and not all of them; it
equals, byte for byte, what `faiss.write_index` writes.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.ranking import Ranking, best_rows
from wherefrom.kb.errors import DamagedError, UsageError

Vectors = NDArray[np.float32]
Mask = NDArray[np.bool_]

COUNT_AT = slice(8, 16)  # where FAISS keeps the number of vectors in a flat index's header
SIZE_AT = slice(-8, None)  # and the number of 4-byte words that follow the header
SPARE = 8  # candidates beyond k, so that exact re-scoring settles near-ties at the edge


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
        self._index = index
        self.vectors = vectors  # (N, D) float32, read-only view of the file

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def dimensions(self) -> int:
        """Return the length of the vectors."""
        return int(self.vectors.shape[1])

    def search(self, queries: Vectors, k: int, *, deleted: Mask | None = None) -> list[Ranking]:
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
        list[Ranking]
            One for each query; shorter than `k` when fewer rows are left.
        """
        check_query(queries, k, self.dimensions)
        import faiss

        live = len(self) if deleted is None else len(self) - int(deleted.sum())
        wanted = min(k + SPARE, live)
        if wanted == 0:
            return [_empty() for _ in queries]
        parameters = None
        if deleted is not None and live < len(self):
            parameters = faiss.SearchParameters(sel=keep_selector(deleted))  # type: ignore[call-arg]
        _, rows = self._index.search(queries, wanted, params=parameters)
        return rescore(self.vectors, queries, rows, k)


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
    vectors = faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d)
    vectors.flags.writeable = False  # the pages are mapped read-only
    return FlatIndex(index, vectors.reshape(index.ntotal, index.d))


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


def rescore(vectors: Vectors, queries: Vectors, rows: NDArray[np.int64], k: int) -> list[Ranking]:
    """Score candidates anew, each alone, and keep the `k` best.

    FAISS's own scores differ in the last bits with the number of queries, the threads and the
    deleted rows; these depend on the two vectors only. The id -1, by which FAISS fills short
    results, is dropped.

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
    rankings = []
    for query, found in zip(queries, rows, strict=True):
        kept = found[found >= 0]
        scores = (vectors[kept] * query).sum(axis=1)
        rankings.append(best_rows(kept, scores, k))
    return rankings


def _empty() -> Ranking:
    return Ranking(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))
