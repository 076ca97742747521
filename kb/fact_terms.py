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
class _Named:
    """What facts say that a term is called; labels are (rank of language, language, name)."""

    labels: set[tuple[int, str, str]] = field(default_factory=set)
    aliases: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Drafts:
    """Terms while they are numbered and named; there may be a million, and few with names.

    `numbers` has the terms with an IRI by scope and IRI, the others by their words.
    """

    numbers: dict[str | tuple[str, str], int] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    named: dict[int, _Named] = field(default_factory=dict)

    def number(self, words: str, iri: str, source: str) -> int:
        """Return the number of a term; a blank node is known by its source, too."""
        scope = source if iri.startswith(BLANK) else ""
        number = self.numbers.setdefault((scope, iri) if iri else words, len(self.words))
        if number == len(self.words):
            self.words.append(words)
        return number

    def terms(self) -> list[Term]:
        """Settle the names of all terms, in order."""
        nothing = _Named()
        return [
            _term(self.words[number], known, self.named.get(number, nothing))
            for known, number in self.numbers.items()
        ]


def number_terms(segments: Sequence[FactSegment]) -> FactTerms:
    """Number the terms of the facts of some sources, in the order in which they come."""
    drafts = _Drafts()
    heads, tails = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for segment in segments:
        literal = _is_true(segment, "literal")
        head = _numbered(segment, "head", drafts)
        tail = _numbered(segment, "tail", drafts, left_out=literal)
        for row in np.flatnonzero(literal & _is_naming(segment)).tolist():
            _name(drafts.named.setdefault(int(head[row]), _Named()), segment.triple(row))
        heads.append(head)
        tails.append(tail)
    return FactTerms(drafts.terms(), np.concatenate(heads), np.concatenate(tails))


def _numbered(
    segment: FactSegment,
    side: str,
    drafts: _Drafts,
    *,
    left_out: NDArray[np.bool_] | None = None,
) -> Numbers:
    """Return the number of each fact's term on one side, NO_TERM where it is left out."""
    import pyarrow as pa
    import pyarrow.compute as pc

    words, iris = _array(segment, side), _array(segment, f"{side}_iri")
    known = pc.if_else(pc.equal(iris, ""), words, pc.binary_join_element_wise("", iris, "\x00"))
    if left_out is not None:
        known = pc.if_else(left_out, None, known)
    coded = known.dictionary_encode()
    count = len(coded.dictionary)
    codes: Numbers = coded.indices.fill_null(count).to_numpy().astype(np.int64)
    rows = pa.array(_first_rows(codes, count))
    firsts = zip(words.take(rows).to_pylist(), iris.take(rows).to_pylist(), strict=True)
    found = np.full(count + 1, NO_TERM, dtype=np.int64)
    found[:count] = [drafts.number(said, iri, segment.source) for said, iri in firsts]
    return found[codes]


def _first_rows(codes: Numbers, count: int) -> Numbers:
    """Return the first row (count,) in which each code below `count` stands."""
    firsts = np.full(count + 1, len(codes), dtype=np.int64)
    np.minimum.at(firsts, codes, np.arange(len(codes)))
    return firsts[:count]


def _is_naming(segment: FactSegment) -> NDArray[np.bool_]:
    """Return for each fact whether it says what its head is called, and does not deny it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    naming = pc.is_in(_array(segment, "relation"), value_set=pa.array(NAMING))
    found: NDArray[np.bool_] = naming.to_numpy(zero_copy_only=False).astype(bool)
    return found & ~_is_true(segment, "negated")


def _name(named: _Named, fact: Triple) -> None:
    if not fact.tail.strip():
        return
    if fact.relation == NAMING[0]:
        languages = [*PREFERRED_LANGUAGES, fact.language]
        named.labels.add((languages.index(fact.language), fact.language, fact.tail))
    named.aliases.add(fact.tail)


def _term(words: str, known: str | tuple[str, str], named: _Named) -> Term:
    """Settle a term's names: of what has an IRI the best label, of all else its words."""
    scope, iri = ("", "") if isinstance(known, str) else known
    name = min(named.labels)[2] if iri and named.labels else words or iri
    aliases = tuple(sorted({words, *named.aliases} - {name, ""}))
    return Term(words, iri, name, aliases, scope)


def _is_true(segment: FactSegment, name: str) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = _array(segment, name).to_numpy(zero_copy_only=False).astype(bool)
    return found


def _array(segment: FactSegment, name: str) -> Any:
    column = segment.column(name)
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
