"""Put what a knowledge base holds as RDF: one stream of quads in an order that is always the same.

Sources, entities, documents, passages and mentions stand in the default graph. The facts of a
SOURCE stand in a named graph of their own: as they are where they hold, and each described by a
statement that tells its weight, its place and whether it is negated. A negated fact is not stated
but described, for programs that know OWL as a negative property assertion. docs/rdf.md shows it.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pyoxigraph as ox

from wherefrom.indexes import rdf_vocabulary as wf
from wherefrom.indexes.graph import Graph
from wherefrom.kb.entities import NO_ENTITY
from wherefrom.kb.records import Passage, Triple
from wherefrom.kb.triples import without_negation

Node = ox.NamedNode
Value = ox.NamedNode | ox.Literal
CACHED_NODES = 65_536


def graph_quads(graph: Graph) -> Iterator[ox.Quad]:
    """Yield all quads of a graph: of sources, entities, documents with their passages, and facts.

    The order follows from the content alone.
    """
    nodes = Nodes(graph)
    yield from _sources(graph)
    yield from _entities(graph, nodes)
    yield from _passages(graph, nodes)
    yield from _facts(graph, nodes)


class Nodes:
    """The nodes of entities; those that were asked for last are kept."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.of = lru_cache(CACHED_NODES)(self._of)

    def _of(self, entity: int) -> Node:
        graph = self._graph
        return wf.entity_node(entity, graph.name(entity), graph.iri(entity))


def source_node(source: str) -> Node:
    """Return the node of a SOURCE, which is also the graph that its facts stand in."""
    return wf.minted("source", source)


def _sources(graph: Graph) -> Iterator[ox.Quad]:
    for record in sorted(graph.generation.manifest.sources, key=lambda one: one.spec):
        node = source_node(record.spec)
        yield ox.Quad(node, wf.TYPE, wf.SOURCE_CLASS)
        yield ox.Quad(node, wf.LABEL, ox.Literal(record.spec))
        if record.licence:
            yield ox.Quad(node, wf.LICENCE, ox.Literal(record.licence))


def _entities(graph: Graph, nodes: Nodes) -> Iterator[ox.Quad]:
    for entity in range(graph.entities):
        node, shown = nodes.of(entity), graph.name(entity)
        yield ox.Quad(node, wf.TYPE, wf.ENTITY)
        yield ox.Quad(node, wf.NAME, ox.Literal(shown))  # one, while facts may give more labels
        yield ox.Quad(node, wf.LABEL, ox.Literal(shown))
        for name in graph.names_of(entity):
            if name != shown:
                yield ox.Quad(node, wf.ALIAS, ox.Literal(name))


def _passages(graph: Graph, nodes: Nodes) -> Iterator[ox.Quad]:
    """Go over documents in order of id, each before its passages, and these before mentions."""
    document = ""
    for number, row in enumerate(np.asarray(graph.arrays.passages).tolist()):
        passage = graph.generation.passage_at(row)
        owner = int(graph.owners[number])
        about = None if owner == NO_ENTITY else nodes.of(owner)
        if passage.document_id != document or not number:
            document = passage.document_id
            yield from _document(passage, about)
        yield from _passage(passage, about)
        node = wf.minted("passage", passage.id)
        for entity, start, end in graph.mentions_in(number)[1:].T.tolist():
            mention = wf.minted("mention", passage.id, f"{start}-{end}")
            yield ox.Quad(mention, wf.TYPE, wf.MENTION)
            yield ox.Quad(mention, wf.DERIVED, node)
            yield ox.Quad(mention, wf.NAMES, nodes.of(entity))
            yield ox.Quad(mention, wf.START, ox.Literal(start))
            yield ox.Quad(mention, wf.END, ox.Literal(end))


def _document(passage: Passage, about: Node | None) -> Iterator[ox.Quad]:
    node = wf.minted("document", passage.document_id)
    yield ox.Quad(node, wf.TYPE, wf.DOCUMENT)
    yield ox.Quad(node, wf.IDENTIFIER, ox.Literal(passage.document_id))
    if passage.title:
        yield ox.Quad(node, wf.TITLE, ox.Literal(passage.title))
    if passage.url:
        yield ox.Quad(node, wf.PAGE, _page(passage.url))
    if passage.source:
        yield ox.Quad(node, wf.PRIMARY_SOURCE, source_node(passage.source))
    if about is not None:
        yield ox.Quad(node, wf.ABOUT, about)


def _passage(passage: Passage, about: Node | None) -> Iterator[ox.Quad]:
    node = wf.minted("passage", passage.id)
    yield ox.Quad(node, wf.TYPE, wf.PASSAGE)
    yield ox.Quad(node, wf.IDENTIFIER, ox.Literal(passage.id))
    if passage.title:
        yield ox.Quad(node, wf.TITLE, ox.Literal(passage.title))
    yield ox.Quad(node, wf.DERIVED, wf.minted("document", passage.document_id))
    yield ox.Quad(node, wf.START, ox.Literal(passage.start))
    yield ox.Quad(node, wf.END, ox.Literal(passage.end))
    if about is not None:
        yield ox.Quad(node, wf.ABOUT, about)


def _page(url: str) -> Value:
    """Return the node of an address; one that is no IRI stays what it is, text."""
    try:
        return Node(url)
    except ValueError:
        return ox.Literal(url)


def _facts(graph: Graph, nodes: Nodes) -> Iterator[ox.Quad]:
    first = 0
    for segment in graph.generation.facts:
        ends = graph.arrays.facts[:, first : first + segment.triples].T.tolist()
        prefix = wf.minted("fact", segment.source).value
        for row, (fact, (head, tail)) in enumerate(zip(segment.iterate(), ends, strict=True)):
            value = _literal(fact) if tail == NO_ENTITY else nodes.of(tail)
            node = Node(f"{prefix}:{row}")
            yield from _fact(fact, node, nodes.of(head), value)
        first += segment.triples


def _fact(fact: Triple, node: Node, head: Node, tail: Value) -> Iterator[ox.Quad]:
    relation = wf.relation_node(fact.relation, fact.relation_iri)
    source = source_node(fact.source)
    if not fact.negated:
        yield ox.Quad(head, relation, tail, source)
    yield ox.Quad(node, wf.TYPE, wf.STATEMENT, source)
    yield ox.Quad(node, wf.SUBJECT, head, source)
    yield ox.Quad(node, wf.PREDICATE, relation, source)
    yield ox.Quad(node, wf.OBJECT, tail, source)
    yield ox.Quad(node, wf.WEIGHT, ox.Literal(fact.weight), source)
    yield ox.Quad(node, wf.NEGATED, ox.Literal(fact.negated), source)
    yield ox.Quad(node, wf.PRIMARY_SOURCE, source, source)
    yield ox.Quad(node, wf.PLACE, ox.Literal(fact.place), source)
    if fact.negated:
        denied = wf.relation_node(
            without_negation(fact.relation), without_negation(fact.relation_iri)
        )
        value = wf.NEGATIVE_VALUE if fact.literal else wf.NEGATIVE_INDIVIDUAL
        yield ox.Quad(node, wf.TYPE, wf.NEGATIVE, source)
        yield ox.Quad(node, wf.NEGATIVE_SUBJECT, head, source)
        yield ox.Quad(node, wf.NEGATIVE_PREDICATE, denied, source)
        yield ox.Quad(node, value, tail, source)


def _literal(fact: Triple) -> ox.Literal:
    if fact.language:
        return ox.Literal(fact.tail, language=fact.language)
    return ox.Literal(fact.tail, datatype=wf.iri_node(fact.datatype) if fact.datatype else None)
