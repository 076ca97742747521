"""All ways in which the names of entities may be written, grouped by key.

A name may belong to several entities, and an entity may have several names. The title
"Mercury (planet)" is looked up as itself and as "Mercury".
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from wherefrom.kb.errors import UsageError
from wherefrom.kb.name_keys import name_key, without_suffix

TITLE, SHORT_TITLE, ALIAS = 0, 1, 2  # kinds of name; a short title lacks its suffix in brackets


@dataclass(frozen=True, slots=True)
class NameRows:
    """Names in rows, those of one key together: the best kind first, then by entity.

    The rows of the key with number n are ``firsts[n]`` to ``firsts[n + 1]``. `sources` holds the
    place of each row's name in the sequence that the rows were made of.
    """

    keys: dict[str, int]
    firsts: "array[int]"
    entities: "array[int]"
    kinds: "array[int]"
    sources: "array[int]"

    def of(self, key: str) -> range:
        """Return the rows of a key; none where no name has it."""
        number = self.keys.get(key)
        return range(0) if number is None else self.numbered(number)

    def numbered(self, number: int) -> range:
        """Return the rows of the key with this number."""
        return range(self.firsts[number], self.firsts[number + 1])

    def name(self, row: int, names: Sequence[str]) -> str:
        """Return a row's name as it is written, given the sequence that the rows were made of."""
        written = names[self.sources[row]]
        return without_suffix(written) if self.kinds[row] == SHORT_TITLE else written


def name_rows(names: Sequence[str], entities: Sequence[int], kinds: Sequence[int]) -> NameRows:
    """Group names by key.

    Parameters
    ----------
    names, entities, kinds
        For each name the entity that has it, and TITLE or ALIAS. All names without a letter or a
        digit share the empty key.

    Raises
    ------
    UsageError
        If the three differ in length, or a kind is neither TITLE nor ALIAS.

    Examples
    --------
    >>> rows = name_rows(["Mercury (planet)", "mercury", "Hg"], [4, 7, 7], [TITLE, TITLE, ALIAS])
    >>> [(rows.entities[row], rows.kinds[row]) for row in rows.of("mercury")]
    [(7, 0), (4, 1)]
    """
    if not len(names) == len(entities) == len(kinds):
        found = f"{len(names)} names, {len(entities)} entities and {len(kinds)} kinds"
        raise UsageError(f"every name needs an entity and a kind, got {found}")
    keys: dict[str, int] = {}
    numbers, sources, row_kinds = array("q"), array("q"), array("b")
    for source, kind, key in _written(names, kinds):
        numbers.append(keys.setdefault(key, len(keys)))
        sources.append(source)
        row_kinds.append(kind)
    number, source_of = np.array(numbers, dtype=np.int64), np.array(sources, dtype=np.int64)
    kind_of = np.array(row_kinds, dtype=np.int8)
    entity = np.array(entities, dtype=np.int64)[source_of]
    order = np.lexsort((source_of, entity, kind_of, number))
    firsts = np.searchsorted(number[order], np.arange(len(keys) + 1))
    return NameRows(
        keys=keys,
        firsts=array("q", firsts.astype(np.int64).tobytes()),
        entities=array("q", entity[order].tobytes()),
        kinds=array("b", kind_of[order].tobytes()),
        sources=array("q", source_of[order].tobytes()),
    )


def _written(names: Sequence[str], kinds: Sequence[int]) -> Iterator[tuple[int, int, str]]:
    """Yield place, kind and key of each name, and of each title without its suffix."""
    for source, (name, kind) in enumerate(zip(names, kinds, strict=True)):
        if kind not in (TITLE, ALIAS):
            raise UsageError(
                f"name {source} ({name!r}) is of kind {kind}; choose {TITLE} for a title or "
                f"{ALIAS} for an alias"
            )
        key = name_key(name)
        yield source, int(kind), key
        if kind == TITLE and (short := without_suffix(name)) != name:
            yield source, SHORT_TITLE, name_key(short)
