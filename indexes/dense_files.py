"""Write and open the dense files of a segment: the exact index, an approximate one beside it."""

from collections.abc import Iterable
from pathlib import Path

from wherefrom.indexes.approximate import ApproximateIndex, open_approximate, write_approximate
from wherefrom.indexes.dense import FlatIndex, Vectors, open_flat, write_flat
from wherefrom.indexes.dense_kind import DenseKind, Flat, kind_name
from wherefrom.indexes.publish import SCRATCH_DENSE, scratch_approximate
from wherefrom.kb.durable import storage_errors
from wherefrom.kb.errors import DamagedError
from wherefrom.kb.manifest import SegmentRecord
from wherefrom.kb.progress import Progress
from wherefrom.kb.segment_names import SegmentNames

STAGE = "index vectors"

DenseIndex = FlatIndex | ApproximateIndex


def write_exact(scratch: Path, blocks: Iterable[Vectors], dimensions: int) -> None:
    """Write the exact index of a new segment beside its other unpublished files.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    target = scratch / SCRATCH_DENSE
    with storage_errors(target):
        write_flat(target, blocks, dimensions)


def add_approximate(scratch: Path, kind: DenseKind, progress: Progress) -> None:
    """Write the approximate index of a new segment, where the kind is one, from its exact index.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    if isinstance(kind, Flat):
        return
    exact = open_flat(scratch / SCRATCH_DENSE)
    target = scratch / scratch_approximate(kind_name(kind))
    progress.start(STAGE, len(exact))
    with storage_errors(target):
        write_approximate(target, exact, kind, advance=lambda n: progress.advance(STAGE, n))
    progress.finish(STAGE)


def open_exact(folder: Path, record: SegmentRecord) -> FlatIndex:
    """Open the exact dense index of a segment.

    Raises
    ------
    DamagedError
        If it cannot be opened, or has not one vector for each passage.
    """
    path = folder / SegmentNames(record.name).dense
    index = open_flat(path)
    if len(index) != record.passages:
        raise DamagedError(f"{path} holds {len(index)} vectors for {record.passages} passages")
    return index


def open_dense(folder: Path, record: SegmentRecord, kind: DenseKind) -> DenseIndex:
    """Open the dense index of a segment by which a search is to find passages.

    Raises
    ------
    DamagedError
        If it cannot be opened, or has not one vector for each passage.
    """
    exact = open_exact(folder, record)
    if isinstance(kind, Flat):
        return exact
    path = folder / SegmentNames(record.name).approximate(kind_name(kind))
    return open_approximate(path, exact, kind)
