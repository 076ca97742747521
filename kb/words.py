"""Cut text into words that know their place, folded so that two ways to write one word are equal.

A word is a run of letters and digits; an apostrophe or a hyphen ends it ("Lothair's" is two words,
so is "Jean-Paul"). In scripts that are written without spaces (Chinese, Japanese, Thai and their
neighbours), and in Korean, where particles are joined to names, every character is a word of its
own. Marks that belong to a letter (accents, vowel signs) stay with it.

To fold is what Unicode calls compatibility caseless matching (The Unicode Standard, section 3.13),
without accents: Ａ, À and a are one, ß is ss, ﬁ is fi.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from typing import Literal

# Letters in these ranges are words of their own. Ends are inclusive.
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x312F),  # kana, Bopomofo
    (0x3131, 0x318E),  # letters of Hangul
    (0x31A0, 0x31FF),
    (0x3400, 0x4DBF),  # ideographs
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),  # Hangul syllables
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9D),  # half width: kana, letters of Hangul
    (0xFFA0, 0xFFDC),
    (0x1B000, 0x1B16F),
    (0x20000, 0x323AF),
)
_VOICING = "\uff9e\uff9f"  # of kana of half width: letters to Unicode, marks in truth
_UNSEEN = "\u00ad\u200c\u200d\u2060\ufeff"  # soft hyphen, joiners: nothing to a reader
# Letters of Hangul that make a syllable: first, middle, last.
_FIRST, _MIDDLE, _LAST = (
    "\u1100-\u115f\ua960-\ua97c",
    "\u1160-\u11a7\ud7b0-\ud7c6",
    "\u11a8-\u11ff\ud7cb-\ud7fb",
)
_MARK_PLANES = ((0x0300, 0x1FFFF), (0xE0100, 0xE01EF))
# Accents of Latin, Greek and Cyrillic letters, selectors of variants, and what is not seen. The
# marks of other scripts tell words apart.
_DROPPED = re.compile(f"[\u0300-\u036f\ufe00-\ufe0f\U000e0100-\U000e01ef{_UNSEEN}]+")
# Letters whose stroke or joint Unicode does not take off, as people without the key write them.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"}
)
_ASCII_WORD = re.compile("([A-Za-z0-9]+)")
_CACHED_WORDS = 65_536


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text in order, column by column.

    `folded` holds one string for each word. `bounds` holds where each piece of the text ends, in
    code points, beginning with what stands before the first word: word i is the text from
    ``bounds[2 * i]`` to ``bounds[2 * i + 1]``.
    """

    folded: list[str]
    bounds: list[int]

    def __len__(self) -> int:
        return len(self.folded)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return where word `first` starts and word `last` ends."""
        return self.bounds[2 * first], self.bounds[2 * last + 1]

    def place_of(self, wanted: Sequence[str]) -> int | None:
        """Return where folded words first stand one after the other; None if nowhere, or if none.

        Examples
        --------
        >>> words("Lothar II and Lothar I").place_of(["lothar", "i"])
        3
        """
        places = range(len(self.folded) - len(wanted) + 1) if wanted else ()
        return next((at for at in places if self.folded[at : at + len(wanted)] == wanted), None)


def words(text: str) -> Words:
    """Cut a text into words.

    Examples
    --------
    >>> found = words("Lothaïr's 東京")
    >>> found.folded
    ['lothair', 's', '東', '京']
    >>> found.span(0, 1)
    (0, 9)
    """
    if text.isascii():
        pieces = _ASCII_WORD.split(text.lower())
        folded = pieces[1::2]
    else:
        pieces = _word().split(text)
        folded = [word.lower() if word.isascii() else fold_word(word) for word in pieces[1::2]]
    return Words(folded, list(accumulate(map(len, pieces))))


def joined(folded: Iterable[str]) -> str:
    """Write folded words as one string, from which `words` cuts the same words again.

    Examples
    --------
    >>> joined(["the", "world", "東", "京"])
    'the world 東京'
    """
    text = " ".join(folded)
    return text if text.isascii() else _needless_space().sub("", text)


@lru_cache(maxsize=_CACHED_WORDS)
def fold_word(word: str) -> str:
    """Fold one word of a text.

    A character that stands for several words or for something with a mark of punctuation (½, ⑴, ﷺ)
    is left whole, so that one word never becomes two.

    Examples
    --------
    >>> fold_word("STRASSE") == fold_word("Straße"), fold_word("ＡＢＣ"), fold_word("8½")
    (True, 'abc', '8½')
    """
    folded = _folded(word, "NFKD")
    return folded if _word().fullmatch(folded) else _folded(word, "NFD")


def _folded(word: str, form: Literal["NFD", "NFKD"]) -> str:
    plain = _DROPPED.sub("", unicodedata.normalize(form, word)).casefold()
    plain = _DROPPED.sub("", unicodedata.normalize(form, plain)).translate(_PLAIN)
    return unicodedata.normalize("NFC", plain)


@cache
def _word() -> re.Pattern[str]:
    """Return the expression for a word of any script, as one group."""
    mark, alone = _ranges(_marks()) + _UNSEEN, _ranges(_letters_alone())
    letter = rf"[^\W_{alone}{_FIRST}{_MIDDLE}{_LAST}]"
    any_script = (
        rf"[{alone}{_MIDDLE}{_LAST}][{mark}{_VOICING}{_LAST}]*+"
        rf"|[{_FIRST}][{_MIDDLE}]?+[{_LAST}]*+[{mark}]*+"
        rf"|{letter}++(?:[{mark}]++{letter}*+)*+"
    )
    # Most words, and most of what is between them, are ASCII: to know that first doubles the speed.
    return re.compile(
        rf"([A-Za-z0-9]++(?![^\x00-\x7f])|(?![\x00-/:-@\[-`{{-\x7f])(?:{any_script}))"
    )


@cache
def _needless_space() -> re.Pattern[str]:
    """Return the expression for a space that no writer of an unspaced script would put."""
    alone = set(_letters_alone())
    marks = {code for code in _marks() if any(low <= code <= high for low, high in _UNSPACED)}
    return re.compile(f"(?<=[{_ranges(sorted(alone | marks))}]) (?=[{_ranges(sorted(alone))}])")


def _letters_alone() -> list[int]:
    blocks = (range(low, high + 1) for low, high in _UNSPACED)
    return [code for block in blocks for code in block if chr(code).isalnum()]


def _marks() -> list[int]:
    planes = (range(low, high + 1) for low, high in _MARK_PLANES)
    return [code for plane in planes for code in plane if unicodedata.category(chr(code))[0] == "M"]


def _ranges(codes: list[int]) -> str:
    """Write rising code points as the inside of a character class."""
    firsts = [code for code, before in zip(codes, [-1, *codes], strict=False) if code != before + 1]
    lasts = [code for code, after in zip(codes, [*codes[1:], -1], strict=True) if code != after - 1]
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in zip(firsts, lasts, strict=True))
