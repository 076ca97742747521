"""Put other proper names in the place of those of an example, the same everywhere in it.

What holds of a name holds of another, so a reader that needs the names it has seen is found out:
compare Yan, Xiao, Gupta, Cheng, Chen and Ren, "On the Robustness of Reading Comprehension Models to
Entity Renaming", NAACL 2022, arXiv:2110.08555. Names are of like shape: so many words, initials and
small words. Whether a name is that of a man, a woman or a place is not known.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from wherefrom.kb.proper_names import proper_names
from wherefrom.pipeline.edits import Edit

TRIES = 8  # draws for one name, before the example is left as it is
Shape = tuple[str, ...]
_CAPITAL_WORD = re.compile(r"(?<![\w'’])(?:[^\W\d_a-z]\.|[^\W\d_a-z][\w–-]*)(?!\w)")


def name_shape(name: str) -> Shape:
    """Return what names that can stand for one another have in common.

    Examples
    --------
    >>> name_shape("House of Lords"), name_shape("J. Smith"), name_shape("NASA Centre")
    (('Aa', 'of', 'Aa'), ('A.', 'Aa'), ('AA', 'Aa'))
    """
    return tuple(_word_shape(word) for word in name.split(" "))


def names_by_shape(texts: Iterable[str]) -> dict[Shape, list[str]]:
    """Return the proper names of texts, each once, in order, by shape."""
    found: dict[Shape, set[str]] = defaultdict(set)
    for text in texts:
        for start, end in proper_names(text):
            found[name_shape(text[start:end])].add(text[start:end])
    return {shape: sorted(names) for shape, names in found.items()}


def swapped_words(
    texts: Sequence[str], known: Mapping[Shape, Sequence[str]], rng: random.Random
) -> dict[str, str]:
    """Draw another name for each proper name of an example; return it word by word.

    A word of a name becomes the same word wherever it stands, so that "Curie" alone follows "Marie
    Curie". No two words become one, and none becomes a word that the example has already; a name
    for which no other is left stays as it is.

    Parameters
    ----------
    texts
        All texts of one example.
    known
        Names to draw from, as `names_by_shape` returns them.
    rng
        Draws them.
    """
    present = {word for text in texts for word in _CAPITAL_WORD.findall(text)}
    swapped: dict[str, str] = {}
    names = {text[start:end] for text in texts for start, end in proper_names(text)}
    for name in sorted(names, key=lambda one: (-len(one), one)):
        words = _capitals(name)
        others = known.get(name_shape(name), ())
        if not others or any(word in swapped or word not in present for word in words):
            continue
        for _ in range(TRIES):
            new = _capitals(rng.choice(others))
            taken = present.union(swapped.values())
            if len(set(new)) == len(set(words)) == len(words) and not taken.intersection(new):
                swapped.update(zip(words, new, strict=True))
                break
    return swapped


def name_edits(text: str, swapped: Mapping[str, str]) -> list[Edit]:
    """Return edits that put each word with a capital that is swapped into its other form.

    Examples
    --------
    >>> name_edits("Curie's work", {"Marie": "Ada", "Curie": "Lovelace"})
    [Edit(start=0, end=5, text='Lovelace')]
    """
    return [
        Edit(*found.span(), swapped[found.group()])
        for found in _CAPITAL_WORD.finditer(text)
        if found.group() in swapped
    ]


def _capitals(name: str) -> list[str]:
    return [word for word in name.split(" ") if not word[0].islower()]


def _word_shape(word: str) -> str:
    if word[0].islower():
        return word
    if len(word) == 2 and word.endswith("."):
        return "A."
    return "AA" if len(word) > 1 and word.isupper() else "Aa"
