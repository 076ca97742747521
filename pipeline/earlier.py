"""The earlier recipes that a recipe names, so that what was learnt by them is not forgotten."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.sources import check_keys, check_range, check_share


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier recipe's file, and which share of this run's batches is drawn from its data.

    A path that is not absolute is relative to the working directory, as that of an encoder is.
    """

    recipe: str
    replay: float = 0.0


def earlier_recipe(entry: dict[str, Any], where: str) -> Earlier:
    """Check one [[earlier]] of a recipe; `where` names it in messages.

    Raises
    ------
    UsageError
        If a key is unknown, of the wrong type or out of range, or there is no such recipe.
    """
    check_keys(entry, [field.name for field in fields(Earlier)], where)
    name = entry.get("recipe")
    if not isinstance(name, str):
        raise UsageError(f"{where}: recipe must be a string, found {name!r}")
    if not Path(name).is_file():
        raise UsageError(f"{where}: recipe names {name}, which is no file")
    replay = entry.get("replay", 0.0)
    check_share(replay, f"{where}: replay")
    check_range(replay, (0, 1), f"{where}: replay")
    return Earlier(name, float(replay))
