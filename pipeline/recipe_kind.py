"""Read the file of a recipe, and tell what it trains: a reader or a retriever."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from wherefrom.kb.errors import SourceError, UsageError, unknown_value
from wherefrom.pipeline.sources import check_range

KINDS = ("reader", "retriever")


def read_table(path: Path) -> dict[str, Any]:
    """Return what a recipe says, not checked any further than that it is TOML.

    Raises
    ------
    SourceError
        If the file is missing or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SourceError(f"cannot read the recipe {path}: {error}") from error


def recipe_kind(path: Path) -> str:
    """Tell which of `KINDS` a recipe trains: what its key `kind` says, without one a reader.

    Raises
    ------
    SourceError
        If the file is missing or is not TOML.
    UsageError
        If it names something else.
    """
    return take_kind(read_table(path), path)


def take_kind(table: dict[str, Any], path: Path) -> str:
    """Take the key `kind` out of a recipe's table and return it.

    Raises
    ------
    UsageError
        If it is none of `KINDS`.
    """
    kind = table.pop("kind", KINDS[0])
    if kind not in KINDS:
        raise UsageError(f"{path}: {unknown_value('kind', str(kind), KINDS)}")
    return str(kind)


def require_kind(table: dict[str, Any], wanted: str, path: Path) -> None:
    """Take the key `kind` out of a recipe's table, and refuse a recipe of another kind.

    Raises
    ------
    UsageError
        If it trains something else.
    """
    found = take_kind(table, path)
    if found != wanted:
        raise UsageError(f"{path} is a recipe for a {found}; one for a {wanted} is needed")


def check_values(
    table: dict[str, Any],
    kinds: Mapping[str, type],
    ranges: Mapping[str, tuple[float, float]],
    path: Path,
) -> None:
    """Check what is left of a recipe's table once its tables are taken out.

    Parameters
    ----------
    table
        Keys that are all among `kinds`.
    kinds
        What each key must be; a whole number stands for a float, too.
    ranges
        The limits of numbers, both of which are allowed.
    path
        The recipe.

    Raises
    ------
    UsageError
        If a value is of another type, or out of its range.
    """
    for key, value in table.items():
        wanted = kinds[key]
        allowed: Any = (float, int) if wanted is float else wanted
        if not isinstance(value, allowed) or (isinstance(value, bool) and wanted is not bool):
            raise UsageError(f"{path}: {key} must be {wanted.__name__}, found {value!r}")
        if key in ranges:
            check_range(value, ranges[key], f"{path}: {key}")


def check_choice(table: dict[str, Any], key: str, allowed: Iterable[str], path: Path) -> None:
    """Raise UsageError where a recipe gives a key a value that is none of those allowed."""
    if key in table and table[key] not in allowed:
        raise UsageError(f"{path}: {unknown_value(key, table[key], allowed)}")


def tables_of(table: dict[str, Any], key: str, path: Path) -> list[tuple[dict[str, Any], str]]:
    """Take the tables under a key, each with its name for messages; TOML writes them as [[key]].

    Raises
    ------
    UsageError
        If there is something else under the key.
    """
    found = table.pop(key, [])
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise UsageError(f"{path}: {key} must be tables [[{key}]], found {found!r}")
    return [(entry, f"{path}, [[{key}]]") for entry in found]
