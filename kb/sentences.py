"""Cut text into sentences: exact slices, in order, that cover everything but white space.

Written for encyclopedic prose in English and for Chinese and Japanese punctuation; other languages
with full stops fare as English without abbreviations. A mark that may end a sentence is found by
one expression, and rules on the words around it decide.

sentencex 1.0.32 (Wikimedia, Rust, the best kept of the libraries at hand) was tried first. It is
faster, but cuts after "e.g.", "No.", "vs." and "approx.", inside 「…」と, and takes every line
break for white space; pysbd and blingfire have had no release since 2021.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from wherefrom.kb.abbreviations import (
    ALWAYS_GOES_ON,
    GOES_ON_AFTER_LINE,
    GOES_ON_BEFORE_NUMBER,
    MAY_END,
    STARTERS,
)

_CLOSERS = "\"'”’»)\\]}›」』）》】〉"
_CJK_STOPS = "。！？．｡"
_BREAK = re.compile(
    rf"(?P<paragraph>\n[^\S\n]*\n)"
    rf"|(?P<line>\n)"
    rf"|(?P<cjk>[{_CJK_STOPS}]+[{_CLOSERS}]*)"
    rf"|(?<![.!?…‽])(?P<stop>[.!?…‽]++)(?P<closers>[{_CLOSERS}]*+)(?=\s)"
)
_TOKEN = re.compile(r"\S+")
_OPENERS = "\"'“‘«([{‹「『（《【〈¿¡—–-•*"
_INITIAL = re.compile(r"[^\W\d_]")
_FIRST_WORD = re.compile(r"\w*")
_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")  # U.S, a.m, D.C, Ph.D (last stop off)
_NEXT_WORD = re.compile(r"\s+(?P<openers>[" + re.escape(_OPENERS) + r"]*)(?P<word>\S*)")
_BULLET = re.compile(r"\s*(?:[-*•·–—#>|]\s|\(?\d{1,3}[.)]\s|[a-z]\)\s)")
# A line this long that does not end in a stop was wrapped by an editor; a shorter one is a
# heading, an item or a verse, a longer one a paragraph.
_WRAPPED_CHARACTERS = range(45, 121)
_GOES_ON_AFTER_QUOTE = re.compile(r"[とっ、，,；;：:てでをがはにもの]")
_BRACKETS = {"「": "」", "『": "』", "（": "）", "《": "》"}
_FARTHEST_BRACKET = 400


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Cut a text into sentences.

    Parameters
    ----------
    text
        Prose; a blank line always ends a sentence, a single line break when the line looks like a
        heading, an item of a list or a whole paragraph.

    Returns
    -------
    list[tuple[int, int]]
        Start and end of each sentence, in order, without the white space around it. Together they
        hold every character of the text that is not white space.

    Examples
    --------
    >>> text = "J. R. R. Tolkien was born c. 1892. He lived in St. Albans."
    >>> [text[start:end] for start, end in split_sentences(text)]
    ['J. R. R. Tolkien was born c. 1892.', 'He lived in St. Albans.']
    """
    cuts = [0]
    for match in _BREAK.finditer(text):
        if _ends_sentence(text, match, cuts[-1]):
            cuts.append(match.end())
    cuts.append(len(text))
    return [span for start, end in pairwise(cuts) if (span := trimmed(text, start, end))]


def around(sentences: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    """Return where the sentences begin and end that a slice of their text touches, the slice in it.

    Examples
    --------
    >>> text = "It is. Is it? No."
    >>> around(split_sentences(text), 4, 9), around([], 4, 9)
    ((0, 13), (4, 9))
    """
    touched = [one for one in sentences if one[0] < end and start < one[1]]
    if not touched:
        return start, end
    return min(touched[0][0], start), max(touched[-1][1], end)


def trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the span without the white space at its ends, or None if nothing else is in it."""
    part = text[start:end]
    body = part.lstrip()
    if not body:
        return None
    start += len(part) - len(body)
    return start, start + len(body.rstrip())


def _ends_sentence(text: str, match: re.Match[str], sentence_start: int) -> bool:
    if match["paragraph"]:
        return True
    if match["line"]:
        return _ends_line(text, match.start())
    if match["cjk"]:
        return _ends_cjk(text, match, sentence_start)
    return _ends_latin(text, match, sentence_start)


def _ends_line(text: str, at: int) -> bool:
    """Decide on a single line break that does not follow a sentence's end."""
    line_start = text.rfind("\n", 0, at) + 1
    line = text[line_start:at].strip()
    if _BULLET.match(text, at + 1):
        return True
    following = text[at + 1 : at + 2]
    if following.islower() or following in ("(", "（") or line.endswith((",", "，", "、")):
        return False
    if line[line.rfind(" ") + 1 :] in GOES_ON_AFTER_LINE:
        return False
    return len(line) not in _WRAPPED_CHARACTERS


def _ends_cjk(text: str, match: re.Match[str], sentence_start: int) -> bool:
    end = match.end()
    mark = match[0]
    if mark == "．" and text[end : end + 1].isdigit():
        return False
    if mark[-1] not in _CJK_STOPS and _GOES_ON_AFTER_QUOTE.match(text, end):
        return False
    for opening, closing in _BRACKETS.items():
        opened = text.rfind(opening, sentence_start, end)
        if opened >= 0 and text.find(closing, opened, end) < 0:
            close = text.find(closing, end, end + _FARTHEST_BRACKET)
            if close >= 0 and "\n" not in text[end:close]:
                return False
    return True


def _ends_latin(text: str, match: re.Match[str], sentence_start: int) -> bool:
    following = _NEXT_WORD.match(text, match.end())
    word = following["word"] if following else ""
    openers = following["openers"] if following else ""
    if not word:
        return True
    if word[0].islower():
        return "(" in openers and match["stop"] == "." and _plain_word_before(text, match.start())
    if match["stop"] != ".":
        return True
    token = _token_before(text, match.start(), sentence_start)
    if match["closers"]:
        token = token.lower() if token.lower() in ALWAYS_GOES_ON else ""
    return not _is_abbreviation(token, word, openers, first=_is_first(text, match, sentence_start))


def _is_abbreviation(token: str, word: str, openers: str, *, first: bool) -> bool:
    """Tell whether the stop after `token` belongs to it, given the word that follows."""
    lower = token.lower()
    if lower in ALWAYS_GOES_ON:
        return True
    if token.isdecimal():
        return first  # "1. Pawn to e4": the number of an item, not the end of a sentence
    if lower in GOES_ON_BEFORE_NUMBER and word[0].isdigit():
        return True
    starts = _first_word(word) in STARTERS or bool(openers.strip("(-–—"))
    if _INITIAL.fullmatch(token):
        return lower in ("c", "v") if token.islower() else not starts
    if _DOTTED.fullmatch(token) or lower in MAY_END:
        return not starts and not (lower in {"etc", "ph.d", "a.m", "p.m"} and not openers)
    return False


def _token_before(text: str, at: int, sentence_start: int) -> str:
    """Return the run of characters before a stop, without what opens a bracket or quotation."""
    start = at
    floor = max(sentence_start, at - 12)
    while start > floor and not text[start - 1].isspace() and text[start - 1] not in _OPENERS:
        start -= 1
    return text[start:at]


def _is_first(text: str, match: re.Match[str], sentence_start: int) -> bool:
    """Tell whether nothing but a short number stands before the stop in its sentence."""
    before = text[max(sentence_start, match.start() - 12) : match.start()].strip()
    return match.start() - sentence_start < 12 and not before.strip("0123456789")


def _plain_word_before(text: str, at: int) -> bool:
    token = _token_before(text, at, 0)
    return len(token) > 3 and token.isalpha() and token.lower() not in ALWAYS_GOES_ON | MAY_END


def _first_word(text: str) -> str:
    match = _FIRST_WORD.match(text)
    return match[0] if match else ""
