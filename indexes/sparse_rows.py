"""Index the terms of all live passages of a generation, and remember which rows those are.

Statistics of terms are global, so each build and each compaction makes this index anew. Row i of
the index is the passage in row `rows[i]` of the generation, numbered as in `kb.generation`.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.passage_text import counted_text
from wherefrom.indexes.publish import FolderPart, Part, publish_folder
from wherefrom.indexes.sparse import write_sparse
from wherefrom.kb.durable import make_folder, remove_tree, storage_errors
from wherefrom.kb.generation import Mask, read_mask
from wherefrom.kb.layout import STAGING
from wherefrom.kb.progress import Progress
from wherefrom.kb.records import Passage
from wherefrom.kb.segment import open_segment

ROWS_NAME = "rows.npy"
STAGE = "index words"


def build_sparse(folder: Path, parts: list[Part], progress: Progress) -> FolderPart:
    """Write the sparse index over the live passages of the segments `parts`."""
    scratch = folder / STAGING / "sparse"
    remove_tree(scratch)
    make_folder(scratch)
    masks = [read_mask(folder, part.record) for part in parts]
    rows = _live_rows(parts, masks)
    progress.start(STAGE, len(rows))
    with storage_errors(scratch):
        write_sparse(scratch, _texts(folder, parts, masks, progress))
        np.save(scratch / ROWS_NAME, rows)
    progress.finish(STAGE)
    return publish_folder(folder, scratch, "sparse")


def live_passages(folder: Path, part: Part, mask: Mask | None) -> Iterator[Passage]:
    """Go over the live passages of a segment, in order of rows."""
    passages = open_segment(folder, part.record.name).iterate_passages()
    for row, passage in enumerate(passages):
        if mask is None or not mask[row]:
            yield passage


def _texts(
    folder: Path, parts: list[Part], masks: list[Mask | None], progress: Progress
) -> Iterator[str]:
    for part, mask in zip(parts, masks, strict=True):
        for passage in live_passages(folder, part, mask):
            yield counted_text(passage)
            progress.advance(STAGE)


def _live_rows(parts: list[Part], masks: list[Mask | None]) -> NDArray[np.int64]:
    start = 0
    rows = [np.empty(0, dtype=np.int64)]
    for part, mask in zip(parts, masks, strict=True):
        live = np.arange(part.record.passages) if mask is None else np.flatnonzero(~mask)
        rows.append(start + live)
        start += part.record.passages
    return np.concatenate(rows)
