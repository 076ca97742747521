"""Find, among many names, the few that could stand in a text at all: by their words.

To make an automaton of a million names takes a minute; of the few that could stand in one question,
no time at all.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wherefrom.kb.name_keys import without_suffix
from wherefrom.kb.words import words

if TYPE_CHECKING:
    import pyarrow as pa


def rows_that_may_stand_in(texts: Iterable[str], names: "pa.ChunkedArray") -> NDArray[np.int64]:
    """Return the rows of the names all whose words stand in one of the texts, in order.

    What follows in brackets at the end of a name does not count. A few names more may be there.

    Parameters
    ----------
    texts
        Running text.
    names
        Strings.

    Examples
    --------
    >>> import pyarrow as pa
    >>> names = pa.chunked_array([["Lothair II", "Élan", "II", "the road", "東京"]])
    >>> rows_that_may_stand_in(["Did Lothair II like ELAN in 東京?"], names).tolist()
    [0, 1, 2, 4]
    """
    import pyarrow.compute as pc

    asked = {word for text in texts for word in words(text).folded}
    plain = [re.escape(word) for word in sorted(asked) if word.isascii()]
    ascii_names = pc.string_is_ascii(names)
    fits = np.zeros(len(names), dtype=bool)
    if plain:
        # `words` cuts ASCII into runs of letters and digits, in lower case
        pattern = rf"^[^A-Za-z0-9]*(?:(?:{'|'.join(plain)})[^A-Za-z0-9]*)+(?:\(.*)?$"
        matched = pc.match_substring_regex(names, pattern, ignore_case=True)
        fits = pc.and_(matched, ascii_names).to_numpy()
    others = np.flatnonzero(~ascii_names.to_numpy())
    for row, name in zip(others.tolist(), names.take(others).to_pylist(), strict=True):
        fits[row] = any(
            asked.issuperset(words(form).folded) for form in (name, without_suffix(name))
        )
    return np.flatnonzero(fits)
