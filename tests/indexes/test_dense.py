"""Test the exact dense index against a full sort, against FAISS's own file, and against damage."""

import gc
from collections.abc import Iterator
from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wherefrom.indexes.dense import FlatIndex, open_flat, write_flat
from wherefrom.kb.errors import DamagedError, UsageError

Vectors = np.ndarray


def unit_vectors(count: int, dimensions: int, seed: int = 0) -> Vectors:
    drawn = np.random.default_rng(seed).standard_normal((count, dimensions)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def flat(path: Path, vectors: Vectors, block: int = 7) -> FlatIndex:
    blocks = (vectors[start : start + block] for start in range(0, len(vectors), block))
    assert write_flat(path, blocks, vectors.shape[1]) == len(vectors)
    return open_flat(path)


def oracle(vectors: Vectors, query: Vectors, k: int, deleted: Vectors | None = None) -> list[int]:
    scores = (vectors * query).sum(axis=1)
    order = np.argsort(-scores, kind="stable")
    return [int(row) for row in order if deleted is None or not deleted[row]][:k]


@pytest.mark.parametrize("queries", [1, 19, 20, 64])  # FAISS takes another path from 20 on
def test_search_equals_a_full_sort(tmp_path: Path, queries: int) -> None:
    vectors, asked = unit_vectors(300, 24), unit_vectors(queries, 24, seed=1)
    found = flat(tmp_path / "a.faiss", vectors).search(asked, 9)
    for query, ranking in zip(asked, found, strict=True):
        assert ranking.rows.tolist() == oracle(vectors, query, 9)
        assert ranking.scores == pytest.approx(vectors[ranking.rows] @ query, abs=1e-6)


@pytest.fixture(params=["one by one", "by a product of matrices"])
def faiss_way(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let FAISS take few queries in either of its ways; the second knows no deleted rows."""
    before = faiss.cvar.distance_compute_blas_threshold
    faiss.cvar.distance_compute_blas_threshold = 10**9 if request.param == "one by one" else 1
    yield
    faiss.cvar.distance_compute_blas_threshold = before


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(deleted=st.sets(st.integers(0, 39)), k=st.integers(1, 50), queries=st.sampled_from([1, 25]))
def test_deleted_rows_are_not_found(
    tmp_path_factory: pytest.TempPathFactory,
    faiss_way: None,
    deleted: set[int],
    k: int,
    queries: int,
) -> None:
    vectors, asked = unit_vectors(40, 8), unit_vectors(queries, 8, seed=1)
    mask = np.isin(np.arange(40), list(deleted))
    index = flat(tmp_path_factory.mktemp("dense") / "a.faiss", vectors)
    for query, ranking in zip(asked, index.search(asked, k, deleted=mask), strict=True):
        assert ranking.rows.tolist() == oracle(vectors, query, k, mask)


def test_bits_of_a_score_do_not_depend_on_the_batch_or_on_deletions(tmp_path: Path) -> None:
    vectors, asked = unit_vectors(200, 48), unit_vectors(40, 48, seed=1)
    index = flat(tmp_path / "a.faiss", vectors)
    mask = np.zeros(200, dtype=bool)
    mask[150:] = True
    batch, thinned = index.search(asked, 200), index.search(asked, 200, deleted=mask)
    for number, query in enumerate(asked):
        alone = index.search(query[None], 200)[0]
        assert alone.rows.tolist() == batch[number].rows.tolist()
        assert alone.scores.tolist() == batch[number].scores.tolist()
        kept = dict(zip(alone.rows, alone.scores, strict=True))
        assert all(
            kept[row] == score
            for row, score in zip(thinned[number].rows, thinned[number].scores, strict=True)
        )


def test_equal_vectors_stand_in_order_of_rows(tmp_path: Path) -> None:
    vectors = np.repeat(unit_vectors(3, 8), 5, axis=0)
    found = flat(tmp_path / "a.faiss", vectors).search(vectors[:1], 5)[0]
    assert found.rows.tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("queries", [1, 400])  # FAISS multiplies matrices from about 330 on
@pytest.mark.parametrize("noise", [0, 1e-7, 1e-5])
def test_rows_closer_than_rounding_are_told_apart(
    tmp_path: Path, queries: int, noise: float
) -> None:
    """FAISS's own scores put such rows in any order; the k best must be right all the same."""
    spread = np.random.default_rng(0).standard_normal((700, 384)).astype(np.float32)
    vectors = unit_vectors(1, 384) + np.float32(noise) * spread
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index = flat(tmp_path / "a.faiss", vectors, block=100)
    asked = unit_vectors(queries, 384, seed=1)
    for few, all_rows in zip(index.search(asked, 5), index.search(asked, 700), strict=True):
        assert few.rows.tolist() == all_rows.rows[:5].tolist()
        assert few.scores.tolist() == all_rows.scores[:5].tolist()


@pytest.mark.parametrize("share", [0.001, 0.1, 0.9, 0.999])
def test_deletions_change_nothing_else_however_faiss_searches(
    tmp_path: Path, faiss_way: None, share: float
) -> None:
    vectors, asked = unit_vectors(3_000, 16), unit_vectors(30, 16, seed=1)
    index = flat(tmp_path / "a.faiss", vectors, block=1_000)
    mask = np.random.default_rng(3).random(3_000) < share
    for query, ranking in zip(asked, index.search(asked, 6, deleted=mask), strict=True):
        assert ranking.rows.tolist() == oracle(vectors, query, 6, mask)


def test_a_long_query_is_as_exact(tmp_path: Path) -> None:
    vectors = np.repeat(unit_vectors(1, 24), 300, axis=0)
    found = flat(tmp_path / "a.faiss", vectors).search(1000 * unit_vectors(1, 24, seed=1), 4)
    assert found.rows.tolist() == [[0, 1, 2, 3]]


def test_short_results_hold_no_row_of_minus_one(tmp_path: Path) -> None:
    found = flat(tmp_path / "a.faiss", unit_vectors(3, 8)).search(unit_vectors(2, 8), 10)
    assert [sorted(ranking.rows.tolist()) for ranking in found] == [[0, 1, 2], [0, 1, 2]]


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    index = flat(tmp_path / "a.faiss", unit_vectors(0, 8))
    assert len(index) == 0
    assert index.vectors.shape == (0, 8)
    assert len(index.search(unit_vectors(1, 8), 3)[0]) == 0


def test_the_file_is_the_one_that_faiss_writes(tmp_path: Path) -> None:
    vectors = unit_vectors(50, 12)
    flat(tmp_path / "ours.faiss", vectors)
    index = faiss.IndexFlatIP(12)
    index.add(vectors)
    faiss.write_index(index, str(tmp_path / "theirs.faiss"))
    assert (tmp_path / "ours.faiss").read_bytes() == (tmp_path / "theirs.faiss").read_bytes()


def test_vectors_outlive_the_index_that_they_came_from(tmp_path: Path) -> None:
    vectors = unit_vectors(5_000, 64)
    flat(tmp_path / "a.faiss", vectors)
    kept = [open_flat(tmp_path / "a.faiss").vectors for _ in range(3)]
    gc.collect()
    assert all((view == vectors).all() for view in kept)


@pytest.mark.parametrize("dimensions", [3, 16, 33, 384])
def test_bits_of_a_score_do_not_depend_on_where_a_vector_lies(
    tmp_path: Path, dimensions: int
) -> None:
    """A processor may take another path for numbers at an even address: it must not show."""
    same = np.repeat(unit_vectors(1, dimensions), 70, axis=0)
    others = unit_vectors(70, dimensions, seed=1)
    index = flat(tmp_path / "a.faiss", np.stack([same, others], axis=1).reshape(140, dimensions))
    for count in (1, 2, 5, 30):
        asked = np.repeat(unit_vectors(1, dimensions, seed=2), count, axis=0)
        scores = [ranking.scores[ranking.rows % 2 == 0] for ranking in index.search(asked, 140)]
        assert len(np.unique(np.concatenate(scores))) == 1


def test_the_file_is_mapped_and_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.faiss"
    flat(path, unit_vectors(20_000, 384), block=5_000)
    before = anonymous_bytes()
    index = open_flat(path)
    index.search(unit_vectors(1, 384), 5)
    assert index.vectors.shape == (20_000, 384)
    assert anonymous_bytes() - before < path.stat().st_size / 4
    with pytest.raises(ValueError, match="read-only"):
        index.vectors[0, 0] = 1


def anonymous_bytes() -> int:
    status = Path("/proc/self/status")
    if not status.is_file():
        pytest.skip("no /proc on this system")
    line = next(line for line in status.read_text().splitlines() if line.startswith("RssAnon"))
    return int(line.split()[1]) * 1024


def test_blocks_of_another_width_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"expected vectors \(n, 8\), got \(2, 9\)"):
        write_flat(tmp_path / "a.faiss", [unit_vectors(2, 9)], 8)


@pytest.mark.parametrize(
    "queries", [unit_vectors(1, 9), unit_vectors(1, 8)[0], unit_vectors(1, 8).astype(np.float64)]
)
def test_queries_of_another_shape_or_type_are_refused(tmp_path: Path, queries: Vectors) -> None:
    index = flat(tmp_path / "a.faiss", unit_vectors(5, 8))
    with pytest.raises(ValueError, match=r"expected float32 queries \(Q, 8\)"):
        index.search(queries, 3)


def test_k_below_one_is_refused(tmp_path: Path) -> None:
    index = flat(tmp_path / "a.faiss", unit_vectors(5, 8))
    with pytest.raises(UsageError, match="k must be at least 1, got 0"):
        index.search(unit_vectors(1, 8), 0)


def test_a_missing_file_is_damage(tmp_path: Path) -> None:
    with pytest.raises(DamagedError, match="missing"):
        open_flat(tmp_path / "a.faiss")


@pytest.mark.parametrize("keep", [0, 20, 60, 500])
def test_a_truncated_file_is_damage(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "a.faiss"
    flat(path, unit_vectors(50, 12))
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DamagedError, match="FAISS cannot read it"):
        open_flat(path)


def test_another_kind_of_index_is_refused(tmp_path: Path) -> None:
    index = faiss.IndexFlatL2(8)
    faiss.write_index(index, str(tmp_path / "a.faiss"))
    with pytest.raises(DamagedError, match="expected a flat inner-product index"):
        open_flat(tmp_path / "a.faiss")
