"""Reduce names to keys, so that names that a person takes for the same have the same key."""

from wherefrom.kb.words import joined, words

_BRACKETS = {")": "(", "）": "（"}


def name_key(name: str) -> str:
    """Reduce a name to its folded words.

    Names that differ only by case, accents, width, punctuation or white space share a key. It is
    empty for a name without a letter or a digit, and the key of a key is the key.

    Examples
    --------
    >>> name_key("Jean-Paul  SARTRE") == name_key("jean paul sartre")
    True
    >>> name_key("Beyoncé"), name_key("東京 タワー"), name_key("!!!")
    ('beyonce', '東京タワー', '')
    """
    return joined(words(name).folded)


def without_suffix(name: str) -> str:
    """Take off what tells apart names that are written alike: brackets at the end.

    A name is left as it is where the bracket begins it, where nothing but punctuation stands before
    it, and where it follows on a letter without a space, as in f(x). Wide brackets need no space,
    nor do those after a letter that is not ASCII.

    Examples
    --------
    >>> without_suffix("Mercury (planet)"), without_suffix("水星（行星）")
    ('Mercury', '水星')
    >>> without_suffix("(What's the Story)"), without_suffix("f(x)")
    ("(What's the Story)", 'f(x)')
    """
    trimmed = name.rstrip()
    opening = _BRACKETS.get(trimmed[-1:])
    if opening is None:
        return name
    start = _start_of_bracket(trimmed, opening)
    before = trimmed[:start]
    if start <= 0 or (opening == "(" and before[-1].isascii() and not before[-1].isspace()):
        return name
    return before.strip() if name_key(before) else name


def _start_of_bracket(name: str, opening: str) -> int:
    """Return where the bracket that ends a name begins, -1 if it has no beginning."""
    depth = 0
    for place in range(len(name) - 1, -1, -1):
        if name[place] == name[-1]:
            depth += 1
        elif name[place] == opening:
            depth -= 1
            if not depth:
                return place
    return -1
