"""Answer one SPARQL query in a process of its own, which can be stopped at any time.

`python -m wherefrom.indexes.sparql_process STORE RESULT` reads JSON with `query` and `prefixes`
from stdin, writes what it finds to the file RESULT and the form of that to stdout. Where the query
is no SPARQL, it ends with WRONG_QUERY and says why on stderr.
"""

import json
import re
import sys
from pathlib import Path

import pyoxigraph as ox

SOLUTIONS, TRUTH, TRIPLES = "solutions", "truth", "triples"  # SPARQL JSON twice, N-Triples
WRONG_QUERY = 3
_NO_KEYWORDS = re.compile(  # IRIs, strings and comments
    r"<[^<>\"{}|^`\\\s]*>|"
    r'"""(?:\\.|[^\\])*?"""|'
    r"\'\'\'(?:\\.|[^\\])*?\'\'\'|"
    r'"(?:\\.|[^"\\\n])*"|'
    r"'(?:\\.|[^'\\\n])*'|"
    r"#[^\r\n]*"
)
_FROM = re.compile(r"(?<![?$:\w.-])from\b(?![:.-])(?!\s+named\b)", re.IGNORECASE)


def answer(store: ox.Store, query: str, prefixes: dict[str, str], result: Path) -> str:
    """Answer a query over the graphs that it names, or all; write the result, return its form.

    Raises
    ------
    SyntaxError
        If the query is no SPARQL.
    """
    union = not names_graphs(query)
    found = store.query(query, prefixes=prefixes, use_default_graph_as_union=union)
    if isinstance(found, ox.QueryTriples):
        found.serialize(str(result), format=ox.RdfFormat.N_TRIPLES)
        return TRIPLES
    found.serialize(str(result), format=ox.QueryResultsFormat.JSON)
    return SOLUTIONS if isinstance(found, ox.QuerySolutions) else TRUTH


def names_graphs(query: str) -> bool:
    """Tell whether a query says by FROM which graphs make its default graph.

    Examples
    --------
    >>> names_graphs("SELECT * FROM <http://x/> { ?s ?p ?o }")
    True
    >>> names_graphs("SELECT ?from FROM NAMED <http://x/> { ?s ex:from 'from' } # from")
    False
    """
    return _FROM.search(_NO_KEYWORDS.sub(" ", query)) is not None


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
