"""Read sources and sort out what is new: documents and passages, before anything is encoded."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wherefrom.kb.digest import MultisetDigest, content_digest, document_digest
from wherefrom.kb.errors import SourceError
from wherefrom.kb.generation import Generation, Mask
from wherefrom.kb.passages import PassageRules, cut_passages
from wherefrom.kb.progress import Progress
from wherefrom.kb.records import Document
from wherefrom.kb.scratch import CutDocument, Scratch, write_segments
from wherefrom.kb.source import SourceOptions, read_sources

STAGE = "read documents"


@dataclass(slots=True)
class Intake:
    """What reading the sources found, against what the knowledge base holds.

    `masks` are those of older segments, by number, with the old versions of changed documents
    added; `digest` is that of the content to come.
    """

    digest: MultisetDigest
    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    outdated_passages: int = 0
    masks: dict[int, Mask] = field(default_factory=dict)
    segments: list[Scratch] = field(default_factory=list)

    @property
    def passages(self) -> int:
        """Return how many passages the new and changed documents have."""
        return sum(segment.passages for segment in self.segments)


def take_in(
    specs: Sequence[str],
    generation: Generation | None,
    scratch: Path,
    *,
    rules: PassageRules,
    options: SourceOptions,
    progress: Progress,
) -> Intake:
    """Read sources of documents and write what is new and changed into segments in `scratch`.

    Raises
    ------
    SourceError, RecordError
        If a source cannot be read or holds no document, or a record is malformed.
    UsageError
        If a source is malformed.
    StorageError
        If the disk refuses.
    """
    intake = Intake(MultisetDigest() if generation is None else generation.manifest.digest)
    if not specs:
        return intake
    found = Counter(dict.fromkeys(specs, 0))
    progress.start(STAGE)

    def new_documents() -> Iterator[CutDocument]:
        for document in read_sources(specs, options):
            found[document.source] += 1
            progress.advance(STAGE)
            cut = _sorted_out(document, generation, intake, rules)
            if cut is not None:
                yield cut

    intake.segments = write_segments(scratch, new_documents())
    progress.finish(STAGE)
    for spec in specs:
        if not found[spec]:
            raise SourceError(f"the source {spec} holds no documents; nothing was changed")
    return intake


def _sorted_out(
    document: Document, generation: Generation | None, intake: Intake, rules: PassageRules
) -> CutDocument | None:
    """Count a document; cut it unless it is live already; note its old version as outdated."""
    digest = document_digest(document)
    place = None if generation is None else generation.find(document.id)
    if generation is not None and place is not None:
        segment = generation.segments[place.segment]
        if segment.digest(place.row) == digest:
            intake.unchanged += 1
            return None
        span = segment.span(place.row)
        number = place.segment
        if number not in intake.masks:
            intake.masks[number] = generation.writable_mask(number)
        intake.masks[number][span.start : span.stop] = True
        intake.digest = intake.digest.minus([segment.content(place.row)])
        intake.outdated_passages += len(span)
        intake.replaced += 1
    else:
        intake.added += 1
    passages = cut_passages(document, rules)
    content = content_digest(digest, passages)
    intake.digest = intake.digest.plus([content])
    return CutDocument(document, passages, digest, content)
