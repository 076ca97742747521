"""Say what building, deleting and compacting did, and what a knowledge base holds."""

from dataclasses import dataclass

from wherefrom.indexes.fingerprint import Fingerprint
from wherefrom.kb.manifest import SourceRecord


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: documents by what became of them, passages that were encoded, facts.

    `skipped` counts bad records that the caller asked to leave out; `passages` those of added and
    replaced documents; `triples` the facts of new and changed sources, `triples_unchanged` those of
    the other sources that were read; `generation` is the one that the knowledge base is at now.
    """

    added: int
    replaced: int
    unchanged: int
    skipped: int
    passages: int
    triples: int
    triples_unchanged: int
    generation: int
    seconds: float


@dataclass(frozen=True, slots=True)
class DeleteReport:
    """What a deletion took away."""

    documents: int
    passages: int
    triples: int
    generation: int


@dataclass(frozen=True, slots=True)
class CompactReport:
    """What a compaction freed: passages of deleted and replaced documents, and bytes on disk."""

    removed_passages: int
    freed_bytes: int
    generation: int
    seconds: float


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What a verification looked at; it found nothing wrong, or it would have raised."""

    files: int
    bytes: int
    documents: int
    passages: int
    triples: int
    seconds: float


@dataclass(frozen=True, slots=True)
class FactCount:
    """How many facts a knowledge base holds of one SOURCE."""

    source: str
    triples: int


@dataclass(frozen=True, slots=True)
class Info:
    """What a knowledge base holds.

    `digest` depends on the live documents and passages and the facts only; `deleted_passages` still
    take space until the knowledge base is compacted; `unfinished_bytes` are those of a build that
    stopped.
    """

    path: str
    generation: int
    digest: str
    documents: int
    passages: int
    deleted_passages: int
    triples: int
    segments: int
    facts: tuple[FactCount, ...]
    sources: tuple[SourceRecord, ...]
    encoder: Fingerprint
    dense: str
    max_words: int
    overlap_sentences: int
    bytes: int
    unfinished_bytes: int
