"""Tell what a text without a title is about: the name that its first sentence begins with.

Articles begin with their subject ("Lothair II (835 - 869) was king of …", "The Eiffel Tower is
…"). The name is what stands before the first verb of being, bracket or comma, if it is written as
a name.
"""

import re

MOST_WORDS = 10
_SEARCHED = 200  # characters
_END = re.compile(
    r"\s*[(（,;:–—\[]|\s+(?:is|are|was|were|refers?|may|can|has|had|also|known|born|died|being)\b|[.!?。！？]"
)
_ARTICLE = re.compile(r"^(?:The|A|An)\s+")


def lead_name(text: str) -> str:
    """Return the name that a text begins with, empty where it begins with none.

    Examples
    --------
    >>> lead_name("Lothair II (835 - 869) was the king of Lotharingia.")
    'Lothair II'
    >>> lead_name("The Eiffel Tower is a tower in Paris."), lead_name("He was born in Ulm.")
    ('Eiffel Tower', '')
    """
    head = text.lstrip()[:_SEARCHED]
    end = _END.search(head)
    if end is None:
        return ""
    name = _ARTICLE.sub("", head[: end.start()]).strip(" \"'“”‘’")
    words = name.split()
    if not words or len(words) > MOST_WORDS or name.lower() in _PRONOUNS:
        return ""
    return name if any(word[:1].isupper() for word in words) and name[:1].isalnum() else ""


_PRONOUNS = frozenset(
    {"he", "she", "it", "they", "we", "i", "you", "this", "that", "there", "these", "in"}
)
