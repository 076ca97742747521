"""Tell which entities documents and facts speak of, and by which names.

An entity is what one key of names stands for: documents with the titles "Paris" and "PARIS", and
the fact term "paris", are of one entity. Terms with an IRI are kept apart where several have the
same name. Entities are numbered in order of key, so the numbers depend on nothing but the content.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

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
class _Draft:
    """An entity while its names are collected."""

    shown: tuple[int, str]
    iri: str = ""
    surfaces: set[tuple[str, int]] = field(default_factory=set)

    def add_aliases(self, aliases: Iterable[str], title: str) -> None:
        """Add names that are neither blank nor the title."""
        self.surfaces.update(
            (alias, ALIAS) for alias in aliases if alias != title and alias.strip()
        )


def find_entities(documents: Iterable[DocumentNames], facts: FactTerms) -> Entities:
    """Collect the entities of documents and of facts.

    Parameters
    ----------
    documents
        What each is about; the result holds their entities in this order.
    facts
        The terms of the facts, with their names.
    """
    drafts: dict[str, _Draft] = {}
    of_documents = [_add_document(drafts, names) for names in documents]
    keys = [_key(term.name) for term in facts.terms]
    shared = Counter(key for key, term in zip(keys, facts.terms, strict=True) if term.iri)
    of_terms = [
        _add_term(drafts, key, term, is_shared=shared[key] > 1)
        for key, term in zip(keys, facts.terms, strict=True)
    ]
    ordered = sorted(drafts)
    numbers = {key: number for number, key in enumerate(ordered)}
    numbers[""] = NO_ENTITY
    rows = [
        (surface, number, kind)
        for number, key in enumerate(ordered)
        for surface, kind in sorted(drafts[key].surfaces)
    ]
    return Entities(
        names=[drafts[key].shown[1] for key in ordered],
        iris=[drafts[key].iri for key in ordered],
        surfaces=[surface for surface, _, _ in rows],
        owners=[number for _, number, _ in rows],
        kinds=[kind for _, _, kind in rows],
        documents=np.array([numbers[key] for key in of_documents], dtype=np.int64),
        terms=np.array([numbers[key] for key in of_terms], dtype=np.int64),
    )


def _add_document(drafts: dict[str, _Draft], names: DocumentNames) -> str:
    """Add what a document is about; return the key of its entity, empty where it has none."""
    if not names.title.strip():
        return ""
    key = _key(names.title)
    draft = _draft(drafts, key, (_BY_TITLE, names.title))
    draft.surfaces.add((names.title, TITLE))
    draft.add_aliases(names.aliases, names.title)
    return key


def _add_term(drafts: dict[str, _Draft], key: str, term: Term, *, is_shared: bool) -> str:
    """Add a term of the facts; `is_shared` says that other terms with an IRI have its key."""
    shown = term.name
    if term.iri and is_shared:
        key = f"{key}\x00{term.scope}\x00{term.iri}"
        if term.words and term.words != term.name:
            shown = f"{term.name} ({term.words})"
    draft = _draft(drafts, key, (_BY_FACT, shown))
    draft.iri = draft.iri or term.iri
    draft.surfaces.add((term.name, TITLE))
    draft.add_aliases(term.aliases, term.name)
    return key


def _draft(drafts: dict[str, _Draft], key: str, shown: tuple[int, str]) -> _Draft:
    """Return the entity of a key; of the names that it could be shown by, the first is kept."""
    draft = drafts.setdefault(key, _Draft(shown))
    draft.shown = min(draft.shown, shown)
    return draft


def _key(name: str) -> str:
    return name_key(name) or f"\x01{name.strip()}"  # "!!!" is a name, too
