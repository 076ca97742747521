"""Encode with any sentence-transformers model, through its own modules."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.batches import plan_batches
from wherefrom.indexes.fingerprint import Fingerprint
from wherefrom.indexes.hardware import choose_number_type
from wherefrom.indexes.model_folder import ModelFolder
from wherefrom.indexes.readable import readable
from wherefrom.kb.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH_TOKENS = 4_096


class ModulesEncoder:
    """Encode texts with the modules of a sentence-transformers model, in batches of one length."""

    def __init__(self, folder: ModelFolder, *, device: str) -> None:
        self._model = _load(folder, device)
        dimensions = self._model.get_embedding_dimension()
        self.fingerprint = Fingerprint(
            reference=folder.reference,
            weights_sha256=folder.weights_sha256(),
            pooling=" > ".join([*folder.modules, folder.pooling]),
            normalised=True,
            query_prefix=folder.query_prefix,
            passage_prefix=folder.passage_prefix,
            dimensions=int(dimensions or 0),
            max_tokens=int(self._model.max_seq_length or 0),
        )

    @property
    def dimensions(self) -> int:
        """Return the length of a vector."""
        return self.fingerprint.dimensions

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Encode passages: (N, D) float32, normalised; `progress` hears how many more are done."""
        return self._encode(texts, self.fingerprint.passage_prefix, progress)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode questions: (N, D) float32, normalised."""
        return self._encode(texts, self.fingerprint.query_prefix, None)

    def _encode(
        self, texts: Sequence[str], prefix: str, progress: Callable[[int], None] | None
    ) -> NDArray[np.float32]:
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        clean = [readable(text) for text in texts]
        for batch in plan_batches(self._lengths(clean, prefix), batch_tokens=BATCH_TOKENS):
            found = self._model.encode(
                [clean[row] for row in batch],
                prompt=prefix,
                batch_size=len(batch),
                show_progress_bar=False,
                convert_to_tensor=True,
            )
            raw = found.float().cpu().numpy()
            norms = np.sqrt((raw * raw).sum(axis=1, keepdims=True))
            vectors[batch] = raw / np.maximum(norms, np.finfo(np.float32).tiny)
            if progress is not None:
                progress(len(batch))
        return vectors

    def _lengths(self, texts: Sequence[str], prefix: str) -> list[int]:
        """Count the tokens of each text; a model that does not pad needs no count."""
        if not callable(self._model.tokenizer) or not texts:
            return [1] * len(texts)
        found = self._model.tokenizer(
            [prefix + text for text in texts],
            truncation=True,
            max_length=self._model.max_seq_length,
            return_attention_mask=False,
        )
        return [len(ids) for ids in found["input_ids"]]


def _load(folder: ModelFolder, device: str) -> "SentenceTransformer":
    from sentence_transformers import SentenceTransformer

    try:
        model = SentenceTransformer(str(folder.path), device=device, local_files_only=True)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, ImportError) as error:
        raise ModelError(f"{folder.path}: sentence-transformers cannot load it: {error}") from error
    model.eval()
    if "Transformer" in folder.modules:
        model.to(dtype=choose_number_type(device))
    return model
