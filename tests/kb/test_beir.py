"""BEIR corpora: `_id`, `title`, `text`; the real NFCorpus where it is at hand."""

import gzip
from pathlib import Path

import pytest

from wherefrom.kb.beir import read_beir
from wherefrom.kb.errors import RecordError, SourceError
from wherefrom.kb.skipped import SkippedRecords

NFCORPUS = Path(__file__).parents[3] / "shared" / "data" / "beir" / "nfcorpus"
LINES = (
    b'{"_id": "1", "title": "Owls", "text": "Owls fly.", "metadata": {"url": "https://o.org"}}\n'
    b'{"_id": "2", "title": "Only a title", "text": ""}\n'
    b'{"_id": "3", "text": "No title."}\n'
)


def fields(folder, skipped=None):
    found = (item.document for item in read_beir(folder, "beir:x", skipped=skipped))
    return [(one.id, one.title, one.text, one.url) for one in found]


@pytest.mark.parametrize("packed", [False, True])
def test_reads_a_corpus(tmp_path, packed):
    name, data = ("corpus.jsonl.gz", gzip.compress(LINES)) if packed else ("corpus.jsonl", LINES)
    (tmp_path / name).write_bytes(data)
    assert fields(tmp_path) == [
        ("1", "Owls", "Owls fly.", "https://o.org"),
        ("2", "Only a title", "Only a title", ""),
        ("3", "", "No title.", ""),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"id": "1", "text": "t"}', 'no "_id" .found id, text.; a line is {"_id"'),
        (b'{"_id": "1", "title": "", "text": ""}', '"text" is empty'),
        (b'{"_id": 1, "title": "", "text": "t"}', '"id" is a number'),
    ],
)
def test_a_bad_line_is_named_or_skipped(tmp_path, line, message):
    (tmp_path / "corpus.jsonl").write_bytes(line + b"\n" + LINES)
    with pytest.raises(RecordError, match=rf"corpus\.jsonl, line 1: .*{message}"):
        fields(tmp_path)
    skipped = SkippedRecords()
    assert len(fields(tmp_path, skipped)) == 3
    assert skipped.count == 1


def test_a_folder_without_a_corpus_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"holds no corpus\.jsonl"):
        fields(tmp_path)
    with pytest.raises(SourceError, match="does not exist"):
        fields(tmp_path / "none")
    (tmp_path / "file").touch()
    with pytest.raises(SourceError, match="a folder is needed"):
        fields(tmp_path / "file")


@pytest.mark.skipif(not NFCORPUS.exists(), reason="the shared data are not here")
def test_reads_nfcorpus_whole():
    found = fields(NFCORPUS)
    assert len(found) == len({id_ for id_, *_ in found}) == 3_633
