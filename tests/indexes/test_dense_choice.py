"""Test that a knowledge base keeps to one kind of dense index."""

from dataclasses import asdict
from pathlib import Path

import pytest

from wherefrom.indexes.dense_choice import chosen_kind, read_kind, write_kind
from wherefrom.indexes.dense_kind import DenseKind, Flat, Hnsw, IvfFlat, IvfPq
from wherefrom.kb.digest import MultisetDigest
from wherefrom.kb.errors import DamagedError, FormatError, UsageError
from wherefrom.kb.manifest import Manifest

KINDS = [Flat(), Hnsw(links=8), IvfFlat(), IvfPq(lists=7, bytes_per_vector=4, probes=2)]
FOLDER = Path("my.kb")


def manifest(kind: DenseKind) -> Manifest:
    return Manifest(
        generation=1,
        digest=MultisetDigest(),
        documents=0,
        passages=0,
        triples=0,
        encoder={},
        dense=write_kind(kind),
        rules={},
        segments=(),
        sparse="",
        facts=(),
        graph="",
        sources=(),
        files={},
    )


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_is_read(kind: DenseKind) -> None:
    assert read_kind(write_kind(kind), FOLDER) == kind


def test_a_new_knowledge_base_takes_the_choice_or_the_exact_index() -> None:
    assert chosen_kind(None, None, FOLDER) == Flat()
    assert chosen_kind(Hnsw(), None, FOLDER) == Hnsw()


@pytest.mark.parametrize("kind", KINDS)
def test_a_knowledge_base_keeps_its_own(kind: DenseKind) -> None:
    assert chosen_kind(None, manifest(kind), FOLDER) == kind
    assert chosen_kind(kind, manifest(kind), FOLDER) == kind


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (Flat(), r"my\.kb was made with the dense index Hnsw.* asks for Flat\(\)"),
        (Hnsw(links=9), r"links=8,.* asks for Hnsw\(links=9,.* build a new knowledge base"),
    ],
)
def test_another_is_refused(asked: DenseKind, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        chosen_kind(asked, manifest(Hnsw(links=8)), FOLDER)


@pytest.mark.parametrize("name", ["diskann", None, 3])
def test_a_kind_of_a_later_release_is_refused(name: str | int | None) -> None:
    with pytest.raises(FormatError, match=r"the kind .*; this release of wherefrom knows flat"):
        read_kind({"kind": name}, FOLDER)


def test_other_sizes_are_damage() -> None:
    settings = {"kind": "hnsw", **asdict(IvfFlat())}
    with pytest.raises(DamagedError, match=r"has the sizes \['lists', 'probes'\]"):
        read_kind(settings, FOLDER)
