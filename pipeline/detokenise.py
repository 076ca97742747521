"""Undo word tokenisation: "1880 , 81 ( Ohio )" becomes "1880, 81 (Ohio)".

Natural Questions and QED come with spaces around punctuation and with `` and '' for quotation
marks; a reader that is to read real text must not learn from that.
"""

import re

_TIGHT_LEFT = re.compile(r" (?=[.,;:!?%)\]}](?:\s|$)|'(?:s|re|ve|ll|d|m)\b|n't\b|' )")
_TIGHT_RIGHT = re.compile(r"(?<=[(\[{$£€])(?<!\w[(\[{$£€]) ")
_TIGHT_BOTH = re.compile(r"(?<=\w) - (?=\w)")
_QUOTED = re.compile(r"``\s?(?P<body>.*?)\s?''", re.DOTALL)


def detokenise(text: str) -> tuple[str, list[int]]:
    """Return the text without the tokeniser's spaces, and where each old character went.

    Parameters
    ----------
    text
        Tokenised text.

    Returns
    -------
    tuple[str, list[int]]
        The new text, and for each offset of the old one (its length included) the offset in the
        new text of the same place.

    Examples
    --------
    >>> detokenise("Ohio ( 1880 ) , it 's")[0]
    "Ohio (1880), it's"
    >>> detokenise("the `` dogma , '' he said")[0]
    'the "dogma," he said'
    """
    keep = [text[i] for i in range(len(text))]
    for match in _QUOTED.finditer(text):
        _blank(keep, match.start(), match.start("body"))
        _blank(keep, match.end("body"), match.end())
        keep[match.start()] = '"'
        keep[match.end() - 1] = '"'
    for pattern in (_TIGHT_LEFT, _TIGHT_RIGHT):
        for match in pattern.finditer(text):
            _blank(keep, match.start(), match.end())
    for match in _TIGHT_BOTH.finditer(text):
        keep[match.start()] = keep[match.end() - 1] = ""
    places = [0] * (len(text) + 1)
    for i, piece in enumerate(keep):
        places[i + 1] = places[i] + len(piece)
    return "".join(keep), places


def _blank(keep: list[str], start: int, end: int) -> None:
    for i in range(start, end):
        keep[i] = ""
