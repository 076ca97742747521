"""Tell whether words that look like a name stand in the middle of a longer one."""

import re

_WORD_BEFORE = re.compile(r"([^\W\d_][\w'’.-]*) $")
_WORD_AFTER = re.compile(r" ([^\W\d_])")
_SENTENCE_START = re.compile(r"(?:^|[.!?。:]\s*)$")
_LONGEST_WORD = 40  # characters; what stands farther away is not looked at
_SMALL = frozenset(
    "a an and as at but by for from he her his if in into is it its of on or our she that the "
    "their then there these they this those to was we were what when where which while who with "
    "you".split()
)


def stands_in_longer_name(text: str, start: int, end: int) -> bool:
    """Say whether a word with a capital stands directly before or after text[start:end].

    Such a surface is likely a part of a name that nobody listed: "Rosa" in "Archduchess Rosa",
    "Empire" in "Byzantine Empire". A word before it that begins a sentence does not count.

    Examples
    --------
    >>> stands_in_longer_name("the Byzantine Empire fell", 14, 20)
    True
    >>> stands_in_longer_name("In Paris it rained", 3, 8)
    False
    """
    after = _WORD_AFTER.match(text, end)
    if after is not None and after[1].isupper():
        return True
    low = max(0, start - _LONGEST_WORD)
    before = _WORD_BEFORE.search(text[low:start])
    if before is None or not before[1][0].isupper() or before[1].lower() in _SMALL:
        return False
    head = text[low : low + before.start()]
    return not (_SENTENCE_START.search(head) and not (low and not head))
