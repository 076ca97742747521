"""Test approximate indexes on clustered vectors: recall, deletion, tiny corpora, damage."""

from pathlib import Path

import faiss
import numpy as np
import pytest

from wherefrom.indexes.approximate import ApproximateIndex, open_approximate, write_approximate
from wherefrom.indexes.dense import FlatIndex, open_flat, write_flat
from wherefrom.indexes.dense_kind import ApproximateKind, Hnsw, IvfFlat, IvfPq
from wherefrom.kb.errors import DamagedError, UsageError

KINDS = [Hnsw(links=16, build_effort=60), IvfFlat(), IvfPq(bytes_per_vector=8)]
DIMENSIONS = 32


def clustered(count: int, seed: int = 0) -> np.ndarray:
    """Draw unit vectors around 50 centres, as vectors of texts lie around topics."""
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(99).standard_normal((50, DIMENSIONS))
    drawn = centres[random.integers(0, 50, count)] + random.standard_normal((count, DIMENSIONS))
    return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)


def both(
    folder: Path, vectors: np.ndarray, kind: ApproximateKind
) -> tuple[FlatIndex, ApproximateIndex]:
    write_flat(folder / "a.faiss", [vectors], DIMENSIONS)
    exact = open_flat(folder / "a.faiss")
    write_approximate(folder / "a.kind.faiss", exact, kind)
    return exact, open_approximate(folder / "a.kind.faiss", exact, kind)


def names(kind: ApproximateKind) -> str:
    return type(kind).__name__


@pytest.mark.parametrize("kind", KINDS, ids=names)
def test_recall_is_high_and_scores_are_exact(tmp_path: Path, kind: ApproximateKind) -> None:
    exact, index = both(tmp_path, clustered(10_500), kind)
    queries = clustered(50, seed=1)
    shared = 0
    for truth, found in zip(exact.search(queries, 10), index.search(queries, 10), strict=True):
        assert len(found) == 10
        shared += len(set(truth.rows) & set(found.rows))
        scores = dict(zip(truth.rows.tolist(), truth.scores.tolist(), strict=True))
        for row, score in zip(found.rows.tolist(), found.scores.tolist(), strict=True):
            assert scores.get(row, score) == score
    assert shared / 500 >= 0.95


@pytest.mark.parametrize("kind", KINDS, ids=names)
def test_deleted_rows_are_never_found(tmp_path: Path, kind: ApproximateKind) -> None:
    exact, index = both(tmp_path, clustered(3_000), kind)
    queries = clustered(20, seed=1)
    deleted = np.zeros(3_000, dtype=bool)
    for ranking in exact.search(queries, 20):
        deleted[ranking.rows] = True
    for ranking in index.search(queries, 10, deleted=deleted):
        assert len(ranking) == 10
        assert not deleted[ranking.rows].any()


@pytest.mark.parametrize("count", [0, 1, 2, 30, 300])
@pytest.mark.parametrize("kind", KINDS, ids=names)
def test_tiny_corpora_work_and_are_searched_whole(
    tmp_path: Path, kind: ApproximateKind, count: int
) -> None:
    exact, index = both(tmp_path, clustered(count), kind)
    for truth, found in zip(
        exact.search(clustered(3), count + 5), index.search(clustered(3), count + 5), strict=True
    ):
        assert found.rows.tolist() == truth.rows.tolist()


@pytest.mark.parametrize("kind", KINDS, ids=names)
def test_when_all_but_one_are_deleted_the_one_is_found(
    tmp_path: Path, kind: ApproximateKind
) -> None:
    _, index = both(tmp_path, clustered(2_000), kind)
    deleted = np.ones(2_000, dtype=bool)
    deleted[1_234] = False
    assert index.search(clustered(1), 10, deleted=deleted)[0].rows.tolist() == [1_234]
    deleted[1_234] = True
    assert index.search(clustered(1), 10, deleted=deleted)[0].rows.tolist() == []


@pytest.mark.parametrize("kind", KINDS, ids=names)
@pytest.mark.parametrize("count", [5, 100])
def test_what_would_be_looked_through_anyway_is_searched_exactly(
    tmp_path: Path, kind: ApproximateKind, count: int
) -> None:
    """Equal vectors leave a graph in pieces, and its walk does not come by all of them."""
    exact, index = both(tmp_path, np.repeat(clustered(5), count // 5, axis=0), kind)
    for k in (1, 3, count):
        truth, found = exact.search(clustered(9, seed=1), k), index.search(clustered(9, seed=1), k)
        assert found.rows.tolist() == truth.rows.tolist()
        assert found.scores.tolist() == truth.scores.tolist()


def test_a_graph_walks_over_the_vectors_of_the_exact_index(tmp_path: Path) -> None:
    exact, _ = both(tmp_path, clustered(2_000), Hnsw(links=8))
    assert (tmp_path / "a.kind.faiss").stat().st_size < exact.vectors.nbytes


def test_codes_need_enough_vectors_to_be_trained(tmp_path: Path) -> None:
    both(tmp_path, clustered(500), IvfPq(bytes_per_vector=8))
    assert isinstance(faiss.read_index(str(tmp_path / "a.kind.faiss")), faiss.IndexIVFFlat)


def test_clusters_are_reproducible(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        both(tmp_path / name, clustered(2_000), IvfFlat())
    first = (tmp_path / "one" / "a.kind.faiss").read_bytes()
    assert first == (tmp_path / "two" / "a.kind.faiss").read_bytes()


def test_bytes_that_do_not_divide_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not divide 32 dimensions"):
        both(tmp_path, clustered(10), IvfPq(bytes_per_vector=7))


def test_the_index_of_other_vectors_is_refused(tmp_path: Path) -> None:
    both(tmp_path, clustered(100), IvfFlat())
    write_flat(tmp_path / "b.faiss", [clustered(90)], DIMENSIONS)
    with pytest.raises(DamagedError, match="holds 100 vectors of 32 dimensions"):
        open_approximate(tmp_path / "a.kind.faiss", open_flat(tmp_path / "b.faiss"), IvfFlat())


def test_an_exact_index_is_refused(tmp_path: Path) -> None:
    exact, _ = both(tmp_path, clustered(100), IvfFlat())
    with pytest.raises(DamagedError, match="expected IvfFlat"):
        open_approximate(tmp_path / "a.faiss", exact, IvfFlat())
