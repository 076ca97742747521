"""Read facts from a table: head, relation, tail and perhaps a weight, separated by tabs.

A first line that names the columns (`head relation tail`, `property relation subject object`,
`event relation inference`, …) is understood in any order and any case; other columns are allowed
and not read. Without such a line the columns are head, relation, tail and, where there is a fourth,
weight. White space around a name does not count, and blank lines are skipped. Quotes mean nothing.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wherefrom.kb.errors import RecordError
from wherefrom.kb.found import Place, checked
from wherefrom.kb.opening import not_utf8, read_lines
from wherefrom.kb.records import Triple
from wherefrom.kb.skipped import SkippedRecords, refuse

_HEADS = ("head", "subject", "event")  # names of columns; the first that is there counts
_RELATIONS = ("relation", "predicate", "property")
_TAILS = ("tail", "object", "inference")
_WEIGHTS = ("weight",)
_ALLOWED = "a line is head, relation, tail and perhaps weight, separated by tabs"
_NEGATION = re.compile("(?:^|[/#])Not(?=[A-Z])")
_NUMBER = re.compile(r"[0-9.eE+-]+")


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the parts of a fact stand: numbers of columns from 0, and all names of columns."""

    head: int
    relation: int
    tail: int
    weight: int | None
    names: tuple[str, ...]


_UNNAMED = {
    3: _Columns(0, 1, 2, None, ("head", "relation", "tail")),
    4: _Columns(0, 1, 2, 3, ("head", "relation", "tail", "weight")),
}


def read_triples(
    path: Path, source: str, *, skipped: SkippedRecords | None = None
) -> Iterator[Triple]:
    """Yield the facts of a table, plain or compressed, in order.

    Raises
    ------
    RecordError
        If a line is not UTF-8, has too few or too many columns, a blank or malformed name, or a
        weight that is no finite number of at least 0, and `skipped` is None. If the names of the
        columns are unclear, also where it is not: every fact might be read wrongly.
    SourceError
        If the file is missing, empty, binary or truncated.
    """
    columns: _Columns | None = None
    may_be_named = True  # until the first fact
    for number, line in read_lines(path):
        if not line.strip(b" \r\n"):
            continue
        place = Place(str(path), f"line {number}")
        if may_be_named:
            columns = _named_columns(place, line)
            may_be_named = columns is None
            if columns is not None:
                continue
        try:
            triple = _triple(place, line, columns, source)
        except RecordError as error:
            refuse(error, skipped)
            continue
        may_be_named = False
        yield triple


def is_negated(relation: str) -> bool:
    """Say whether the name of a relation, or the end of its path, is "Not" and another relation.

    Examples
    --------
    >>> [is_negated(name) for name in ("NotDesires", "/r/NotIsA", "Notes", "IsNot")]
    [True, True, False, False]
    """
    return _NEGATION.search(relation) is not None


def without_negation(relation: str) -> str:
    """Return the name of the relation that a negated one denies, or the name itself.

    Examples
    --------
    >>> [without_negation(name) for name in ("NotDesires", "/r/NotIsA", "Notes")]
    ['Desires', '/r/IsA', 'Notes']
    """
    return _NEGATION.sub(lambda found: found[0].removesuffix("Not"), relation)


def _triple(place: Place, line: bytes, columns: _Columns | None, source: str) -> Triple:
    cells = _cells(place, line)
    chosen = columns or _UNNAMED.get(len(cells))
    if chosen is None or len(cells) != len(chosen.names):
        raise _wrong_number(place, cells, columns)
    head, relation, tail = (
        checked(place, chosen.names[at], cells[at], blank_allowed=False).strip()
        for at in (chosen.head, chosen.relation, chosen.tail)
    )
    weight = 1.0 if chosen.weight is None else _weight(place, cells[chosen.weight])
    negated = is_negated(relation)
    return Triple(head, relation, tail, weight, negated, source=source, place=place.spot)


def _cells(place: Place, line: bytes) -> list[str]:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RecordError(f"{place}: {not_utf8(error)}; save the file as UTF-8") from error
    return text.removesuffix("\n").removesuffix("\r").split("\t")


def _named_columns(place: Place, line: bytes) -> _Columns | None:
    """Return what the line says of the columns, None where it is a fact or a bad line.

    A line that names a relation and one end, but not the other, is refused: taken for a fact it
    would be a wrong one, and the columns would have an order that nobody has stated.
    """
    cells = line.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r").split("\t")
    names = [cell.strip().casefold() for cell in cells]
    head, relation, tail, weight = (
        _column(place, names, known) for known in (_HEADS, _RELATIONS, _TAILS, _WEIGHTS)
    )
    if relation is None or (head is None and tail is None):
        return None
    if head is None or tail is None:
        what, known = ("head", _HEADS) if head is None else ("tail", _TAILS)
        raise RecordError(
            f"{place} names columns ({', '.join(names)}), but none for the {what}; "
            f"call it {', '.join(known[:-1])} or {known[-1]}"
        )
    return _Columns(head, relation, tail, weight, tuple(names))


def _column(place: Place, names: list[str], known: tuple[str, ...]) -> int | None:
    for name in known:
        if names.count(name) > 1:
            raise RecordError(f"{place} names the column {name!r} more than once")
        if name in names:
            return names.index(name)
    return None


def _wrong_number(place: Place, cells: list[str], columns: _Columns | None) -> RecordError:
    found = f"{len(cells)} column{'s' if len(cells) != 1 else ''}"
    if columns is not None:
        allowed = f"the file names {len(columns.names)}: {', '.join(columns.names)}"
        return RecordError(f"{place}: found {found}; {allowed}")
    commas = len(cells) == 1 and cells[0].count(",") in (2, 3)
    hint = " (is it separated by commas?)" if commas else ""
    return RecordError(
        f"{place}: found {found}{hint}; {_ALLOWED}, unless the first line names the columns"
    )


def _weight(place: Place, cell: str) -> float:
    text = cell.strip()
    try:
        weight = float(text) if _NUMBER.fullmatch(text) else math.nan
    except ValueError:
        weight = math.nan
    if not (math.isfinite(weight) and weight >= 0):
        raise RecordError(
            f'{place}: "weight" is {cell!r}; it must be a finite number of at least 0'
        )
    return weight
