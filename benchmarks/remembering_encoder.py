"""An encoder that encodes each text once, where several measurements encode the same texts."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.encoder import Encoder
from wherefrom.indexes.fingerprint import Fingerprint

Vectors = NDArray[np.float32]


class RememberingEncoder:
    """Give the vectors of another encoder, and remember those of passages."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Vectors] = {}

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
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            vectors = self._encoder.encode(new, progress=progress)
            self._known.update(zip(new, vectors, strict=True))
        found = [self._known[text] for text in texts]
        return np.stack(found) if found else np.empty((0, self.dimensions), dtype=np.float32)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode questions."""
        return self._encoder.encode_queries(texts)
