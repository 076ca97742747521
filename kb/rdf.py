"""Read facts from a file of RDF: Turtle, TriG, N-Triples, N-Quads, RDF/XML or JSON-LD.

The suffix names the syntax, before `.gz` or `.bz2` where there is one; whether a file is compressed
is told from its first bytes. All but JSON-LD are streamed: N-Triples and N-Quads in constant
memory, the others with one entry for each node that has no label. The facts of all graphs are read;
`place` names the subject, and its graph where that is not the default one.

Relative IRIs are resolved against `http://wherefrom.invalid/FILE/`, an address that nobody can have
(RFC 2606), so that no path of this machine gets into a knowledge base and two files with different
names do not mean the same thing by `<#owl>`.
"""

import os
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import quote

from pyoxigraph import RdfFormat

from wherefrom.kb.errors import SourceError, UsageError, unknown_value
from wherefrom.kb.found import Place
from wherefrom.kb.negative_assertions import with_negations
from wherefrom.kb.opening import UTF8_BOM, open_bytes, read_lines, refuse_binary
from wherefrom.kb.rdf_syntax import LINE_FORMATS, line_quads, stream_quads
from wherefrom.kb.rdf_terms import BlankNodes, NumberedQuad, RdfDocument, WrittenLabels, facts_of
from wherefrom.kb.records import Triple
from wherefrom.kb.skipped import SkippedRecords

SUFFIXES = {
    ".ttl": RdfFormat.TURTLE,
    ".trig": RdfFormat.TRIG,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".rdf": RdfFormat.RDF_XML,
    ".xml": RdfFormat.RDF_XML,
    ".owl": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
}
_COMPRESSED = (".gz", ".bz2")


def read_rdf(path: Path, source: str, *, skipped: SkippedRecords | None = None) -> Iterator[Triple]:
    """Yield the facts of a file of RDF in its order, negative assertions of OWL at the end.

    A blank node keeps the label that the file gives it; those without one are numbered as they
    occur, so that the same file gives the same facts each time.

    Raises
    ------
    UsageError
        At once, if the suffix names no syntax.
    RecordError
        While reading, if `skipped` is None, and a line of N-Triples or N-Quads is malformed, a
        literal holds a control character or an object is a triple.
    SourceError
        While reading, if the file is missing, empty, binary or truncated, or is malformed in a
        syntax whose statements do not end with the line.
    """
    return _facts(path, syntax_of(path), source, skipped)


def syntax_of(path: Path) -> RdfFormat:
    """Return the syntax that the suffix of a file names.

    Raises
    ------
    UsageError
        If it names none.
    """
    suffix = _uncompressed(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(f"{path}: {unknown_value('suffix of a file of RDF', suffix, SUFFIXES)}")
    return SUFFIXES[suffix]


def base_iri(path: Path) -> str:
    """Return what the relative IRIs of a file are resolved against.

    Examples
    --------
    >>> base_iri(Path("/home/ann/my owls.ttl.gz"))
    'http://wherefrom.invalid/my%20owls.ttl/'
    """
    return f"http://wherefrom.invalid/{quote(os.fsencode(_uncompressed(path).name), safe='')}/"


def _uncompressed(path: Path) -> Path:
    return path.with_suffix("") if path.suffix.lower() in _COMPRESSED else path


def _facts(
    path: Path, syntax: RdfFormat, source: str, skipped: SkippedRecords | None
) -> Iterator[Triple]:
    file = str(Place(str(path)))
    nodes = WrittenLabels() if syntax in LINE_FORMATS else BlankNodes()
    quads = _quads(path, syntax, file, skipped)
    document = RdfDocument(file, source, nodes)
    yield from with_negations(facts_of(quads, document, skipped=skipped))


def _quads(
    path: Path, syntax: RdfFormat, file: str, skipped: SkippedRecords | None
) -> Iterator[NumberedQuad]:
    if syntax in LINE_FORMATS:
        yield from line_quads(read_lines(path), syntax, file=file, skipped=skipped)
        return
    with open_bytes(path) as stream:
        _check_beginning(path, stream)
        base = base_iri(path)
        yield from stream_quads(stream, syntax, file=file, base=base, skipped=skipped)


def _check_beginning(path: Path, stream: BinaryIO) -> None:
    """Refuse what is no text, and pass over a byte order mark."""
    # Every stream of `open_bytes` can be looked into without reading, though no type says so.
    beginning = cast(BufferedReader, stream).peek(4096)
    if not beginning:
        raise SourceError(f"{path} is empty once unpacked (0 bytes)")
    refuse_binary(path, beginning)
    if beginning.startswith(UTF8_BOM):
        stream.read(len(UTF8_BOM))
