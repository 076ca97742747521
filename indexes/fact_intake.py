"""Read sources of facts and sort out what is new, before anything of it can be seen.

The facts of one SOURCE are replaced as a whole. They stay when the SOURCE gives the same facts at
the same places again, in whatever order: an endpoint promises none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wherefrom.indexes.publish import FactsPart, facts_of, publish_facts
from wherefrom.kb.digest import MultisetDigest
from wherefrom.kb.durable import hash_file, make_folder
from wherefrom.kb.errors import SourceError
from wherefrom.kb.fact_segment import FactSegment
from wherefrom.kb.fact_source import read_parsed_facts
from wherefrom.kb.fact_writer import FactScratch, write_facts
from wherefrom.kb.generation import Generation
from wherefrom.kb.manifest import FactsRecord, Manifest
from wherefrom.kb.progress import Progress
from wherefrom.kb.records import Triple
from wherefrom.kb.source import Source, SourceOptions

STAGE = "read facts"


@dataclass(slots=True)
class FactIntake:
    """What reading the sources found, against what the knowledge base holds.

    `changed` are new and changed sources, each with all its facts; `unchanged` counts the facts of
    the others that were read.
    """

    changed: dict[str, FactScratch] = field(default_factory=dict)
    unchanged: int = 0

    @property
    def triples(self) -> int:
        """Return how many facts the new and changed sources hold."""
        return sum(scratch.triples for scratch in self.changed.values())


def opened_facts(
    sources: Sequence[Source], options: SourceOptions
) -> Mapping[str, Iterator[Triple]]:
    """Return what gives the facts of each SOURCE; one that is given twice is read once.

    Nothing is read yet, but what can be known to be wrong without reading is refused here, before
    a build begins its work.

    Raises
    ------
    UsageError
        If a source holds documents, or its syntax, address or query is not one that can be read.
    SourceError
        If the file of a query cannot be read.
    """
    return {source.spec: read_parsed_facts(source, options) for source in sources}


def take_in_facts(
    sources: Mapping[str, Iterator[Triple]],
    generation: Generation | None,
    scratch: Path,
    progress: Progress,
) -> FactIntake:
    """Read the facts of all sources and write those of new and changed ones into `scratch`.

    Raises
    ------
    SourceError, RecordError
        If a source cannot be read or holds no fact, or a record is malformed.
    StorageError
        If the disk refuses.
    """
    intake = FactIntake()
    if not sources:
        return intake
    known = {} if generation is None else _by_source(generation)
    make_folder(scratch)
    progress.start(STAGE)
    for number, (source, facts) in enumerate(sources.items()):
        found = write_facts(
            scratch / f"{number:06d}.arrow",
            facts,
            advance=lambda count: progress.advance(STAGE, count),
        )
        if not found.triples:
            raise SourceError(f"the source {source} holds no facts; nothing was changed")
        if source in known and _is_same(*known[source], found):
            intake.unchanged += found.triples
        else:
            intake.changed[source] = found
    progress.finish(STAGE)
    return intake


def with_facts(folder: Path, old: Manifest | None, intake: FactIntake) -> list[FactsPart]:
    """Publish the new facts; return all that the next generation holds, in order of source."""
    parts = {} if old is None else {part.record.source: part for part in facts_of(old)}
    for source, scratch in intake.changed.items():
        parts[source] = publish_facts(folder, source, scratch)
    return [part for _, part in sorted(parts.items())]


def facts_digest(parts: Sequence[FactsPart]) -> MultisetDigest:
    """Return the digest of the facts of some sources together."""
    return sum((part.record.digest for part in parts), start=MultisetDigest())


def _by_source(generation: Generation) -> dict[str, tuple[FactsRecord, FactSegment]]:
    pairs = zip(generation.manifest.facts, generation.facts, strict=True)
    return {record.source: (record, facts) for record, facts in pairs}


def _is_same(record: FactsRecord, old: FactSegment, found: FactScratch) -> bool:
    """Say whether a source gave the same facts at the same places as before."""
    if (record.triples, record.digest) != (found.triples, found.digest):
        return False
    if hash_file(found.path).startswith(record.name):
        return True
    return old.placed_digest() == found.open(record.source).placed_digest()
