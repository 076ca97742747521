"""Read typed fields out of JSON, and name the field that is not as it must be."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from wherefrom.kb.errors import DamagedError

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Fields:
    """One JSON object and the place that it was read from.

    Every method raises DamagedError, with the place and the field, where the value is absent or
    not of the kind asked for.
    """

    values: Mapping[str, object]
    place: str

    def count(self, name: str) -> int:
        """Return a whole number of at least 0."""
        value = self.values.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self._wrong(name, "a count")
        return value

    def text(self, name: str) -> str:
        """Return a string."""
        value = self.values.get(name)
        if not isinstance(value, str):
            raise self._wrong(name, "a string")
        return value

    def hexadecimal(self, name: str, digits: int) -> str:
        """Return a string of exactly so many hexadecimal digits."""
        value = self.text(name)
        if not re.fullmatch(f"[0-9a-f]{{{digits}}}", value):
            raise self._wrong(name, f"{digits} hexadecimal digits")
        return value

    def path(self, name: str) -> str:
        """Return a path that stays inside the knowledge base, or an empty string."""
        value = self.text(name)
        if value and not is_inside(value):
            raise self._wrong(name, "a path inside the knowledge base")
        return value

    def settings(self, name: str) -> Mapping[str, Scalar]:
        """Return an object whose values are all scalars."""
        value = self.values.get(name)
        if not isinstance(value, dict):
            raise self._wrong(name, "an object")
        if not all(v is None or isinstance(v, str | int | float) for v in value.values()):
            raise self._wrong(name, "an object of scalars")
        return value

    def items(self, name: str) -> Iterator["Fields"]:
        """Go over an array of objects."""
        value = self.values.get(name)
        if not isinstance(value, list):
            raise self._wrong(name, "an array")
        for number, item in enumerate(value):
            yield self._inner(item, f"{name}[{number}]")

    def named_items(self, name: str) -> Iterator[tuple[str, "Fields"]]:
        """Go over an object of objects whose names are paths inside the knowledge base."""
        value = self.values.get(name)
        if not isinstance(value, dict):
            raise self._wrong(name, "an object")
        for key, item in value.items():
            if not is_inside(key):
                raise self._wrong(f"{name}[{key!r}]", "a path inside the knowledge base")
            yield key, self._inner(item, f"{name}[{key!r}]")

    def _inner(self, item: object, name: str) -> "Fields":
        if not isinstance(item, dict):
            raise self._wrong(name, "an object")
        return Fields(item, f"{self.place}, {name}")

    def _wrong(self, name: str, wanted: str) -> DamagedError:
        found = repr(self.values[name])[:60] if name in self.values else "nothing"
        return DamagedError(f"{self.place}: field {name!r} must be {wanted}, found {found}")


def is_inside(path: str) -> bool:
    """Say whether a relative POSIX path stays below where it starts."""
    parts = PurePosixPath(path).parts
    return bool(parts) and parts[0] != "/" and ".." not in parts
