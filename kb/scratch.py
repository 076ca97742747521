"""Write a stream of documents into as many segments as it takes, not yet published."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from wherefrom.kb.durable import make_folder
from wherefrom.kb.records import Document, Passage
from wherefrom.kb.segment import Segment
from wherefrom.kb.segment_writer import (
    SCRATCH_DOCUMENTS,
    SCRATCH_IDS,
    SCRATCH_PASSAGES,
    SegmentWriter,
)

SEGMENT_PASSAGES = 262_144  # 400 MB of vectors of 384 dimensions


@dataclass(frozen=True, slots=True)
class CutDocument:
    """A document with its passages and both its digests (see `kb.digest`)."""

    document: Document
    passages: Sequence[Passage]
    digest: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class Scratch:
    """The unpublished files of a segment: their folder and their rows."""

    folder: Path
    documents: int
    passages: int

    def open(self) -> Segment:
        """Open the segment for reading."""
        return Segment(
            self.folder / SCRATCH_DOCUMENTS,
            self.folder / SCRATCH_PASSAGES,
            self.folder / SCRATCH_IDS,
        )


def write_segments(
    folder: Path, documents: Iterator[CutDocument], *, limit: int = SEGMENT_PASSAGES
) -> list[Scratch]:
    """Write documents into segments below `folder`, each a folder with a number.

    Parameters
    ----------
    folder
        Where the folders are made.
    documents
        One is held at a time, besides the batch of rows that is being filled.
    limit
        How many passages a segment has at most, unless one document alone has more.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    segments: list[Scratch] = []
    item = next(documents, None)
    while item is not None:
        place = folder / f"{len(segments):06d}"
        make_folder(place)
        with SegmentWriter(place) as writer:
            while item is not None and _has_room(writer, item, limit):
                writer.add(item.document, item.passages, digest=item.digest, content=item.content)
                item = next(documents, None)
        segments.append(Scratch(place, writer.documents, writer.passages))
    return segments


def _has_room(writer: SegmentWriter, item: CutDocument, limit: int) -> bool:
    return not writer.passages or writer.passages + len(item.passages) <= limit
