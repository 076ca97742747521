"""Number the terms that facts are about, and collect their names.

Facts are read by column, so that a million of them take no million Python objects: only different
terms do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wherefrom.kb.fact_segment import FactSegment
from wherefrom.kb.records import NAMING, Triple

Numbers = NDArray[np.int64]
NO_TERM = -1
BLANK = "_:"  # how the labels of blank nodes begin; they mean something in their source alone
PREFERRED_LANGUAGES = ("en", "")  # of the name that a term is shown by


@dataclass(frozen=True, slots=True)
class Term:
    """What facts are about: its words there, its IRI if it has one, its best and other names.

    `scope` is the SOURCE in which a blank node has its label, empty for every other term.
    """

    words: str
    iri: str
    name: str
    aliases: tuple[str, ...] = ()
    scope: str = ""


@dataclass(frozen=True, slots=True)
class FactTerms:
    """All terms, and for every fact which it joins.

    `heads` and `tails` (F,) hold numbers of terms, for the facts of all segments one after the
    other; a literal tail is NO_TERM.
    """

    terms: Sequence[Term]
    heads: Numbers
    tails: Numbers


@dataclass(slots=True)
class _Draft:
    """A term while its names are collected: (rank of the language, language, name)."""

    words: str
    iri: str
    scope: str
    labels: set[tuple[int, str, str]] = field(default_factory=set)
    aliases: set[str] = field(default_factory=set)


def number_terms(segments: Sequence[FactSegment]) -> FactTerms:
    """Number the terms of the facts of some sources, in the order in which they come."""
    numbers: dict[tuple[str, str, str], int] = {}
    drafts: list[_Draft] = []
    heads, tails = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for segment in segments:
        literal = _is_true(segment, "literal")
        head = _numbered(segment, "head", numbers, drafts)
        tail = _numbered(segment, "tail", numbers, drafts, left_out=literal)
        for row in np.flatnonzero(literal & _is_naming(segment)).tolist():
            _name(drafts[head[row]], segment.triple(row))
        heads.append(head)
        tails.append(tail)
    return FactTerms(
        [_term(draft) for draft in drafts], np.concatenate(heads), np.concatenate(tails)
    )


def _numbered(
    segment: FactSegment,
    side: str,
    numbers: dict[tuple[str, str, str], int],
    drafts: list[_Draft],
    *,
    left_out: NDArray[np.bool_] | None = None,
) -> Numbers:
    """Return the number of each fact's term on one side, NO_TERM where it is left out.

    A term is known by its IRI, or else by its words; a blank node by its label and its source.
    """
    import pyarrow.compute as pc

    words, iris = _array(segment, side), _array(segment, f"{side}_iri")
    joined = pc.if_else(pc.equal(iris, ""), words, pc.binary_join_element_wise("", iris, "\x00"))
    if left_out is not None:
        joined = pc.if_else(left_out, None, joined)
    coded = joined.dictionary_encode()
    found = np.empty(len(coded.dictionary) + 1, dtype=np.int64)
    found[-1] = NO_TERM
    codes: Numbers = coded.indices.fill_null(len(coded.dictionary)).to_numpy().astype(np.int64)
    for code, row in enumerate(_first_rows(codes, len(coded.dictionary))):
        said, iri = words[row].as_py(), iris[row].as_py()
        scope = segment.source if iri.startswith(BLANK) else ""
        key = (scope, iri, "" if iri else said)
        if key not in numbers:
            numbers[key] = len(drafts)
            drafts.append(_Draft(said, iri, scope))
        found[code] = numbers[key]
    return found[codes]


def _first_rows(codes: Numbers, count: int) -> list[int]:
    """Return the first row in which each code below `count` stands."""
    firsts = np.full(count + 1, len(codes), dtype=np.int64)
    np.minimum.at(firsts, codes, np.arange(len(codes)))
    rows: list[int] = firsts[:count].tolist()
    return rows


def _is_naming(segment: FactSegment) -> NDArray[np.bool_]:
    """Return for each fact whether it says what its head is called, and does not deny it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    naming = pc.is_in(_array(segment, "relation"), value_set=pa.array(NAMING))
    found: NDArray[np.bool_] = naming.to_numpy(zero_copy_only=False).astype(bool)
    return found & ~_is_true(segment, "negated")


def _name(draft: _Draft, fact: Triple) -> None:
    if not fact.tail.strip():
        return
    if fact.relation == NAMING[0]:
        languages = [*PREFERRED_LANGUAGES, fact.language]
        draft.labels.add((languages.index(fact.language), fact.language, fact.tail))
    draft.aliases.add(fact.tail)


def _term(draft: _Draft) -> Term:
    """Settle a term's names: of what has an IRI the best label, of all else its words."""
    words, iri = draft.words, draft.iri
    name = min(draft.labels)[2] if iri and draft.labels else words or iri
    aliases = tuple(sorted({words, *draft.aliases} - {name, ""}))
    return Term(words, iri, name, aliases, draft.scope)


def _is_true(segment: FactSegment, name: str) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = _array(segment, name).to_numpy(zero_copy_only=False).astype(bool)
    return found


def _array(segment: FactSegment, name: str) -> Any:
    column = segment.column(name)
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
