"""Digest documents, facts and whole knowledge bases by content, whatever their order on disk.

The digest of a knowledge base is the sum, modulo 2**256, of one sha256 per document and one per
fact: a multiset hash. Adding and removing one costs one addition, and the order, the division into
files and deleted rows leave no trace in it.

Source: Bellare and Micciancio, "A New Paradigm for Collision-free Hashing: Incrementality at
Reduced Cost", EUROCRYPT 1997 (AdHash). It guards against accidents, not against forgers; each
file's sha256 stands beside it in the manifest.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wherefrom.kb.records import Document, Passage, Triple

DIGEST_BYTES = 32
_MODULUS = 1 << (8 * DIGEST_BYTES)


def document_digest(document: Document) -> bytes:
    """Return the sha256 over id, title, text, url, aliases and links (not the source's name)."""
    fields = [
        document.id,
        document.title,
        document.text,
        document.url,
        list(document.aliases),
        [[link.start, link.end, link.target] for link in document.links],
    ]
    # ASCII escapes keep lone surrogates apart, which UTF-8 cannot write
    return hashlib.sha256(json.dumps(fields, ensure_ascii=True).encode()).digest()


def content_digest(digest: bytes, passages: Sequence[Passage]) -> bytes:
    """Return the sha256 over a document's digest and the places of its passages, in order."""
    places = [[passage.start, passage.end] for passage in passages]
    return hashlib.sha256(digest + json.dumps(places).encode()).digest()


def fact_digest(fact: Triple) -> bytes:
    """Return the sha256 over all fields of a fact but its source and its place there."""
    fields = [
        fact.head,
        fact.relation,
        fact.tail,
        float(fact.weight),
        fact.negated,
        fact.literal,
        fact.head_iri,
        fact.relation_iri,
        fact.tail_iri,
        fact.language,
        fact.datatype,
    ]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=True).encode()).digest()


def placed_digest(digest: bytes, place: str) -> bytes:
    """Return the sha256 over a fact's digest and its place in its source."""
    return hashlib.sha256(digest + place.encode()).digest()


@dataclass(frozen=True, slots=True)
class MultisetDigest:
    """The order-independent digest of a set of documents and facts.

    Examples
    --------
    >>> one, two = b"1" * 32, b"2" * 32
    >>> MultisetDigest().plus([one, two]).minus([one]) == MultisetDigest().plus([two])
    True
    """

    total: int = 0

    def __add__(self, other: "MultisetDigest") -> "MultisetDigest":
        return MultisetDigest((self.total + other.total) % _MODULUS)

    def __sub__(self, other: "MultisetDigest") -> "MultisetDigest":
        return MultisetDigest((self.total - other.total) % _MODULUS)

    def plus(self, digests: Iterable[bytes]) -> "MultisetDigest":
        """Add documents or facts by their digests."""
        return MultisetDigest((self.total + _sum(digests)) % _MODULUS)

    def minus(self, digests: Iterable[bytes]) -> "MultisetDigest":
        """Take documents or facts away by their digests."""
        return MultisetDigest((self.total - _sum(digests)) % _MODULUS)

    @property
    def hex(self) -> str:
        """The digest as 64 hexadecimal digits."""
        return f"{self.total:064x}"

    @classmethod
    def from_hex(cls, digits: str) -> "MultisetDigest":
        """Read the digest from its hexadecimal digits."""
        return cls(int(digits, 16))


def _sum(digests: Iterable[bytes]) -> int:
    return sum(int.from_bytes(digest, "big") for digest in digests)
