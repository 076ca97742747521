"""Turn what RDF calls things into the fields of a fact: words for people, IRIs beside them.

Source: W3C, "RDF 1.1 Concepts and Abstract Syntax", 2014, https://www.w3.org/TR/rdf11-concepts/.

Every reader of RDF makes its facts here, so that the same RDF gives the same facts in each syntax.
A fact that a document states twice is made twice.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote_to_bytes

import pyoxigraph as ox

from wherefrom.kb.errors import RecordError
from wherefrom.kb.found import Place, checked
from wherefrom.kb.records import NAMING, Triple
from wherefrom.kb.skipped import SkippedRecords, refuse

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
NumberedQuad = tuple[int, ox.Quad]  # the line that it stands in; 0 where nobody can say

_SKOS = "http://www.w3.org/2004/02/skos/core#"
_NAMES = {  # properties whose literal is a name of its subject, with the relation they become
    "http://www.w3.org/2000/01/rdf-schema#label": "label",
    f"{_SKOS}prefLabel": "label",
    "http://schema.org/name": "label",
    "https://schema.org/name": "label",
    "http://xmlns.com/foaf/0.1/name": "label",
    f"{_SKOS}altLabel": "alias",
    "http://schema.org/alternateName": "alias",
    "https://schema.org/alternateName": "alias",
    "http://dbpedia.org/ontology/alias": "alias",
}
_STRING = "http://www.w3.org/2001/XMLSchema#string"
# A control character other than white space; lone surrogates cannot get into a term.
_FORBIDDEN_IN_LITERAL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_FORBIDDEN_IN_WORDS = re.compile("[\x00-\x1f\x7f]")
_SEPARATORS = re.compile("[/#:]+")
# How pyoxigraph and rdflib label a node that has no label, anew each time, and how we do.
_MADE_UP_LABEL = re.compile("[a-f][0-9a-f]{15,31}|N[0-9a-f]{32}|anon[0-9]+")


class BlankNodes:
    """Name the blank nodes of one document the same each time that it is read.

    A label that the document gives is kept. Nodes without one get `anon1`, `anon2`, … in the order
    in which they occur; so does a label that looks like these or as if a parser had made it up.

    Parameters
    ----------
    prefix
        Numbers every node as `PREFIX1`, `PREFIX2`, … instead, whatever label it has.

    Examples
    --------
    >>> nodes = BlankNodes()
    >>> [nodes.name(label) for label in ("alice", "a0123456789abcdef", "alice", "anon1")]
    ['_:alice', '_:anon1', '_:alice', '_:anon2']
    """

    __slots__ = ("_keep_labels", "_numbers", "_prefix")

    def __init__(self, prefix: str | None = None) -> None:
        self._keep_labels = prefix is None
        self._prefix = "anon" if prefix is None else prefix
        self._numbers: dict[str, int] = {}

    def name(self, label: str) -> str:
        """Return the name of the node that has this label in the document."""
        if self._keep_labels and not _MADE_UP_LABEL.fullmatch(label):
            return f"_:{label}"
        number = self._numbers.setdefault(label, len(self._numbers) + 1)
        return f"_:{self._prefix}{number}"


class WrittenLabels:
    """Name the blank nodes of a document that labels all of them, in constant memory."""

    __slots__ = ()

    def name(self, label: str) -> str:
        """Return the name of the node that has this label in the document."""
        return f"_:{label}"


@dataclass(frozen=True, slots=True)
class RdfDocument:
    """What the facts of one document of RDF share.

    `file` is how messages call it; `source` is the SOURCE as it was written on the command line.
    """

    file: str
    source: str
    blank_nodes: BlankNodes | WrittenLabels


def facts_of(
    quads: Iterable[NumberedQuad],
    document: RdfDocument,
    *,
    skipped: SkippedRecords | None = None,
) -> Iterator[Triple]:
    """Yield the fact that each quad states, in order.

    Raises
    ------
    RecordError
        If a literal holds a control character, or an object is a triple, and `skipped` is None.
    """
    for line, quad in quads:
        try:
            yield _fact(line, quad, document)
        except RecordError as error:
            refuse(error, skipped)


@lru_cache(maxsize=65_536)
def iri_words(iri: str) -> str:
    """Return the words of an IRI: what follows the last `/` or `#`, as people would write it.

    Percent-encoding is undone and underscores become spaces. Where nothing follows, the part before
    counts; where there is neither `/` nor `#`, what follows the last colon.

    Examples
    --------
    >>> iri_words("http://dbpedia.org/resource/Charlotte_Bront%C3%AB")
    'Charlotte Brontë'
    >>> [iri_words(iri) for iri in ("http://example.org/owls#", "urn:isbn:0141439556")]
    ['owls', '0141439556']
    """
    shorter = iri.rstrip("/#")
    local = shorter[max(shorter.rfind("/"), shorter.rfind("#")) + 1 :]
    if local == shorter:
        local = shorter[shorter.rfind(":") + 1 :]
    return _readable(local) or iri


def relation_words(iri: str, *, literal: bool, negated: bool = False) -> str:
    """Return the words of a property; `literal` says whether its object is a literal.

    What states the name of its subject is one of `NAMING`. Another property whose local name
    happens to be one of these (the label that a record was published by) also takes the part before
    it, so that nobody takes its object for a name; so does what is stated not to hold.

    Examples
    --------
    >>> relation_words("http://www.w3.org/2004/02/skos/core#prefLabel", literal=True)
    'label'
    >>> relation_words("http://purl.org/ontology/mo/label", literal=True)
    'mo label'
    >>> relation_words("http://example.org/birthPlace", literal=False)
    'birthPlace'
    """
    if literal and not negated and iri in _NAMES:
        return _NAMES[iri]
    words = iri_words(iri)
    if literal and words in NAMING:
        return " ".join([part for part in _SEPARATORS.split(iri) if part][-2:])
    return words


def _readable(local: str) -> str:
    text = local
    if "%" in text:
        try:
            text = unquote_to_bytes(text).decode("utf-8")
        except UnicodeDecodeError:
            return local  # of an older encoding; nobody can say of which
    text = " ".join(text.replace("_", " ").split())
    return local if not text or _FORBIDDEN_IN_WORDS.search(text) else text


def _fact(line: int, quad: ox.Quad, document: RdfDocument) -> Triple:
    head, head_iri = _named(quad.subject, document)
    predicate, tail = quad.predicate.value, quad.object
    literal = isinstance(tail, ox.Literal)
    if isinstance(tail, ox.Literal):
        words, tail_iri = _text(tail, _place(line, head_iri, document)), ""
        language = tail.language or ""
        # A plain string and a string with a language have a datatype that says no more than that.
        datatype = "" if language or tail.datatype.value == _STRING else tail.datatype.value
    elif isinstance(tail, ox.Triple):
        raise RecordError(
            f"{_place(line, head_iri, document)}: the object of {quad.predicate} is a triple "
            f"({_short(tail)}); facts about facts (RDF 1.2) are not read"
        )
    else:
        words, tail_iri = _named(tail, document)
        language = datatype = ""
    return Triple(
        head=head,
        relation=relation_words(predicate, literal=literal),
        tail=words,
        literal=literal,
        head_iri=head_iri,
        relation_iri=predicate,
        tail_iri=tail_iri,
        language=language,
        datatype=datatype,
        source=document.source,
        place=head_iri + _in_graph(quad, document),
    )


def _named(term: Term, document: RdfDocument) -> tuple[str, str]:
    """Return the words and the IRI of a term that is no literal."""
    if isinstance(term, ox.NamedNode):
        return iri_words(term.value), term.value
    name = document.blank_nodes.name(term.value if isinstance(term, ox.BlankNode) else str(term))
    return name, name


def _text(literal: ox.Literal, place: Place) -> str:
    return checked(
        place, "literal", literal.value, blank_allowed=True, pattern=_FORBIDDEN_IN_LITERAL
    )


def _in_graph(quad: ox.Quad, document: RdfDocument) -> str:
    graph = quad.graph_name
    return "" if isinstance(graph, ox.DefaultGraph) else f" in graph {_named(graph, document)[1]}"


def _place(line: int, subject: str, document: RdfDocument) -> Place:
    return Place(document.file, f"line {line}" if line else f"subject {subject}")


def _short(term: ox.Triple) -> str:
    form = str(term)
    return form if len(form) <= 100 else form[:100] + "…"
