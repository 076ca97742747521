"""Take JSON-LD apart into quads with rdflib, without the network, in the order of the document.

rdflib's own stores would return the statements in an order that changes with every run. Here it
writes them into a list instead, so that nodes without a label can be numbered as they occur.
"""

import json
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyoxigraph as ox
import rdflib
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID, Dataset, Graph
from rdflib.plugins.parsers.jsonld import to_rdf
from rdflib.store import Store

from wherefrom.kb.errors import RecordError, SourceError
from wherefrom.kb.found import Place, shown
from wherefrom.kb.opening import not_utf8
from wherefrom.kb.rdf_terms import NumberedQuad
from wherefrom.kb.skipped import SkippedRecords, refuse

_ALLOWED = "write it into the file; nothing is fetched from the network"
_SETTING = threading.Lock()
_Statement = tuple[rdflib.term.Node, rdflib.term.Node, rdflib.term.Node, rdflib.term.Node | None]


def jsonld_quads(
    content: bytes, *, file: str, base: str, skipped: SkippedRecords | None = None
) -> Iterator[NumberedQuad]:
    """Yield the quads of a JSON-LD document in its order.

    Raises
    ------
    RecordError
        If an IRI, a label, a language or a literal is malformed, and `skipped` is None.
    SourceError
        If the document is not UTF-8, JSON or JSON-LD, has a context elsewhere, or no statement.
    """
    data = _parsed(content, file)
    _refuse_remote_contexts(data, file)
    statements = _statements(data, file, base)
    if not statements and _has_keys(data):
        raise SourceError(
            f"{file} states nothing as JSON-LD: its keys or ids are no IRIs; "
            'does it lack an "@context" that says which they stand for?'
        )
    for statement in statements:
        try:
            yield 0, _quad(statement)
        except ValueError as error:
            named = " ".join(str(part) for part in statement[:3])
            refuse(RecordError(f"{file}, in {shown(named)}: {error}"), skipped)


def _parsed(content: bytes, file: str) -> object:
    try:
        data = json.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        place = Place(file, f"line {line}")
        raise SourceError(f"{place}: {not_utf8(error)}; save the file as UTF-8") from error
    except json.JSONDecodeError as error:
        place = Place(file, f"line {error.lineno}")
        raise SourceError(f"{place}: not JSON: {error.msg} at column {error.colno}") from error
    except (RecursionError, ValueError) as error:  # nested too deeply, or a number too long
        raise SourceError(f"{file}: not usable JSON: {error}") from error
    if not isinstance(data, dict | list):
        raise SourceError(f"{file}: found {shown(data)}; JSON-LD is an object or an array")
    return data


def _refuse_remote_contexts(data: object, file: str) -> None:
    waiting = [data]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += item
        elif isinstance(item, dict):
            waiting += item.values()
            context = item.get("@context")
            for part in context if isinstance(context, list) else [context]:
                if isinstance(part, str):
                    raise SourceError(f"{file}: the @context {part!r} stands elsewhere; {_ALLOWED}")
                if isinstance(part, dict) and "@import" in part:
                    found = shown(part["@import"])
                    raise SourceError(f"{file}: the @context imports {found}; {_ALLOWED}")


def _has_keys(data: object) -> bool:
    items = data if isinstance(data, list) else [data]
    return any(isinstance(item, dict) and any(key[:1] != "@" for key in item) for item in items)


class _Statements(Store):
    """A store of rdflib that only lists what is added."""

    context_aware = True
    graph_aware = True

    def __init__(self) -> None:
        super().__init__()
        self.added: list[_Statement] = []

    def add(self, triple: Any, context: Graph, quoted: bool = False) -> None:
        graph = context.identifier
        self.added.append((*triple, None if graph == DATASET_DEFAULT_GRAPH_ID else graph))

    def add_graph(self, graph: Graph) -> None:
        """Do nothing: a graph without statements says nothing."""


def _statements(data: Any, file: str, base: str) -> list[_Statement]:
    store = _Statements()
    try:
        with _literals_as_written(), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of what rdflib itself still calls
            to_rdf(data, Dataset(store), base=base)
    except RecursionError as error:
        raise SourceError(f"{file}: not usable JSON-LD: nested too deeply") from error
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        # rdflib takes for granted that the document follows the standard.
        raise SourceError(
            f"{file}: not JSON-LD that can be read; is its @context as the standard has it? "
            f"(rdflib stopped with: {error or type(error).__name__})"
        ) from error
    return store.added


@contextmanager
def _literals_as_written() -> Iterator[None]:
    """Keep rdflib from rewriting literals; it can only be told for the whole process."""
    with _SETTING:
        before = rdflib.NORMALIZE_LITERALS
        rdflib.NORMALIZE_LITERALS = False
        try:
            yield
        finally:
            rdflib.NORMALIZE_LITERALS = before


def _quad(statement: _Statement) -> ox.Quad:
    subject, predicate, object_, graph = statement
    return ox.Quad(
        _node(subject),
        ox.NamedNode(str(predicate)),
        _literal(object_) if isinstance(object_, rdflib.Literal) else _node(object_),
        None if graph is None else _node(graph),
    )


def _node(node: rdflib.term.Node) -> ox.NamedNode | ox.BlankNode:
    return ox.BlankNode(str(node)) if isinstance(node, rdflib.BNode) else ox.NamedNode(str(node))


def _literal(literal: rdflib.Literal) -> ox.Literal:
    if literal.language:
        return ox.Literal(str(literal), language=literal.language)
    datatype = None if literal.datatype is None else ox.NamedNode(str(literal.datatype))
    return ox.Literal(str(literal), datatype=datatype)
