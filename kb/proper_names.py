"""Find proper names in running text by the way they are written: words with capitals in a row.

This knows no list of names, so it finds those of which nobody has written an article, and those in
texts without titles. It is for scripts with capitals: a text without them has none.
"""

import re
from collections.abc import Iterator

from wherefrom.kb.abbreviations import STARTERS

SEVERAL, WITHIN, BEGINS = "several", "within", "begins"  # what speaks for a name
# Latin, Greek and Cyrillic letters, small ones among them: whether one is a capital is asked after
CAPITAL = "A-ZÀ-ÖØ-Þ\u0100-\u024f\u0386-\u03ab\u0400-\u042f"
_WORD = rf"[{CAPITAL}][\w\u2013-]*(?:['’](?!s\b)\w+)*"
_INITIAL = rf"[{CAPITAL}]\."
_PART = rf"(?:{_INITIAL}|{_WORD})"
LINKS = "of the de la le du del della di da dos van von der den bin ibn al el y und".split()
_LINK = "|".join(LINKS)
_RUN = rf"(?<![\w'’]){_PART}(?: (?:(?:{_LINK}) ){{0,2}}{_PART})"
_NAMES, _NAMES_AND_WORDS = re.compile(f"{_RUN}+"), re.compile(f"{_RUN}*")
_OPENERS, _ENDS = " \t\"'“‘(", ".!?:\n"  # between sentences
_FARTHEST = 4  # characters before a word that are looked at for the end of a sentence
_ANY_WORD = re.compile(r"[^\W\d_]+(?:['’]\w+)?")
_SMALL = frozenset(  # words that headings write without a capital
    (
        *LINKS,
        *"and a an or nor but if so yet as at by for from in into off on onto over to".split(),
        *"up upon via with within without per vs than".split(),
    )
)
_LINKING = frozenset(LINKS)
_SHORTEST_WORD = 3  # letters of a single word that may be a name
_DATES = frozenset(
    "January February March April May June July August September October November December "
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
)


def proper_names(text: str) -> list[tuple[int, int]]:
    """Return where the proper names of two words or more stand, in order, without overlap.

    Words that begin sentences are no part of one ("In World War II"), nor is "'s" at its end.

    Examples
    --------
    >>> text = "In World War II, the House of Lords met J. Smith's son."
    >>> [text[start:end] for start, end in proper_names(text)]
    ['World War II', 'House of Lords', 'J. Smith']
    """
    return [(start, end) for start, end, words in _runs(text, _NAMES) if words > 1]


def written_names(text: str) -> list[tuple[int, int, str]]:
    """Return where proper names stand as `proper_names` does, and single words with a capital.

    Beside each stands what speaks for it: `SEVERAL` words, a capital `WITHIN` a sentence, or one
    that any word has where a sentence `BEGINS`.

    Examples
    --------
    >>> text = "Seattle lies north. In May, Ann Lee left Tulsa."
    >>> [(text[start:end], kind) for start, end, kind in written_names(text)]
    [('Seattle', 'begins'), ('Ann Lee', 'several'), ('Tulsa', 'within')]
    """
    found = []
    for start, end, words in _runs(text, _NAMES_AND_WORDS):
        word = text[start:end]
        if words > 1:
            found.append((start, end, SEVERAL))
        elif len(word) >= _SHORTEST_WORD and word not in _DATES:
            before = text[max(0, start - _FARTHEST) : start].rstrip(_OPENERS)
            begins = not before or before[-1] in _ENDS
            found.append((start, end, BEGINS if begins else WITHIN))
    return found


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


def _runs(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int, int]]:
    """Go over the words with capitals in a row: start, end, and how many have one."""
    for found in pattern.finditer(text):
        start, end = found.span()
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
        capital = sum(word[0].isupper() for word in kept)
        if not capital or any(not word[0].isupper() and word not in _LINKING for word in kept):
            continue
        low = start + sum(len(word) + 1 for word in words[:first])
        yield low, low + len(" ".join(kept)), capital
