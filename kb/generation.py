"""Read one generation of a knowledge base: its segments less what is deleted, and its facts.

Passages are numbered through all segments: the *row* of a passage is its row in its segment plus
the passages of the segments before. A row means something within one generation only.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wherefrom.kb.errors import DamagedError, MissingError
from wherefrom.kb.fact_segment import open_facts
from wherefrom.kb.integrity import check_files
from wherefrom.kb.manifest import MANIFEST_NAME, Manifest, SegmentRecord, read_manifest
from wherefrom.kb.nearest import nearest_id
from wherefrom.kb.records import Document, Passage
from wherefrom.kb.segment import open_segment

Mask = NDArray[np.bool_]
Version = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a live document lies: the number of its segment and its row there."""

    segment: int
    row: int


class Generation:
    """An opened generation; it stays readable after a writer has replaced it."""

    def __init__(self, folder: Path, manifest: Manifest, version: Version | None) -> None:
        self.folder = folder
        self.manifest = manifest
        self.version = version
        self.segments = tuple(open_segment(folder, record.name) for record in manifest.segments)
        self.facts = tuple(open_facts(folder, record) for record in manifest.facts)
        self.masks = tuple(read_mask(folder, record) for record in manifest.segments)
        counts = [segment.passages for segment in self.segments]
        self.offsets = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])

    @classmethod
    def open(cls, folder: Path) -> "Generation":
        """Open the newest generation, having checked its files.

        Raises
        ------
        MissingError, DamagedError, FormatError
            If there is no knowledge base, or it is not as its manifest says.
        """
        while True:
            version = manifest_version(folder)
            manifest = read_manifest(folder)
            try:
                check_files(folder, manifest.files)
                return cls(folder, manifest, version)
            except DamagedError:
                # a writer that ended meanwhile has removed files of the generation before
                if manifest_version(folder) == version:
                    raise

    def is_current(self) -> bool:
        """Say whether no writer has replaced this generation."""
        return manifest_version(self.folder) == self.version

    def find(self, document_id: str) -> Place | None:
        """Return where the live document with this id lies, None where there is none."""
        for number, segment in enumerate(self.segments):
            row = segment.find(document_id)
            if row is not None and self._is_live(number, row):
                return Place(number, row)
        return None

    def live_document_rows(self, number: int) -> NDArray[np.int64]:
        """Return the rows of the live documents of a segment, in order."""
        mask = self.masks[number]
        first_passages = self.segments[number].document_column("first_passage").to_numpy()
        if mask is None:
            return np.arange(len(first_passages))
        return np.flatnonzero(~mask[first_passages])

    def writable_mask(self, number: int) -> Mask:
        """Return a copy of the mask of a segment, to delete more from."""
        mask = self.masks[number]
        return np.zeros(self.segments[number].passages, np.bool_) if mask is None else mask.copy()

    def document(self, document_id: str) -> Document:
        """Return the live document with this id.

        Raises
        ------
        MissingError
            If there is none; the message names the nearest id.
        """
        place = self.find(document_id)
        if place is None:
            raise self.no_document(document_id)
        return self.segments[place.segment].document(place.row)

    def passage(self, passage_id: str) -> Passage:
        """Return the live passage with this id.

        Raises
        ------
        MissingError
            If there is none.
        """
        number, row = self._place_of_passage(passage_id)
        return self.segments[number].passage(row)

    def row(self, passage_id: str) -> int:
        """Return the row of the live passage with this id; raise MissingError if there is none."""
        number, row = self._place_of_passage(passage_id)
        return int(self.offsets[number]) + row

    def _place_of_passage(self, passage_id: str) -> tuple[int, int]:
        document_id, _, ordinal = passage_id.rpartition("#")
        place = self.find(document_id) if ordinal.isascii() and ordinal.isdigit() else None
        if place is None:
            raise MissingError(
                f"there is no passage {passage_id!r} in {self.folder}; "
                "a passage's id is its document's id, '#' and a number"
            )
        span = self.segments[place.segment].span(place.row)
        if int(ordinal) >= len(span) or ordinal != str(int(ordinal)):
            raise MissingError(
                f"there is no passage {passage_id!r} in {self.folder}: document {document_id!r} "
                f"has passages #0 to #{len(span) - 1}"
            )
        return place.segment, span[int(ordinal)]

    def passage_at(self, row: int) -> Passage:
        """Return the passage in a row."""
        number = int(np.searchsorted(self.offsets, row, side="right")) - 1
        return self.segments[number].passage(row - int(self.offsets[number]))

    def texts(self) -> Iterator[str]:
        """Go over the live passages in order of rows, each as its title and its text in lines."""
        for segment, mask in zip(self.segments, self.masks, strict=True):
            for row, passage in enumerate(segment.iterate_passages()):
                if mask is None or not mask[row]:
                    yield f"{passage.title}\n{passage.text}"

    def title_at(self, row: int) -> str:
        """Return the title of the passage in a row."""
        number = int(np.searchsorted(self.offsets, row, side="right")) - 1
        return self.segments[number].title(row - int(self.offsets[number]))

    def passage_ids(self, rows: NDArray[np.int64]) -> list[str]:
        """Return the ids of the passages in some rows, in their order."""
        if len(self.segments) == 1:
            return self.segments[0].passage_ids(rows)
        numbers = np.searchsorted(self.offsets, rows, side="right") - 1
        ids = np.empty(len(rows), dtype=object)
        for number in np.unique(numbers):
            chosen = np.flatnonzero(numbers == number)
            inner = rows[chosen] - self.offsets[number]
            ids[chosen] = self.segments[number].passage_ids(inner)
        found: list[str] = ids.tolist()
        return found

    def no_document(self, document_id: str) -> MissingError:
        """Make the error for an id that no live document has."""
        near = nearest_id(document_id, self._document_ids())
        return MissingError(f"there is no document {document_id!r} in {self.folder}{_hint(near)}")

    def nothing_called(self, name: str) -> MissingError:
        """Make the error for a name of neither a live document nor a source of facts."""
        if not self.facts:
            return self.no_document(name)
        near = nearest_id(name, chain((facts.source for facts in self.facts), self._document_ids()))
        return MissingError(
            f"there is no document {name!r} in {self.folder}, nor are there facts of such a "
            f"SOURCE{_hint(near)}"
        )

    def _document_ids(self) -> Iterator[str]:
        for number, segment in enumerate(self.segments):
            for row in self.live_document_rows(number).tolist():
                yield segment.document_id(row)

    def _is_live(self, segment: int, row: int) -> bool:
        mask = self.masks[segment]
        return mask is None or not mask[self.segments[segment].span(row).start]


def _hint(near: str | None) -> str:
    return "" if near is None else f" (did you mean {near!r}?)"


def documents_by_id(generation: Generation) -> Iterator[Place]:
    """Go over the live documents in order of id, holding ids and places but no text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    ids, numbers, rows = [], [], []
    for number, segment in enumerate(generation.segments):
        live = generation.live_document_rows(number)
        ids.extend(segment.document_column("id").take(pa.array(live)).chunks)
        numbers.append(np.full(len(live), number))
        rows.append(live)
    if not ids:
        return
    order = pc.sort_indices(pa.chunked_array(ids, type=pa.string())).to_numpy()
    for number, row in zip(
        np.concatenate(numbers)[order].tolist(), np.concatenate(rows)[order].tolist(), strict=True
    ):
        yield Place(number, row)


def manifest_version(folder: Path) -> Version | None:
    """Return what tells one state of the manifest from another, None where there is none."""
    try:
        state = os.stat(f"{folder}/{MANIFEST_NAME}")  # noqa: PTH116  # before every search
    except OSError:
        return None
    return (state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)


def read_mask(folder: Path, record: SegmentRecord) -> Mask | None:
    """Read which passages of a segment are deleted, None where none is.

    Raises
    ------
    DamagedError
        If the file is absent or no mask of this segment.
    """
    if not record.mask:
        return None
    path = folder / record.mask
    try:
        mask = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DamagedError(f"{path} cannot be read as a NumPy array: {error}") from error
    if mask.dtype != np.bool_ or mask.shape != (record.passages,):
        raise DamagedError(
            f"{path} must be bool ({record.passages},), found {mask.dtype} {mask.shape}"
        )
    found: Mask = mask
    return found
