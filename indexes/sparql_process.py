"""Answer one SPARQL query in a process of its own, which can be stopped at any time.

`python -m wherefrom.indexes.sparql_process STORE RESULT` reads JSON with `query` and `prefixes`
from stdin, writes what it finds to the file RESULT and the form of that to stdout. Where the query
is no SPARQL, it ends with WRONG_QUERY and says why on stderr.
"""

import json
import sys
from pathlib import Path

import pyoxigraph as ox

SOLUTIONS, TRUTH, TRIPLES = "solutions", "truth", "triples"  # SPARQL JSON twice, N-Triples
WRONG_QUERY = 3


def answer(store: ox.Store, query: str, prefixes: dict[str, str], result: Path) -> str:
    """Answer a query over the union of all graphs; write the result and return its form.

    Raises
    ------
    SyntaxError
        If the query is no SPARQL.
    """
    found = store.query(query, prefixes=prefixes, use_default_graph_as_union=True)
    if isinstance(found, ox.QueryTriples):
        found.serialize(str(result), format=ox.RdfFormat.N_TRIPLES)
        return TRIPLES
    found.serialize(str(result), format=ox.QueryResultsFormat.JSON)
    return SOLUTIONS if isinstance(found, ox.QuerySolutions) else TRUTH


def main() -> int:
    """Answer the query on stdin and return the exit code."""
    store, result = map(Path, sys.argv[1:])
    asked = json.load(sys.stdin)
    try:
        form = answer(ox.Store.read_only(str(store)), asked["query"], asked["prefixes"], result)
    except SyntaxError as error:
        sys.stderr.write(error.msg)
        return WRONG_QUERY
    sys.stdout.write(form)
    return 0


if __name__ == "__main__":
    sys.exit(main())
