"""Move the ends of a marked span so that it cuts no word and no pair of brackets or quotes.

The reader marks tokens, and a token ends where a tokenizer cuts: within "459.67", within "O'Neill",
before the bracket of "(68 °F)".
"""

import re
from collections.abc import Iterator

NO_PARTNER = -1  # of a bracket or quotation mark that stands alone
CLOSING = {"(": ")", "[": "]", "{": "}", "（": "）", "【": "】", "「": "」", "『": "』"}
CLOSING |= {"“": "”", "„": "“”", "«": "»", "‹": "›"}  # German closes with what English opens with
_CLOSERS = "".join(CLOSING.values()).replace("“", "")
_MARK = re.compile(f'[{re.escape("".join(CLOSING) + _CLOSERS)}"]')
_SINGLE = re.compile("['‘’]")
_CLOSING_SINGLE = {"'": "'", "‘": "’"}
_BEFORE_A_QUOTE = "([{（【「『“‘„«‹\"'—–-/"
# Numbers, and words of the scripts that part words by spaces: Latin, Greek, Cyrillic. An apostrophe
# within a word belongs to it, but not that of a genitive: "O'Neill", but "France" of "France's".
_LETTERS = "[A-Za-zÀ-ɏͰ-ϿЀ-ӿ]+"
_WORD = re.compile(rf"(?<![\w.])[-−]?\d+(?:[.,:]\d+)*|{_LETTERS}(?:['’](?![sS]\b){_LETTERS})*")
_FEET = re.compile(r"\d['’′] ?\d{1,2}(?:\.\d+|[¼½¾])?$")  # then a double quote means inches
_LONGEST_FEET = 12
_ELIDED = re.compile(r"(?:\d\ds?|n|em|til|tis|twas|cause|bout|round)\b", re.IGNORECASE)
_MAY_BE_ELIDED = re.compile(r"(?:s|\win|\bo|\bol|\bth|\bn)$", re.IGNORECASE)  # Owens', singin', o'


def tidied(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a span to whole words, then balance its brackets and quotation marks.

    Examples
    --------
    >>> text = "Water froze at 20 °C (68 °F)."
    >>> start, end = tidied(text, text.index("8 °F)"), len(text) - 1)
    >>> text[start:end]
    '68 °F'
    """
    return balanced(text, *whole_words(text, start, end))


def whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a span to the words and numbers that it cuts: tokenizers part "459.67" in three.

    Examples
    --------
    >>> text = "It is −459.67 °F."
    >>> start, end = whole_words(text, text.index("67"), text.index("67") + 2)
    >>> text[start:end]
    '−459.67'
    """
    for found in _WORD.finditer(text):
        if found.start() < start < found.end():
            start = found.start()
        if found.start() < end < found.end():
            end = found.end()
    return start, end


def balanced(text: str, start: int, end: int) -> tuple[int, int]:
    """Drop brackets and quotation marks at a span's ends whose partner is outside it.

    Where the partner of one within the span is the very next character, it is taken in. A span of
    nothing but such marks stays as it is.

    Examples
    --------
    >>> text = "It is 20 °C (68 °F)."
    >>> [text[slice(*balanced(text, *span))] for span in ((6, 18), (12, 18))]
    ['20 °C (68 °F)', '68 °F']
    """
    partner = _partners(text)
    first, last = start, end

    def outside(place: int) -> bool:
        return place in partner and not first <= partner[place] < last

    while first < last:
        if first < partner.get(last, NO_PARTNER) < last:
            last += 1
        elif first <= partner.get(first - 1, NO_PARTNER) < last - 1:
            first -= 1
        elif outside(first):
            first = last - len(text[first + 1 : last].lstrip())
        elif outside(last - 1):
            last = first + len(text[first : last - 1].rstrip(" ,;:\n\t\u00a0"))
        else:
            return first, last
    return start, end


def _partners(text: str) -> dict[int, int]:
    """Return, for the place of each bracket and quotation mark, the place of its partner.

    Apostrophes and marks of feet and inches are left out.
    """
    partner: dict[int, int] = dict(_single_quotes(text))
    waiting: list[int] = []  # places of what is open, the innermost last
    for found in _MARK.finditer(text):
        place, mark = found.start(), found[0]
        opener = next((w for w in reversed(waiting) if mark in CLOSING.get(text[w], '"')), None)
        if mark == '"':
            opener = opener if _closes(text, place) else None
            if _FEET.search(text[max(0, place - _LONGEST_FEET) : place]):
                continue
            if opener is None and not _opens(text, place):
                if _closes(text, place) and not text[place - 1].isdigit():
                    partner[place] = NO_PARTNER  # its partner is in the passage before
                continue
        partner[place] = NO_PARTNER
        if opener is not None:
            partner[opener], partner[place] = place, opener
            del waiting[waiting.index(opener) :]
        elif mark in CLOSING or mark == '"':
            waiting.append(place)
    return partner


def _single_quotes(text: str) -> Iterator[tuple[int, int]]:
    """Go over the single quotation marks that surely are some: each with its partner.

    Of the marks that may close a quotation the first counts that can be no apostrophe, else the
    last one.
    """
    opened: int | None = None
    closers: list[int] = []
    for place in (found.start() for found in _SINGLE.finditer(text)):
        mark = text[place]
        if _opens(text, place) and mark != "’" and not _ELIDED.match(text, place + 1):
            yield from _pair(text, opened, closers)
            opened, closers = place, []
        elif opened is not None and mark == _CLOSING_SINGLE[text[opened]] and _closes(text, place):
            closers.append(place)
    yield from _pair(text, opened, closers)


def _pair(text: str, opened: int | None, closers: list[int]) -> Iterator[tuple[int, int]]:
    if opened is not None and closers:
        sure = [c for c in closers if not _MAY_BE_ELIDED.search(text[max(0, c - 4) : c])]
        closed = sure[0] if sure else closers[-1]
        yield from ((opened, closed), (closed, opened))


def _opens(text: str, place: int) -> bool:
    """Tell whether a quotation mark at this place stands before a word."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    return bool(after.strip()) and (not before.strip() or before in _BEFORE_A_QUOTE)


def _closes(text: str, place: int) -> bool:
    """Tell whether a quotation mark at this place stands after a word."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    return place > 0 and bool(before.strip()) and not after.isalnum()
