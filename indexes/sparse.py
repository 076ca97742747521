"""BM25 over terms: shards in bm25s's own layout whose scores use statistics of the whole corpus.

A shard holds the scores of a run of texts, ready-made for each term (Lù, "BM25S", 2024,
arXiv:2407.03618), in compressed columns that are memory-mapped. Term frequencies are counted shard
by shard in one pass over the texts; a second pass over the shards turns them into scores, when the
number of texts, their mean length and every document frequency are known. Variant: Lucene's, as in
Kamphuis et al., "Which BM25 Do You Mean?", ECIR 2020, table 1.
"""

import json
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.ranking import Ranking, best_rows, merge_rankings
from wherefrom.indexes.term_table import TermTable, write_terms
from wherefrom.indexes.terms import cut_query, cut_words, word_terms
from wherefrom.kb.errors import DamagedError, UsageError

SHARD_TEXTS = 65_536  # passages of 100 words then take a quarter of a GiB while they are counted
REMEMBERED_WORDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Bm25:
    """The two parameters of BM25: saturation of term frequency, and length normalisation."""

    k1: float = 1.5
    b: float = 0.75


class _Vocabulary(dict[str, tuple[int, ...]]):
    """Give each word the ids of its terms, numbering terms as they come."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: dict[str, int] = {}

    def __missing__(self, word: str) -> tuple[int, ...]:
        ids = self.ids
        found = tuple([ids.setdefault(term, len(ids)) for term in word_terms(word)])
        if len(found) == 1:  # runs of CJK characters hardly come again
            if len(self) >= REMEMBERED_WORDS:
                self.clear()
            self[word] = found
        return found


def write_sparse(
    folder: Path,
    texts: Iterable[str],
    *,
    settings: Bm25 = Bm25(),
    shard_texts: int = SHARD_TEXTS,
) -> int:
    """Index texts, row i being text i, and return how many there were.

    Parameters
    ----------
    folder
        An empty or absent folder.
    texts
        Read once.
    settings
        The parameters of BM25.
    shard_texts
        How many texts are held at a time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = _Vocabulary()
    lengths: list[NDArray[np.int64]] = []
    stream = iter(texts)
    while True:
        shard_lengths = _count_shard(folder, len(lengths), islice(stream, shard_texts), vocabulary)
        if not len(shard_lengths):
            break
        lengths.append(shard_lengths)
    count = sum(map(len, lengths))
    _score_shards(folder, lengths, len(vocabulary.ids), settings)
    write_terms(folder, vocabulary.ids)
    description = {"texts": count, "shards": [len(part) for part in lengths], **asdict(settings)}
    (folder / "sparse.json").write_text(json.dumps(description), encoding="utf-8")
    return count


def _count_shard(
    folder: Path, number: int, texts: Iterator[str], vocabulary: _Vocabulary
) -> NDArray[np.int64]:
    """Count the terms of one shard into its files and return the lengths of its texts."""
    flat = array("i")
    ends = array("q")
    for text in texts:
        for word in cut_words(text):
            flat.extend(vocabulary[word])
        ends.append(len(flat))
    lengths = np.array(ends, dtype=np.int64)
    lengths[1:] -= lengths[:-1].copy()
    if not len(lengths):
        return lengths
    keys = np.array(flat, dtype=np.int64) << 32
    keys |= np.repeat(np.arange(len(lengths)), lengths)
    keys, counts = np.unique(keys, return_counts=True)
    terms = keys >> 32
    place = folder / f"{number:04d}"
    place.mkdir()
    indptr = np.zeros(len(vocabulary.ids) + 1, dtype=np.int64)
    np.cumsum(np.bincount(terms, minlength=len(vocabulary.ids)), out=indptr[1:])
    np.save(place / "indptr.csc.index.npy", indptr)
    np.save(place / "indices.csc.index.npy", (keys & 0xFFFFFFFF).astype(np.int32))
    np.save(place / "data.csc.index.npy", counts.astype(np.float32))
    return lengths


def _score_shards(
    folder: Path, lengths: Sequence[NDArray[np.int64]], terms: int, settings: Bm25
) -> None:
    """Turn the counts in the files of all shards into scores."""
    import bm25s

    texts = sum(map(len, lengths))
    mean_length = sum(int(part.sum()) for part in lengths) / texts if texts else 1.0
    frequencies = np.zeros(terms, dtype=np.int64)
    for number in range(len(lengths)):
        indptr = np.load(folder / f"{number:04d}" / "indptr.csc.index.npy")
        frequencies[: len(indptr) - 1] += np.diff(indptr)
    idf = np.log1p((texts - frequencies + 0.5) / (frequencies + 0.5))
    for number, shard_lengths in enumerate(lengths):
        place = folder / f"{number:04d}"
        indptr = np.load(place / "indptr.csc.index.npy")
        indptr = np.pad(indptr, (0, terms + 1 - len(indptr)), mode="edge")
        indices = np.load(place / "indices.csc.index.npy")
        counts = np.load(place / "data.csc.index.npy").astype(np.float64)
        normal = 1 - settings.b + settings.b * shard_lengths / (mean_length or 1.0)
        scores = np.repeat(idf, np.diff(indptr)) * counts
        scores /= settings.k1 * normal[indices] + counts
        retriever = bm25s.BM25(k1=settings.k1, b=settings.b, method="lucene", backend="numpy")
        retriever.scores = {
            "data": scores.astype(np.float32),
            "indices": indices,
            "indptr": indptr,
            "num_docs": len(shard_lengths),
        }
        retriever.vocab_dict = {}
        retriever.nonoccurrence_array = None
        retriever.save(place, show_progress=False)


class SparseIndex:
    """A BM25 index on disk, opened memory-mapped."""

    def __init__(self, folder: Path, shards: Sequence[int]) -> None:
        import bm25s

        self._offsets = [0, *np.cumsum(shards).tolist()]
        self._shards = [
            bm25s.BM25.load(folder / f"{number:04d}", mmap=True, load_vocab=False)
            for number in range(len(shards))
        ]
        self._terms = TermTable(folder)

    @classmethod
    def open(cls, folder: Path) -> "SparseIndex":
        """Open the index that `write_sparse` wrote into a folder.

        Raises
        ------
        DamagedError
            If a file is absent or malformed.
        """
        try:
            description = json.loads((folder / "sparse.json").read_text(encoding="utf-8"))
            return cls(folder, description["shards"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DamagedError(f"{folder}: cannot open the sparse index: {error}") from error

    def __len__(self) -> int:
        return int(self._offsets[-1])

    def search(
        self, queries: Sequence[str], k: int, *, deleted: NDArray[np.bool_] | None = None
    ) -> list[Ranking]:
        """Find the `k` rows of the highest BM25 score for each query.

        Parameters
        ----------
        queries
            Q questions in words.
        k
            How many rows at most, at least 1.
        deleted
            Shape (N,), true for each row that must not be found.

        Returns
        -------
        list[Ranking]
            One for each query; only rows that share a term with it, so it may be shorter than `k`.
        """
        if k < 1:
            raise UsageError(f"k must be at least 1, got {k}")
        return [self._search_one(query, k, deleted) for query in queries]

    def _search_one(self, query: str, k: int, deleted: NDArray[np.bool_] | None) -> Ranking:
        found = map(self._terms.find, cut_query(query))
        ids = [number for number in found if number is not None]
        if not ids:
            return merge_rankings([], [], k)
        rankings = []
        for shard, start, end in zip(self._shards, self._offsets, self._offsets[1:], strict=False):
            scores = shard.get_scores_from_ids(ids)
            if deleted is not None:
                scores[deleted[start:end]] = 0.0
            rows = np.flatnonzero(scores)
            rankings.append(best_rows(rows, scores[rows], k))
        return merge_rankings(rankings, self._offsets[:-1], k)
