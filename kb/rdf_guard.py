"""Stand between a file of RDF and its parser, and stop what would harm or mislead the parser.

pyoxigraph would expand the entities of an XML document however often they multiply, names no line
in an error of RDF/XML, and ends the whole process when triples are nested some ten thousand deep.
"""

import re
from typing import BinaryIO
from xml.parsers import expat

from wherefrom.kb.errors import SourceError
from wherefrom.kb.found import Place

_DEEPEST_TRIPLE_TERM = 100
_DEEPEST_ELEMENT = 1_000
_LONGEST_ENTITY = 1_000  # characters; an abbreviation of a namespace has some fifty
_TRIPLE_TERM = re.compile(rb"<<\(|\)>>")


class TripleTermGuard:
    """Pass on a document in Turtle's family of syntaxes, unless triples nest deeply in it.

    Parameters
    ----------
    stream
        The document.
    file
        What messages call it.
    """

    __slots__ = ("_depth", "_end", "_file", "_line", "_stream")

    def __init__(self, stream: BinaryIO, file: str) -> None:
        self._stream = stream
        self._file = file
        self._depth = 0
        self._end = b""  # of the piece before: a token may be cut in two
        self._line = 1

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes.

        Raises
        ------
        SourceError
            If more than 100 triples are open inside one another.
        """
        data = self._stream.read(size)
        piece = self._end + data
        if self._depth or b"<<(" in piece:
            for token in _TRIPLE_TERM.findall(piece):
                self._depth = self._depth + 1 if token == b"<<(" else max(self._depth - 1, 0)
                if self._depth > _DEEPEST_TRIPLE_TERM:
                    raise too_deep(Place(self._file, f"line {self._line}"))
        self._end = piece[-2:]
        self._line += data.count(b"\n")
        return data


def is_too_deep(line: bytes) -> bool:
    """Say whether a line may hold more than 100 triples inside one another."""
    return line.count(b"<<(") > _DEEPEST_TRIPLE_TERM


def too_deep(place: Place) -> SourceError:
    """Make the error for triples that are nested too deeply."""
    return SourceError(f"{place}: more than {_DEEPEST_TRIPLE_TERM} triples inside one another")


class XmlGuard:
    """Pass on a document in RDF/XML line by line, after checking that it is harmless XML.

    Parameters
    ----------
    stream
        The document, without a byte order mark.
    file
        What messages call it.
    """

    def __init__(self, stream: BinaryIO, file: str) -> None:
        self.line = 1  # the one that was passed on last
        self._stream = stream
        self._file = file
        self._ended = False
        self._next_line = 1
        self._depth = 0
        self._parser = expat.ParserCreate()
        self._parser.XmlDeclHandler = self._check_declaration
        self._parser.EntityDeclHandler = self._check_entity
        self._parser.StartElementHandler = self._go_down
        self._parser.EndElementHandler = self._go_up

    def read(self, size: int = -1) -> bytes:
        """Return the next line, or `size` bytes of it where it is longer.

        Raises
        ------
        SourceError
            If the document is not well-formed XML in UTF-8, is nested more than 1,000 elements
            deep, or declares an entity that is external, long, or made of other entities.
        """
        data = self._stream.readline(size)
        self.line = self._next_line
        self._next_line += data.count(b"\n")
        if self._ended:
            return data
        self._ended = not data
        try:
            self._parser.Parse(data, self._ended)
        except expat.ExpatError as error:
            place = Place(self._file, f"line {error.lineno}")
            cut = " (was the file cut short?)" if self._ended else ""
            reason = expat.ErrorString(error.code)
            raise SourceError(
                f"{place}: not XML: {reason} at column {error.offset + 1}{cut}"
            ) from error
        return data

    def _check_declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ("utf-8", "utf8"):
            raise self._error(f"the encoding is {encoding!r}; save the file as UTF-8")

    def _check_entity(
        self,
        name: str,
        is_parameter: int,
        value: str | None,
        base: str | None,
        system: str | None,
        public: str | None,
        notation: str | None,
    ) -> None:
        if is_parameter or value is None:
            raise self._error(f"the entity {name!r} stands outside the file and is not read")
        if "&" in value:
            raise self._error(f"the entity {name!r} is made of other entities; write them out")
        if len(value) > _LONGEST_ENTITY:
            raise self._error(
                f"the entity {name!r} has {len(value)} characters; {_LONGEST_ENTITY} are allowed"
            )

    def _go_down(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST_ELEMENT:
            raise self._error(f"more than {_DEEPEST_ELEMENT} elements inside one another")

    def _go_up(self, name: str) -> None:
        self._depth -= 1

    def _error(self, what: str) -> SourceError:
        return SourceError(f"{Place(self._file, f'line {self._parser.CurrentLineNumber}')}: {what}")
