"""Read facts from a SPARQL endpoint: what a CONSTRUCT query makes there, page by page.

Source: W3C, "SPARQL 1.1 Protocol", 2013, https://www.w3.org/TR/sparql11-protocol/.

LIMIT and OFFSET count solutions of the query, not triples, and several solutions may make the same
triple; so only an empty page shows the end. A query without ORDER BY leaves the order to the
endpoint; one that changes it between two pages repeats some solutions and omits others.
"""

import hashlib
import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import RdfFormat

from wherefrom.kb.errors import SourceError, UsageError
from wherefrom.kb.negative_assertions import with_negations
from wherefrom.kb.opening import UTF8_BOM
from wherefrom.kb.rdf_syntax import LINE_FORMATS, line_quads, stream_quads
from wherefrom.kb.rdf_terms import BlankNodes, NumberedQuad, RdfDocument, facts_of
from wherefrom.kb.records import Triple
from wherefrom.kb.skipped import SkippedRecords
from wherefrom.kb.sparql_query import check_construct, page_of
from wherefrom.kb.web_attempts import answered, beginning
from wherefrom.kb.web_request import Answer, checked_address, post_form

MOST_PAGES = 100_000
_ACCEPT = "application/n-triples, text/turtle;q=0.8, application/rdf+xml;q=0.5"
_FORMATS = {
    "application/n-triples": RdfFormat.N_TRIPLES,
    "text/plain": RdfFormat.N_TRIPLES,  # what the type was before it had a name
    "text/turtle": RdfFormat.TURTLE,
    "application/x-turtle": RdfFormat.TURTLE,
    "application/rdf+xml": RdfFormat.RDF_XML,
}
_BLANK_NODE = re.compile(r"_:\S+")


@dataclass(frozen=True, slots=True)
class _Endpoint:
    """Where and how pages are asked for."""

    url: str
    construct: str
    page_triples: int
    timeout_seconds: float
    attempts: int


def read_sparql(
    endpoint: str,
    source: str,
    *,
    construct: str,
    page_triples: int = 10_000,
    timeout_seconds: float = 30.0,
    attempts: int = 3,
    skipped: SkippedRecords | None = None,
) -> Iterator[Triple]:
    """Yield the facts that a CONSTRUCT query makes, page by page in the order of the endpoint.

    Blank nodes are numbered within their page, since a label means nothing outside its document;
    negative assertions of OWL come at the end.

    Parameters
    ----------
    endpoint
        The http or https address of the endpoint.
    construct
        The query, without LIMIT and OFFSET at its end.
    page_triples
        How many solutions of the query make a page: as many triples if its template has one.
    timeout_seconds
        How long one page may take, from connecting to its last byte.
    attempts
        How often a page is asked for when the connection fails or the server is busy.

    Raises
    ------
    UsageError
        At once, if the address is malformed, the query is no CONSTRUCT query that can be asked
        page by page, or a number is out of range.
    RecordError
        While reading, if a line of N-Triples or a literal is malformed and `skipped` is None.
    SourceError
        While reading, if the endpoint cannot be reached, refuses, does not answer in time or with
        RDF, cuts its answers short, or repeats a page instead of going on.
    """
    url = checked_address(endpoint)
    _check_numbers(page_triples, timeout_seconds, attempts)
    check_construct(construct)
    asked = _Endpoint(url, construct, page_triples, timeout_seconds, attempts)
    return with_negations(_facts(asked, source, skipped))


def _check_numbers(page_triples: int, timeout_seconds: float, attempts: int) -> None:
    if page_triples < 1:
        raise UsageError(f"page_triples must be at least 1, got {page_triples}")
    if not (math.isfinite(timeout_seconds) and timeout_seconds > 0):
        raise UsageError(f"timeout_seconds must be positive, got {timeout_seconds}")
    if attempts < 1:
        raise UsageError(f"attempts must be at least 1, got {attempts}")


def _facts(asked: _Endpoint, source: str, skipped: SkippedRecords | None) -> Iterator[Triple]:
    seen: dict[bytes, int] = {}  # which page had these triples
    for page in range(1, MOST_PAGES + 1):
        name = f"page {page} of {asked.url}"
        answer = _answered(asked, page)
        bad_before = skipped.count if skipped else 0
        quads = list(_quads(asked, answer, name, skipped))
        if not quads and (skipped.count if skipped else 0) == bad_before:
            return
        before = seen.setdefault(_digest(quads), page)
        if before != page:
            raise SourceError(
                f"{name} repeats page {before}: the endpoint ignores OFFSET, or many solutions of "
                "the query make the same triples; then SELECT DISTINCT in a sub-query"
            )
        document = RdfDocument(name, source, BlankNodes(f"page{page}."))
        yield from facts_of(quads, document, skipped=skipped)
    raise SourceError(
        f"{asked.url} has more than {MOST_PAGES:,} pages of {asked.page_triples:,}; "
        "ask for larger pages or for less"
    )


def _digest(quads: list[NumberedQuad]) -> bytes:
    """Return a digest of the triples of a page, whatever their order and the labels of nodes."""
    lines = sorted({_BLANK_NODE.sub("_:", str(quad)) for _, quad in quads})
    return hashlib.sha256("\n".join(lines).encode()).digest()


def _quads(
    asked: _Endpoint, answer: Answer, name: str, skipped: SkippedRecords | None
) -> Iterator[NumberedQuad]:
    syntax = _FORMATS.get(answer.media_type)
    body = answer.body.removeprefix(UTF8_BOM)
    if syntax is None:
        raise SourceError(
            f"{name} is {answer.media_type or 'of no named type'}, not RDF "
            f"(N-Triples, Turtle or RDF/XML); it begins {beginning(body)}"
        )
    if syntax in LINE_FORMATS:
        lines = enumerate(io.BytesIO(body), start=1)
        return line_quads(lines, syntax, file=name, skipped=skipped)
    return stream_quads(io.BytesIO(body), syntax, file=name, base=asked.url, skipped=skipped)


def _answered(asked: _Endpoint, page: int) -> Answer:
    """Ask for a page as often as is allowed, and return it when it is complete."""
    offset = (page - 1) * asked.page_triples
    query = page_of(asked.construct, limit=asked.page_triples, offset=offset)
    answer = answered(
        lambda: post_form(
            asked.url, {"query": query}, accept=_ACCEPT, timeout_seconds=asked.timeout_seconds
        ),
        url=asked.url,
        what=f"page {page}",
        attempts=asked.attempts,
        timeout_seconds=asked.timeout_seconds,
    )
    _check_complete(answer, asked)
    return answer


def _check_complete(answer: Answer, asked: _Endpoint) -> None:
    """Raise when a server says that it left something out, as Virtuoso does."""
    most_rows = answer.headers.get("x-sparql-maxrows", "")
    if most_rows.isdecimal() and int(most_rows) < asked.page_triples:
        raise SourceError(
            f"{asked.url} cuts its answers at {most_rows} rows, but was asked for "
            f"{asked.page_triples}; make the pages smaller"
        )
    if "x-sql-state" in answer.headers:
        why = answer.headers.get("x-sql-message") or answer.headers["x-sql-state"]
        raise SourceError(f"{asked.url} answered only in part: {why}")
