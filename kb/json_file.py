"""Read a file that is one piece of JSON, as many data sets are published."""

import json
from collections.abc import Iterator
from pathlib import Path

from wherefrom.kb.errors import RecordError, SourceError
from wherefrom.kb.found import Place, shown
from wherefrom.kb.opening import UTF8_BOM, not_utf8, open_bytes

_SNIFFED_BYTES = 64


def is_array(path: Path) -> bool:
    """Tell whether a file, plain or compressed, begins as a JSON array.

    Raises
    ------
    SourceError
        As `open_bytes`.
    """
    with open_bytes(path) as file:
        return file.read(_SNIFFED_BYTES).removeprefix(UTF8_BOM).lstrip().startswith(b"[")


def read_json(path: Path) -> object:
    """Return what a JSON file holds, plain or compressed.

    Raises
    ------
    SourceError
        If the file is missing, empty, truncated, not UTF-8 or not JSON.
    """
    try:
        with open_bytes(path) as file:
            found: object = json.loads(file.read().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: {not_utf8(error)}; save the file as UTF-8") from error
    except (RecursionError, ValueError) as error:
        raise SourceError(f"{path} is not JSON: {error}") from error
    return found


def read_array(path: Path, fields: str) -> Iterator[tuple[Place, dict[str, object]]]:
    """Yield each object of a JSON array with its place; `fields` shows what one should look like.

    Raises
    ------
    SourceError
        As `read_json`, or if it is no array.
    RecordError
        If a record is no object.
    """
    records = read_json(path)
    if not isinstance(records, list):
        raise SourceError(f"{path} holds {shown(records)}; a JSON array of {fields} is needed")
    for number, record in enumerate(records, start=1):
        place = Place(str(path), f"record {number}")
        if not isinstance(record, dict):
            raise RecordError(f"{place}: found {shown(record)}; a record is {fields}")
        yield place, record
