import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from wherefrom.indexes.build import build
from wherefrom.indexes.compact import compact
from wherefrom.indexes.delete import delete
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.indexes.options import BuildOptions
from wherefrom.indexes.records import Hit
from wherefrom.kb.errors import DamagedError, MissingError, UsageError

DOCUMENTS = [
    {"id": "paris", "title": "Paris", "text": "Paris is the capital of France.", "url": "u:p"},
    {"id": "berlin", "title": "Berlin", "text": "Berlin is the capital of Germany."},
    {"id": "cats", "title": "Cats", "text": "Cats eat mice. " * 60},
]
RETRIEVERS = ["dense", "sparse", "hybrid"]


@pytest.fixture
def folder(tmp_path: Path, write_jsonl: Callable[..., str], word_encoder) -> Path:
    options = BuildOptions(encoder=word_encoder)
    build(tmp_path / "my.kb", [write_jsonl(DOCUMENTS)], options=options)
    return tmp_path / "my.kb"


@pytest.fixture
def knowledge(folder, word_encoder) -> Knowledge:
    return Knowledge.open(folder, encoder=word_encoder)


def ids(hits: list[Hit]) -> list[str]:
    return [hit.passage_id for hit in hits]


@pytest.mark.parametrize("retriever", RETRIEVERS)
def test_a_batch_equals_its_queries(knowledge, retriever):
    queries = ["capital of France", "cats", "mice and Germany"]
    together = knowledge.search(queries, 3, retriever=retriever)
    assert together == [knowledge.search([q], 3, retriever=retriever)[0] for q in queries]
    assert ids(together[0])[0] == "paris#0"
    assert all(len(hits) <= 3 for hits in together)
    assert knowledge.search([], 3, retriever=retriever) == []


def test_many_more_than_there_are(knowledge):
    found = knowledge.search(["cats"], 1000, retriever="dense")[0]
    assert len(found) == knowledge.info.passages
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((["x"], 0), "k must be at least 1, got 0"),
        ((["x", " \n"], 3), "query 2 of 2 is empty"),
        (("x", 3), "a list of questions"),
    ],
)
def test_wrong_questions_are_refused(knowledge, arguments, message):
    with pytest.raises(UsageError, match=message):
        knowledge.search(*arguments)


def test_an_unknown_retriever_is_refused(knowledge):
    with pytest.raises(UsageError, match=r"unknown retriever 'dens'.*did you mean dense"):
        knowledge.search(["x"], retriever="dens")


def test_vectors_of_another_length_are_refused(knowledge):
    with pytest.raises(UsageError, match=r"expected vectors \(Q, 16\), got \(2, 8\)"):
        knowledge.search_vectors(np.zeros((2, 8), dtype=np.float32))


def test_a_long_query_is_searched_and_an_endless_one_refused(knowledge):
    assert ids(knowledge.search(["cats " * 2_000], 1)[0])[0].startswith("cats#")
    with pytest.raises(UsageError, match="100,000 characters, at most 10,000 are allowed"):
        knowledge.search(["cats " * 20_000], 1)


def test_hits_come_with_their_passages(knowledge):
    (found,) = knowledge.search_passages(["cats"], 2)
    assert [hit for hit, _, _ in found] == knowledge.search(["cats"], 2)[0]
    assert [passage.id for _, passage, _ in found] == [hit.passage_id for hit, _, _ in found]


def test_passages_and_documents(knowledge):
    passage = knowledge.passage("paris#0")
    assert (passage.title, passage.url, passage.start) == ("Paris", "u:p", 0)
    assert knowledge.document("cats").text == "Cats eat mice. " * 60
    for found in knowledge.passages(["cats#1", "berlin#0"]):
        text = knowledge.document(found.document_id).text
        assert found.text == text[found.start : found.end]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("paris", "a passage's id is"),
        ("paris#x", "a passage's id is"),
        ("paris#-1", "a passage's id is"),
        ("paris#٣", "a passage's id is"),
        ("rome#0", "there is no passage 'rome#0'"),
        ("paris#1", "has passages #0 to #0"),
        ("paris#00", "has passages #0 to #0"),
    ],
)
def test_a_passage_that_is_not_there(knowledge, name, message):
    with pytest.raises(MissingError, match=message):
        knowledge.passage(name)


def test_a_document_that_is_not_there(knowledge, folder):
    with pytest.raises(MissingError, match=r"no document 'Pari' in .*did you mean 'paris'"):
        knowledge.document("Pari")
    with pytest.raises(MissingError, match=r"did you mean 'cats'.*2 more.*nothing was deleted"):
        delete(folder, ["paris", "cat", "x", "y"])
    assert knowledge.info.documents == 3


def test_ties_stand_in_order_of_id(tmp_path, write_jsonl, word_encoder):
    names = ["b", "d", "a", "e", "c"]
    same = [{"id": name, "title": "", "text": "all the same"} for name in names]
    options = BuildOptions(encoder=word_encoder)
    build(tmp_path / "k.kb", [write_jsonl(same[:3])], options=options)
    build(tmp_path / "k.kb", [write_jsonl(same[3:])], options=options)
    knowledge = Knowledge.open(tmp_path / "k.kb", encoder=word_encoder)
    wanted = ["a#0", "b#0", "c#0", "d#0", "e#0"]
    for retriever in RETRIEVERS:
        for k in range(1, 6):
            assert ids(knowledge.search(["the same"], k, retriever=retriever)[0]) == wanted[:k]


def test_what_another_process_deletes_is_gone_at_once(knowledge, folder):
    code = "import sys; from wherefrom.indexes.delete import delete; delete(sys.argv[1], ['paris'])"
    subprocess.run([sys.executable, "-c", code, str(folder)], check=True)
    for retriever in RETRIEVERS:
        assert "paris#0" not in ids(knowledge.search(["Paris"], 9, retriever=retriever)[0])
    with pytest.raises(MissingError):
        knowledge.passage("paris#0")
    with pytest.raises(MissingError):
        knowledge.document("paris")
    assert knowledge.info.documents == 2


def test_a_reader_never_sees_a_mixture(folder, write_jsonl, word_encoder):
    """Read from one thread while another writes: every answer is that of one generation."""
    options = BuildOptions(encoder=word_encoder)
    wrong: list[object] = []
    done = threading.Event()

    def read() -> None:
        reader = Knowledge.open(folder, encoder=word_encoder)
        while not done.is_set():
            found = reader.search(["capital"], 50, retriever="sparse")[0]
            if {"paris#0", "berlin#0"} - set(ids(found)) or len(found) not in (2, 12):
                wrong.append(found)

    thread = threading.Thread(target=read)
    thread.start()
    more = [{"id": f"m{n}", "title": "", "text": f"capital {n}"} for n in range(10)]
    spec = write_jsonl(more, "more.jsonl")
    try:
        for _ in range(6):
            build(folder, [spec], options=options)
            delete(folder, [document["id"] for document in more])
            compact(folder)
    finally:
        done.set()
        thread.join()
    assert wrong == []


def files_of(folder: Path) -> list[Path]:
    names = {"manifest.json", "lock", "stamps.json"}
    return [p for p in sorted(folder.rglob("*")) if p.is_file() and p.name not in names]


def test_every_damaged_file_is_named(folder, word_encoder):
    delete(folder, ["paris"])
    for path in files_of(folder):
        content = path.read_bytes()
        for damaged in (content[:-1], content[:-1] + bytes([content[-1] ^ 1]), None):
            if damaged is None:
                path.unlink()
            else:
                path.write_bytes(damaged)
            with pytest.raises(DamagedError, match=path.name):
                Knowledge.open(folder)
            path.write_bytes(content)
    Knowledge.open(folder, encoder=word_encoder).search(["cats"])
