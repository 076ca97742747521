"""Test the values that name a kind of dense index."""

import pytest

from wherefrom.indexes.dense_kind import (
    KINDS,
    DenseKind,
    Flat,
    Hnsw,
    IvfFlat,
    IvfPq,
    check_dimensions,
    code_bytes,
    kind_name,
    list_count,
    parse_dense_kind,
    probe_count,
)
from wherefrom.kb.errors import UsageError


@pytest.mark.parametrize("name", KINDS)
def test_names_and_values_agree(name: str) -> None:
    assert kind_name(parse_dense_kind(name)) == name


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"choose flat, hnsw, ivf-flat or ivf-pq .*mean ivf-flat"):
        parse_dense_kind("ivfflat")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Hnsw(links=0), "links must be at least 1, got 0"),
        (lambda: IvfFlat(lists=-1), "lists must be at least 1, got -1"),
        (lambda: IvfPq(probes=0), "probes must be at least 1, got 0"),
    ],
)
def test_sizes_below_one_are_refused(make: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        make()  # type: ignore[operator]


@pytest.mark.parametrize(
    ("vectors", "lists"), [(0, 1), (38, 1), (100, 2), (10_000, 256), (10**6, 4000)]
)
def test_lists_follow_the_corpus(vectors: int, lists: int) -> None:
    assert list_count(IvfFlat(), vectors) == lists
    assert list_count(IvfPq(lists=10**9), vectors) == max(1, vectors // 39)


def test_probes_follow_the_lists() -> None:
    assert probe_count(IvfFlat(), 4) == 4
    assert probe_count(IvfFlat(), 4000) == 500
    assert probe_count(IvfFlat(probes=3), 4000) == 3


@pytest.mark.parametrize("kind", [Flat(), Hnsw(), IvfFlat(), IvfPq(bytes_per_vector=48)])
def test_sizes_that_fit_pass(kind: DenseKind) -> None:
    check_dimensions(kind, 384)


def test_bytes_that_do_not_divide_are_refused() -> None:
    with pytest.raises(UsageError, match="64 does not divide 10 dimensions; choose one of 1, 2, 5"):
        check_dimensions(IvfPq(bytes_per_vector=64), 10)


@pytest.mark.parametrize(
    ("dimensions", "size"), [(1, 1), (32, 32), (97, 1), (100, 50), (384, 64), (768, 64)]
)
def test_codes_follow_the_dimensions(dimensions: int, size: int) -> None:
    check_dimensions(IvfPq(), dimensions)
    assert code_bytes(IvfPq(), dimensions) == size
    assert code_bytes(IvfPq(bytes_per_vector=5), 100) == 5
