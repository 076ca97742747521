"""Search an opened knowledge base."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.encoder import Encoder
from wherefrom.indexes.encoding import chosen_encoder
from wherefrom.indexes.fact_search import FoundFact, facts_near
from wherefrom.indexes.fusion import reciprocal_rank_fusion
from wherefrom.indexes.graph import Graph
from wherefrom.indexes.graph_search import GraphRanking
from wherefrom.indexes.info import describe
from wherefrom.indexes.named_passages import named_passages
from wherefrom.indexes.opened import Opened
from wherefrom.indexes.readable import readable
from wherefrom.indexes.records import FoundPassage, Hit, PathStep
from wherefrom.indexes.remembering_encoder import RememberingEncoder
from wherefrom.indexes.reports import Info
from wherefrom.kb.errors import QuestionError, UsageError, unknown_value
from wherefrom.kb.records import Document, Passage

RETRIEVERS = ("dense", "sparse", "hybrid", "graph")
FUSION_DEPTH = 100  # hits of each index that are joined
LONGEST_QUERY = 10_000  # characters; encoders read a few hundred words at most


class Knowledge:
    """A knowledge base, opened for reading with `Knowledge.open`.

    It answers from the newest generation: what another process has added or deleted is seen by the
    next call. Several threads may use one.
    """

    def __init__(
        self, folder: Path, opened: Opened, *, encoder: str | Encoder | None, device: str | None
    ) -> None:
        self.folder = folder
        self._opened = opened
        self._choice = encoder
        self._device = device
        self._encoder: Encoder | None = None

    @classmethod
    def open(
        cls, path: Path | str, *, encoder: str | Encoder | None = None, device: str | None = None
    ) -> Self:
        """Open the knowledge base in the directory `path`.

        Parameters
        ----------
        path
            The directory.
        encoder
            A hub name, a folder or an encoder, where the one that the manifest names is not to be
            found by that name. It is loaded at the first search that needs it.
        device
            Where the encoder runs, as torch names it; None chooses.

        Raises
        ------
        MissingError
            If there is no knowledge base.
        DamagedError
            If a file is absent or does not match its sha256.
        FormatError
            If the format version is unknown.
        """
        folder = Path(path)
        return cls(folder, Opened.open(folder), encoder=encoder, device=device)

    def refresh(self) -> None:
        """Open the newest generation if a writer has made one; every other method does it too."""
        self._newest()

    @property
    def info(self) -> Info:
        """Return what the knowledge base holds."""
        return describe(self.folder, self._newest().generation.manifest)

    @property
    def graph(self) -> Graph:
        """Return the graph of the newest generation; raise UsageError where there is none."""
        return self._newest().graph

    @property
    def encoder(self) -> Encoder:
        """Return the encoder, loading it the first time.

        Raises
        ------
        EncoderMismatchError
            If it is not the one that the knowledge base was made with.
        ModelError
            If it cannot be loaded.
        """
        if self._encoder is None:
            manifest = self._newest().generation.manifest
            self._encoder = chosen_encoder(self._choice, manifest, self.folder, device=self._device)
        return self._encoder

    def remember_vectors(self) -> None:
        """Encode no text of a passage twice from now on, where many questions are asked of it."""
        if not isinstance(self.encoder, RememberingEncoder):
            self._encoder = RememberingEncoder(self.encoder)

    def search(
        self, queries: Sequence[str], k: int = 10, *, retriever: str = "hybrid"
    ) -> list[list[Hit]]:
        """Find the `k` best passages for each query.

        Parameters
        ----------
        queries
            Questions in words.
        k
            How many passages at most, at least 1.
        retriever
            ``dense`` compares meaning (cosine), ``sparse`` words (BM25), ``hybrid`` joins the
            ranks of both (reciprocal rank fusion), ``graph`` walks from what the query names and
            the best of both to what they mention (`wherefrom.indexes.graph_search`).

        Returns
        -------
        list[list[Hit]]
            One list for each query, best hit first; ties stand in order of passage id. It is
            shorter than `k` where fewer passages are left, or share a word with the query.

        Raises
        ------
        UsageError
            If a query is blank or longer than `LONGEST_QUERY`, `k` is below 1 or the retriever is
            unknown.
        """
        check_queries(queries, k, retriever)
        return self._hits(self._newest(), queries, k, retriever)

    def search_passages(
        self, queries: Sequence[str], k: int = 10, *, retriever: str = "hybrid"
    ) -> list[list[FoundPassage]]:
        """Find as `search` does, and return each hit with its passage, of one generation.

        With the retriever ``graph`` the path to each passage is told, where there is one.
        """
        check_queries(queries, k, retriever)
        opened = self._newest()
        if retriever == "graph":
            return _explained(opened, self._rankings(opened, queries, k))
        return [
            [FoundPassage(hit, opened.generation.passage(hit.passage_id)) for hit in hits]
            for hits in self._hits(opened, queries, k, retriever)
        ]

    def search_again(self, query: str, bridge: str, k: int = 10) -> list[FoundPassage]:
        """Walk once more for a query, from the entities of a text that was found first, too.

        Parameters
        ----------
        query
            The question.
        bridge
            What a first reading found: sentences, or an answer that may be a step on the way.
        k
            How many passages at most.
        """
        opened = self._newest()
        return _explained(opened, self._rankings(opened, [query], k, bridges=[bridge]))[0]

    def paths_to(self, query: str, passage_ids: Sequence[str]) -> list[tuple[PathStep, ...]]:
        """Return the paths by which a walk for a query would come to passages that are known.

        Parameters
        ----------
        query
            The question.
        passage_ids
            The passages, which may be found by anything.

        Returns
        -------
        list[tuple[PathStep, ...]]
            One for each passage; empty where none leads there.

        Raises
        ------
        MissingError
            If there is no such passage.
        """
        opened = self._newest()
        hits = [Hit(passage_id, 0.0) for passage_id in passage_ids]
        (ranking,) = self._rankings(opened, [query], max(1, len(hits)))
        return opened.paths(replace(ranking, hits=hits))

    def search_facts(self, queries: Sequence[str], k: int = 5) -> list[list[FoundFact]]:
        """Find the `k` facts, of what each query names, that resemble it most; best first."""
        opened = self._newest()
        if not opened.generation.manifest.triples or not opened.generation.manifest.graph:
            return [[] for _ in queries]
        vectors, named = self.encoder.encode_queries(queries), opened.named
        return facts_near(opened.graph, self.encoder, queries, vectors, named(queries, vectors), k)

    @property
    def best_retriever(self) -> str:
        """Return the retriever that uses all there is: ``graph``, or ``hybrid`` without a graph."""
        return "graph" if self._newest().generation.manifest.graph else "hybrid"

    def _rankings(
        self, opened: Opened, queries: Sequence[str], k: int, *, bridges: Sequence[str] = ()
    ) -> list[GraphRanking]:
        vectors, encoder = self.encoder.encode_queries(queries), self.encoder
        fused = self._fused(opened, queries, vectors, k)
        return opened.graph_rankings(queries, vectors, fused, k, encoder=encoder, bridges=bridges)

    def _fused(
        self, opened: Opened, queries: Sequence[str], vectors: NDArray[np.float32], k: int
    ) -> list[list[Hit]]:
        depth = max(k, FUSION_DEPTH)
        dense = opened.dense_hits(vectors, depth)
        sparse = opened.sparse_hits(queries, depth)
        return [reciprocal_rank_fusion(pair) for pair in zip(dense, sparse, strict=True)]

    def _hits(
        self, opened: Opened, queries: Sequence[str], k: int, retriever: str
    ) -> list[list[Hit]]:
        if retriever == "sparse":
            return opened.sparse_hits(queries, k)
        if retriever == "graph":
            return [ranking.hits for ranking in self._rankings(opened, queries, k)]
        vectors = self.encoder.encode_queries(queries)
        if retriever == "dense":
            return opened.dense_hits(vectors, k)
        return [hits[:k] for hits in self._fused(opened, queries, vectors, k)]

    def search_vectors(self, vectors: NDArray[np.float32], k: int = 10) -> list[list[Hit]]:
        """Find the `k` passages nearest to each vector by inner product.

        Parameters
        ----------
        vectors
            Shape (Q, D), float32, normalised.
        k
            How many passages at most, at least 1.

        Raises
        ------
        UsageError
            If `k` is below 1 or the vectors have another length than the knowledge base's.
        """
        return self._newest().dense_hits(vectors, k)

    def passage(self, passage_id: str) -> Passage:
        """Return a passage by its id; raise MissingError where there is none."""
        return self._newest().generation.passage(passage_id)

    def passages(self, passage_ids: Sequence[str]) -> list[Passage]:
        """Return passages by their ids, in that order; raise MissingError where one is absent."""
        generation = self._newest().generation
        return [generation.passage(passage_id) for passage_id in passage_ids]

    def passages_of(self, names: Collection[str]) -> dict[str, list[Passage]]:
        """Return the passages of documents by their ids or titles.

        Parameters
        ----------
        names
            Ids or titles; a name that is both means the id. Documents of one title count together.

        Returns
        -------
        dict[str, list[Passage]]
            Of each name that a document has, its passages in their order.
        """
        return named_passages(self._newest().generation, names)

    def texts(self) -> Iterator[str]:
        """Go over all passages, each as its title and its text in lines; none is held."""
        return self._newest().generation.texts()

    def document(self, document_id: str) -> Document:
        """Return a document by its id; raise MissingError, with the nearest id, if absent."""
        return self._newest().generation.document(document_id)

    def _newest(self) -> Opened:
        opened = self._opened
        if not opened.generation.is_current():
            opened = self._opened = Opened.open(self.folder)
        return opened


def _explained(opened: Opened, rankings: Sequence[GraphRanking]) -> list[list[FoundPassage]]:
    """Return the passages of walks with the paths to them."""
    return [
        [
            FoundPassage(hit, opened.generation.passage(hit.passage_id), path)
            for hit, path in zip(ranking.hits, opened.paths(ranking), strict=True)
        ]
        for ranking in rankings
    ]


def check_queries(queries: Sequence[str], k: int, retriever: str, *, what: str = "query") -> None:
    """Refuse what `Knowledge.search` refuses, before anything is loaded; `what` names a query.

    Raises
    ------
    QuestionError
        If a query is blank, not UTF-8 or longer than `LONGEST_QUERY`.
    UsageError
        If `k` is below 1 or the retriever is unknown.
    """
    if retriever not in RETRIEVERS:
        raise unknown_value("retriever", retriever, RETRIEVERS)
    if k < 1:
        raise UsageError(f"k must be at least 1, got {k}")
    if isinstance(queries, str):
        raise UsageError("queries must be a list of questions, not one string")
    for number, query in enumerate(queries):
        if problem := _problem(query):
            raise QuestionError(what, number, len(queries), problem)


def _problem(query: str) -> str:
    """Say what is wrong with a query; nothing where it can be asked."""
    if not query.strip():
        return "is empty"
    if readable(query) != query:
        return f"holds bytes that are not UTF-8: {readable(query)[:60]!r}"
    if len(query) > LONGEST_QUERY:
        return (
            f"has {len(query):,} characters, at most {LONGEST_QUERY:,} are allowed "
            f"(it begins {query[:40]!r})"
        )
    return ""
