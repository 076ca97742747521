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

MOST_PAGES = 10_000
PAGE_TRIPLES = 10_000
MOST_TRIPLES = 1_000_000
MOST_TRIPLES_OF_A_SOLUTION = 8  # of a CONSTRUCT template; more are rare
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
    most_triples: int
    timeout_seconds: float
    attempts: int


@dataclass(frozen=True, slots=True)
class _Page:
    """What an endpoint made of the solutions from `offset` on."""

    offset: int
    quads: list[NumberedQuad]


def read_sparql(
    endpoint: str,
    source: str,
    *,
    construct: str,
    page_triples: int = PAGE_TRIPLES,
    most_triples: int = MOST_TRIPLES,
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
    most_triples
        How many triples are read at most; an endpoint that has more is given up.
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
        RDF, cuts its answers short, repeats a page instead of going on, or does not come to an
        end.
    """
    url = checked_address(endpoint)
    _check_numbers(page_triples, most_triples, timeout_seconds, attempts)
    check_construct(construct)
    asked = _Endpoint(url, construct, page_triples, most_triples, timeout_seconds, attempts)
    return with_negations(_facts(asked, source, skipped))


def _check_numbers(
    page_triples: int, most_triples: int, timeout_seconds: float, attempts: int
) -> None:
    for name, number in (("page_triples", page_triples), ("most_triples", most_triples)):
        if number < 1:
            raise UsageError(f"{name} must be at least 1, got {number}")
    if not (math.isfinite(timeout_seconds) and timeout_seconds > 0):
        raise UsageError(f"timeout_seconds must be positive, got {timeout_seconds}")
    if attempts < 1:
        raise UsageError(f"attempts must be at least 1, got {attempts}")


def _facts(asked: _Endpoint, source: str, skipped: SkippedRecords | None) -> Iterator[Triple]:
    seen: dict[bytes, int] = {}  # which page had these triples
    count, last = 0, _Page(0, [])
    for number in range(1, MOST_PAGES + 1):
        name = f"page {number}"
        bad_before = skipped.count if skipped else 0
        page = _page(asked, (number - 1) * asked.page_triples, name, skipped)
        if not page.quads and (skipped.count if skipped else 0) == bad_before:
            _check_nothing_held_back(asked, last)
            return
        before = seen.setdefault(_digest(page.quads), number)
        if before != number:
            raise SourceError(
                f"{name} of {asked.url} repeats page {before}: the endpoint ignores OFFSET, or "
                "many solutions of the query make the same triples; then SELECT DISTINCT in a "
                "sub-query"
            )
        last = page
        count += len(page.quads)
        if count > asked.most_triples:
            raise SourceError(
                f"{asked.url} has more than {asked.most_triples:,} facts, and goes on; ask for "
                "less, or allow more with --most-facts"
            )
        document = RdfDocument(f"{name} of {asked.url}", source, BlankNodes(f"page{number}."))
        yield from facts_of(page.quads, document, skipped=skipped)
    raise SourceError(
        f"{asked.url} has more than {MOST_PAGES:,} pages of {asked.page_triples:,}; "
        "ask for larger pages (--page-size) or for less"
    )


def _page(asked: _Endpoint, offset: int, name: str, skipped: SkippedRecords | None) -> _Page:
    """Ask for the solutions from `offset` on."""
    answer = _answered(asked, offset, name)
    return _Page(offset, list(_quads(asked, answer, f"{name} of {asked.url}", skipped)))


def _check_nothing_held_back(asked: _Endpoint, last: _Page) -> None:
    """Raise where an endpoint gives fewer solutions a page than it was asked for, and has more.

    Then all its pages were cut short, and what lay between them is missing. The last page shows
    it: were it cut short, more would come from within it on. A solution makes at most
    MOST_TRIPLES_OF_A_SOLUTION triples, so a place within the page is known.
    """
    found = len(last.quads)
    if not found or found >= asked.page_triples:
        return
    within = last.offset + max(1, found // MOST_TRIPLES_OF_A_SOLUTION)
    name = f"the solutions from {within:,} on"
    more = _page(asked, within, name, SkippedRecords())
    if set(_lines(more.quads)) - set(_lines(last.quads)):
        raise SourceError(
            f"{asked.url} gives {found:,} facts a page, though asked for {asked.page_triples:,} "
            f"solutions, and holds back the rest; ask for smaller pages (--page-size {found})"
        )


def _digest(quads: list[NumberedQuad]) -> bytes:
    """Return a digest of the triples of a page, whatever their order and the labels of nodes."""
    return hashlib.sha256("\n".join(sorted(set(_lines(quads)))).encode()).digest()


def _lines(quads: list[NumberedQuad]) -> list[str]:
    """Write triples out, without the labels of blank nodes."""
    return [_BLANK_NODE.sub("_:", str(quad)) for _, quad in quads]


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


def _answered(asked: _Endpoint, offset: int, name: str) -> Answer:
    """Ask for a page as often as is allowed, and return it when it is complete."""
    query = page_of(asked.construct, limit=asked.page_triples, offset=offset)
    answer = answered(
        lambda: post_form(
            asked.url, {"query": query}, accept=_ACCEPT, timeout_seconds=asked.timeout_seconds
        ),
        url=asked.url,
        what=name,
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
            f"{asked.page_triples}; ask for smaller pages (--page-size {most_rows})"
        )
    if "x-sql-state" in answer.headers:
        why = answer.headers.get("x-sql-message") or answer.headers["x-sql-state"]
        raise SourceError(f"{asked.url} answered only in part: {why}")
