"""Name what a knowledge base holds in RDF: minted IRIs and the vocabulary of docs/rdf.md.

Provenance is told in the words of W3C, "PROV-O: The PROV Ontology", 2013,
https://www.w3.org/TR/prov-o/.
"""

from typing import Final
from urllib.parse import quote

import pyoxigraph as ox

from wherefrom.kb.fact_terms import BLANK

BASE = "urn:wherefrom:"
PREFIXES = {
    "wf": f"{BASE}vocabulary:",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "prov": "http://www.w3.org/ns/prov#",
}


def _term(name: str) -> ox.NamedNode:
    prefix, _, local = name.partition(":")
    return ox.NamedNode(PREFIXES[prefix] + local)


TYPE: Final = _term("rdf:type")
LABEL: Final = _term("rdfs:label")
ALIAS: Final = _term("skos:altLabel")
IDENTIFIER: Final = _term("dcterms:identifier")
TITLE: Final = _term("dcterms:title")
LICENCE: Final = _term("dcterms:license")
PAGE: Final = _term("foaf:page")
SOURCE_CLASS: Final = _term("prov:Entity")
PRIMARY_SOURCE: Final = _term("prov:hadPrimarySource")
DERIVED: Final = _term("prov:wasDerivedFrom")
DOCUMENT: Final = _term("wf:Document")
PASSAGE: Final = _term("wf:Passage")
ENTITY: Final = _term("wf:Entity")
MENTION: Final = _term("wf:Mention")
ABOUT: Final = _term("wf:about")
NAME: Final = _term("wf:name")
NAMES: Final = _term("wf:names")
START: Final = _term("wf:start")
END: Final = _term("wf:end")
PLACE: Final = _term("wf:place")
WEIGHT: Final = _term("wf:weight")
NEGATED: Final = _term("wf:negated")
STATEMENT: Final = _term("rdf:Statement")
SUBJECT: Final = _term("rdf:subject")
PREDICATE: Final = _term("rdf:predicate")
OBJECT: Final = _term("rdf:object")
NEGATIVE: Final = _term("owl:NegativePropertyAssertion")
NEGATIVE_SUBJECT: Final = _term("owl:sourceIndividual")
NEGATIVE_PREDICATE: Final = _term("owl:assertionProperty")
NEGATIVE_INDIVIDUAL: Final = _term("owl:targetIndividual")
NEGATIVE_VALUE: Final = _term("owl:targetValue")


def minted(kind: str, *names: object) -> ox.NamedNode:
    """Mint the IRI of something that has none, percent-encoding its names.

    Examples
    --------
    >>> minted("mention", "Élan vital#0", "12-19").value
    'urn:wherefrom:mention:%C3%89lan%20vital%230:12-19'
    """
    return ox.NamedNode(BASE + ":".join([kind, *(quote(str(name), safe="") for name in names)]))


def entity_node(number: int, name: str, iri: str) -> ox.NamedNode:
    """Return the node of an entity: its own IRI, or one that is minted from its name.

    A blank node, whose label means nothing outside its source, is called by the entity's number.

    Examples
    --------
    >>> entity_node(7, "Paris", "http://example.org/Paris").value
    'http://example.org/Paris'
    >>> entity_node(7, "Paris", "").value
    'urn:wherefrom:entity:Paris'
    >>> entity_node(7, "Paris", "_:b1").value
    'urn:wherefrom:node:7'
    """
    if iri.startswith(BLANK):
        return minted("node", number)
    return iri_node(iri) if iri else minted("entity", name)


def relation_node(relation: str, iri: str) -> ox.NamedNode:
    """Return the node of a relation: its own IRI, or one that is minted from its words."""
    return iri_node(iri) if iri else minted("relation", relation)


def iri_node(iri: str) -> ox.NamedNode:
    """Return the node of an IRI; what is malformed as an IRI is kept inside one that is minted.

    Examples
    --------
    >>> iri_node("http://example.org/a b").value
    'urn:wherefrom:iri:http%3A%2F%2Fexample.org%2Fa%20b'
    """
    try:
        return ox.NamedNode(iri)
    except ValueError:
        return minted("iri", iri)
