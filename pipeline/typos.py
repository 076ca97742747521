"""Make typing errors as people make them: two letters exchanged, or a key beside the right one.

Belinkov and Bisk, "Synthetic and Natural Noise Both Break Neural Machine Translation", ICLR 2018,
arXiv:1711.02173; Pruthi, Dhingra and Lipton, "Combating Adversarial Misspellings with Robust Word
Recognition", ACL 2019, arXiv:1905.11268, who leave the first and last letter of a word alone, as
is done here.
"""

import random
import re

from wherefrom.pipeline.edits import Edit

CHANGED_SHARE = 0.1  # of the words that may be changed, at least one
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_WORD = re.compile(r"(?<![\w'’-])[a-z]{4,}(?![\w'’-])")  # no names, numbers and short words


def typos(text: str, rng: random.Random) -> list[Edit]:
    """Return edits that put a typing error into some of a text's words of small letters.

    Examples
    --------
    >>> from wherefrom.pipeline.edits import edited
    >>> text = "The tower was built of iron in Paris."
    >>> edited(text, typos(text, random.Random(1)))
    'The tkwer was built of iron in Paris.'
    """
    places = [found.span() for found in _WORD.finditer(text)]
    if not places:
        return []
    count = max(1, round(CHANGED_SHARE * len(places)))
    chosen = sorted(rng.sample(places, count))
    return [Edit(start, end, _mistyped(text[start:end], rng)) for start, end in chosen]


def _mistyped(word: str, rng: random.Random) -> str:
    """Return a word with one error between its first and last letter; it is never the same."""
    swaps = [at for at in range(1, len(word) - 2) if word[at] != word[at + 1]]
    if swaps and rng.random() < 0.5:
        at = rng.choice(swaps)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    at = rng.randrange(1, len(word) - 1)
    return word[:at] + rng.choice(NEIGHBOURS[word[at]]) + word[at + 1 :]


def _neighbours() -> dict[str, str]:
    """Return the letters around each key; each row is half a key to the right of the one above."""
    found: dict[str, str] = {}
    for number, row in enumerate(ROWS):
        for at, letter in enumerate(row):
            beside = row[max(0, at - 1) : at] + row[at + 1 : at + 2]
            above = ROWS[number - 1][at : at + 2] if number else ""
            low = max(0, at - 1)
            below = ROWS[number + 1][low : at + 1] if number + 1 < len(ROWS) else ""
            found[letter] = beside + above + below
    return found


NEIGHBOURS = _neighbours()
