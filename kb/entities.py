"""Tell which entities documents and facts speak of, and by which names.

An entity is what one key of names stands for: documents with the titles "Paris" and "PARIS", and
the fact term "paris", are of one entity. Terms with an IRI are kept apart where several have the
same name. Entities are numbered in order of key, so the numbers depend on nothing but the content;
those that are known by a name alone come after the others, in order of key, too.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from wherefrom.kb.fact_terms import FactTerms, Term
from wherefrom.kb.name_keys import name_key
from wherefrom.kb.name_rows import ALIAS, TITLE

Numbers = NDArray[np.int64]
NO_ENTITY = -1
_BY_TITLE, _BY_FACT = 0, 1  # which name is shown: a document's title before a fact's term


@dataclass(frozen=True, slots=True)
class DocumentNames:
    """What a document is about: its title, empty where it has none, and other names of that."""

    title: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entities:
    """All entities: the name to show and the IRI of each, and every name in order.

    `surfaces`, `owners` and `kinds` are the names for `wherefrom.kb.name_table.NameTable`.
    `documents` (D,) holds the entity of each document, NO_ENTITY where it has no title;
    `terms` the entity of each term of the facts.
    """

    names: list[str]
    iris: list[str]
    surfaces: list[str]
    owners: list[int]
    kinds: list[int]
    documents: Numbers
    terms: Numbers

    def __len__(self) -> int:
        return len(self.names)


@dataclass(slots=True)
class _Drafts:
    """Entities while their names are collected, numbered in the order in which they come.

    There may be a million, so each has no object of its own. `names` holds entity, name and kind.
    """

    numbers: dict[str, int] = field(default_factory=dict)
    shown: list[tuple[int, str]] = field(default_factory=list)
    iris: list[str] = field(default_factory=list)
    names: set[tuple[int, str, int]] = field(default_factory=set)

    def number(self, key: str, shown: tuple[int, str]) -> int:
        """Return the entity of a key; of the names that it could be shown by the first is kept."""
        number = self.numbers.setdefault(key, len(self.shown))
        if number == len(self.shown):
            self.shown.append(shown)
            self.iris.append("")
        self.shown[number] = min(self.shown[number], shown)
        return number

    def add_names(self, number: int, title: str, aliases: Iterable[str]) -> None:
        """Add a title and other names; blank ones are left out, and the title among them."""
        self.names.add((number, title, TITLE))
        for alias in aliases:
            if alias != title and alias.strip():
                self.names.add((number, alias, ALIAS))


def find_entities(documents: Iterable[DocumentNames], facts: FactTerms) -> Entities:
    """Collect the entities of documents and of facts.

    Parameters
    ----------
    documents
        What each is about; the result holds their entities in this order.
    facts
        The terms of the facts, with their names.
    """
    drafts = _Drafts()
    of_documents = [_add_document(drafts, names) for names in documents]
    keys = [_key(term.name) for term in facts.terms]
    shared = Counter(key for key, term in zip(keys, facts.terms, strict=True) if term.iri)
    of_terms = [
        _add_term(drafts, key, term, is_shared=shared[key] > 1)
        for key, term in zip(keys, facts.terms, strict=True)
    ]
    ordered = [drafts.numbers[key] for key in sorted(drafts.numbers)]
    places = np.full(len(ordered) + 1, NO_ENTITY, dtype=np.int64)  # the last for NO_ENTITY
    places[ordered] = np.arange(len(ordered))
    place = places.tolist()
    rows = sorted((place[number], name, kind) for number, name, kind in drafts.names)
    return Entities(
        names=[drafts.shown[number][1] for number in ordered],
        iris=[drafts.iris[number] for number in ordered],
        surfaces=[name for _, name, _ in rows],
        owners=[number for number, _, _ in rows],
        kinds=[kind for _, _, kind in rows],
        documents=places[np.array(of_documents, dtype=np.int64)],
        terms=places[np.array(of_terms, dtype=np.int64)],
    )


def with_names(entities: Entities, names: Sequence[str]) -> Entities:
    """Add entities that have a name and nothing else; they are numbered after the others."""
    count = len(entities)
    return replace(
        entities,
        names=[*entities.names, *names],
        iris=[*entities.iris, *([""] * len(names))],
        surfaces=[*entities.surfaces, *names],
        owners=[*entities.owners, *range(count, count + len(names))],
        kinds=[*entities.kinds, *([TITLE] * len(names))],
    )


def _add_document(drafts: _Drafts, names: DocumentNames) -> int:
    """Add what a document is about; return its draft, NO_ENTITY where it has no title."""
    title = names.title
    if not title.strip():
        return NO_ENTITY
    number = drafts.number(_key(title), (_BY_TITLE, title))
    drafts.add_names(number, title, names.aliases)
    return number


def _add_term(drafts: _Drafts, key: str, term: Term, *, is_shared: bool) -> int:
    """Add a term of the facts; `is_shared` says that other terms with an IRI have its key."""
    shown = term.name
    if term.iri and is_shared:
        key = f"{key}\x00{term.scope}\x00{term.iri}"
        if term.words and term.words != term.name:
            shown = f"{term.name} ({term.words})"
    number = drafts.number(key, (_BY_FACT, shown))
    drafts.iris[number] = drafts.iris[number] or term.iri
    drafts.add_names(number, term.name, term.aliases)
    return number


def _key(name: str) -> str:
    return name_key(name) or f"\x01{name.strip()}"  # "!!!" is a name, too
