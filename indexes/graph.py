"""The graph of one generation, opened: who mentions whom, what is about what, and the facts.

Passages and entities have numbers of their own (`graph_files`). Nothing is read until it is asked
for.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.graph_files import ENTITIES, NAMES, names_in, read_arrays
from wherefrom.indexes.graph_order import numbers_of_rows
from wherefrom.indexes.linking import first_passages
from wherefrom.indexes.mention_choice import MentionChoice
from wherefrom.indexes.passage_vectors import PassageVectors
from wherefrom.kb.arrow_table import ArrowTable
from wherefrom.kb.entities import NO_ENTITY
from wherefrom.kb.generation import Generation
from wherefrom.kb.linker import Linker
from wherefrom.kb.name_filter import rows_that_may_stand_in
from wherefrom.kb.name_table import NameTable
from wherefrom.kb.records import Triple

Numbers = NDArray[np.int64]
FEW_TEXTS = 64  # whose names are looked for without knowing all names


class Graph:
    """An opened graph; nothing in it changes.

    Parameters
    ----------
    generation
        A generation whose manifest names a graph.

    Raises
    ------
    DamagedError
        If a file of it is absent or not as it must be.
    """

    def __init__(self, generation: Generation) -> None:
        folder: Path = generation.folder / generation.manifest.graph
        self.generation = generation
        self.arrays = read_arrays(folder)
        self._entities = ArrowTable(folder / ENTITIES)
        self._names = ArrowTable(folder / NAMES)
        self._texts = 0  # that a linker was asked for
        self._last: tuple[str, Linker] | None = None  # a text, and the linker for it

    @property
    def passages(self) -> int:
        """Return how many passages there are."""
        return len(self.arrays.passages)

    @property
    def entities(self) -> int:
        """Return how many entities there are."""
        return len(self._entities)

    @cached_property
    def names(self) -> Sequence[str]:
        """Return the name that each entity is shown by."""
        found: list[str] = self._entities.column("name").to_pylist()
        return found

    def name(self, entity: int) -> str:
        """Return the name that an entity is shown by."""
        return str(self._entities.value("name", entity))

    def iri(self, entity: int) -> str:
        """Return the IRI of an entity, empty where it has none."""
        return str(self._entities.value("iri", entity))

    def names_of(self, entity: int) -> list[str]:
        """Return all names of an entity, each once, in order."""
        rows = np.arange(*_run(self._name_owners, entity).indices(len(self._names)))
        return list(dict.fromkeys(self._names.values("name", rows)))

    def having(self, column: str, value: str) -> list[int]:
        """Return the entities whose `name` or `iri` is a value, in order."""
        import pyarrow.compute as pc

        found = pc.equal(self._entities.column(column), value)
        rows: list[int] = np.flatnonzero(found.to_numpy()).tolist()
        return rows

    @cached_property
    def _name_owners(self) -> NDArray[np.int32]:
        found: NDArray[np.int32] = self._names.column("entity").to_numpy()
        return found

    @cached_property
    def table(self) -> NameTable:
        """Return all names, to look entities up by."""
        return NameTable(*names_in(self._names))

    @cached_property
    def linker(self) -> Linker:
        """Return what finds all names in text."""
        return Linker(self.table)

    def linker_for(self, text: str) -> Linker:
        """Return what finds the names in one text as `linker` does, and may know no others.

        To know all names takes a second for each twenty thousand of them, so it is put off until
        more than FEW_TEXTS were asked for.
        """
        last = self._last
        if last is not None and last[0] == text:
            return last[1]
        self._texts += 1
        if "linker" in self.__dict__ or self._texts > FEW_TEXTS:
            return self.linker
        rows = rows_that_may_stand_in([text], self._names.column("name"))
        found = Linker(NameTable(*names_in(self._names, rows)))
        self._last = text, found
        return found

    @cached_property
    def vectors(self) -> PassageVectors:
        """Return the vectors of passages by their row in the generation."""
        return PassageVectors.open(self.generation)

    @cached_property
    def choice(self) -> MentionChoice:
        """Return what settles which entity a mention means."""
        about, passages = np.asarray(self.arrays.about), np.asarray(self.arrays.passages)
        firsts = first_passages(about, self.entities, passages)
        return MentionChoice(self.names, firsts, self.vectors, self.generation.title_at)

    @cached_property
    def owners(self) -> Numbers:
        """Return the entity (P,) that each passage is about, NO_ENTITY where it has no name."""
        found = np.full(self.passages, NO_ENTITY, dtype=np.int64)
        found[self.arrays.about[1]] = self.arrays.about[0]
        return found

    @cached_property
    def number_of_row(self) -> Numbers:
        """Return the number of the passage in each row of the generation, DEAD if deleted."""
        return numbers_of_rows(self.arrays.passages, int(self.generation.offsets[-1]))

    def about(self, entity: int) -> Numbers:
        """Return the passages about an entity, in order."""
        return np.asarray(self.arrays.about[1][_run(self.arrays.about[0], entity)], dtype=np.int64)

    def mentions_in(self, passage: int) -> NDArray[np.int32]:
        """Return the mentions (4, M) in a passage: passage, entity, start and end."""
        found: NDArray[np.int32] = self.arrays.mentions[:, _run(self.arrays.mentions[0], passage)]
        return found

    def mentions_of(self, entity: int, *, most: int | None = None) -> NDArray[np.int32]:
        """Return `most` mentions (4, M) of an entity at most, in order of passage and start."""
        order, firsts = self._by_entity
        chosen = order[firsts[entity] : firsts[entity + 1]][:most]
        found: NDArray[np.int32] = self.arrays.mentions[:, chosen]
        return found

    def mention_count(self, entity: int) -> int:
        """Return how many mentions of an entity there are."""
        _, firsts = self._by_entity
        return int(firsts[entity + 1] - firsts[entity])

    def facts_of(self, entity: int) -> Numbers:
        """Return the numbers of the facts that an entity is head or tail of, in order."""
        facts, firsts = self._facts_by_entity
        return facts[firsts[entity] : firsts[entity + 1]]

    def ends(self, number: int) -> tuple[int, int]:
        """Return the entities that a fact joins: head and tail, NO_ENTITY for a literal tail."""
        head, tail = self.arrays.facts[:, number].tolist()
        return head, tail

    def fact(self, number: int) -> Triple:
        """Return a fact by its number."""
        place = int(np.searchsorted(self.fact_offsets, number, side="right")) - 1
        return self.generation.facts[place].triple(number - int(self.fact_offsets[place]))

    def worded(self, number: int) -> Triple:
        """Return a fact in words that people use, where RDF calls its parts by IRIs.

        Its ends have the names that they are shown by; its relation has its label, where that is
        known.
        """
        fact = self.fact(number)
        head, tail = self.ends(number)
        return replace(
            fact,
            head=self.name(head) if fact.head_iri else fact.head,
            relation=self._label_of(fact.relation_iri) or fact.relation,
            tail=self.name(tail) if fact.tail_iri and tail != NO_ENTITY else fact.tail,
        )

    def _label_of(self, relation_iri: str) -> str:
        """Return the name of a relation that is an entity as well; empty where it is none.

        Wikidata labels P84 as an entity and states it under an IRI of its own.
        """
        if relation_iri not in self._labels:
            known = [
                entity
                for iri in (relation_iri, relation_iri.replace("/prop/direct/", "/entity/"))
                for entity in (self.having("iri", iri) if iri else [])
            ]
            self._labels[relation_iri] = self.name(known[0]) if known else ""
        return self._labels[relation_iri]

    @cached_property
    def _labels(self) -> dict[str, str]:
        return {}

    @cached_property
    def fact_offsets(self) -> Numbers:
        """Return the number of the first fact of each source, and of all facts at the end."""
        return np.concatenate(
            [[0], np.cumsum([one.triples for one in self.generation.facts])]
        ).astype(np.int64)

    def fact_column(self, name: str) -> NDArray[np.generic]:
        """Return a column over all facts, in order of number."""
        parts = [segment.column(name).to_numpy() for segment in self.generation.facts]
        return np.concatenate(parts) if parts else np.empty(0)

    @cached_property
    def _by_entity(self) -> tuple[Numbers, Numbers]:
        return _grouped(np.asarray(self.arrays.mentions[1]), self.entities)

    @cached_property
    def _facts_by_entity(self) -> tuple[Numbers, Numbers]:
        heads, tails = (np.asarray(side, dtype=np.int64) for side in self.arrays.facts)
        numbers = np.arange(len(heads))
        joining = (heads != tails) & (tails != NO_ENTITY)
        ends = np.concatenate([heads, tails[joining]])
        facts = np.concatenate([numbers, numbers[joining]])
        order = np.lexsort((facts, ends))
        return facts[order], np.searchsorted(ends[order], np.arange(self.entities + 1))


def _run(keys: NDArray[np.int32], key: int) -> slice:
    """Return where a key stands in rising keys."""
    # Keys of another type than the array's would make NumPy copy all of it
    low, high = np.searchsorted(keys, np.array([key, key + 1], dtype=keys.dtype)).tolist()
    return slice(low, high)


def _grouped(keys: NDArray[np.integer], count: int) -> tuple[Numbers, Numbers]:
    """Return the places of keys in order of key, and where those of each key begin (count + 1,)."""
    order = np.argsort(keys, kind="stable")
    firsts = np.searchsorted(keys[order], np.arange(count + 1))
    return order.astype(np.int64), firsts.astype(np.int64)
