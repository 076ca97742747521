"""Approximate dense indexes, each beside the exact one of the same vectors.

The approximate index proposes rows; the exact vectors, memory-mapped, score them. So scores are
always exact inner products, and only which rows are found is approximate. The file of a graph holds
no vectors: it walks over those of the exact index.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.dense import (
    FlatIndex,
    Mask,
    Vectors,
    check_query,
    count_live,
    keep_selector,
    read_mapped,
    rescore,
)
from wherefrom.indexes.dense_kind import (
    CODEBOOK,
    TRAINING_VECTORS,
    ApproximateKind,
    Hnsw,
    IvfFlat,
    IvfPq,
    check_dimensions,
    code_bytes,
    list_count,
    probe_count,
)
from wherefrom.indexes.ranking import Rankings
from wherefrom.kb.errors import DamagedError

BLOCK_VECTORS = 16_384
WRITTEN_BYTES = 1 << 20  # that go to the file at once
TRAINING_LIMIT = 131_072  # vectors that a clustering sees at most
SEED = 20_240_229
CANDIDATES = 2  # times k rows are proposed and scored exactly; codes propose more
CODE_CANDIDATES = 8


def write_approximate(
    path: Path,
    exact: FlatIndex,
    kind: ApproximateKind,
    *,
    advance: Callable[[int], None] = lambda _: None,
) -> None:
    """Build an approximate index from the vectors of an exact one.

    What a search needs (probes, the width of a walk) is written with it. The graph of an HNSW
    index depends on how threads took turns; clusters and codes do not.

    Parameters
    ----------
    path
        The file to write, by convention `NAME.KIND.faiss`.
    exact
        The vectors, read block by block.
    kind
        Which index, with its sizes.
    advance
        Called with the number of vectors that were added.

    Raises
    ------
    UsageError
        If the bytes of a product quantiser do not divide the dimensions.
    OSError
        If the disk refuses.
    """
    import faiss

    check_dimensions(kind, exact.dimensions)
    index = _new_graph(kind, exact) if isinstance(kind, Hnsw) else _trained_lists(kind, exact)
    for start in range(0, len(exact), BLOCK_VECTORS):
        block = np.ascontiguousarray(exact.vectors[start : start + BLOCK_VECTORS])
        index.add(block)
        advance(len(block))
    flags = faiss.IO_FLAG_SKIP_STORAGE if isinstance(kind, Hnsw) else 0
    with path.open("wb") as file:  # a Python file: FAISS's own loses errors of closing
        writer = faiss.PyCallbackIOWriter(file.write, WRITTEN_BYTES)  # type: ignore[attr-defined]
        faiss.write_index(index, writer, flags)


class ApproximateIndex:
    """An approximate index on disk, opened memory-mapped by `open_approximate`."""

    def __init__(self, index: Any, exact: FlatIndex) -> None:
        self._index = index
        self._exact = exact

    def __len__(self) -> int:
        return len(self._exact)

    def search(self, queries: Vectors, k: int, *, deleted: Mask | None = None) -> Rankings:
        """Find `k` rows of a high inner product with each query, and score them exactly.

        A query for which fewer rows are found than there are is searched exactly; so is every
        query where the index is so small that it would be looked through anyway.

        Parameters
        ----------
        queries
            Shape (Q, D), float32, normalised.
        k
            How many rows at most, at least 1.
        deleted
            Shape (N,), true for each row that must not be found.
        """
        check_query(queries, k, self._exact.dimensions)
        live = count_live(len(self), deleted)
        count = min(self._factor * k, live)
        if not live or self._looks_at_all(count, live):
            return self._exact.search(queries, k, deleted=deleted)
        rows = self._propose(queries, count, deleted)
        found = rescore(self._exact.vectors, queries, rows, k)
        short = np.flatnonzero(np.count_nonzero(found.rows >= 0, axis=1) < min(k, live))
        if len(short):
            exact = self._exact.search(queries[short], k, deleted=deleted)
            found.rows[short], found.scores[short] = exact.rows, exact.scores
        return found

    @property
    def _factor(self) -> int:
        import faiss

        return CODE_CANDIDATES if isinstance(self._index, faiss.IndexIVFPQ) else CANDIDATES

    def _looks_at_all(self, count: int, live: int) -> bool:
        """Say whether a search would come by every vector; then the exact one costs no more."""
        import faiss

        if isinstance(self._index, faiss.IndexHNSW):
            return max(self._index.hnsw.efSearch, count) >= live
        return bool(self._index.nprobe >= self._index.nlist)

    def _propose(self, queries: Vectors, count: int, deleted: Mask | None) -> NDArray[np.int64]:
        import faiss

        selector = None if deleted is None else keep_selector(deleted)
        parameters: Any
        if isinstance(self._index, faiss.IndexHNSW):
            effort = max(self._index.hnsw.efSearch, count)
            parameters = faiss.SearchParametersHNSW(sel=selector, efSearch=effort)  # type: ignore[attr-defined]
        else:
            probes = self._index.nprobe
            parameters = faiss.SearchParametersIVF(sel=selector, nprobe=probes)  # type: ignore[call-arg]
        rows: NDArray[np.int64] = self._index.search(queries, count, params=parameters)[1]
        return rows


def open_approximate(path: Path, exact: FlatIndex, kind: ApproximateKind) -> ApproximateIndex:
    """Open an approximate index memory-mapped.

    Raises
    ------
    DamagedError
        If the file is absent, cut short, of another kind, or not of the vectors of `exact`.
    """
    import faiss

    index = read_mapped(path)
    wanted = faiss.IndexHNSW if isinstance(kind, Hnsw) else faiss.IndexIVF
    if not isinstance(index, wanted):
        raise DamagedError(f"{path}: expected {kind}, found {type(index).__name__}")
    if (index.ntotal, index.d) != (len(exact), exact.dimensions):
        raise DamagedError(
            f"{path}: holds {index.ntotal} vectors of {index.d} dimensions, the exact index beside "
            f"it {len(exact)} of {exact.dimensions}"
        )
    if isinstance(index, faiss.IndexHNSW):
        index.storage = exact.index  # which ApproximateIndex keeps alive
    return ApproximateIndex(index, exact)


def _new_graph(kind: Hnsw, exact: FlatIndex) -> Any:
    import faiss

    index = faiss.IndexHNSWFlat(exact.dimensions, kind.links, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = kind.build_effort
    index.hnsw.efSearch = kind.search_effort
    return index


def _trained_lists(kind: IvfFlat | IvfPq, exact: FlatIndex) -> Any:
    import faiss

    lists = list_count(kind, len(exact))
    centres = faiss.IndexFlatIP(exact.dimensions)
    shape = (centres, exact.dimensions, lists)
    index: Any
    if isinstance(kind, IvfPq) and len(exact) >= TRAINING_VECTORS * CODEBOOK:
        size = code_bytes(kind, exact.dimensions)
        index = faiss.IndexIVFPQ(*shape, size, 8, faiss.METRIC_INNER_PRODUCT)
        index.pq.cp.seed = SEED
    else:
        index = faiss.IndexIVFFlat(*shape, faiss.METRIC_INNER_PRODUCT)
    index.cp.spherical = True  # centres are compared by inner product, as vectors are
    index.cp.seed = SEED
    index.cp.min_points_per_centroid = 1  # or FAISS prints a warning for a tiny corpus
    index.nprobe = probe_count(kind, lists)
    sample = _sample(exact)
    if len(sample):
        index.train(sample)
    return index


def _sample(exact: FlatIndex) -> Vectors:
    """Draw the vectors to train on, always the same ones, without reading all."""
    if len(exact) <= TRAINING_LIMIT:
        return np.array(exact.vectors)
    chosen = np.random.default_rng(SEED).choice(len(exact), TRAINING_LIMIT, replace=False)
    return np.array(exact.vectors[np.sort(chosen)])
