from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.digest import content_digest, document_digest
from wherefrom.kb.errors import DamagedError
from wherefrom.kb.passages import PassageRules, cut_passages
from wherefrom.kb.records import Document, Link
from wherefrom.kb.scratch import CutDocument, Scratch, write_segments
from wherefrom.kb.segment_ids import IdTable, id_table

RULES = PassageRules(max_words=3)


def cut(document: Document) -> CutDocument:
    passages = cut_passages(document, RULES)
    digest = document_digest(document)
    return CutDocument(document, passages, digest, content_digest(digest, passages))


def written(folder: Path, documents: list[Document], limit: int = 1000) -> list[Scratch]:
    return write_segments(folder, map(cut, documents), limit=limit)


def some_documents(count: int) -> list[Document]:
    return [
        Document(
            f"d{n}",
            f"Title {n} 日本",
            "One two. Three four five. " * (n % 4 + 1),
            url="http://x" if n % 2 else "",
            source="starter",
            aliases=("A", "B") if n % 3 else (),
            links=(Link(0, 3, "One"), Link(4, 7, "Two")) if n % 3 else (),
        )
        for n in range(count)
    ]


def test_what_is_written_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("wherefrom.kb.arrow_writer.BATCH_ROWS", 7)  # several batches
    documents = some_documents(40)
    (scratch,) = written(tmp_path, documents)
    segment = scratch.open()
    assert (segment.documents, segment.passages) == (scratch.documents, scratch.passages)
    assert [segment.document(row) for row in range(40)] == documents
    assert list(segment.iterate_documents()) == documents
    passages = [passage for document in documents for passage in cut_passages(document, RULES)]
    assert [segment.passage(row) for row in range(len(passages))] == passages
    assert list(segment.iterate_passages()) == passages
    rows = np.array([5, 0, 5, len(passages) - 1, 20])
    assert segment.passage_ids(rows) == [passages[row].id for row in rows]
    for row, document in enumerate(documents):
        assert segment.find(document.id) == row
        assert segment.digest(row) == document_digest(document)
        span = segment.span(row)
        assert [segment.passage(r) for r in span] == cut_passages(document, RULES)
        assert segment.names(row) == (document.title, document.aliases)
        assert segment.text(row) == document.text
    assert segment.find("absent") is None
    linked = [(segment.span(n), one.links) for n, one in enumerate(documents) if one.links]
    assert list(segment.iterate_links()) == linked


def test_segments_end_at_the_limit(tmp_path):
    documents = some_documents(30)
    scratches = written(tmp_path, documents, limit=10)
    assert all(scratch.passages <= 10 for scratch in scratches)
    found = [document for scratch in scratches for document in scratch.open().iterate_documents()]
    assert found == documents


def test_one_long_document_may_pass_the_limit(tmp_path):
    long = Document("long", "Long", "One two three. " * 50)
    scratches = written(tmp_path, [*some_documents(2), long, *some_documents(1)], limit=10)
    assert [scratch.documents for scratch in scratches] == [2, 1, 1]


def test_no_documents_make_no_segment(tmp_path):
    assert written(tmp_path, []) == []


@given(st.lists(st.text(min_size=1).filter(lambda name: name.isprintable()), unique=True))
def test_every_id_is_found(tmp_path_factory, names):
    path = tmp_path_factory.mktemp("ids") / "ids.npy"
    np.save(path, id_table(names))
    table = IdTable(path)
    for row, name in enumerate(names):
        assert list(table.candidates(name)) == [row]


def test_equal_hashes_are_all_candidates(tmp_path, monkeypatch):
    monkeypatch.setattr("wherefrom.kb.segment_ids.hash_id", lambda name: len(name))
    documents = some_documents(9)
    (scratch,) = written(tmp_path, documents)
    segment = scratch.open()
    assert [segment.find(document.id) for document in documents] == list(range(9))


@pytest.mark.parametrize("name", ["documents.arrow", "passages.arrow", "ids.npy"])
@pytest.mark.parametrize("content", [b"", b"rubbish", None])
def test_a_file_that_cannot_be_read_is_named(tmp_path, name, content):
    (scratch,) = written(tmp_path, some_documents(3))
    if content is None:
        (scratch.folder / name).unlink()
    else:
        (scratch.folder / name).write_bytes(content)
    with pytest.raises(DamagedError, match=name):
        scratch.open()
