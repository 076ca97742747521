"""The nouns of the knowledge layer: small frozen values, no I/O.

All offsets count Unicode code points (Python string indices) of the document's text; `start` is
inclusive, `end` exclusive.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """An internal link of a document: its anchor's place and the title it points to."""

    start: int
    end: int
    target: str


@dataclass(frozen=True, slots=True)
class Document:
    """An article as its source gave it.

    `source` is the SOURCE that it came from, as it was written on the command line (`starter`,
    `jsonl:FILE`); `aliases` are other titles that lead to it; `links` lie in order of `start`.
    """

    id: str
    title: str
    text: str
    url: str = ""
    source: str = ""
    aliases: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit of retrieval: `text` equals the document's text from `start` to `end`, exactly."""

    id: str
    document_id: str
    title: str
    text: str
    start: int
    end: int
    source: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a text that names an entity.

    `start` and `end` count code points of the text that was read: a passage, a question.
    `candidates` are the numbers of the entities that it may mean, the likeliest first.
    """

    start: int
    end: int
    candidates: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Triple:
    """A fact: `head` stands in `relation` to `tail`. All three are words for people.

    `head_iri`, `relation_iri` and `tail_iri` are what they were called in RDF (a blank node is
    ``_:`` and its label), empty where a source has no IRIs. `literal` says that the tail is a
    value (a date, a number, a name) and no entity; `language` and `datatype` (an IRI) are those of
    the literal. A literal whose relation is one of NAMING is a name of its head. `negated` facts
    say that the relation does not hold. `source` is the SOURCE, as it was written on the command
    line; `place` says where in it the fact stands: its line (`line 7`), subject IRI or endpoint.
    """

    head: str
    relation: str
    tail: str
    weight: float = 1.0
    negated: bool = False
    literal: bool = False
    head_iri: str = ""
    relation_iri: str = ""
    tail_iri: str = ""
    language: str = ""
    datatype: str = ""
    source: str = ""
    place: str = ""


NAMING = ("label", "alias")  # relations of a literal that names its head: best name, other name
