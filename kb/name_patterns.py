"""Turn the names of a table into strings of codes, one code for each word.

A code is as many bytes as the number of words asks for, 7 bits in each. Only the first byte of a
code has the highest bit set, so that a match cannot begin or end inside one.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from wherefrom.kb.name_forms import NameForm, name_form
from wherefrom.kb.name_table import NameTable
from wherefrom.kb.words import words

_BITS = 7  # of a word's number in each byte of its code
_LEAD = 0x80


@dataclass(frozen=True, slots=True)
class NamePatterns:
    """The names of a table that running text can mention, one pattern for each key.

    Pattern n is spelled by the words ``spelled[ends[n]]`` to ``spelled[ends[n + 1]]``, by number;
    `vocabulary` numbers them from 1. Its candidates are in the rows ``firsts[n]`` to
    ``firsts[n + 1]`` of `entities`, the likeliest first; beside each stands the number of the form
    in which its name is written.
    """

    vocabulary: dict[str, int]
    spelled: "array[int]"
    ends: "array[int]"
    firsts: "array[int]"
    entities: "array[int]"
    written: "array[int]"
    forms: tuple[NameForm, ...]

    def code_bytes(self) -> int:
        """Return how many bytes a code has."""
        return max(1, -(-len(self.vocabulary).bit_length() // _BITS))

    def codes(self) -> dict[str, bytes]:
        """Return the code of every word."""
        count = len(self.vocabulary)
        numbers = np.arange(1, count + 1, dtype=np.int64)
        return dict(zip(self.vocabulary, self._encoded(numbers, range(count + 1)), strict=True))

    def encoded(self) -> Iterator[bytes]:
        """Yield the codes of the words of each pattern, joined."""
        return self._encoded(np.array(self.spelled, dtype=np.int64), self.ends)

    def unknown(self) -> bytes:
        """Return the code of every word that is in no name."""
        return bytes([_LEAD]).ljust(self.code_bytes(), b"\0")

    def begin_with_capital(self) -> bytes:
        """Return 1 for each pattern whose first word must have a capital in all rows, else 0."""
        needed = np.array([0 in form.capitals for form in self.forms], dtype=bool)
        of_rows = needed[np.array(self.written, dtype=np.int64)]
        return np.logical_and.reduceat(of_rows, self.firsts[:-1]).tobytes() if self.written else b""

    def _encoded(self, numbers: NDArray[np.int64], ends: Sequence[int]) -> Iterator[bytes]:
        width = self.code_bytes()
        shifts = np.arange(width - 1, -1, -1) * _BITS
        parts = (numbers[:, None] >> shifts & (_LEAD - 1)).astype(np.uint8)
        parts[:, 0] |= _LEAD
        joined = parts.tobytes()
        return (joined[width * start : width * end] for start, end in pairwise(ends))


def name_patterns(table: NameTable) -> NamePatterns:
    """Take the patterns from a table, in the order of its keys.

    Names that running text cannot be said to mean are left out: see `name_form`.
    """
    vocabulary: dict[str, int] = {}
    forms: dict[NameForm, int] = {}
    spelled, ends, firsts = array("q"), array("q", [0]), array("q", [0])
    entities, written = array("q"), array("q")
    for number in range(len(table.rows.keys)):
        spelling: list[str] = []
        candidates: dict[tuple[int, int], None] = {}
        for row in table.rows.numbered(number):
            name = table.rows.name(row, table.names)
            found = words(name)
            form = name_form(name, found)
            if form is not None:
                spelling = found.folded
                candidates[table.rows.entities[row], forms.setdefault(form, len(forms))] = None
        if candidates:
            spelled.extend(vocabulary.setdefault(word, len(vocabulary) + 1) for word in spelling)
            ends.append(len(spelled))
            entities.extend(entity for entity, _ in candidates)
            written.extend(form for _, form in candidates)
            firsts.append(len(entities))
    return NamePatterns(vocabulary, spelled, ends, firsts, entities, written, tuple(forms))
