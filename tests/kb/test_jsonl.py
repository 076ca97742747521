"""JSON lines are read to the letter; what is wrong with a line is said with file and line."""

import bz2
import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.errors import RecordError, SourceError
from wherefrom.kb.jsonl import read_jsonl
from wherefrom.kb.records import Document
from wherefrom.kb.skipped import SkippedRecords

GOOD = b'{"id": "a", "title": "A", "text": "Owls fly.", "url": "https://example.org/a"}\n'
ALSO_GOOD = b'{"id": "b", "title": "", "text": "B\\tb", "more": [1]}\n'
BAD_LINES = {
    "not JSON: Expecting value at column 1": b"hello\n",
    "was the file cut short?": b'{"id": "x", "ti',
    "found a list": b"[1]\n",
    'no "text" (found id, title)': b'{"id": "x", "title": "X"}\n',
    'no "id"': b'{"title": "X", "text": "t"}\n',
    'no "title"': b'{"id": "x", "text": "t"}\n',
    '"text" is a list': b'{"id": "x", "title": "X", "text": ["t"]}\n',
    '"text" is null': b'{"id": "x", "title": "X", "text": null}\n',
    "a number (7); it must be a string, for example '7'": b'{"id": 7, "title": "", "text": "t"}\n',
    '"id" is a boolean': b'{"id": true, "title": "X", "text": "t"}\n',
    '"url" is an object': b'{"id": "x", "title": "X", "text": "t", "url": {}}\n',
    '"text" is empty': b'{"id": "x", "title": "X", "text": ""}\n',
    '"text" is only white space': b'{"id": "x", "title": "X", "text": " \\n"}\n',
    '"id" is only white space': b'{"id": "  ", "title": "X", "text": "t"}\n',
    "control character U+0000 at character 1": b'{"id": "x", "title": "", "text": "a\\u0000"}\n',
    "the lone surrogate U+D83D": b'{"id": "x", "title": "X", "text": "\\ud83d"}\n',
    '"title" holds the control character U+000A': b'{"id": "x", "title": "X\\n", "text": "t"}\n',
    "byte 0xe9 at byte 38 is not UTF-8": b'{"id": "x", "title": "X", "text": "caf\xe9"}\n',
    "Exceeds the limit": b'{"id": ' + b"1" * 5000 + b"}\n",
    "recursion": b"[" * 100_000 + b"\n",
}


def documents(path, skipped=None):
    return [found.document for found in read_jsonl(path, "jsonl:x", skipped=skipped)]


def test_reads_documents_in_order(tmp_path):
    path = tmp_path / "docs.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD + b"\n  \r\n" + ALSO_GOOD.rstrip(b"\n"))
    assert documents(path) == [
        Document("a", "A", "Owls fly.", "https://example.org/a", "jsonl:x"),
        Document("b", "", "B\tb", "", "jsonl:x"),
    ]
    assert [str(found.place) for found in read_jsonl(path, "x")] == [
        f"{path}, line 1",
        f"{path}, line 4",
    ]


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress])
@pytest.mark.parametrize("name", ["docs.jsonl", "docs.jsonl.gz"])
def test_compression_is_told_from_the_first_bytes(tmp_path, compress, name):
    path = tmp_path / name
    path.write_bytes(compress(GOOD))
    assert [document.id for document in documents(path)] == ["a"]


def test_a_plain_file_may_be_named_gz(tmp_path):
    path = tmp_path / "docs.jsonl.gz"
    path.write_bytes(GOOD)
    assert [document.id for document in documents(path)] == ["a"]


@pytest.mark.parametrize(("message", "line"), BAD_LINES.items(), ids=range(len(BAD_LINES)))
def test_a_bad_line_is_named_or_skipped(tmp_path, message, line):
    path = tmp_path / "docs.jsonl"
    path.write_bytes(GOOD + line)
    with pytest.raises(RecordError) as caught:
        documents(path)
    assert str(caught.value).startswith(f"{path}, line 2: ")
    assert message in str(caught.value)

    path.write_bytes(GOOD + line.rstrip(b"\n") + b"\n" + ALSO_GOOD)
    reported = []
    skipped = SkippedRecords(report=reported.append)
    assert [document.id for document in documents(path, skipped)] == ["a", "b"]
    assert skipped.count == len(reported) == 1
    assert f"{path}, line 2: " in str(reported[0])


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress])
def test_a_truncated_file_is_refused_even_when_skipping(tmp_path, compress):
    path = tmp_path / "docs.jsonl.gz"
    lines = b"".join(GOOD.replace(b'"a"', b'"%d"' % number, 1) for number in range(5000))
    path.write_bytes(compress(lines)[:-20])
    with pytest.raises(SourceError, match=r"docs\.jsonl\.gz is truncated"):
        documents(path, SkippedRecords())


def test_damaged_compressed_data_are_refused(tmp_path):
    path = tmp_path / "docs.jsonl.gz"
    packed = bytearray(gzip.compress(GOOD * 100))
    packed[-8] ^= 0xFF  # the checksum
    path.write_bytes(packed)
    with pytest.raises(SourceError, match="damaged gzip data"):
        documents(path)
    path.write_bytes(b"BZh9 this is not bzip2")
    with pytest.raises(SourceError, match="cannot be read"):
        documents(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"is empty \(0 bytes\)"),
        (gzip.compress(b"", mtime=0), "is empty once unpacked"),
        (b"\x7fELF\x02\x00\x00", "is binary"),
        (b"%PDF-1.7\n", "is a PDF document"),
        (b"PK\x03\x04abc", "is a zip archive"),
        ("{}".encode("utf-16"), "is UTF-16 text"),
        ("{}".encode("utf-32"), "is UTF-32 text"),
    ],
)
def test_what_is_no_text_file_is_refused(tmp_path, content, message):
    path = tmp_path / "docs.jsonl"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=message):
        documents(path, SkippedRecords())


def test_a_missing_file_or_a_folder_is_refused(tmp_path):
    with pytest.raises(SourceError, match="does not exist"):
        documents(tmp_path / "none.jsonl")
    with pytest.raises(SourceError, match="is a folder"):
        documents(tmp_path)


def test_an_endless_line_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("wherefrom.kb.opening.LONGEST_LINE_BYTES", 1000)
    path = tmp_path / "docs.jsonl"
    path.write_bytes(GOOD + b"x" * 2000)
    with pytest.raises(SourceError, match="line 2 is longer than"):
        documents(path)


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029"))


@given(st.lists(st.tuples(TEXT.filter(str.strip), TEXT, TEXT.filter(str.strip))), st.booleans())
def test_what_was_written_is_read(tmp_path_factory, fields, ascii_only):
    path = tmp_path_factory.mktemp("jsonl") / "docs.jsonl"
    records = [{"id": id_, "title": title, "text": text} for id_, title, text in fields]
    lines = [json.dumps(record, ensure_ascii=ascii_only) + "\n" for record in records]
    path.write_text("".join(lines) or "\n", encoding="utf-8", newline="\n")
    assert [(one.id, one.title, one.text) for one in documents(path)] == fields
