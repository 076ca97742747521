"""A document together with the place that it was read from, checked at the boundary.

Every source makes its documents here, so that nothing malformed gets any further: what Arrow, the
tokeniser or a terminal could choke on later is refused where the file and line are still known.
"""

import re
from dataclasses import dataclass

from wherefrom.kb.errors import RecordError
from wherefrom.kb.records import Document, Link

# White space that people use in text (tab, line feed, vertical tab, form feed, carriage return) is
# allowed; other control characters and lone surrogates (not encodable as UTF-8) are not.
_FORBIDDEN_IN_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_FORBIDDEN_IN_NAME = re.compile("[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands: its file (or data set) and the spot in it (``line 7``)."""

    file: str
    spot: str = ""  # empty when the record is the whole file

    def __str__(self) -> str:
        place = f"{self.file}, {self.spot}" if self.spot else self.file
        # The name of a file may hold bytes that are not UTF-8; a message must still be printable.
        return place.encode("utf-8", "backslashreplace").decode("utf-8")


@dataclass(frozen=True, slots=True)
class Found:
    """A document and the place it was read from."""

    document: Document
    place: Place


def make_found(
    place: Place,
    source: str,
    *,
    id: object,
    title: object,
    text: object,
    url: object = "",
    aliases: tuple[str, ...] = (),
    links: tuple[Link, ...] = (),
) -> Found:
    """Make a document from the fields of a record, after checking each.

    Raises
    ------
    RecordError
        If a field is not text, the id or the text is blank, or one holds a control character or a
        lone surrogate.
    """
    document = Document(
        id=checked(place, "id", id, blank_allowed=False, pattern=_FORBIDDEN_IN_NAME),
        title=checked(place, "title", title, blank_allowed=True, pattern=_FORBIDDEN_IN_NAME),
        text=checked(place, "text", text, blank_allowed=False, pattern=_FORBIDDEN_IN_TEXT),
        url=checked(place, "url", url, blank_allowed=True, pattern=_FORBIDDEN_IN_NAME),
        source=source,
        aliases=aliases,
        links=links,
    )
    return Found(document, place)


def checked(
    place: Place,
    field: str,
    value: object,
    *,
    blank_allowed: bool,
    pattern: re.Pattern[str] = _FORBIDDEN_IN_NAME,
) -> str:
    """Return the value of a field when it is well-formed text.

    Raises
    ------
    RecordError
        If it is not a string, is blank where that is not allowed, or matches `pattern`.
    """
    if not isinstance(value, str):
        raise RecordError(
            f'{place}: "{field}" is {shown(value)}; it must be a string'
            + (f", for example {str(value)!r}" if type(value) in (int, float) else "")
        )
    if not blank_allowed and not value.strip():
        found = "empty" if not value else "only white space"
        raise RecordError(f'{place}: "{field}" is {found}; it must hold text')
    bad = pattern.search(value)
    if bad:
        raise RecordError(
            f'{place}: "{field}" holds {_name(bad[0])} at character {bad.start()}; '
            "control characters and lone surrogates are not allowed"
        )
    return value


def checked_text(place: Place, field: str, value: object, *, blank_allowed: bool = False) -> str:
    """Return the value of a field as `checked` does, but let tabs and line breaks stand in it."""
    return checked(place, field, value, blank_allowed=blank_allowed, pattern=_FORBIDDEN_IN_TEXT)


def shown(value: object) -> str:
    """Describe a JSON value briefly for a message: its kind and its beginning."""
    kinds = {type(None): "null", bool: "a boolean", int: "a number", float: "a number"}
    kinds |= {str: "a string", list: "a list", dict: "an object"}
    kind = kinds.get(type(value), f"a {type(value).__name__}")
    if value is None:
        return kind
    form = repr(value)
    if len(form) > _SHOWN_CHARACTERS:
        form = form[:_SHOWN_CHARACTERS] + "…"
    return f"{kind} ({form})"


def _name(character: str) -> str:
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        return f"the lone surrogate U+{code:04X}"
    return f"the control character U+{code:04X}"
