"""The steps of a compression: what each does is a value, checked when the recipe is read."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any, ClassVar

from wherefrom.kb.errors import UsageError, unknown_value
from wherefrom.pipeline.frontier import FILE
from wherefrom.pipeline.sources import check_keys

TARGETS = ("float32", "bf16", "int8", "int8_dynamic")
WAYS = ("top", "loss")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantise:
    """Store large matrices in another form; `int8_dynamic` also multiplies in eight bits."""

    kind: ClassVar[str] = "quantise"
    name: str
    source: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DropLayers:
    """Drop `layers`, or `count` of them: the uppermost, or those that the loss needs least."""

    kind: ClassVar[str] = "drop_layers"
    name: str
    source: str
    layers: tuple[int, ...] = ()
    count: int = 0
    by: str = "top"


@dataclass(frozen=True, slots=True, kw_only=True)
class PruneHeads:
    """Take out a share of all attention heads, those that the loss needs least."""

    kind: ClassVar[str] = "prune_heads"
    name: str
    source: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PruneVocabulary:
    """Keep the pieces of words that files use at least so often."""

    kind: ClassVar[str] = "prune_vocabulary"
    name: str
    source: str
    files: tuple[str, ...]
    least: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Distil:
    """Learn from the original by a training recipe, a file beside that of the compression."""

    kind: ClassVar[str] = "distil"
    name: str
    source: str
    recipe: str


Step = Quantise | DropLayers | PruneHeads | PruneVocabulary | Distil
STEPS: dict[str, type[Step]] = {
    one.kind: one for one in (Quantise, DropLayers, PruneHeads, PruneVocabulary, Distil)
}


def settings_of(step: Step) -> dict[str, Any]:
    """Return the settings of a step as JSON has them, its kind among them."""
    table = {"name": step.name, "kind": step.kind, **asdict(step)}
    return {key: list(one) if isinstance(one, tuple) else one for key, one in table.items()}


def read_step(entry: dict[str, Any], where: str, before: list[str]) -> Step:
    """Check one [[step]] of a recipe.

    Parameters
    ----------
    entry
        Its table.
    where
        What names it in messages.
    before
        The names of what there is already, the original first.

    Raises
    ------
    UsageError
        If a key is unknown, missing or of the wrong type, or a value is not allowed.
    """
    kind = entry.pop("kind", None)
    if kind not in STEPS:
        raise UsageError(f"{where}: {unknown_value('kind', str(kind), STEPS)}")
    made = STEPS[kind]
    keys = ["source" if key == "from" else key for key in entry]
    allowed = [field.name for field in fields(made)]
    check_keys(
        dict.fromkeys(entry), ["from" if name == "source" else name for name in allowed], where
    )
    table = dict(zip(keys, entry.values(), strict=True))
    table.setdefault("source", before[-1])
    table.setdefault("name", table.get("to", kind))
    for field in fields(made):
        key = "from" if field.name == "source" else field.name
        if field.name not in table:
            if field.default is MISSING:
                raise UsageError(f"{where}: the key {key} is missing")
            continue
        table[field.name] = _CHECKS[field.name](table[field.name], f"{where}: {key}")
    _check_names(table, where, before)
    step = made(**table)
    if isinstance(step, DropLayers) and bool(step.layers) == bool(step.count):
        raise UsageError(f"{where}: name either layers or a count of them")
    return step


def _check_names(table: Mapping[str, Any], where: str, before: list[str]) -> None:
    name, source = table["name"], table["source"]
    if name in before:
        raise UsageError(f"{where}: there is {name!r} already; give the step a name of its own")
    if name in ("", ".", "..", FILE) or "/" in name or "\\" in name:
        raise UsageError(f"{where}: name must be that of a folder, found {name!r}")
    if source not in before:
        raise UsageError(f"{where}: {unknown_value('from', source, before)}")


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise UsageError(f"{where} must be a string, found {value!r}")
    return value


def _one_of(allowed: tuple[str, ...]) -> Callable[[object, str], str]:
    def check(value: object, where: str) -> str:
        if value not in allowed:
            place, _, key = where.rpartition(": ")
            raise UsageError(f"{place}: {unknown_value(key, str(value), allowed)}")
        return str(value)

    return check


def _whole(least: int) -> Callable[[object, str], int]:
    def check(value: object, where: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise UsageError(f"{where} must be a whole number, {least} or more, found {value!r}")
        return value

    return check


def _layers(value: object, where: str) -> tuple[int, ...]:
    if not isinstance(value, list) or not value:
        raise UsageError(f"{where} must be a list of numbers from 0, found {value!r}")
    return tuple(sorted({_whole(0)(number, where) for number in value}))


def _files(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
        raise UsageError(f"{where} must be a list of files, found {value!r}")
    return tuple(value)


def _share(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
        raise UsageError(f"{where} must be a number above 0 and below 1, found {value!r}")
    return float(value)


_CHECKS: dict[str, Callable[[Any, str], Any]] = {
    "name": _text,
    "source": _text,
    "to": _one_of(TARGETS),
    "layers": _layers,
    "count": _whole(1),
    "by": _one_of(WAYS),
    "share": _share,
    "files": _files,
    "least": _whole(1),
    "recipe": _text,
}
