"""Tell what a text without a title is about: the names by which its first sentence calls it.

Articles begin with their subject ("Lothair II (835 - 869) was king of …", "The Eiffel Tower is
…"). The name is what stands before the first verb of being, bracket or comma, or is alone in a
heading, if it is written as a name; where another verb follows, the words with capitals at the
beginning. What tells it from others of its name belongs to it: "Paris, Texas", "Humphrey Sturt,
2nd Baron Alington". Written for English; a text in a script without capitals has none.
"""

import re

from wherefrom.kb.abbreviations import STARTERS
from wherefrom.kb.entities import DocumentNames
from wherefrom.kb.other_names import other_names
from wherefrom.kb.proper_names import LINKS
from wherefrom.kb.sentences import split_sentences

MOST_WORDS = 10
SEARCHED = 300  # characters at the beginning of a text; what follows is not looked at
_END = re.compile(
    r"\s*[(（,;\[]"
    r"|['\"”]+(?=(?:is|are|was|were)\b)"
    r"|\s*[\"“]?\bn[ée]e\b"
    r"|\s+(?:[–—]|(?:is|are|was|were|refers?|may|can|has|had|also|known|born|died|being|or|aka"
    r"|alias)\b)"
)
# After these a name may have words without a capital: "Ven mi corazón te llama is a film"
_DEFINED = re.compile(
    r"\s*[(（]|[\s\"”'’]+[Ii]s an?\b|[\s\"”'’]+(?:is|are|was|were) (?:an?|the|one)\b"
    r"|,?\s+(?:also|commonly|known|formerly|officially|originally|often|sometimes)\b"
)
_SURE = re.compile(r"\s+(?:is|are|was|were)\b|\s+or\s+[\"“]?[A-Z]")  # after a name of one word
# "Broadway or Bust is a lost 1924 film": one name, while "Ben or Bo Lee is a singer" has two
_OR_IN_TITLE = re.compile(r"\s+or\s+[^,(（;]{1,60}?(?=\s+is an? (?:\w+ )?\d{4}\b)")
_PART = re.compile(r",\s+([^,(（;]+?)(?=\s*[,(（;]|\s+(?:is|are|was|were)\b)")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)")
_ARTICLE = re.compile(r"(?:The|A|An)\s+")
_INITIAL = re.compile(r"(?:^|[\s\"“])\w\.[\"”]?$")
_POSSESSIVE = re.compile(r"['’]s$")
_STOPS = tuple(".!?…。！？")
_QUOTES = "\"'“”‘’`"
_SMALL = frozenset((*"a an and at aux by des du e for from in on or to".split(), *LINKS))
_LONGEST_HONOUR = 5  # letters: OBE, KCVO


def lead_names(text: str) -> DocumentNames:
    """Return the name that a text begins with, empty where it begins with none, and others of it.

    Examples
    --------
    >>> lead_names("Lothair II (835 - 869) was the king of Lotharingia.").title
    'Lothair II'
    >>> lead_names("The Eiffel Tower is a tower in Paris.").title
    'Eiffel Tower'
    >>> lead_names("Snowy Owl, Duke of Oz, OBE (1950 - 2001) left Oz.")
    DocumentNames(title='Snowy Owl, Duke of Oz', aliases=('Snowy Owl',))
    >>> lead_names('John "Jack" Sayles (born 1950) is a writer.').aliases
    ('John Sayles', 'Jack Sayles')
    >>> lead_names("He was born in Ulm."), lead_names("In 1984, he left.").title
    (DocumentNames(title='', aliases=()), '')
    """
    opening = text[:SEARCHED]
    first = _first_sentence(opening)
    name, end = _subject(first)
    if not name:
        return DocumentNames("")
    suffix = _suffix(first, end, MOST_WORDS - len(name.split()))
    title = name + suffix
    others = other_names(name, suffix, first[end + len(suffix) :], opening)
    return DocumentNames(title, tuple(dict.fromkeys(one for one in others if one != title)))


def _first_sentence(opening: str) -> str:
    """Return the first sentence, and more where that ends within a name: Ann "B." Lee."""
    start = end = 0
    for number, (low, high) in enumerate(split_sentences(opening)):
        if not number:
            start = low
        elif not _INITIAL.search(opening[start:end]) and opening.count('"', start, end) % 2 == 0:
            break
        end = high
    return opening[start:end]


def _subject(first: str) -> tuple[str, int]:
    """Return the name that a sentence begins with, and where it ends; "" without one."""
    found = _END.search(first)
    end = len(first) if found is None else found.start()
    if whole := _OR_IN_TITLE.match(first, end):
        end = whole.end()
    name = first[:end].strip(_QUOTES + " ")
    name = name[article.end() :] if (article := _ARTICLE.match(name)) else name
    words = name.split()
    is_quoted = first[:1] in _QUOTES
    if not words or not words[0][0].isalnum() or words[0].islower():
        return "", 0
    is_heading = found is None and not first.endswith(_STOPS)
    is_defined = is_quoted or is_heading or bool(_DEFINED.match(first, end))
    telling = [word for word in words if word not in _SMALL and not word[0].isdecimal()]
    capital = sum(word[0].isupper() for word in telling)
    is_whole = capital == len(telling)
    if words[0] in STARTERS and not is_quoted and not (is_defined and is_whole and capital > 1):
        return "", 0
    if len(words) <= MOST_WORDS and 3 * capital >= max(1, len(telling)):
        is_defined = is_defined or (capital > 1 and bool(_SURE.match(first, end)))
        sure = len(words) > 1 or _SURE.match(first, end) or _suffix(first, end, MOST_WORDS)
        if is_defined or (is_whole and found is not None and sure):
            return name, end
    return _capitals(first, name, words)


def _capitals(first: str, name: str, words: list[str]) -> tuple[str, int]:
    """Return the words with capitals that a name begins with, two at least, and where they end."""
    kept = 0
    while kept < len(words) and (
        words[kept][0].isupper() or words[kept] in _SMALL or words[kept][0].isdecimal()
    ):
        kept += 1
    while kept and words[kept - 1] in _SMALL:
        kept -= 1
    capital = sum(word[0].isupper() for word in words[:kept])
    if capital < 2 or kept > MOST_WORDS or words[0] in STARTERS:
        return "", 0
    found = _POSSESSIVE.sub("", " ".join(words[:kept]).strip(_QUOTES + " .,;:!?"))
    place = first.find(found)
    return (found, place + len(found)) if place >= 0 else ("", 0)


def _suffix(first: str, end: int, most_words: int) -> str:
    """Return what belongs to a name that ends before a comma; honours do not: ", KCVO"."""
    last = end
    while part := _PART.match(first, last):
        words = part[1].split()
        if not _tells_apart(words) or len(first[end : part.end()].split()) > most_words:
            break
        last = part.end()
    return first[end:last]


def _tells_apart(words: list[str]) -> bool:
    if all(word.isupper() and len(word) <= _LONGEST_HONOUR for word in words):
        return False
    if words[0] in _SMALL and words[0] != "and":
        return False
    return all(word[0].isupper() or word in _SMALL or _ORDINAL.fullmatch(word) for word in words)
