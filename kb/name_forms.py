"""What the way in which a name is written says about the places of a text that may mean it.

Words alone are not enough: "the road" is no film, "it" is no novel, and "Paris. Texas" no town. So
a name is remembered with its capitals and its punctuation, and a text must agree with both.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from wherefrom.kb.words import Words

# A name may be written with these in lower case or with a capital: "The Hague", "the Hague".
_FUNCTION_WORDS = frozenset(
    "a an the and or nor but of in on at to for from by with as into onto upon over under between "
    "versus vs via per de la le les du des di da del della der den das die dem von van und et y e "
    "el los las al".split()
)
# A name that consists of nothing else says nothing.
_STOP_WORDS = _FUNCTION_WORDS | frozenset(
    "i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his "
    "himself she her hers herself it its itself they them their theirs themselves one ones "
    "who whom whose which what when where why how this that these those here there then thus "
    "am is are was were be been being have has had having do does did doing done can could will "
    "would shall should must might not no yes if so than too very also just only more most much "
    "many some any all each every both few other others another such same own "
    "after before about above below against during through because while until since "
    "again once ever never now out up down off s t d m ll re ve".split()
)
_NEUTRAL = re.compile(r"[\s_/'’‘ʼ`´\-‐‑‒–·・•]+")  # may stand between the words of any name
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″〝〞", '"'))
_LONGEST_ABBREVIATION = 3  # letters; a stop after it ends no sentence: "St. Louis"
_PARAGRAPH = re.compile(r"\n\s*\n")
# What makes a name part of a longer word: don't, O'Neill; or of a longer number: Windows 3.1.
_GOES_ON = re.compile(r"['’](?:t|d|m|ll|re|ve)\b|(?<=\d)[.,]\d", re.IGNORECASE)
_CACHED_GAPS = 4096


@dataclass(frozen=True, slots=True)
class NameForm:
    """How a name is written, as far as it decides whether a text means it.

    `capitals` are the places of the words that must have a capital; `breaks` the marks between its
    words, but for those that any name may have. A text may leave out the breaks, except for "&",
    and have no others. `are_initials` says that all words are single letters ("R&B", "U.S."): there
    is little else to know such a name by, so that its marks and spaces must be those of the text.
    """

    capitals: tuple[int, ...] = ()
    breaks: str = ""
    are_initials: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A text that is searched for names, its words, and whether it has a capital anywhere."""

    text: str
    words: Words
    is_cased: bool


def name_form(name: str, found: Words) -> NameForm | None:
    """Return the form of a name, given its words; None if running text cannot be said to mean it.

    That is so for a name of nothing but stop words, numbers and a single letter (or one character
    of a script without spaces): "The Who", "1984", "X". A stop word in capitals counts in
    a longer name: "AT&T".

    Examples
    --------
    >>> from wherefrom.kb.words import words
    >>> name_form("Battle of Hastings", words("Battle of Hastings"))
    NameForm(capitals=(0, 2), breaks='', are_initials=False)
    >>> name_form("Paris, Texas", words("Paris, Texas"))
    NameForm(capitals=(0, 1), breaks=',', are_initials=False)
    >>> name_form("1984", words("1984")) is None
    True
    """
    are_initials = _are_initials(found)
    capitals, telling = [], []
    for place, word in enumerate(found.folded):
        written = name[slice(*found.span(place, place))]
        acronym = written.isupper() and (len(written) > 1 or are_initials)
        if has_capital(written) and (acronym or word not in _FUNCTION_WORDS):
            capitals.append(place)
        is_stop_word = word in _STOP_WORDS and not (acronym and len(found) > 1)
        if not is_stop_word and not word.isdecimal():
            telling.append(word)
    # Of Chinese numerals one may stand in a name, as in 三国, but a number is none.
    if len("".join(telling)) < 2 or all(word.isnumeric() for word in telling):
        return None
    last = len(found) - 1
    breaks = (_marks_between if are_initials else breaks_between)(name, found, 0, last)
    return NameForm(tuple(capitals), breaks, are_initials)


def fits(form: NameForm, reading: Reading, first: int, last: int) -> bool:
    """Return whether the words `first` to `last` of a text may be a name of this form."""
    if reading.is_cased:
        bounds = reading.words.bounds
        for place in form.capitals:
            word = 2 * (first + place)
            if not has_capital(reading.text[bounds[word] : bounds[word + 1]]):
                return False
    if first == last:
        return True
    if form.are_initials:
        return _marks_between(reading.text, reading.words, first, last) == form.breaks
    breaks = breaks_between(reading.text, reading.words, first, last)
    return breaks == form.breaks or not (breaks or "&" in form.breaks)


def has_capital(written: str) -> bool:
    """Return whether a word has a capital, the first letter or another."""
    return written != written.lower()


def breaks_between(text: str, found: Words, first: int, last: int) -> str:
    """Return the marks between the words `first` to `last` that not any name may have.

    Spaces, hyphens, apostrophes and the stop of an abbreviation do not count, nor does it matter
    whether marks are wide or quotation marks curly. An empty line is a mark.
    """
    bounds, breaks = found.bounds, ""
    for place in range(first, last):
        gap = text[bounds[2 * place + 1] : bounds[2 * place + 2]]
        if gap and gap != " ":
            is_short = len(found.folded[place]) <= _LONGEST_ABBREVIATION
            breaks += _breaks(gap, abbreviated=is_short)
    return breaks


def is_part_of_word(text: str, start: int, end: int) -> bool:
    """Return whether a slice that begins and ends with words is less than what a reader sees.

    Examples
    --------
    >>> is_part_of_word("Don't", 0, 3), is_part_of_word("O'Neill", 2, 7)
    (True, True)
    >>> is_part_of_word("Don's", 0, 3), is_part_of_word("l'Italie", 2, 8)
    (False, False)
    """
    if _GOES_ON.match(text, end):
        return True
    if text[max(0, start - 1) : start] not in ("'", "’"):
        return False
    before = text[max(0, start - 3) : start - 1]
    return before[-1:].isupper() and not before[:-1].isalnum()


def _are_initials(found: Words) -> bool:
    return len(found) > 1 and all(len(word) == 1 and word.isascii() for word in found.folded)


def _marks_between(text: str, found: Words, first: int, last: int) -> str:
    """Return all that stands between words but full stops."""
    bounds = found.bounds[2 * first + 1 : 2 * last + 2]
    gaps = zip(bounds[::2], bounds[1::2], strict=False)
    return "".join([text[start:end] for start, end in gaps]).replace(".", "")


@lru_cache(maxsize=_CACHED_GAPS)
def _breaks(gap: str, *, abbreviated: bool) -> str:
    """Return the marks between two words that count; `abbreviated` says that a stop does not."""
    marks = unicodedata.normalize("NFKC", _NEUTRAL.sub("", gap)).translate(_QUOTES)
    if abbreviated:
        marks = marks.replace(".", "")
    return f"\n{marks}" if _PARAGRAPH.search(gap) else marks
