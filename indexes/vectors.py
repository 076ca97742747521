"""Make the vectors of a new segment, block by block."""

from pathlib import Path

from wherefrom.indexes.dense_files import write_exact
from wherefrom.indexes.encoder import Encoder
from wherefrom.indexes.staging import load_blocks, staged_vectors, text_blocks
from wherefrom.kb.progress import Progress
from wherefrom.kb.scratch import Scratch

STAGE = "encode passages"


def encode_segment(
    folder: Path, scratch: Scratch, encoder: Encoder, *, block_passages: int, progress: Progress
) -> None:
    """Write the exact dense index of a segment beside its other unpublished files."""
    paths = [
        staged_vectors(folder, texts, encoder, advance=lambda n: progress.advance(STAGE, n))
        for texts in text_blocks(scratch.open().iterate_passages(), block_passages)
    ]
    write_exact(scratch.folder, load_blocks(paths), encoder.dimensions)
