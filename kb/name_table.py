"""Find the entities that a name belongs to, or whose names come near it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from wherefrom.kb.errors import UsageError
from wherefrom.kb.name_keys import name_key, without_suffix
from wherefrom.kb.name_rows import SHORT_TITLE, TITLE, name_rows
from wherefrom.kb.near_keys import NearKeys

SAME_TITLE, SAME_ALIAS, SAME_KEY, SAME_BUT_SUFFIX = 1.0, 0.98, 0.95, 0.9  # scores; near is less


@dataclass(frozen=True, slots=True)
class NamedEntity:
    """An entity that a name may mean, the name of its own by which it was found, and a score.

    The score is SAME_TITLE or SAME_ALIAS where the name is written in just this way, SAME_KEY where
    it differs by case, accents or punctuation at most, SAME_BUT_SUFFIX where only brackets at the
    end differ, and less where it is only like it.
    """

    entity: int
    name: str
    score: float


class NameTable:
    """The names of entities.

    Parameters
    ----------
    names, entities, kinds
        For each name the entity that has it, by number, and TITLE or ALIAS. A name may belong to
        several entities, and an entity may have several names. `names` is kept.

    Raises
    ------
    UsageError
        If the three differ in length, or a kind is neither TITLE nor ALIAS.

    Examples
    --------
    >>> from wherefrom.kb.name_rows import ALIAS
    >>> table = NameTable(["Mercury (planet)", "Mercury", "Hg"], [4, 7, 7], [TITLE, TITLE, ALIAS])
    >>> [(found.entity, found.name, found.score) for found in table.resolve("mercury")]
    [(7, 'Mercury', 0.95), (4, 'Mercury (planet)', 0.9)]
    >>> [found.name for found in table.resolve("Mercurry", k=1)]
    ['Mercury']
    """

    def __init__(self, names: Sequence[str], entities: Sequence[int], kinds: Sequence[int]) -> None:
        self.names = names
        self.rows = name_rows(names, entities, kinds)
        self._near: NearKeys | None = None  # made when first asked for: most names exist

    def resolve(self, name: str, k: int = 5) -> list[NamedEntity]:
        """Return the entities that a name may mean, the likeliest first.

        Parameters
        ----------
        k
            How many at most, at least 1.

        Returns
        -------
        list[NamedEntity]
            Each entity once. Of equal scores titles come before aliases, then lower numbers first.
            Names that are only like it are looked for where there is no other.

        Raises
        ------
        UsageError
            If `k` is less than 1.
        """
        if k < 1:
            raise UsageError(f"k must be at least 1, got {k}")
        return _best(self._same(name), k) or _best(self._like(name, k), k)

    def linked(self, target: str) -> tuple[int, ...]:
        """Return the entities that the target of a link leads to: one as a rule, or none.

        They are those with exactly this title, or else this alias, or else this title or alias but
        for case, accents and punctuation. A section after ``#`` does not count.
        """
        title = " ".join(target.partition("#")[0].replace("_", " ").split())
        found = sorted(one for one in self._same(title) if -one.cost >= SAME_KEY)
        best = [one.entity for one in found if one[:2] == found[0][:2]]  # as good, of one kind
        return tuple(dict.fromkeys(best))

    def _same(self, name: str) -> Iterator["_Ranked"]:
        """Yield the entities that have the name, but for what the scores allow to differ."""
        key = name_key(name)
        for row in self.rows.of(key):
            kind, written = self.rows.kinds[row], self.names[self.rows.sources[row]]
            if kind == SHORT_TITLE:
                yield self._ranked(row, SAME_BUT_SUFFIX)
            elif written == name:
                yield self._ranked(row, SAME_TITLE if kind == TITLE else SAME_ALIAS)
            elif key:
                yield self._ranked(row, SAME_KEY)
        short = without_suffix(name)
        if short != name:
            for row in self.rows.of(name_key(short)):
                yield self._ranked(row, SAME_BUT_SUFFIX)

    def _like(self, name: str, k: int) -> Iterator["_Ranked"]:
        key = name_key(name)
        if not key:
            return
        if self._near is None:
            self._near = NearKeys(list(self.rows.keys))
        for number, ratio in self._near.nearest(key, k):
            for row in self.rows.numbered(number):
                yield self._ranked(row, SAME_BUT_SUFFIX * ratio)

    def _ranked(self, row: int, score: float) -> "_Ranked":
        rows = self.rows
        return _Ranked(-score, rows.kinds[row], rows.entities[row], self.names[rows.sources[row]])


class _Ranked(NamedTuple):
    """An entity as it is sorted."""

    cost: float
    kind: int
    entity: int
    name: str


def _best(found: Iterable[_Ranked], k: int) -> list[NamedEntity]:
    best: dict[int, NamedEntity] = {}
    for one in sorted(found):
        best.setdefault(one.entity, NamedEntity(one.entity, one.name, -one.cost))
    return list(islice(best.values(), k))
