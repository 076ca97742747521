"""Put the opposite in the place of a word: pairs of words that stand in the same places.

They are those of questions about articles, so that what comes out can be read aloud. WordNet has
more of them, but of any sense of a word, as "right" has several.
"""

import re

from wherefrom.pipeline.edits import Edit

_PAIRS = """
first last|earliest latest|earlier later|early late|former latter|oldest youngest|older younger
ancient modern|before after|begin end|began ended|begins ends|beginning end|started stopped
largest smallest|larger smaller|large small|biggest smallest|bigger smaller|highest lowest
higher lower|tallest shortest|taller shorter|longest shortest|longer shorter|most least
more less|greatest least|greater lesser|best worst|better worse|strongest weakest
stronger weaker|strong weak|strength weakness|strengths weaknesses|fastest slowest|faster slower
closest farthest|widest narrowest|deepest shallowest|heaviest lightest|heavier lighter
warmest coldest|warmer colder|warm cold|hottest coldest|hotter colder|driest wettest|dry wet
richest poorest|wealthy poor|easier harder|easy difficult|maximum minimum|majority minority
increase decrease|increased decreased|increases decreases|increasing decreasing|gained lost
win lose|won lost|winner loser|winning losing|victory defeat|raise lower|raised lowered
expand shrink|expanded shrank|add remove|added removed|include exclude|included excluded
includes excludes|allow forbid|allowed forbade|allows forbids|accept reject|accepted rejected
approve reject|approved rejected|supported opposed|supports opposes|supporters opponents
agree disagree|agreed disagreed|liked disliked|encourage discourage|encouraged discouraged
improve worsen|improved worsened|create destroy|created destroyed|built demolished
build demolish|open close|opened closed|founded dissolved|join leave|arrived departed
enter leave|appear disappear|appeared disappeared|hired fired|import export|imports exports
imported exported|advantage disadvantage|advantages disadvantages|benefits drawbacks
success failure|successful unsuccessful|succeed fail|popular unpopular|positive negative
public private|internal external|domestic foreign|inside outside|above below|upper lower
north south|east west|northern southern|eastern western|northeast southwest|northwest southeast
northernmost southernmost|top bottom|urban rural|male female|men women|boys girls|father mother
son daughter|sons daughters|brother sister|brothers sisters|husband wife|uncle aunt
grandfather grandmother|legal illegal|possible impossible|common rare|major minor
primary secondary|simple complex|complete incomplete|permanent temporary|formal informal
natural artificial|theoretical practical|always never|summer winter|morning evening|king queen
attacked defended
"""
_UNFIT_BEFORE = frozenset("how as at named a an".split())  # "how large", "named after", "at least"
_UNFIT_AFTER = frozenset("of to name names all than half school".split())  # "first name"
_AFTER_THE = frozenset("most least last".split())  # which say something else elsewhere
_WORD = re.compile(r"(?<![\w'’-])[a-z]+(?![\w'’-])")
_NEXT = re.compile(r"\W+(\w+)")


def _table(pairs: str) -> dict[str, str]:
    """Return the opposite of each word, the first that is listed."""
    table: dict[str, str] = {}
    for pair in pairs.replace("\n", "|").strip("|").split("|"):
        one, other = pair.split()
        table.setdefault(one, other)
        table.setdefault(other, one)
    return table


ANTONYMS = _table(_PAIRS)


def antonym_edits(text: str) -> list[Edit]:
    """Return an edit for each word that can become its opposite, in order.

    Left alone are words with a capital, which may be part of a name, and those beside a word with
    which they say something else: "how large" asks the same as "how small".

    Examples
    --------
    >>> antonym_edits("How large is the largest city north of Rome?")
    [Edit(start=17, end=24, text='smallest')]
    """
    edits = []
    for found in _WORD.finditer(text):
        word = found.group()
        before = text[: found.start()].lower().split()[-1:] or [""]
        after = _NEXT.match(text, found.end())
        if (
            word not in ANTONYMS
            or before[0] in _UNFIT_BEFORE
            or (after and after[1] in _UNFIT_AFTER)
        ):
            continue
        if word in _AFTER_THE and before[0] != "the" and not before[0].endswith("'s"):
            continue
        edits.append(Edit(*found.span(), ANTONYMS[word]))
    return edits
