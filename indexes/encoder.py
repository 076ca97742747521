"""Turn text into vectors: what the indexes ask of an encoder, and how one is loaded."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.fingerprint import Fingerprint
from wherefrom.indexes.hardware import choose_device
from wherefrom.indexes.model_folder import find_model_folder


class Encoder(Protocol):
    """What the indexes ask of an encoder.

    The vector of a text depends on the text alone, never on those that are encoded with it.
    """

    @property
    def fingerprint(self) -> Fingerprint:
        """Tell which weights and settings make the vectors."""
        ...

    @property
    def dimensions(self) -> int:
        """Return the length of a vector."""
        ...

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Encode passages: (N, D) float32, normalised; `progress` is told how many more are done.

        A text beyond `fingerprint.max_tokens` is cut.
        """
        ...

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode questions: (N, D) float32, normalised."""
        ...


def load_encoder(reference: str | None = None, *, device: str | None = None) -> Encoder:
    """Load a sentence-transformers model.

    A plain BERT with mean or CLS pooling, as most small encoders are, runs through
    `wherefrom.indexes.bert`; everything else through the modules of sentence-transformers.

    Parameters
    ----------
    reference
        A folder or a hub name; None is the default, all-MiniLM-L6-v2.
    device
        Where to run, as torch names it; None takes a GPU if there is one.

    Raises
    ------
    ModelError
        If there is no such model, or it cannot be loaded.
    UsageError
        If the device cannot be used.
    """
    folder = find_model_folder(reference)
    device = choose_device(device)
    if folder.plain:
        from wherefrom.indexes.bert import is_plain_bert
        from wherefrom.indexes.bert_encoder import BertEncoder

        if is_plain_bert(folder.path):
            return BertEncoder(folder, device=device)
    from wherefrom.indexes.modules_encoder import ModulesEncoder

    return ModulesEncoder(folder, device=device)


def find_weights(reference: str | None = None) -> Path:
    """Return the folder of a model, for whoever wants to fine-tune it; None is the default."""
    return find_model_folder(reference).path
