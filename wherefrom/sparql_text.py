"""Put the results of SPARQL as text for people, and in the formats of W3C for programs.

Source: W3C, "SPARQL 1.1 Query Results JSON Format", 2013,
https://www.w3.org/TR/sparql11-results-json/; graphs are N-Triples for people, JSON-LD for programs.
"""

import json
from collections.abc import Sequence
from typing import Any

import pyoxigraph as ox

from wherefrom.drawing import columns, shortened
from wherefrom.indexes.rdf_vocabulary import PREFIXES
from wherefrom.indexes.sparql import SparqlResult

WIDEST_CELL = 80  # columns; programs get the whole value


def sparql_json(found: SparqlResult) -> Any:
    """Return what `sparql --json` prints."""
    if isinstance(found, ox.QuerySolutions | ox.QueryBoolean):
        written = found.serialize(format=ox.QueryResultsFormat.JSON)
    else:
        written = ox.serialize(found, format=ox.RdfFormat.JSON_LD)
    return json.loads(written or b"")


def sparql_text(found: SparqlResult) -> str:
    """Put the solutions of SELECT as a table, ASK as yes or no, and a graph as N-Triples."""
    if isinstance(found, ox.QueryBoolean):
        return "yes\n" if found else "no\n"
    if isinstance(found, ox.QuerySolutions):
        return _table(found)
    return "".join(f"{triple} .\n" for triple in found)


def shown_term(term: object) -> str:
    """Put a term of RDF in words: an IRI by its prefix where it has one, a literal by its value.

    Examples
    --------
    >>> shown_term(ox.NamedNode("http://www.w3.org/ns/prov#Entity"))
    'prov:Entity'
    >>> shown_term(ox.Literal("París", language="es"))
    'París @es'
    """
    if isinstance(term, ox.Literal):
        return f"{term.value} @{term.language}" if term.language else term.value
    if isinstance(term, ox.NamedNode):
        for prefix, start in PREFIXES.items():
            if term.value.startswith(start):
                return f"{prefix}:{term.value.removeprefix(start)}"
        return term.value
    return "" if term is None else str(term)


def _table(found: ox.QuerySolutions) -> str:
    names = [variable.value for variable in found.variables]
    rows = [[shortened(shown_term(row[name]), WIDEST_CELL) for name in names] for row in found]
    count = f"{len(rows):,} solution{'' if len(rows) == 1 else 's'}\n"
    if not names:
        return count
    widths = [max(map(columns, column)) for column in zip(names, *rows, strict=True)]
    lines = [_row(names, widths), _row(["─" * width for width in widths], widths)]
    lines += [_row(row, widths) for row in rows]
    return "".join(lines) + count


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        cell + " " * (width - columns(cell)) for cell, width in zip(cells, widths, strict=True)
    )
    return "  ".join(padded).rstrip() + "\n"
