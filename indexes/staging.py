"""Keep the vectors of an unfinished build, so that the same build run again goes on.

A block of vectors is named by what it was made of: the encoder's fingerprint and the texts. A
build that is run again makes the same blocks, finds their vectors and encodes only the rest. The
name also holds the beginning of the file's own sha256, so a damaged block is made again.

Where a block ends is decided by the texts near its end, not by counting from the start, so that a
text more or less changes the blocks around it and leaves those after them as they were. Source:
Muthitacharoen, Chen and Mazières, "A Low-bandwidth Network File System", SOSP 2001, section 3.1.
"""

import hashlib
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.encoder import Encoder
from wherefrom.indexes.fingerprint import Fingerprint
from wherefrom.indexes.passage_text import passage_text
from wherefrom.kb.durable import make_folder, write_file
from wherefrom.kb.layout import STAGING
from wherefrom.kb.records import Passage

Vectors = NDArray[np.float32]


def text_blocks(passages: Iterator[Passage], size: int) -> Iterator[list[str]]:
    """Cut a stream of passages into blocks of texts for the encoder.

    Parameters
    ----------
    passages
        In order of rows.
    size
        How many texts a block has at most; all but the last have three quarters at least.
    """
    block: list[str] = []
    for passage in passages:
        block.append(passage_text(passage))
        if len(block) == size or (4 * len(block) >= 3 * size and _may_end_block(block[-1], size)):
            yield block
            block = []
    if block:
        yield block


def _may_end_block(text: str, size: int) -> bool:
    """Pick about sixteen of so many texts, by nothing but themselves."""
    return crc32(text.encode("utf-8", "surrogatepass")) % max(2, size // 16) == 0


def staged_vectors(
    folder: Path,
    texts: Sequence[str],
    encoder: Encoder,
    *,
    advance: Callable[[int], None],
) -> Path:
    """Return the file with the vectors of a block, encoding it where it is not there yet.

    Parameters
    ----------
    folder
        The knowledge base.
    texts
        The texts of the block's passages.
    encoder
        What makes the vectors.
    advance
        Called with the number of passages that were encoded or found.
    """
    key = _key(texts, encoder.fingerprint)
    for path in (folder / STAGING).glob(f"{key}.*.npy"):
        if path.name == f"{key}.{_digest(path.read_bytes())}.npy":
            advance(len(texts))
            return path
    vectors = encoder.encode(texts, progress=advance)
    content = io.BytesIO()
    np.save(content, vectors)
    path = folder / STAGING / f"{key}.{_digest(content.getvalue())}.npy"
    make_folder(path.parent)
    write_file(path, content.getvalue())
    return path


def load_blocks(paths: Sequence[Path]) -> Iterator[Vectors]:
    """Go over the vectors of blocks, one block in memory at a time."""
    for path in paths:
        yield np.load(path, allow_pickle=False)


def _key(texts: Sequence[str], fingerprint: Fingerprint) -> str:
    fields = {name: value for name, value in asdict(fingerprint).items() if name != "reference"}
    content = json.dumps([fields, list(texts)], ensure_ascii=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
