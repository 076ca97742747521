"""Read documents from JSON lines: one object `{"id", "title", "text", "url"?}` a line.

The contract is kept strictly. An id that is a number is refused, not turned into a string: `7`,
`7.0` and `"7"` would otherwise become the same document by accident, and `delete` takes strings.
A title may be empty but not missing. Other keys are allowed and not read. Blank lines are skipped.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from wherefrom.kb.errors import RecordError
from wherefrom.kb.found import Found, Place, make_found, shown
from wherefrom.kb.opening import not_utf8, read_lines
from wherefrom.kb.skipped import SkippedRecords, refuse

FIELDS = '{"id": "…", "title": "…", "text": "…", "url": "…"} (url may be left out)'


def read_jsonl(
    path: Path, source: str, *, skipped: SkippedRecords | None = None
) -> Iterator[Found]:
    """Yield the documents of a JSON lines file, plain or gzipped, in order.

    Raises
    ------
    RecordError
        If a line is not UTF-8, not a JSON object or breaks the contract, and `skipped` is None.
    SourceError
        If the file is missing, empty, binary or truncated.
    """
    for place, record in read_objects(path, FIELDS, skipped=skipped):
        try:
            require(record, ("id", "title", "text"), FIELDS, place=place)
            yield make_found(
                place,
                source,
                id=record["id"],
                title=record["title"],
                text=record["text"],
                url=record.get("url", ""),
            )
        except RecordError as error:
            refuse(error, skipped)


def read_objects(
    path: Path, fields: str, *, skipped: SkippedRecords | None = None
) -> Iterator[tuple[Place, dict[str, object]]]:
    """Yield the JSON object of every line that is not blank, with its place.

    `fields` shows in messages what a line should look like.

    Raises
    ------
    RecordError
        If a line is not UTF-8 or not a JSON object, and `skipped` is None.
    SourceError
        If the file is missing, empty, binary or truncated.
    """
    for number, line in read_lines(path):
        if line.isspace():
            continue
        place = Place(str(path), f"line {number}")
        try:
            yield place, _parsed(place, line, fields)
        except RecordError as error:
            refuse(error, skipped)


def require(
    record: dict[str, object],
    needed: tuple[str, ...],
    fields: str,
    *,
    place: Place,
    what: str = "a line",
) -> None:
    """Raise when a field is missing from a record; `fields` shows what `what` should look like.

    Raises
    ------
    RecordError
        If one of `needed` is not a key of `record`; the message lists the keys that are there.
    """
    for field in needed:
        if field not in record:
            keys = ", ".join(sorted(record)[:10]) or "no keys"
            raise RecordError(f'{place}: there is no "{field}" (found {keys}); {what} is {fields}')


def _parsed(place: Place, line: bytes, fields: str) -> dict[str, object]:
    try:
        record = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise RecordError(f"{place}: {not_utf8(error)}; save the file as UTF-8") from error
    except json.JSONDecodeError as error:
        cut = "" if line.endswith(b"\n") else " (the last line: was the file cut short?)"
        raise RecordError(
            f"{place}: not JSON: {error.msg} at column {error.colno}{cut}; a line is {fields}"
        ) from error
    except (RecursionError, ValueError) as error:  # nested too deeply, or a number too long
        raise RecordError(f"{place}: not usable JSON: {error}; a line is {fields}") from error
    if not isinstance(record, dict):
        raise RecordError(f"{place}: found {shown(record)}; a line is {fields}")
    return record
