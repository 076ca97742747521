"""Tell what a text without a title is about: the names by which its first sentence calls it.

Articles begin with their subject ("Lothair II (835 - 869) was king of …", "The Eiffel Tower is
…"). The name is what stands before the first verb of being, bracket or comma, or is alone in a
heading, if it is written as a name. Other texts often use a shorter name than the first sentence:
"John Sayles" for "John Thomas Sayles (born 1950)". Written for English; a text in a script without
capitals has none.
"""

import re

from wherefrom.kb.abbreviations import STARTERS
from wherefrom.kb.entities import DocumentNames
from wherefrom.kb.sentences import split_sentences

MOST_WORDS = 10
SEARCHED = 300  # characters at the beginning of a text; what follows is not looked at
_END = re.compile(
    r"\s*[(（,;\[]"
    r"|\s+(?:[–—]|(?:is|are|was|were|refers?|may|can|has|had|also|known|born|died|being|or)\b)"
)
_ARTICLE = re.compile(r"(?:The|A|An)\s+")
_STOPS = tuple(".!?…。！？")
_QUOTES = "\"'“”‘’"
_SMALL = frozenset(
    "a an and at by de del der di du for from in la le of on or the to van von".split()
)
_LIFE = re.compile(
    r"\s*[(（,][^)）]{0,60}?(?:(?<![\d,])\d{3,4}\b(?!,\d)|\bborn\b)"
)  # years after the name of a person
_NICKNAME = re.compile(r"\s*[\"“]([^\"”\s]+)[\"”]")
_GENERATIONS = frozenset("Jr Sr II III IV".split())
_RANKS = frozenset(
    "Prince Princess King Queen Emperor Empress Archduke Archduchess Duke Duchess Count Countess "
    "Baron Baroness Lord Lady Sir Dame Saint General President Pope".split()
)
_KNOWN_AS = re.compile(
    r"\bknown (?:\w+ )?as (?:the )?[\"“]?((?:[A-Z][\w'’.-]*)(?: [A-Z][\w'’-]*)*)"
)
_OF_WHERE = re.compile(r", [A-Z][\w'’ -]{1,40}?(?=\s*[(（]|,? (?:is|are|was|were)\b)")


def lead_names(text: str) -> DocumentNames:
    """Return the name that a text begins with, empty where it begins with none, and others of it.

    Examples
    --------
    >>> lead_names("Lothair II (835 - 869) was the king of Lotharingia.").title
    'Lothair II'
    >>> lead_names("The Eiffel Tower is a tower in Paris.").title
    'Eiffel Tower'
    >>> lead_names('John "Jack" Thomas Sayles (born 1950) is a writer.').aliases
    ('John Sayles', 'Jack Sayles')
    >>> lead_names("He was born in Ulm."), lead_names("In 1984, he left.").title
    (DocumentNames(title='', aliases=()), '')
    """
    sentences = split_sentences(text[:SEARCHED])
    if not sentences:
        return DocumentNames("")
    first = text[slice(*sentences[0])]
    end = _END.search(first)
    if end is None and first.endswith(_STOPS):
        return DocumentNames("")
    written = first if end is None else first[: end.start()]
    name = written.strip(_QUOTES + " ")
    name = name[article.end() :] if (article := _ARTICLE.match(name)) else name
    if not _is_name(name.split(), quoted=written[:1] in _QUOTES):
        return DocumentNames("")
    others = _others(name, first[len(written) :])
    return DocumentNames(name, tuple(dict.fromkeys(other for other in others if other != name)))


def _others(name: str, rest: str) -> list[str]:
    """Return shorter and other names, given what follows the name in its sentence."""
    found: list[str] = []
    nickname = _NICKNAME.search(name)
    words = _NICKNAME.sub("", name).split()
    if words[0] in _RANKS and len(words) > 2:
        found.append(" ".join(words[1:]))
    given = [word for word in words if word.strip(".,") not in _GENERATIONS]
    if _LIFE.match(rest) and all(word[0].isupper() for word in given):
        if len(given) > 2:
            found.append(f"{given[0]} {given[-1]}")
        if len(given) > 3:
            found.append(f"{given[0]} {given[-2]} {given[-1]}")
    if nickname and len(words) > 1:
        found.append(f"{nickname[1]} {words[-1]}")
    found.extend(match[1] for match in _KNOWN_AS.finditer(rest))
    where = _OF_WHERE.match(rest)
    return [*found, name + where[0]] if where else found


def _is_name(words: list[str], *, quoted: bool) -> bool:
    """Say whether enough words have capitals, and the first does not merely begin a sentence."""
    if not words or len(words) > MOST_WORDS or not words[0][0].isalnum():
        return False
    if words[0] in STARTERS and not quoted:
        return False
    telling = [word for word in words if word not in _SMALL and not word[0].isdecimal()]
    return 3 * sum(word[0].isupper() for word in telling) >= max(1, len(telling))
