"""Number the terms that facts are about, and collect their names.

Facts are read by column, so that a million of them take no million Python objects: only different
terms do.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wherefrom.kb.fact_segment import FactSegment
from wherefrom.kb.records import NAMING

Numbers = NDArray[np.int64]
NO_TERM = -1
BLANK = "_:"  # how the labels of blank nodes begin; they mean something in their source alone
PREFERRED_LANGUAGES = ("en", "")  # of the name that a term is shown by


@dataclass(frozen=True, slots=True)
class Term:
    """What facts are about: its words there, its IRI if it has one, its best and other names."""

    words: str
    iri: str
    name: str
    aliases: tuple[str, ...]


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
    labels: set[tuple[int, str, str]] = field(default_factory=set)
    aliases: set[str] = field(default_factory=set)


def number_terms(segments: Sequence[FactSegment]) -> FactTerms:
    """Number the terms of the facts of some sources, in the order in which they come."""
    numbers: dict[str, int] = {}
    drafts: list[_Draft] = []
    heads, tails = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for segment in segments:
        literal = _array(segment, "literal").to_numpy(zero_copy_only=False).astype(bool)
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
    numbers: dict[str, int],
    drafts: list[_Draft],
    *,
    left_out: NDArray[np.bool_] | None = None,
) -> Numbers:
    """Return the number of each fact's term on one side, NO_TERM where it is left out."""
    import pyarrow.compute as pc

    words, iris = _array(segment, side), _array(segment, f"{side}_iri")
    has_iri = pc.not_equal(iris, "")
    names = pc.if_else(has_iri, iris, pc.binary_join_element_wise(words, "", "\x00"))
    if left_out is not None:
        names = pc.if_else(left_out, None, names)
    coded = names.dictionary_encode()
    firsts = _first_rows(coded.indices, len(coded.dictionary))
    found = np.empty(len(coded.dictionary) + 1, dtype=np.int64)
    found[-1] = NO_TERM
    for code, (name, row) in enumerate(zip(coded.dictionary.to_pylist(), firsts, strict=True)):
        key = f"{segment.source}\x00{name}" if name.startswith(BLANK) else name
        if key not in numbers:
            numbers[key] = len(drafts)
            drafts.append(_Draft(words[row].as_py(), iris[row].as_py()))
        found[code] = numbers[key]
    codes: Numbers = coded.indices.fill_null(len(coded.dictionary)).to_numpy().astype(np.int64)
    return found[codes]


def _first_rows(codes: Any, count: int) -> list[int]:
    """Return the first row in which each code stands."""
    filled = codes.fill_null(count).to_numpy()
    firsts = np.full(count + 1, len(filled), dtype=np.int64)
    np.minimum.at(firsts, filled, np.arange(len(filled)))
    rows: list[int] = firsts[:count].tolist()
    return rows


def _is_naming(segment: FactSegment) -> NDArray[np.bool_]:
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pc.is_in(_array(segment, "relation"), value_set=pa.array(NAMING))
    named: NDArray[np.bool_] = found.to_numpy(zero_copy_only=False).astype(bool)
    return named


def _name(draft: _Draft, fact: Any) -> None:
    if fact.relation == NAMING[0]:
        languages = [*PREFERRED_LANGUAGES, fact.language]
        draft.labels.add((languages.index(fact.language), fact.language, fact.tail))
    draft.aliases.add(fact.tail)


def _term(draft: _Draft) -> Term:
    """Settle a term's names: of what has an IRI the best label, of all else its words."""
    words = draft.words
    name = min(draft.labels)[2] if draft.iri and draft.labels else words or draft.iri
    return Term(words, draft.iri, name, tuple(sorted({words, *draft.aliases} - {name, ""})))


def _array(segment: FactSegment, name: str) -> Any:
    column = segment.column(name)
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def facts_in_order(segments: Sequence[FactSegment]) -> Iterator[tuple[int, int]]:
    """Go over the numbers of segment and row of all facts, in the order of `FactTerms`."""
    for number, segment in enumerate(segments):
        for row in range(segment.triples):
            yield number, row
