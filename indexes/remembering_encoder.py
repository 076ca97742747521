"""An encoder that encodes each text once, where the same texts come again and again."""

from collections.abc import Callable, Sequence
from itertools import islice
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.encoder import Encoder
from wherefrom.indexes.fingerprint import Fingerprint

Vectors = NDArray[np.float32]
MOST = 400_000  # vectors that are remembered; of 384 numbers they take 600 MB


class RememberingEncoder:
    """Give the vectors of another encoder, and remember those of passages.

    Of more than `most` those that were encoded first are forgotten. Several threads may use one.
    """

    def __init__(self, encoder: Encoder, *, most: int = MOST) -> None:
        self._encoder, self._most = encoder, most
        self._known: dict[str, Vectors] = {}
        self._changing = Lock()

    @property
    def fingerprint(self) -> Fingerprint:
        """Tell which weights and settings make the vectors."""
        return self._encoder.fingerprint

    @property
    def dimensions(self) -> int:
        """Return the length of a vector."""
        return self._encoder.dimensions

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Encode what is not known yet; `progress` is told of that alone."""
        known = {text: self._known.get(text) for text in dict.fromkeys(texts)}
        new = [text for text, vector in known.items() if vector is None]
        if new:
            vectors = self._encoder.encode(new, progress=progress)
            known.update(zip(new, vectors, strict=True))
            with self._changing:
                self._known.update(zip(new, vectors, strict=True))
                for text in list(islice(self._known, max(0, len(self._known) - self._most))):
                    del self._known[text]
        found = [vector for text in texts if (vector := known[text]) is not None]
        return np.stack(found) if found else np.empty((0, self.dimensions), dtype=np.float32)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode questions."""
        return self._encoder.encode_queries(texts)
