"""Test reading labelled texts as JSON lines and CSV, and what is refused with its line."""

import gzip
from pathlib import Path

import pytest

from wherefrom.kb.errors import RecordError, SourceError
from wherefrom.pipeline.examples import TextExample
from wherefrom.pipeline.labelled_texts import read_texts

WANTED = [TextExample("Good,\nreally", "praise"), TextExample("Bad", "complaint")]
CSV = 'id,label,text\n1,praise,"Good,\nreally"\n2,complaint,Bad\n'


def test_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text(
        '{"text": "Good,\\nreally", "label": "praise"}\n{"text": "Bad", "label": "complaint"}\n'
    )
    assert list(read_texts(path)) == WANTED


@pytest.mark.parametrize("name", ["texts.csv", "texts.csv.gz"])
def test_csv_with_columns_in_any_order(tmp_path: Path, name: str) -> None:
    content = ("\ufeff" + CSV.replace("\n", "\r\n")).encode()
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    found = list(read_texts(path))
    assert [each.label for each in found] == ["praise", "complaint"]
    assert found[1] == WANTED[1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("text,kind\na,b\n", r"line 1: no column 'label' among \['text', 'kind'\]"),
        ("text,label\na,b\nc\n", "line 3: the label is null"),
        ("text,label\na,b\n,d\n", "line 3: the text is a string"),
    ],
)
def test_wrong_csv_is_named_with_its_line(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "texts.csv"
    path.write_text(content)
    with pytest.raises(SourceError, match=rf"texts.csv, {message}"):
        list(read_texts(path))


def test_csv_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    path.write_bytes("text,label\ncaf\u00e9,b\n".encode("latin-1"))
    with pytest.raises(SourceError, match=r"texts.csv: byte 0xe9 at byte 14 is not UTF-8"):
        list(read_texts(path))


def test_a_label_that_is_a_number(tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text('{"text": "a", "label": 3}\n')
    with pytest.raises(RecordError, match=r"texts.jsonl, line 1: the label is a number \(3\)"):
        list(read_texts(path))
