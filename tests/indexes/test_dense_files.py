"""Test every kind of dense index from a build to a verification, with FAISS's own indexes."""

import json
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import faiss
import numpy as np
import pytest

from wherefrom.indexes.build import build
from wherefrom.indexes.compact import compact
from wherefrom.indexes.delete import delete
from wherefrom.indexes.dense_kind import DenseKind, Flat, Hnsw, IvfFlat, IvfPq, kind_name
from wherefrom.indexes.info import info
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.indexes.options import BuildOptions
from wherefrom.indexes.verify import verify
from wherefrom.kb.errors import DamagedError, StorageError, UsageError

# so small that none of them looks at all vectors of the corpus
GRAPH = Hnsw(links=8, build_effort=40, search_effort=24)
CLUSTERS = IvfFlat(lists=6, probes=3)
CODES = IvfPq(lists=6, bytes_per_vector=8, probes=3)
APPROXIMATE = [GRAPH, CLUSTERS, CODES]
CLASSES = {GRAPH: faiss.IndexHNSWFlat, CLUSTERS: faiss.IndexIVFFlat, CODES: faiss.IndexIVFPQ}
DOCUMENTS = 320
WORDS = [f"word{number}" for number in range(60)]

every_kind = pytest.mark.parametrize("kind", [Flat(), *APPROXIMATE], ids=kind_name)
approximate = pytest.mark.parametrize("kind", APPROXIMATE, ids=kind_name)


def documents(count: int, name: str = "d") -> list[dict[str, str]]:
    chance = np.random.default_rng(len(name) + count)
    return [
        {"id": f"{name}{n}", "title": f"{name} {n}", "text": " ".join(chance.choice(WORDS, 7))}
        for n in range(count)
    ]


@pytest.fixture(autouse=True)
def codes_train_on_few_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wherefrom.indexes.approximate.TRAINING_VECTORS", 1)


@pytest.fixture
def made(tmp_path, write_jsonl: Callable[..., str], word_encoder) -> Callable[..., Path]:
    """Give a function that makes a knowledge base with a kind of index."""

    def make(kind: DenseKind, name: str = "my.kb", found: list | None = None) -> Path:
        source = write_jsonl(found or documents(DOCUMENTS))
        build(tmp_path / name, [source], options=BuildOptions(encoder=word_encoder, dense=kind))
        return tmp_path / name

    return make


@pytest.fixture
def queries(word_encoder) -> np.ndarray:
    return word_encoder.encode_queries([found["text"] for found in documents(40, "query")])


def names(hits: list) -> list[str]:
    return [hit.passage_id for hit in hits]


@every_kind
def test_a_build_writes_the_kind_and_a_search_finds_by_it(made, queries, word_encoder, kind):
    folder = made(kind)
    assert info(folder).dense == kind_name(kind)
    exact = Knowledge.open(made(Flat(), "flat.kb"), encoder=word_encoder)
    truth = exact.search_vectors(queries, DOCUMENTS)
    shared = 0
    for all_hits, hits in zip(truth, Knowledge.open(folder).search_vectors(queries), strict=True):
        assert len(hits) == 10
        assert hits == sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))
        assert set(hits) <= set(all_hits)  # to the last bit of the scores
        shared += len(set(hits) & set(all_hits[:10]))
    assert shared == 400 if kind == Flat() else shared >= 300


@approximate
def test_the_index_is_the_one_of_faiss_and_not_asked_in_vain(made, queries, monkeypatch, kind):
    folder = made(kind)
    (file,) = (folder / "dense").glob(f"*.{kind_name(kind)}.faiss")
    named = json.loads((folder / "manifest.json").read_text())["files"]
    assert file.relative_to(folder).as_posix() in named
    assert type(faiss.read_index(str(file))) is CLASSES[kind]
    knowledge = Knowledge.open(folder)
    monkeypatch.setattr("wherefrom.indexes.dense.FlatIndex.search", None)
    assert all(len(hits) == 10 for hits in knowledge.search_vectors(queries))


@every_kind
def test_what_is_deleted_never_comes_out(made, queries, kind):
    folder = made(kind)
    knowledge = Knowledge.open(folder)
    for _ in range(3):
        gone = {name for hits in knowledge.search_vectors(queries[:4]) for name in names(hits)}
        delete(folder, sorted(name.removesuffix("#0") for name in gone))
        for hits in knowledge.search_vectors(queries, 20):
            assert len(hits) == 20
            assert not gone & set(names(hits))
    verify(folder)
    survivors = info(folder).passages
    assert [len(hits) for hits in knowledge.search_vectors(queries[:2], 999)] == [survivors] * 2


@every_kind
def test_extending_and_compacting_keep_the_kind(made, queries, write_jsonl, word_encoder, kind):
    folder = made(kind)
    more = [write_jsonl(documents(DOCUMENTS, "more"), "more.jsonl")]
    build(folder, more, options=BuildOptions(encoder=word_encoder))
    assert (info(folder).dense, info(folder).segments) == (kind_name(kind), 2)
    gone = [f"d{number}" for number in range(0, DOCUMENTS, 2)]
    delete(folder, gone)
    compact(folder)
    verify(folder)
    assert (info(folder).dense, info(folder).segments) == (kind_name(kind), 1)
    found = documents(DOCUMENTS)[1::2] + documents(DOCUMENTS, "more")
    fresh = made(kind, "fresh.kb", found)
    assert info(folder).digest == info(fresh).digest
    hits, others = (Knowledge.open(kb).search_vectors(queries, 200) for kb in (folder, fresh))
    for one, other in zip(hits, others, strict=True):
        scores = dict(other)
        assert all(scores.get(hit.passage_id, hit.score) == hit.score for hit in one)
        assert not {f"{name}#0" for name in gone} & set(names(one))
    if kind == Flat():
        assert hits == others


@every_kind
def test_what_is_compact_already_stays_as_it_is(made, kind):
    folder = made(kind)
    compact(folder)
    files = json.loads((folder / "manifest.json").read_text())["files"]
    assert compact(folder).generation == info(folder).generation == 2
    assert json.loads((folder / "manifest.json").read_text())["files"] == files


def test_another_kind_is_refused_and_nothing_changes(made, write_jsonl, word_encoder):
    folder = made(CLUSTERS)
    digest = info(folder).digest
    for asked in (Flat(), Hnsw(), IvfFlat(lists=7)):
        options = BuildOptions(encoder=word_encoder, dense=asked)
        with pytest.raises(UsageError, match=r"IvfFlat\(lists=6, probes=3\).*build a new"):
            build(folder, [write_jsonl(documents(3, "x"))], options=options)
    assert (info(folder).digest, info(folder).generation) == (digest, 1)


def test_codes_that_do_not_fit_are_refused_before_anything_is_made(tmp_path, made):
    with pytest.raises(UsageError, match="7 does not divide 16 dimensions"):
        made(IvfPq(bytes_per_vector=7))
    assert not (tmp_path / "my.kb").exists()


@approximate
def test_a_damaged_index_is_named(made, kind):
    folder = made(kind)
    (file,) = (folder / "dense").glob(f"*.{kind_name(kind)}.faiss")
    content = file.read_bytes()
    for damaged in (content[:-1], content[:-1] + bytes([content[-1] ^ 1]), None):
        file.unlink()
        if damaged is not None:
            file.write_bytes(damaged)
        for check in (Knowledge.open, verify):
            with pytest.raises(DamagedError, match=file.name):
                check(folder)
        file.write_bytes(content)
    verify(folder)


@approximate
def test_an_interrupted_build_goes_on(tmp_path, made, word_encoder, monkeypatch, kind):
    monkeypatch.setattr("wherefrom.indexes.build.commit", interrupt)
    with pytest.raises(KeyboardInterrupt):
        made(kind)
    monkeypatch.undo()
    monkeypatch.setattr("wherefrom.indexes.approximate.TRAINING_VECTORS", 1)
    word_encoder.calls.clear()
    verify(made(kind))
    assert word_encoder.calls == []
    assert len(list((tmp_path / "my.kb" / "dense").iterdir())) == 2


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_disk_that_refuses_the_index_is_named(tmp_path, write_jsonl, make_word_encoder):
    encoder = make_word_encoder(dimensions=256)
    source = write_jsonl(documents(DOCUMENTS))
    enough = 200 + DOCUMENTS * 256 * 4  # bytes for the vectors; clusters have ids and centres too
    with largest_file(enough), pytest.raises(StorageError, match=r"ivf-flat\.faiss: .*larger"):
        build(tmp_path / "my.kb", [source], options=BuildOptions(encoder=encoder, dense=IvfFlat()))
    with largest_file(enough):
        build(tmp_path / "my.kb", [source], options=BuildOptions(encoder=encoder, dense=Flat()))


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond `size` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
