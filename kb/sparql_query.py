"""Check a CONSTRUCT query before it is sent anywhere, and cut what it finds into pages.

Source: W3C, "SPARQL 1.1 Query Language", 2013, https://www.w3.org/TR/sparql11-query/.
"""

from wherefrom.kb.errors import UsageError


def check_construct(query: str) -> None:
    """Raise when a query is none that can be asked page by page.

    Prefixes need not be declared: many endpoints know some of their own.

    Raises
    ------
    UsageError
        If it is no SPARQL (line and column are named), no CONSTRUCT query, or ends with LIMIT,
        OFFSET or VALUES.
    """
    kind, parts = _parsed(query)
    if kind != "ConstructQuery":
        found = kind.removesuffix("Query").upper()
        raise UsageError(f"the query is {found}; a CONSTRUCT query is needed, which makes facts")
    if "limitoffset" in parts:
        raise UsageError(
            "the query ends with LIMIT or OFFSET, which are added here for each page; leave them "
            "out, or put the part that they limit into a sub-query"
        )
    if "valuesClause" in parts:
        raise UsageError(
            "the query ends with VALUES, after which no LIMIT may stand; move it into the WHERE "
            "part"
        )


def page_of(query: str, *, limit: int, offset: int) -> str:
    """Return the query for `limit` of its solutions after the first `offset`.

    Examples
    --------
    >>> print(page_of("CONSTRUCT WHERE { ?s ?p ?o } # all", limit=10, offset=20))
    CONSTRUCT WHERE { ?s ?p ?o } # all
    LIMIT 10 OFFSET 20
    """
    return f"{query}\nLIMIT {limit} OFFSET {offset}"


def _parsed(query: str) -> tuple[str, frozenset[str]]:
    """Return the kind of a query and the names of its parts."""
    from pyparsing import ParseBaseException
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        parsed = parseQuery(query)[1]
    except ParseBaseException as error:
        line = error.line.strip() or "the end of the query"
        raise UsageError(
            f"the query is no SPARQL: line {error.lineno}, column {error.column}, at {line!r}"
        ) from error
    except RecursionError as error:
        raise UsageError("the query is nested too deeply") from error
    except ValueError as error:  # an escape that is no character
        raise UsageError(f"the query is no SPARQL: {error}") from error
    return parsed.name, frozenset(name for name, part in parsed.items() if part)
