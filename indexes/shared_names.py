"""Find the names that several documents share and of which none has the title.

They join passages that have no other name in common: those of texts without titles, and those about
things that have no article of their own.
"""

from array import array
from collections.abc import Container, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wherefrom.kb.name_keys import name_key
from wherefrom.kb.proper_names import proper_names

MOST_DOCUMENTS = 20  # a name that more share tells little of any


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

    def add(self, passage: int, text: str, start: int, taken: Iterable[tuple[int, int]]) -> None:
        """Take the names of a passage, but for those that touch what is taken.

        Parameters
        ----------
        passage
            Its number in the graph.
        text
            Its text, which begins at `start` in its document.
        taken
            Start and end in the text of each mention that is known, in order.
        """
        known = iter(taken)
        next_known = next(known, None)
        for first, last in proper_names(text):
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
        kept = (shared > 1) & (shared <= MOST_DOCUMENTS)
        order = [number for _, number in sorted(self._numbers.items()) if kept[number]]
        places = np.full(count, -1, dtype=np.int32)
        places[order] = np.arange(entities, entities + len(order), dtype=np.int32)
        mentions = mentions[:, kept[mentions[1]]]
        mentions[1] = places[mentions[1]]
        return [self._written[number] for number in order], mentions
