"""Settle which entity a mention means where several have its name: the one near to the context.

Names that say too little where they stand are let go: one word that is only the short title or an
alias of its entity, in the middle of a longer name ("Empire" in "Byzantine Empire"), or is how a
text without a title begins ("United" in "United States").
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.passage_vectors import PassageVectors
from wherefrom.kb.name_context import stands_in_longer_name
from wherefrom.kb.name_keys import name_key
from wherefrom.kb.records import Mention
from wherefrom.kb.words import words

NO_PASSAGE = -1
NEARNESS_UNKNOWN = 0.2  # cosine that stands for that of an entity without a passage


@dataclass(frozen=True, slots=True)
class MentionChoice:
    """What is known of the entities that a mention may mean.

    `names` are the names that entities are shown by; `firsts` (E,) is the row in the generation of
    the first passage about each, NO_PASSAGE where there is none; `title` tells the title of the
    passage in a row.
    """

    names: Sequence[str]
    firsts: NDArray[np.int64]
    vectors: PassageVectors
    title: Callable[[int], str]

    def chosen(
        self,
        text: str,
        mention: Mention,
        vector: NDArray[np.float32] | None,
        *,
        is_linked: bool = False,
    ) -> int | None:
        """Return the entity that a mention means, None where it is let go.

        Parameters
        ----------
        text
            What the mention stands in.
        mention
            Its candidates are numbers of entities, the likeliest by name first.
        vector
            (D,), of the text or the passage around it; None leaves it to the order of candidates.
        is_linked
            Whether the author of the text marked the mention: then it is not let go.
        """
        candidates = mention.candidates
        surface = text[mention.start : mention.end]
        partial = not is_linked and len(words(surface).folded) == 1
        if partial and stands_in_longer_name(text, mention.start, mention.end):
            key = name_key(surface)
            candidates = tuple(one for one in candidates if self._is_title(one, key))
        if not candidates:
            return None
        if len(candidates) == 1 or vector is None:
            return candidates[0]
        rows = self.firsts[list(candidates)]
        known = rows != NO_PASSAGE
        nearness = np.full(len(candidates), NEARNESS_UNKNOWN)
        # Summed row by row: a product of matrices may tell equal vectors apart in the last bit
        nearness[known] = (self.vectors[rows[known]] * vector).sum(axis=1)
        return candidates[int(nearness.argmax())]  # of equals the likeliest by name

    def _is_title(self, entity: int, key: str) -> bool:
        """Tell whether a key is that of the whole title of an entity, or the name of a fact's."""
        first = int(self.firsts[entity])
        has_title = first == NO_PASSAGE or bool(self.title(first).strip())
        return has_title and name_key(self.names[entity]) == key
