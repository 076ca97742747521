"""Tell what a text without a title is about: the name that its first sentence begins with.

Articles begin with their subject ("Lothair II (835 - 869) was king of …", "The Eiffel Tower is
…"). The name is what stands before the first verb of being, bracket or comma, or is alone in a
heading, if it is written as a name. Written for English; a text in a script without capitals has
none.
"""

import re

from wherefrom.kb.abbreviations import STARTERS
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


def lead_name(text: str) -> str:
    """Return the name that a text begins with, empty where it begins with none.

    Examples
    --------
    >>> lead_name("Lothair II (835 - 869) was the king of Lotharingia.")
    'Lothair II'
    >>> lead_name("The Eiffel Tower is a tower in Paris."), lead_name("P. T. Pillai was a lawyer.")
    ('Eiffel Tower', 'P. T. Pillai')
    >>> lead_name("He was born in Ulm."), lead_name("In 1984, he left.")
    ('', '')
    """
    sentences = split_sentences(text[:SEARCHED])
    if not sentences:
        return ""
    first = text[slice(*sentences[0])]
    end = _END.search(first)
    if end is None and first.endswith(_STOPS):
        return ""
    written = first if end is None else first[: end.start()]
    name = written.strip(_QUOTES + " ")
    name = name[article.end() :] if (article := _ARTICLE.match(name)) else name
    return name if _is_name(name.split(), quoted=written[:1] in _QUOTES) else ""


def _is_name(words: list[str], *, quoted: bool) -> bool:
    """Say whether enough words have capitals, and the first does not merely begin a sentence."""
    if not words or len(words) > MOST_WORDS or not words[0][0].isalnum():
        return False
    if words[0] in STARTERS and not quoted:
        return False
    telling = [word for word in words if word not in _SMALL and not word[0].isdecimal()]
    return 3 * sum(word[0].isupper() for word in telling) >= max(1, len(telling))
