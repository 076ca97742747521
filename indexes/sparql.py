"""Answer SPARQL over the facts, mentions and passages of a knowledge base.

Source: W3C, "SPARQL 1.1 Query Language", 2013, https://www.w3.org/TR/sparql11-query/. pyoxigraph
answers, over the quads of `graph_quads`, in a process that is stopped when its time is over.
Nothing is asked of the network and nothing is changed.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox

from wherefrom.indexes.graph import Graph
from wherefrom.indexes.quad_store import cache_folder, quad_store
from wherefrom.indexes.rdf_vocabulary import PREFIXES
from wherefrom.indexes.sparql_process import SOLUTIONS, TRIPLES, TRUTH, WRONG_QUERY
from wherefrom.kb.durable import remove_tree
from wherefrom.kb.errors import KnowledgeBaseError, UsageError
from wherefrom.kb.progress import Progress

SparqlResult = ox.QuerySolutions | ox.QueryBoolean | Sequence[ox.Triple]
SECONDS = 60.0  # that a query may take
# What pyoxigraph may take for SERVICE, in comments and strings too: nothing of it may get through.
# Variables are matched so that they are passed over whole. Nothing is tried twice, to be quick.
_SPACE = r"(?>\s|#[^\r\n]*+)*+"
_LETTER = r"\w\u00b7-\U0010ffff"  # at least what SPARQL allows in a name
_NAME = rf"[{_LETTER}.\-]*+:(?>[{_LETTER}.:%\-]|\\.)*+"
_SERVER = rf"(?><[^<>]*+>|[?$][{_LETTER}]++|{_NAME})"
_SERVICE = re.compile(
    rf"[?$][{_LETTER}]++|"
    rf"(?<!:)(?P<service>service){_SPACE}(?:silent{_SPACE})?{_SERVER}{_SPACE}\{{",
    re.IGNORECASE,
)
_UPDATE = re.compile(
    rf"{_SPACE}(?:(?:base|prefix)\b[^>]*>{_SPACE})*"
    r"(insert|delete|load|clear|create|drop|copy|move|add|with)\b",
    re.IGNORECASE,
)
_POSITION = re.compile(r"error at (\d+):(\d+): expected (?:one of )?")
_CHARACTERS = re.compile(r"\[(?:'[^']*'|[^\]])*\]")  # which of them may follow: of no use to people
_EXPECTED = re.compile(r'"[^"]*"|[^",\s][^",]*')


def sparql(
    graph: Graph,
    query: str,
    *,
    seconds: float = SECONDS,
    cache: Path | None = None,
    progress: Progress | None = None,
) -> SparqlResult:
    """Answer a SELECT, ASK, CONSTRUCT or DESCRIBE query.

    Parameters
    ----------
    graph
        The graph of the knowledge base.
    query
        SPARQL; the prefixes of `rdf_vocabulary.PREFIXES` are declared. The default graph is the
        union of all graphs, where FROM names no others.
    seconds
        How long the answer may take, without the time to make the store.
    cache
        Where stores are kept; None takes the folder of `quad_store.cache_folder`.
    progress
        Told of the making of the store.

    Returns
    -------
    pyoxigraph.QuerySolutions, pyoxigraph.QueryBoolean or a list of pyoxigraph.Triple
        What SELECT, ASK, and CONSTRUCT or DESCRIBE find.

    Raises
    ------
    UsageError
        If the query is no SPARQL (line and column are named), asks another server (SERVICE) or
        would change something, or `seconds` is not above 0.
    KnowledgeBaseError
        If the time is over, or the process of the query came to a sudden end.
    StorageError
        If the store cannot be written.
    """
    check_query(query)
    if not seconds > 0:
        raise UsageError(f"the time limit must be above 0 seconds, got {seconds:g}")
    store = quad_store(graph, cache_folder() if cache is None else cache, progress=progress)
    with tempfile.TemporaryDirectory(prefix="wherefrom-sparql-") as folder:
        result = Path(folder) / "result"
        form = _run(store, query, result, seconds)
        return _read(form, result.read_bytes())


def check_query(query: str) -> None:
    """Refuse a query that would reach the network or change something.

    Raises
    ------
    UsageError
        If it is empty, holds SERVICE, or is an update.
    """
    if not query.strip():
        raise UsageError("the query is empty")
    for match in _SERVICE.finditer(query):
        if match["service"]:
            line = query.count("\n", 0, match.start("service")) + 1
            raise UsageError(
                f"line {line} of the query: SERVICE asks another server, which is not allowed here"
            )
    update = _UPDATE.match(query)
    if update:
        raise UsageError(
            f"the query would change something ({update[1].upper()}); only SELECT, ASK, CONSTRUCT "
            "and DESCRIBE are answered"
        )


def _run(store: Path, query: str, result: Path, seconds: float) -> str:
    """Answer a query in another process; return the form of what it wrote."""
    # -P: a file that lies where one works must not stand in for a module of the same name
    command = [sys.executable, "-P", "-m", "wherefrom.indexes.sparql_process"]
    command += [str(store), str(result)]
    asked = json.dumps({"query": query, "prefixes": PREFIXES})
    try:
        done = subprocess.run(
            command, input=asked, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise KnowledgeBaseError(
            f"the query was stopped after {seconds:g} seconds; narrow it, for example by LIMIT, or "
            "allow more time"
        ) from error
    if done.returncode == WRONG_QUERY:
        raise UsageError(_said(query, done.stderr))
    if done.returncode:
        remove_tree(store)  # the system may have removed a file of it; it is made anew next time
        raise KnowledgeBaseError(
            f"the process of the query ended with {done.returncode}: {done.stderr.strip()[-500:]}"
        )
    return done.stdout


def _read(form: str, content: bytes) -> SparqlResult:
    if form == TRIPLES:
        return [quad.triple for quad in ox.parse(content, format=ox.RdfFormat.N_TRIPLES)]
    found = ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON)
    kind = {SOLUTIONS: ox.QuerySolutions, TRUTH: ox.QueryBoolean}[form]
    if not isinstance(found, kind):
        raise KnowledgeBaseError(f"the process of the query wrote no {form}")
    return found


def _said(query: str, message: str) -> str:
    """Say where a query is no SPARQL, and what was expected there."""
    place = _POSITION.match(message)
    if place is None:
        return f"the query is no SPARQL: {message}"
    line, column = int(place[1]), int(place[2])
    lines = query.split("\n")
    rest = lines[line - 1][column - 1 :].strip() if line <= len(lines) else ""
    found = _EXPECTED.findall(_CHARACTERS.sub("", message[place.end() :]))
    said = [part.strip() for part in found]
    sentences = [part for part in said if " " in part]
    what = sentences[:1] or [f"expected {' or '.join(said)}"] if said else []
    where = f"line {line}, column {column}, at {repr(rest[:40]) if rest else 'the end'}"
    return ": ".join(["the query is no SPARQL", where, *what])
