"""Rewrite a knowledge base without what was deleted."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.commit import all_files, commit
from wherefrom.indexes.dense_choice import read_kind
from wherefrom.indexes.dense_files import add_approximate, open_exact, write_exact
from wherefrom.indexes.graph_build import with_graph
from wherefrom.indexes.publish import Part, facts_of, parts_of, publish_segment, published_before
from wherefrom.indexes.reports import CompactReport
from wherefrom.indexes.sparse_rows import build_sparse
from wherefrom.indexes.writing import changing
from wherefrom.kb.durable import remove_tree
from wherefrom.kb.generation import Generation, documents_by_id
from wherefrom.kb.layout import STAGING
from wherefrom.kb.manifest import Manifest
from wherefrom.kb.progress import NoProgress, Progress
from wherefrom.kb.scratch import CutDocument, Scratch, write_segments

SCRATCH = f"{STAGING}/compact"
STAGE = "rewrite documents"
BLOCK_ROWS = 4_096  # vectors copied at once, at least


@dataclass(slots=True)
class _Survivors:
    """The live documents in order of id, and what was noted while they were rewritten."""

    generation: Generation
    progress: Progress
    sources: set[str] = field(default_factory=set)
    spans: "array[int]" = field(default_factory=lambda: array("q"))  # segment, start, stop, …

    def documents(self) -> Iterator[CutDocument]:
        """Go over the documents, noting their sources and the rows of their passages."""
        for place in documents_by_id(self.generation):
            segment = self.generation.segments[place.segment]
            document, span = segment.document(place.row), segment.span(place.row)
            self.sources.add(document.source)
            self.spans.extend((place.segment, span.start, span.stop))
            self.progress.advance(STAGE)
            passages = [segment.passage(row) for row in span]
            digest, content = segment.digest(place.row), segment.content(place.row)
            yield CutDocument(document, passages, digest, content)


def compact(path: Path | str, *, progress: Progress | None = None) -> CompactReport:
    """Rewrite the live documents, in order of their ids, and free what was deleted.

    The result equals, by digest and by search results, a knowledge base that was built from the
    live documents and the facts alone. Vectors are copied, not computed again; files of facts stay
    as they are, for they hold nothing deleted. Blocks of an unfinished build are removed.

    Parameters
    ----------
    path
        The directory of the knowledge base.
    progress
        Told how far the work is.

    Raises
    ------
    MissingError, DamagedError, FormatError
        If there is no knowledge base, or it is not as its manifest says.
    LockedError
        If another process is writing.
    StorageError
        If the disk refuses; then the knowledge base is as it was before.
    """
    started = perf_counter()
    folder = Path(path)
    with changing(folder) as generation:
        old = generation.manifest
        remove_tree(folder / STAGING)
        try:
            new = _rewritten(folder, generation, progress or NoProgress())
            if old.graph:
                new = with_graph(folder, new, progress or NoProgress())
            if new.files != old.files:
                commit(folder, new)
            else:
                new = old
        finally:
            remove_tree(folder / STAGING)
    rows = sum(segment.passages for segment in old.segments)
    return CompactReport(
        removed_passages=rows - old.passages,
        freed_bytes=_bytes(old) - _bytes(new),
        generation=new.generation,
        seconds=perf_counter() - started,
    )


def _rewritten(folder: Path, generation: Generation, progress: Progress) -> Manifest:
    """Publish new segments of the live documents; return the manifest that names them."""
    old = generation.manifest
    survivors = _Survivors(generation, progress)
    progress.start(STAGE, old.documents)
    scratches = write_segments(folder / SCRATCH, survivors.documents())
    progress.finish(STAGE)
    parts = _with_vectors(folder, generation, scratches, survivors)
    sparse = build_sparse(folder, parts, progress)
    kept = survivors.sources | {record.source for record in old.facts}
    return replace(
        old,
        generation=old.generation + 1,
        segments=tuple(part.record for part in parts),
        sparse=sparse.folder,
        sources=tuple(source for source in old.sources if source.spec in kept),
        files=all_files(parts, sparse, facts_of(old)),
    )


def _with_vectors(
    folder: Path, generation: Generation, scratches: list[Scratch], survivors: _Survivors
) -> list[Part]:
    """Copy the vectors beside the rewritten passages and publish the segments."""
    manifest = generation.manifest
    vectors = [open_exact(folder, record).vectors for record in manifest.segments]
    dimensions = int(manifest.encoder["dimensions"] or 0)
    kind = read_kind(manifest.dense, folder)
    spans = np.array(survivors.spans, dtype=np.int64).reshape(-1, 3)
    parts = []
    done = 0
    for scratch in scratches:
        mine = spans[done : done + scratch.documents]
        done += scratch.documents
        write_exact(scratch.folder, _copied(vectors, mine), dimensions)
        part = published_before(scratch, parts_of(manifest))
        if part is None:
            add_approximate(scratch.folder, kind, survivors.progress)
            part = publish_segment(folder, scratch)
        parts.append(part)
    return parts


def _copied(
    vectors: list[NDArray[np.float32]], spans: NDArray[np.int64]
) -> Iterator[NDArray[np.float32]]:
    block: list[NDArray[np.float32]] = []
    for number, start, stop in spans.tolist():
        block.append(vectors[number][start:stop])
        if len(block) >= BLOCK_ROWS:
            yield np.concatenate(block)
            block = []
    if block:
        yield np.concatenate(block)


def _bytes(manifest: Manifest) -> int:
    return sum(record.bytes for record in manifest.files.values())
