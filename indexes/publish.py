"""Move finished files into a knowledge base under names made of their content.

Until the manifest names them they are rubbish; so a writer that dies here does no harm.
"""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.dense_kind import KINDS
from wherefrom.kb.durable import (
    flush_file,
    flush_folder,
    hash_file,
    remove_tree,
    storage_errors,
    write_file,
)
from wherefrom.kb.fact_writer import FactScratch
from wherefrom.kb.manifest import FactsRecord, FileRecord, Manifest, SegmentRecord
from wherefrom.kb.scratch import Scratch
from wherefrom.kb.segment_names import SegmentNames, facts_path
from wherefrom.kb.segment_writer import SCRATCH_DOCUMENTS, SCRATCH_IDS, SCRATCH_PASSAGES

SCRATCH_DENSE = "dense.faiss"


@dataclass(frozen=True, slots=True)
class Part:
    """A segment as the manifest will name it, with all its files."""

    record: SegmentRecord
    files: Mapping[str, FileRecord]


@dataclass(frozen=True, slots=True)
class FolderPart:
    """A sparse index or a graph as the manifest will name it, with all its files."""

    folder: str
    files: Mapping[str, FileRecord]


@dataclass(frozen=True, slots=True)
class FactsPart:
    """The facts of one SOURCE as the manifest will name them, with their file.

    Two sources of the very same facts share one file.
    """

    record: FactsRecord
    file: FileRecord

    @property
    def path(self) -> str:
        """The path of the file, relative to the knowledge base."""
        return facts_path(self.record.name)


def parts_of(manifest: Manifest) -> list[Part]:
    """Return the segments that a manifest names."""
    return [
        Part(record, {name: f for name, f in manifest.files.items() if _belongs(name, record)})
        for record in manifest.segments
    ]


def sparse_of(manifest: Manifest) -> FolderPart:
    """Return the sparse index that a manifest names."""
    return _folder_part(manifest, manifest.sparse)


def graph_of(manifest: Manifest) -> FolderPart:
    """Return the graph that a manifest names; it has no files where there is none."""
    return _folder_part(manifest, manifest.graph)


def _folder_part(manifest: Manifest, name: str) -> FolderPart:
    inside = f"{name}/"
    files = {path: record for path, record in manifest.files.items() if path.startswith(inside)}
    return FolderPart(name, files)


def facts_of(manifest: Manifest) -> list[FactsPart]:
    """Return the facts that a manifest names, in order of their source."""
    files = manifest.files
    return [FactsPart(record, files[facts_path(record.name)]) for record in manifest.facts]


def scratch_approximate(kind: str) -> str:
    """Return the name that an approximate dense index has before it is published."""
    return f"dense.{kind}.faiss"


def publish_segment(folder: Path, scratch: Scratch) -> Part:
    """Move the files of a new segment from `scratch` to where they belong."""
    found = {path.name: _record(path) for path in sorted(scratch.folder.iterdir())}
    content = "".join(f"{name} {record.sha256}\n" for name, record in found.items())
    names = SegmentNames(hashlib.sha256(content.encode()).hexdigest()[:16])
    places = {name: place for name, place in _places(names).items() if name in found}
    with storage_errors(folder):
        for name, place in places.items():
            (scratch.folder / name).replace(folder / place)
        for inner in {Path(place).parent for place in places.values()}:
            flush_folder(folder / inner)
    files = {places[name]: record for name, record in found.items()}
    return Part(SegmentRecord(names.name, scratch.documents, scratch.passages), files)


def publish_facts(folder: Path, source: str, scratch: FactScratch) -> FactsPart:
    """Move the facts of a SOURCE from `scratch` to where they belong."""
    file = _record(scratch.path)
    record = FactsRecord(file.sha256[:16], source, scratch.triples, scratch.digest)
    part = FactsPart(record, file)
    with storage_errors(folder):
        scratch.path.replace(folder / part.path)
        flush_folder((folder / part.path).parent)
    return part


def published_before(scratch: Scratch, parts: Sequence[Part]) -> Part | None:
    """Return the part without a mask that has the very files of a new segment, None if none has.

    An approximate dense index need not be there yet: it follows from the exact one.
    """
    paths = sorted(scratch.folder.iterdir())
    for part in parts:
        places = _places(SegmentNames(part.record.name))
        if not part.record.mask and all(
            _has_content(path, part.files.get(places[path.name])) for path in paths
        ):
            return part
    return None


def publish_folder(folder: Path, scratch: Path, kind: str) -> FolderPart:
    """Move the files of a new index, `sparse` or `graph`, from `scratch` to where they belong."""
    paths = sorted(path for path in scratch.rglob("*") if path.is_file())
    found = {path.relative_to(scratch).as_posix(): _record(path) for path in paths}
    content = "".join(f"{name} {record.sha256}\n" for name, record in found.items())
    name = f"{kind}/{hashlib.sha256(content.encode()).hexdigest()[:16]}"
    with storage_errors(folder):
        for inner in {path.parent for path in paths}:
            flush_folder(inner)
        if not (folder / name).exists():
            scratch.replace(folder / name)
        remove_tree(scratch)
        flush_folder((folder / name).parent)
    return FolderPart(name, {f"{name}/{inner}": record for inner, record in found.items()})


def with_mask(folder: Path, part: Part, mask: NDArray[np.bool_]) -> Part:
    """Write the mask of a segment's deleted passages and name it in the part."""
    buffer = io.BytesIO()
    np.save(buffer, mask)
    content = buffer.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    name = SegmentNames(part.record.name).mask(digest)
    write_file(folder / name, content)
    files = {path: record for path, record in part.files.items() if path != part.record.mask}
    files[name] = FileRecord(len(content), digest)
    return Part(replace(part.record, mask=name), files)


def _places(names: SegmentNames) -> dict[str, str]:
    """Return where each file belongs that a new segment may have."""
    return {
        SCRATCH_DOCUMENTS: names.documents,
        SCRATCH_IDS: names.ids,
        SCRATCH_PASSAGES: names.passages,
        SCRATCH_DENSE: names.dense,
    } | {scratch_approximate(kind): names.approximate(kind) for kind in KINDS}


def _record(path: Path) -> FileRecord:
    with storage_errors(path):
        flush_file(path)
        return FileRecord(path.stat().st_size, hash_file(path))


def _has_content(path: Path, record: FileRecord | None) -> bool:
    return (
        record is not None
        and path.stat().st_size == record.bytes
        and hash_file(path) == record.sha256
    )


def _belongs(path: str, record: SegmentRecord) -> bool:
    name = Path(path).name
    return name.startswith((f"{record.name}.", f"{record.name}-"))
