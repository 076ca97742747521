"""Find the names that several documents share and of which none has the title.

They join passages that have no other name in common: those of texts without titles, and those about
things that have no article of their own. In texts without titles single words with a capital may
be such names, too, if few documents share them.
"""

from array import array
from collections.abc import Container, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wherefrom.kb.name_keys import name_key
from wherefrom.kb.proper_names import BEGINS, SEVERAL, proper_names, written_names

MOST_DOCUMENTS = 20  # a name that more share tells little of any
MOST_OF_WORD = 5  # documents that may share a name of one word
_KINDS = {SEVERAL: 0, BEGINS: 2}  # 1 for a word within a sentence


@dataclass(slots=True)
class SharedNames:
    """Collect the proper names of passages, and keep those that documents share.

    `add` is told passage by passage what is not a mention of a known entity; `found` returns the
    names by key, each as it is written first in order of letters, and their mentions.
    """

    documents: NDArray[np.int64]  # (P,) of each passage of the graph
    known: Container[str]  # keys of the names of known entities
    _numbers: dict[str, int] = field(default_factory=dict)
    _written: list[str] = field(default_factory=list)
    _places: "array[int]" = field(default_factory=lambda: array("i"))
    _plain: set[str] = field(default_factory=set)  # words that stand somewhere without a capital
    _kinds: "array[int]" = field(default_factory=lambda: array("b"))

    def add(
        self,
        passage: int,
        text: str,
        start: int,
        taken: Iterable[tuple[int, int]],
        *,
        with_words: bool = False,
    ) -> None:
        """Take the names of a passage, but for those that touch what is taken.

        Parameters
        ----------
        passage
            Its number in the graph.
        text
            Its text, which begins at `start` in its document.
        taken
            Start and end in the text of each mention that is known, in order.
        with_words
            Whether single words count, too.
        """
        if with_words:
            self._plain.update(filter(str.isalpha, filter(str.islower, text.split())))
        known = iter(taken)
        next_known = next(known, None)
        for first, last, kind in written_names(text) if with_words else _proper(text):
            while next_known is not None and next_known[1] <= first:
                next_known = next(known, None)
            if next_known is not None and next_known[0] < last:
                continue
            written = text[first:last]
            key = name_key(written)
            if key in self.known:
                continue
            number = self._numbers.setdefault(key, len(self._written))
            if number == len(self._written):
                self._written.append(written)
            self._written[number] = min(self._written[number], written)
            self._places.extend((passage, number, start + first, start + last))
            self._kinds.append(_KINDS.get(kind, 1))

    def found(self, entities: int) -> tuple[list[str], NDArray[np.int32]]:
        """Return the names that at least two documents share, and their mentions (4, M).

        The mentions are passage, entity, start and end, in order of passage and start; the names
        are entities from the number `entities` on, in order of their keys.
        """
        mentions = np.array(self._places, dtype=np.int32).reshape(-1, 4).T
        count = len(self._written)
        width = max(1, len(self.documents))  # more than there are documents
        pairs = np.unique(mentions[1].astype(np.int64) * width + self.documents[mentions[0]])
        shared = np.bincount(pairs // width, minlength=count)
        numbers, kinds = mentions[1], np.array(self._kinds, dtype=np.int8)
        several = np.bincount(numbers[kinds == 0], minlength=count) > 0
        plain = np.array([one.lower() in self._plain for one in self._written], dtype=bool)
        sure = np.bincount(numbers[kinds < 2], minlength=count) > 0
        kept = (
            sure
            & ~plain
            & (shared > 1)
            & (shared <= np.where(several, MOST_DOCUMENTS, MOST_OF_WORD))
        )
        order = [number for _, number in sorted(self._numbers.items()) if kept[number]]
        places = np.full(count, -1, dtype=np.int32)
        places[order] = np.arange(entities, entities + len(order), dtype=np.int32)
        mentions = mentions[:, kept[mentions[1]]]
        mentions[1] = places[mentions[1]]
        return [self._written[number] for number in order], mentions


def _proper(text: str) -> list[tuple[int, int, str]]:
    return [(start, end, SEVERAL) for start, end in proper_names(text)]
