"""The few wiki templates that stand for words of a sentence; all others are stripped.

Without these, "a wall {{convert|5|m}} high" would become "a wall high", and a citation of it would
quote what nobody wrote. The list is of English Wikipedia; other names come out empty.
"""

from collections.abc import Sequence

_SIGNS = {
    "nbsp": " ", "space": " ", "spaces": " ", "snd": " – ", "spnd": " – ", "spaced ndash": " – ",
    "ndash": "–", "en dash": "–", "mdash": "—", "em dash": "—", "spaced mdash": " — ", "·": " · ",
    "dot": " · ", "middot": " · ", "bullet": " • ", "'": "'", "!": "|", "=": "=", "pound": "£",
    "euro": "€", "times": "×", "minus": "−",
}  # fmt: skip
_FIRST = frozenset([
    "nowrap", "nobr", "nowraplinks", "small", "smaller", "big", "bigger", "large", "em",
    "strong", "strikethrough", "as written", "not a typo", "sic", "proper name", "smallcaps",
    "sc", "ship name", "sup", "sub", "abbr", "tooltip", "linktext", "visible anchor", "quote",
    "blockquote", "cquote", "quotation", "bq", "poemquote", "formatnum", "val", "math", "mvar",
    "isbn", "us$", "chem2", "keypress", "section link", "r/superscript", "plain text",
])  # fmt: skip
_SECOND = frozenset(["lang", "transl", "transliteration", "script", "langx", "color", "font color"])
_CONNECTORS = {"-": "–", "–": "–", "to": " to ", "and": " and ", "or": " or ", "by": " by "}
_CONNECTORS |= {"x": " by ", "×": " × ", "+/-": " ± ", "to(-)": " to ", "and(-)": " and "}


def template_text(name: str, arguments: Sequence[str]) -> str:
    """Return the words that a template puts into the sentence; empty for most.

    Parameters
    ----------
    name
        The template's name.
    arguments
        Its arguments without a name, in order, as text.

    Examples
    --------
    >>> template_text("convert", ["5", "to", "10", "km", "mi"])
    '5 to 10 km'
    >>> template_text("Lang", ["fr", "joie de vivre"])
    'joie de vivre'
    >>> template_text("Infobox person", [])
    ''
    """
    name = " ".join(name.replace("_", " ").split()).lower()
    if name in _SIGNS:
        return _SIGNS[name]
    values = [argument.strip() for argument in arguments]
    if not values:
        return ""
    if name in _FIRST:
        return values[0]
    if name in _SECOND or (name.startswith("lang-") and len(values) > 1):
        return values[1] if len(values) > 1 and name in _SECOND else values[0]
    if name.startswith("lang-"):
        return values[0]
    return _composed(name, values)


def _composed(name: str, values: list[str]) -> str:
    if name in ("convert", "cvt"):
        return _converted(values)
    if name in ("circa", "c.", "ca", "c"):
        return "c. " + "–".join(values)
    if name in ("frac", "sfrac", "fraction"):
        return " ".join([*values[:-2], "/".join(values[-2:])]) if len(values) > 1 else values[0]
    if name in ("as of", "asof"):
        return "As of " + " ".join(reversed(values[:3]))
    if name in ("reign", "r."):
        return "r. " + "–".join(values[:2])
    if name in ("floruit", "fl."):
        return "fl. " + "–".join(values[:2])
    return ""


def _converted(values: list[str]) -> str:
    """Write out the measure that `convert` was given, without what it is converted to."""
    text = values[0]
    rest = values[1:]
    while len(rest) > 1 and rest[0] in _CONNECTORS:
        text += _CONNECTORS[rest[0]] + rest[1]
        rest = rest[2:]
    return f"{text} {rest[0]}" if rest else text
