"""Test the sparse index against BM25 by loops, against bm25s itself, and against damage."""

import math
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import bm25s
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wherefrom.indexes.sparse import Bm25, SparseIndex, write_sparse
from wherefrom.indexes.terms import cut_query, cut_terms
from wherefrom.kb.errors import DamagedError, UsageError

TEXTS = [
    "The cat sat on the mat.",
    "A dog and a cat. A cat!",
    "",
    "東京都は日本の首都である",
    "The Who are an English rock band formed in London",
    "Rock music, rock bands, and rocks",
    "The cat sat on the mat.",
]
QUERIES = [
    "cat mat",
    "rock band of London",
    "Who are The Who?",
    "日本の首都",
    "cat cat dog",
    "xyz",
    "",
]
NAMES = ["ant", "bee", "cow", "dog", "eel", "fox", "the", "日本", "本州"]
WORDS = st.lists(st.sampled_from(NAMES), max_size=8)


def oracle(texts: list[str], query: str, parameters: Bm25) -> list[float]:
    """Score by loops, as the formula is written."""
    bags = [Counter(cut_terms(text)) for text in texts]
    mean = sum(bag.total() for bag in bags) / len(bags)
    scores = []
    for bag in bags:
        score = 0.0
        for term in cut_query(query):
            holding = sum(term in other for other in bags)
            idf = math.log(1 + (len(bags) - holding + 0.5) / (holding + 0.5))
            norm = parameters.k1 * (1 - parameters.b + parameters.b * bag.total() / (mean or 1))
            if bag[term]:
                score += idf * bag[term] / (bag[term] + norm)
        scores.append(score)
    return scores


def index(folder: Path, texts: list[str], **options: object) -> SparseIndex:
    assert write_sparse(folder, texts, **options) == len(texts)  # type: ignore[arg-type]
    return SparseIndex.open(folder)


@pytest.mark.parametrize("shard_texts", [1, 2, 3, 100])
@pytest.mark.parametrize("parameters", [Bm25(), Bm25(k1=0.9, b=0.4), Bm25(k1=2.0, b=0.0)])
def test_scores_equal_the_formula(tmp_path: Path, shard_texts: int, parameters: Bm25) -> None:
    found = index(tmp_path / "s", TEXTS, shard_texts=shard_texts, settings=parameters)
    for query, ranking in zip(QUERIES, found.search(QUERIES, 10), strict=True):
        scores = oracle(TEXTS, query, parameters)
        best_first = np.lexsort((range(len(TEXTS)), -np.array(scores)))
        expected = [row for row in best_first if scores[row] > 0]
        assert ranking.rows.tolist() == expected
        assert ranking.scores.tolist() == pytest.approx([scores[row] for row in expected], rel=1e-5)


@settings(deadline=None, max_examples=40)
@given(texts=st.lists(WORDS, min_size=1, max_size=9), query=WORDS, shard=st.integers(1, 9))
def test_shards_change_nothing(texts: list[list[str]], query: list[str], shard: int) -> None:
    joined = [" ".join(words) for words in texts]
    with TemporaryDirectory() as folder:
        one, many = Path(folder, "one"), Path(folder, "many")
        whole = index(one, joined).search([" ".join(query)], 5)[0]
        parts = index(many, joined, shard_texts=shard).search([" ".join(query)], 5)[0]
    assert whole.rows.tolist() == parts.rows.tolist()
    assert whole.scores.tolist() == parts.scores.tolist()


def test_scores_equal_those_of_bm25s(tmp_path: Path) -> None:
    retriever = bm25s.BM25(k1=1.5, b=0.75, method="lucene", backend="numpy")
    retriever.index([cut_terms(text) for text in TEXTS], show_progress=False)
    found = index(tmp_path / "s", TEXTS, shard_texts=3)
    for query in QUERIES[:5]:
        scores = retriever.get_scores(cut_query(query))
        ranking = found.search([query], 10)[0]
        assert ranking.scores == pytest.approx(scores[ranking.rows], rel=1e-5)
        assert np.count_nonzero(scores) == len(ranking)


def test_bm25s_can_read_a_shard(tmp_path: Path) -> None:
    write_sparse(tmp_path / "s", TEXTS)
    shard = bm25s.BM25.load(tmp_path / "s" / "0000", load_vocab=False)
    assert shard.scores["num_docs"] == len(TEXTS)


def test_deleted_rows_are_not_found(tmp_path: Path) -> None:
    found = index(tmp_path / "s", TEXTS, shard_texts=2)
    deleted = np.zeros(len(TEXTS), dtype=bool)
    deleted[[0, 6]] = True
    assert found.search(["cat"], 10, deleted=deleted)[0].rows.tolist() == [1]
    assert found.search(["cat"], 10, deleted=np.ones(len(TEXTS), dtype=bool))[0].rows.size == 0


def test_equal_texts_stand_in_order(tmp_path: Path) -> None:
    found = index(tmp_path / "s", ["same words"] * 9, shard_texts=4)
    assert found.search(["words"], 3)[0].rows.tolist() == [0, 1, 2]


def test_files_are_mapped_and_hold_no_pickle(tmp_path: Path) -> None:
    found = index(tmp_path / "s", TEXTS)
    assert isinstance(found._shards[0].scores["data"], np.memmap)
    for file in (tmp_path / "s").rglob("*.npy"):
        np.load(file, allow_pickle=False)


@pytest.mark.parametrize("texts", [[], ["", "…"]])
def test_an_index_without_terms_finds_nothing(tmp_path: Path, texts: list[str]) -> None:
    found = index(tmp_path / "s", texts)
    assert len(found) == len(texts)
    assert [len(ranking) for ranking in found.search(["cat", ""], 3)] == [0, 0]


def test_k_below_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="k must be at least 1, got 0"):
        index(tmp_path / "s", TEXTS).search(["cat"], 0)


@pytest.mark.parametrize("name", ["sparse.json", "terms.utf8", "terms.ids.npy", "0000"])
def test_a_missing_file_is_damage(tmp_path: Path, name: str) -> None:
    write_sparse(tmp_path / "s", TEXTS)
    (tmp_path / "s" / name).rename(tmp_path / "gone")
    with pytest.raises(DamagedError, match="cannot open the sparse index"):
        SparseIndex.open(tmp_path / "s")


def test_a_truncated_file_is_damage(tmp_path: Path) -> None:
    write_sparse(tmp_path / "s", TEXTS)
    terms = tmp_path / "s" / "terms.utf8"
    terms.write_bytes(terms.read_bytes()[:-3])
    with pytest.raises(DamagedError, match=r"terms\.utf8 has"):
        SparseIndex.open(tmp_path / "s")
