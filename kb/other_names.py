"""Tell by which other names than its first a text calls what it is about.

Of a person with several given names others use one or their initials: "John Sayles" and "Thomas
Sayles" for "John Thomas Sayles (born 1950)", "Ann B. Davis" for "Ann Bradford Davis", "Sam Wood"
for "Samuel Wood". A ruler is called by his land, too. Other names follow on words such as "also
known as". Written for English.
"""

import re

from wherefrom.kb.abbreviations import STARTERS
from wherefrom.kb.proper_names import CAPITAL, LINKS
from wherefrom.kb.short_names import SHORT_NAMES

# Years or a birth after the name of a person
_LIFE = re.compile(r"\s*[(（,][^)）]{0,60}?(?:(?<![\d,])\d{3,4}\b(?!,\d)|\bborn\b)")
_HE_OR_SHE = re.compile(r"[.!?]\s+(?:He|She|His|Her)\b")
_NICKNAME = re.compile(r"\s*(?:[\"“(]|(?<=\w)['‘]\s)\s*([^\"”()]+?)\s*(?:[\"”)]|['’](?=\s))")
_GENERATIONS = frozenset("Jr Sr II III IV".split())
_ROMAN = re.compile(r"[IVX]+")  # of a king, whose name is not shortened
_RANKS = frozenset(
    "Prince Princess King Queen Emperor Empress Archduke Archduchess Duke Duchess Count Countess "
    "Baron Baroness Lord Lady Sir Dame Saint General President Pope Captain Major Colonel "
    "Lieutenant Admiral Dr Rev Reverend Professor Sheikh Shaikh Margrave Margravine "
    "Landgrave".split()
)
_PARTICLES = frozenset(LINKS) | frozenset(link.capitalize() for link in LINKS)
_LONGEST_HONOUR = 5  # letters: FRS, OBE
_LINK = "|".join(LINKS)
_NAME = rf"[{CAPITAL}][\w'’.-]*(?: (?:(?:{_LINK}) ){{0,2}}[{CAPITAL}0-9][\w'’-]*)*"
_GOES_ON = r"(?:is|are|was|were|and|or|in|by|from|for|on|as|to|who|which|at|of|until|when)\b"
_AS = (
    r"(?:known|released|published|credited|billed|referred to|business|titled|called|spelt|spelled"
    r"|translated|shortened to)(?: [\w ]{0,24}?)?"
    r" (?:as|by (?:his|her|its|their|the) [\w ]{0,12}?names?(?: of)?)"
)
_KNOWN_AS = re.compile(
    rf"\b(?:{_AS}|(?:(?<=[(,;] )|(?<=[(;]))born(?= [^ ]+ [{CAPITAL}])|aka|a\.k\.a\.|alias(?: as)?"
    r"|titled|called|nicknamed|named|(?:birth|full|real) name|formerly|originally|officially"
    r"|simply|or)(?: simply| just)?[:,]? (?:(?:[Tt]he|An?) )?[\"“']?\s?"
    rf"({_NAME})(?!\w)(?! ?\d)(?! [{CAPITAL}])(?! (?!{_GOES_ON})[a-z])"
)
# "was King of Württemberg": others call him "William I of Württemberg", or with the rank
_RULED = re.compile(
    r"\b(?:is|was)(?: the)? ([Kk]ing|[Qq]ueen|[Dd]uke|[Dd]uchess|[Cc]ount|[Cc]ountess|[Pp]rince"
    r"|[Pp]rincess|[Ll]andgrave|[Mm]argrave|[Ee]lector|[Ee]mperor|[Ll]ord)"
    rf" of ([{CAPITAL}][\w'’-]*(?:-? ?[{CAPITAL}][\w'’-]*)*)"
)
_MAIDEN = re.compile(rf"\bn[ée]e[\"”]? ([{CAPITAL}][\w-]+)")
_MONTHS = frozenset(
    "January February March April May June July August September October November December".split()
)


def other_names(name: str, suffix: str, rest: str, opening: str) -> list[str]:
    """Return other names of what a text is about, the likeliest first.

    Parameters
    ----------
    name, suffix
        How its first sentence begins: "Humphrey Napier Sturt" and ", 2nd Baron Alington".
    rest
        What follows them in that sentence.
    opening
        The beginning of the text.

    Examples
    --------
    >>> other_names("Choi Jin-ri", "", ", known by her stage name Sulli, is a singer.", "")
    ['Sulli']
    """
    found: list[str] = []
    nickname = _NICKNAME.search(name)
    words = written = _NICKNAME.sub("", name).split()
    if nickname and words:
        found.append(" ".join(words))
    while len(words) > 2 and words[0].strip(".") in _RANKS and words[1][0].isupper():
        words = words[1:]
    if len(words) < len(written):
        found.append(" ".join(words))
    if words and (nickname or _LIFE.match(rest) or _HE_OR_SHE.search(opening)):
        found.extend(_of_person(words, suffix, rest, nickname[1] if nickname else ""))
    if suffix and " " in name:  # one word says too little: "Louis, Duke of Burgundy"
        found.append(name)
    if ruled := _RULED.search(rest):
        rank, land = ruled[1].capitalize(), ruled[2]
        base = " ".join(words).partition(" of ")[0]
        found.extend((f"{base} of {land}", f"{base}, {rank} of {land}"))
    return found + [match[1] for match in _KNOWN_AS.finditer(rest) if _says_enough(match)]


def _of_person(words: list[str], suffix: str, rest: str, nickname: str) -> list[str]:
    """Return the names of a person with fewer given names, initials or a nickname."""
    whole = [word for word in words if word.strip(".,") not in _GENERATIONS]
    while len(whole) > 2 and len(whole[-1]) <= _LONGEST_HONOUR and whole[-1].isupper():
        whole.pop()
    last = len(whole) - 1
    while last > 1 and whole[last - 1] in _PARTICLES:
        last -= 1
    given, surname = whole[:last], " ".join(whole[last:])
    if not given or not all(word[0].isupper() for word in given):
        return []
    found = [f"{nickname} {surname}"] if nickname else []
    if surname.startswith("of ") or any(_ROMAN.fullmatch(word) for word in (*given, surname)):
        return found
    if whole != words:
        found.append(" ".join(whole))
    if maiden := _MAIDEN.search(rest):
        found.append(f"{given[0]} {maiden[1]}")
    if len(given) > 1:
        initials = [f"{word[0]}." for word in given]
        found.extend(f"{word} {surname}" for word in given if not word.endswith("."))
        found.append(" ".join((given[0], given[-1], surname)))
        found.append(" ".join(given))
        found.append(" ".join((*initials, surname)))
        found.append(" ".join((given[0], *initials[1:], surname)))
        found.append(" ".join((initials[0], *given[1:], surname)))
        if suffix:
            found.append(f"{given[0]} {surname}{suffix}")
    if not nickname:
        found.extend(f"{short} {surname}" for short in SHORT_NAMES.get(given[0], ()))
    return found


def _says_enough(match: re.Match[str]) -> bool:
    """Tell whether a name after "known as" is no date, and no single word but a stage name."""
    name = match[1]
    if name.split()[0] in _MONTHS or name in STARTERS or len(name) < 3:
        return False
    return " " in name or " name" in match[0] or '"' in match[0]
