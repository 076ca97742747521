"""Find proper names in running text by the way they are written: words with capitals in a row.

This knows no list of names, so it finds those of which nobody has written an article, and those in
texts without titles. It is for scripts with capitals: a text without them has none.
"""

import re

from wherefrom.kb.abbreviations import STARTERS

# Latin, Greek and Cyrillic letters, small ones among them: whether one is a capital is asked after
_CAPITAL = "A-ZÀ-ÖØ-Þ\u0100-\u024f\u0386-\u03ab\u0400-\u042f"
_WORD = rf"[{_CAPITAL}][\w\u2013-]*(?:['’](?!s\b)\w+)*"
_INITIAL = rf"[{_CAPITAL}]\."
_PART = rf"(?:{_INITIAL}|{_WORD})"
_LINKS = "of the de la le du del della di da dos van von der den bin ibn al el y und"
_LINK = "|".join(_LINKS.split())
_NAME = re.compile(rf"(?<![\w'’]){_PART}(?: (?:(?:{_LINK}) ){{0,2}}{_PART})+")
_ANY_WORD = re.compile(r"[^\W\d_]+(?:['’]\w+)?")
_SMALL = frozenset(  # words that headings write without a capital
    (
        *_LINKS.split(),
        *"and a an or nor but if so yet as at by for from in into off on onto over to".split(),
        *"up upon via with within without per vs than".split(),
    )
)
_LINKING = frozenset(_LINKS.split())


def proper_names(text: str) -> list[tuple[int, int]]:
    """Return where the proper names of two words or more stand, in order, without overlap.

    Words that begin sentences are no part of one ("In World War II"), nor is "'s" at its end.

    Examples
    --------
    >>> text = "In World War II, the House of Lords met J. Smith's son."
    >>> [text[start:end] for start, end in proper_names(text)]
    ['World War II', 'House of Lords', 'J. Smith']
    """
    return [
        place
        for found in _NAME.finditer(text)
        if (place := _trimmed(text, *found.span())) is not None
    ]


def capitals_tell(text: str) -> bool:
    """Tell whether capitals mark names in a text: it has some, and words without one.

    In a heading every word has one but the small ones, and in what is typed in haste none.

    Examples
    --------
    >>> capitals_tell("Who directed Mera Lahoo?"), capitals_tell("When did Pope Julius II die?")
    (True, True)
    >>> capitals_tell("Kiwifruit for Irritable Bowel Syndrome"), capitals_tell("avocado oil")
    (False, False)
    """
    words = _ANY_WORD.findall(text)
    return any(word[0].isupper() for word in words) and any(
        word[0].islower() and word not in _SMALL for word in words
    )


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Leave out what begins a sentence, at both ends; None where less than a name is left."""
    words = text[start:end].split(" ")
    first, last = 0, len(words)
    for place in range(1, last):  # "Vitamin C. The Beatles": a sentence ends within
        if words[place - 1].endswith(".") and words[place] in STARTERS:
            last = place
            break
    while first < last and (words[first] in STARTERS or words[first] in _LINKING):
        first += 1
    while last > first and (words[last - 1] in STARTERS or words[last - 1] in _LINKING):
        last -= 1
    kept = words[first:last]
    capital = [word for word in kept if word[0].isupper()]
    if len(capital) < 2 or any(not word[0].isupper() and word not in _LINKING for word in kept):
        return None
    low = start + sum(len(word) + 1 for word in words[:first])
    return low, low + len(" ".join(kept))
