"""Take RDF apart into quads, with the file and line of what is malformed.

pyoxigraph parses every syntax but JSON-LD: it streams them all, keeps a literal as it was written,
refuses a malformed IRI and says in which line it is. rdflib, which reads JSON-LD here, would hold a
whole graph in memory, turn the integer "01" into "1", and be several times slower.
"""

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, cast

import pyoxigraph as ox
from pyoxigraph import RdfFormat

from wherefrom.kb.errors import RecordError, SourceError
from wherefrom.kb.found import Place
from wherefrom.kb.opening import not_utf8
from wherefrom.kb.rdf_guard import TripleTermGuard, XmlGuard, is_too_deep, too_deep
from wherefrom.kb.rdf_terms import NumberedQuad
from wherefrom.kb.skipped import SkippedRecords, refuse

LINE_FORMATS = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)
_POSITION = re.compile("^Parser error (?:at|between) .*?: ")


def line_quads(
    lines: Iterable[tuple[int, bytes]],
    syntax: RdfFormat,
    *,
    file: str,
    skipped: SkippedRecords | None = None,
) -> Iterator[NumberedQuad]:
    """Yield the quads of N-Triples or N-Quads, given as numbered lines, with the line of each.

    Raises
    ------
    RecordError
        If a line is not UTF-8 or no statement, and `skipped` is None.
    """
    for number, line in lines:
        try:
            quads = _statements(line, syntax, Place(file, f"line {number}"))
        except RecordError as error:
            refuse(error, skipped)
            continue
        for quad in quads:
            yield number, quad


def stream_quads(
    stream: BinaryIO,
    syntax: RdfFormat,
    *,
    file: str,
    base: str,
    skipped: SkippedRecords | None = None,
) -> Iterator[NumberedQuad]:
    """Yield the quads of Turtle, TriG, RDF/XML or JSON-LD, which is not streamed.

    Parameters
    ----------
    base
        What relative IRIs are resolved against.

    Raises
    ------
    RecordError
        If JSON-LD holds what is no term of RDF, and `skipped` is None.
    SourceError
        If the document is malformed, with its line where there is one. What follows cannot be read,
        so this also holds where `skipped` is given.
    """
    if syntax == RdfFormat.JSON_LD:
        from wherefrom.kb.jsonld import jsonld_quads  # imports rdflib, which takes long

        return jsonld_quads(stream.read(), file=file, base=base, skipped=skipped)
    if syntax == RdfFormat.RDF_XML:
        return _xml_quads(stream, file, base)
    return _turtle_quads(stream, syntax, file, base)


def _statements(line: bytes, syntax: RdfFormat, place: Place) -> list[ox.Quad]:
    if is_too_deep(line):
        raise RecordError(str(too_deep(place)))
    try:
        return list(ox.parse(line, format=syntax))
    except SyntaxError as error:
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as why:
            raise RecordError(f"{place}: {not_utf8(why)}; save the file as UTF-8") from error
        cut = "" if line.endswith(b"\n") else " (the last line: was the file cut short?)"
        raise RecordError(f"{place}: {_said(error)}{cut}") from error


def _turtle_quads(
    stream: BinaryIO, syntax: RdfFormat, file: str, base: str
) -> Iterator[NumberedQuad]:
    guarded = cast(BinaryIO, TripleTermGuard(stream, file))
    try:
        for quad in ox.parse(guarded, format=syntax, base_iri=base):
            yield 0, quad
    except SyntaxError as error:
        raise SourceError(f"{Place(file, f'line {error.lineno}')}: {_said(error)}") from error


def _xml_quads(stream: BinaryIO, file: str, base: str) -> Iterator[NumberedQuad]:
    guard = XmlGuard(stream, file)
    try:
        for quad in ox.parse(cast(BinaryIO, guard), format=RdfFormat.RDF_XML, base_iri=base):
            yield 0, quad
    except SyntaxError as error:
        raise SourceError(f"{Place(file, f'line {guard.line}')}: {_said(error)}") from error


def _said(error: SyntaxError) -> str:
    """Return what is wrong, without the line, which the caller names."""
    message = _POSITION.sub("", error.msg)
    return f"{message} at column {error.offset}" if error.offset else message
