"""Hold the indexes of one generation open, and make hits of what they find."""

from collections.abc import Sequence
from operator import add
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.dense_choice import read_kind
from wherefrom.indexes.dense_files import open_dense
from wherefrom.indexes.encoder import Encoder
from wherefrom.indexes.graph import Graph
from wherefrom.indexes.graph_edges import Edges, weigh_edges
from wherefrom.indexes.graph_search import GraphRanking, named_entities, start_of, walk_from
from wherefrom.indexes.paths import PASSAGE, best_paths
from wherefrom.indexes.ranking import (
    Ranking,
    Rankings,
    merge_columns,
    nothing_found,
    side_by_side,
)
from wherefrom.indexes.records import Hit, PathStep
from wherefrom.indexes.sparse import SparseIndex
from wherefrom.indexes.sparse_rows import ROWS_NAME
from wherefrom.indexes.ties import stable_hits
from wherefrom.kb.errors import DamagedError, UsageError
from wherefrom.kb.generation import Generation
from wherefrom.kb.proper_names import capitals_tell

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]
HITS_EXPLAINED_FROM = 3  # the best fused hits are where paths may begin beside what is named


class Opened:
    """One generation with its dense and sparse indexes; nothing in it changes."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        folder, manifest = generation.folder, generation.manifest
        kind = read_kind(manifest.dense, folder)
        self._dense = [open_dense(folder, record, kind) for record in manifest.segments]
        self._starts = generation.offsets[:-1].tolist()
        self._sparse = SparseIndex.open(folder / manifest.sparse)
        self._sparse_rows = _read_rows(folder / manifest.sparse / ROWS_NAME, len(self._sparse))
        self._sparse_deleted = _deleted(generation, self._sparse_rows)
        self._graph: Graph | None = None
        self._edges: Edges | None = None

    @classmethod
    def open(cls, folder: Path) -> "Opened":
        """Open the newest generation in `folder`.

        Raises
        ------
        MissingError, DamagedError, FormatError
            If there is no knowledge base, or it is not as its manifest says.
        """
        while True:
            generation = Generation.open(folder)
            try:
                return cls(generation)
            except DamagedError:
                # a writer that ended meanwhile has removed files of the generation before
                if generation.is_current():
                    raise

    def dense_hits(self, vectors: Vectors, k: int) -> list[list[Hit]]:
        """Find the `k` live passages with the highest inner product for each vector (Q, D)."""
        if k < 1:
            raise UsageError(f"k must be at least 1, got {k}")
        dimensions = self.generation.manifest.encoder["dimensions"]
        if vectors.ndim != 2 or vectors.shape[1] != dimensions:
            raise UsageError(f"expected vectors (Q, {dimensions}), got {vectors.shape}")
        vectors = np.ascontiguousarray(vectors, dtype=np.float32)

        def search(numbers: Sequence[int], depth: int) -> Rankings:
            chosen = vectors if len(numbers) == len(vectors) else vectors[list(numbers)]
            return self._dense_rankings(chosen, depth)

        return stable_hits(search, len(vectors), k, names=self.generation.passage_ids)

    def sparse_hits(self, queries: Sequence[str], k: int) -> list[list[Hit]]:
        """Find the `k` live passages with the highest BM25 score for each query."""

        def search(numbers: Sequence[int], depth: int) -> Rankings:
            chosen = [queries[number] for number in numbers]
            found = self._sparse.search(chosen, depth, deleted=self._sparse_deleted)
            return side_by_side([Ranking(self._sparse_rows[one.rows], one.scores) for one in found])

        return stable_hits(search, len(queries), k, names=self.generation.passage_ids)

    @property
    def graph(self) -> Graph:
        """Return the graph, opening it the first time.

        Raises
        ------
        UsageError
            If the knowledge base has no graph: an earlier release made it.
        """
        if self._graph is None:
            if not self.generation.manifest.graph:
                raise UsageError(
                    f"{self.generation.folder} has no graph, for an earlier release made it; "
                    "`wherefrom build` with its sources adds one once something of them is new, or "
                    "choose the retriever dense, sparse or hybrid"
                )
            self._graph = Graph(self.generation)
        return self._graph

    def graph_and_edges(self) -> tuple[Graph, Edges]:
        """Return the graph and its weighted edges, opening them the first time.

        Raises
        ------
        UsageError
            If the knowledge base has no graph: an earlier release made it.
        """
        graph = self.graph
        if self._edges is None:
            self._edges = weigh_edges(graph)
        return graph, self._edges

    def graph_rankings(
        self,
        queries: Sequence[str],
        vectors: Vectors,
        fused: Sequence[Sequence[Hit]],
        k: int,
        *,
        encoder: Encoder,
        bridges: Sequence[str] = (),
    ) -> list[GraphRanking]:
        """Rank the `k` likeliest passages for each query by a walk over the graph.

        `bridges` hold for each query a text more, whose entities the walk starts from, too.
        """
        graph, edges = self.graph_and_edges()
        named = self.named(queries, vectors)
        if bridges:
            more = self.named(bridges, vectors)
            named = [tuple(dict.fromkeys(both)) for both in map(add, named, more)]
        starts = [
            start_of(graph, entities, vector, hits, is_sentence=capitals_tell(query))
            for query, entities, vector, hits in zip(queries, named, vectors, fused, strict=True)
        ]
        return walk_from(graph, edges, encoder, starts, fused, k)

    def named(self, texts: Sequence[str], vectors: Vectors) -> list[tuple[int, ...]]:
        """Return the entities that each text names; vectors (Q, D) settle what is ambiguous."""
        graph = self.graph
        pairs = zip(texts, vectors, strict=True)
        return [named_entities(graph, text, vector) for text, vector in pairs]

    def paths(self, ranking: GraphRanking) -> list[tuple[PathStep, ...]]:
        """Return the best path to each hit of a walk, empty where there is none to tell of."""
        graph = self.graph
        rows = np.array([self.generation.row(hit.passage_id) for hit in ranking.hits], np.int64)
        targets = [(PASSAGE, number) for number in graph.number_of_row[rows].tolist()]
        start = ranking.start
        begun = start.nearest[:HITS_EXPLAINED_FROM].tolist()
        found = best_paths(graph, start.entities, begun, targets, preference=ranking.preference)
        return [found.get(target, ()) for target in targets]

    def require_all_terms(self) -> None:
        """Check that the sparse index covers every live passage once.

        Raises
        ------
        DamagedError
            If it does not.
        """
        rows = self._sparse_rows
        live = len(rows) - (0 if self._sparse_deleted is None else int(self._sparse_deleted.sum()))
        last = int(self.generation.offsets[-1])
        rising = bool((np.diff(rows) > 0).all()) and (not len(rows) or 0 <= rows[0] <= rows[-1])
        if not rising or (len(rows) and rows[-1] >= last) or live != self._passages:
            raise DamagedError(
                f"{self.generation.folder}: the term index covers {live} live passages, "
                f"the manifest counts {self._passages}"
            )

    @property
    def _passages(self) -> int:
        return self.generation.manifest.passages

    def _dense_rankings(self, vectors: Vectors, depth: int) -> Rankings:
        found = [
            index.search(vectors, depth, deleted=mask)
            for index, mask in zip(self._dense, self.generation.masks, strict=True)
        ]
        if not found:
            return nothing_found(len(vectors))
        return found[0] if len(found) == 1 else merge_columns(found, self._starts, depth)


def _read_rows(path: Path, count: int) -> Rows:
    try:
        rows: Rows = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DamagedError(f"{path} cannot be read as a NumPy array: {error}") from error
    if rows.shape != (count,) or rows.dtype != np.int64:
        raise DamagedError(f"{path} must be int64 ({count},), found {rows.dtype} {rows.shape}")
    return rows


def _deleted(generation: Generation, rows: Rows) -> NDArray[np.bool_] | None:
    """Return which rows of the sparse index are deleted, None where none is."""
    if all(mask is None for mask in generation.masks):
        return None
    whole = np.concatenate(
        [
            np.zeros(segment.passages, dtype=np.bool_) if mask is None else mask
            for segment, mask in zip(generation.segments, generation.masks, strict=True)
        ]
    )
    found: NDArray[np.bool_] = whole[rows]
    return found if found.any() else None
