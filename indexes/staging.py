"""Keep the vectors of an unfinished build, so that the same build run again goes on.

A block of vectors is named by what it was made of: the encoder's fingerprint and the texts. A
build that is run again makes the same blocks, finds their vectors and encodes only the rest. The
name also holds the beginning of the file's own sha256, so a damaged block is made again.
"""

import hashlib
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path

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
    """Cut a stream of passages into blocks of texts for the encoder."""
    while block := [passage_text(passage) for passage in islice(passages, size)]:
        yield block


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
