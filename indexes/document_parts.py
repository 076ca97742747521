"""Make the parts of a generation: encode and publish new segments, mask what is outdated."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from wherefrom.indexes.dense_files import add_approximate
from wherefrom.indexes.dense_kind import DenseKind
from wherefrom.indexes.encoder import Encoder
from wherefrom.indexes.publish import Part, parts_of, publish_segment, with_mask
from wherefrom.indexes.vectors import STAGE, encode_segment
from wherefrom.kb.generation import Mask
from wherefrom.kb.manifest import Manifest
from wherefrom.kb.progress import Progress
from wherefrom.kb.scratch import Scratch


def encoded_parts(
    folder: Path,
    scratches: Sequence[Scratch],
    encoder: Encoder,
    dense: DenseKind,
    *,
    block_passages: int,
    progress: Progress,
) -> list[Part]:
    """Encode and index the passages of new segments; move their files to where they belong.

    Parameters
    ----------
    folder
        The knowledge base.
    scratches
        The new segments.
    encoder
        What makes the vectors.
    dense
        The kind of dense index.
    block_passages
        How many passages are encoded before they are written to disk.
    progress
        Told how far the work is.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    if not scratches:
        return []
    progress.start(STAGE, sum(scratch.passages for scratch in scratches))
    for scratch in scratches:
        encode_segment(folder, scratch, encoder, block_passages=block_passages, progress=progress)
    progress.finish(STAGE)
    parts = []
    for scratch in scratches:
        add_approximate(scratch.folder, dense, progress)
        parts.append(publish_segment(folder, scratch))
    return parts


def outdated_parts(folder: Path, old: Manifest | None, masks: Mapping[int, Mask]) -> list[Part]:
    """Return the older segments with their new masks, without those that have nothing left.

    Parameters
    ----------
    folder
        The knowledge base.
    old
        The manifest that names them; None where there is none.
    masks
        Of those from which something was taken, by number.
    """
    parts = [] if old is None else parts_of(old)
    kept = []
    for number, part in enumerate(parts):
        mask = masks.get(number)
        if mask is None:
            kept.append(part)
        elif not mask.all():
            kept.append(with_mask(folder, part, mask))
    return kept
