"""Read texts with labels of one's own: JSON lines or CSV, plain or gzipped."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from wherefrom.kb.errors import RecordError, SourceError
from wherefrom.kb.found import Place, shown
from wherefrom.kb.jsonl import read_objects, require
from wherefrom.kb.opening import not_utf8, open_bytes
from wherefrom.pipeline.examples import TextExample

FIELDS = '{"text": "…", "label": "…"}'
COLUMNS = ("text", "label")


def read_texts(path: Path) -> Iterator[TextExample]:
    """Yield the text and label of each line, in order.

    A file whose name ends in .csv or .csv.gz has a first row that names the columns `text` and
    `label`; others are left out. Any other file holds JSON lines.

    Raises
    ------
    SourceError
        If the file is missing, empty, binary or truncated, or is CSV without those columns.
    RecordError
        If a line lacks a text or a label.
    """
    if path.name.removesuffix(".gz").endswith(".csv"):
        yield from _csv(path)
        return
    for place, record in read_objects(path, FIELDS):
        require(record, COLUMNS, FIELDS, place=place)
        yield _example(place, record["text"], record["label"])


def _csv(path: Path) -> Iterator[TextExample]:
    try:
        with open_bytes(path) as file:
            rows = csv.DictReader(io.StringIO(file.read().decode("utf-8-sig"), newline=""))
            missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
            if missing:
                raise SourceError(
                    f"{path}, line 1: no column {missing[0]!r} among {rows.fieldnames}; "
                    "the first row names the columns text and label"
                )
            for row in rows:
                place = Place(str(path), f"line {rows.line_num}")
                yield _example(place, row["text"], row["label"])
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: {not_utf8(error)}; save the file as UTF-8") from error
    except csv.Error as error:
        raise SourceError(f"{path}: not CSV: {error}") from error


def _example(place: Place, text: object, label: object) -> TextExample:
    for name, value in (("text", text), ("label", label)):
        if not isinstance(value, str) or not value.strip():
            raise RecordError(f"{place}: the {name} is {shown(value)}; it must hold text")
    return TextExample(str(text), str(label))
