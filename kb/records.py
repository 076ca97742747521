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
