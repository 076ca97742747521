"""Encode with a plain BERT: tokens ahead of the model, one thread a batch, no padding on a CPU."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.batches import batch_rows, plan_batches
from wherefrom.indexes.bert import Bert
from wherefrom.indexes.fingerprint import Fingerprint
from wherefrom.indexes.hardware import choose_number_type
from wherefrom.indexes.model_folder import ModelFolder
from wherefrom.indexes.readable import readable

if TYPE_CHECKING:
    from torch import Tensor

    TokenIds = list[list[int]]

CHUNK_TEXTS = 8_192  # tokenised together, one chunk ahead of the model
CPU_BATCH_TOKENS = 2_048  # what a core's caches like; 512 to 4,096 are within 5 %
GPU_BATCH_TOKENS = 16_384
GPU_LENGTH_STEP = 16


class BertEncoder:
    """Encode texts with one BERT, pooling and normalisation."""

    def __init__(self, folder: ModelFolder, *, device: str) -> None:
        from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]
        from tokenizers import Tokenizer

        self._bert = Bert.open(folder.path, device=device, number_type=choose_number_type(device))
        self._on_cpu = device == "cpu"
        self._tokenizer = Tokenizer.from_file(str(folder.path / "tokenizer.json"))
        self._tokenizer.no_padding()
        max_tokens = min(folder.max_tokens or self._bert.max_tokens, self._bert.max_tokens)
        self._tokenizer.enable_truncation(max_tokens)
        self._threads = ThreadpoolController()
        self.fingerprint = Fingerprint(
            reference=folder.reference,
            weights_sha256=folder.weights_sha256(),
            pooling=folder.pooling,
            normalised=True,
            query_prefix=folder.query_prefix,
            passage_prefix=folder.passage_prefix,
            dimensions=self._bert.dimensions,
            max_tokens=max_tokens,
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
        start = 0
        for ids in self._tokenised(texts, prefix):
            part = vectors[start : start + len(ids)]
            for batch, found in self._batches(ids):
                part[batch] = found
                if progress is not None:
                    progress(len(batch))
            start += len(ids)
        return vectors

    def _tokenised(self, texts: Sequence[str], prefix: str) -> "Iterator[TokenIds]":
        """Yield the token ids of chunk after chunk, the next one being made meanwhile."""

        def tokenise(start: int) -> "TokenIds":
            chunk = [readable(prefix + text) for text in texts[start : start + CHUNK_TEXTS]]
            return [found.ids for found in self._tokenizer.encode_batch_fast(chunk)]

        starts = range(0, len(texts), CHUNK_TEXTS)
        if len(starts) < 2:
            yield from map(tokenise, starts)
            return
        with ThreadPoolExecutor(max_workers=1) as ahead:
            waiting = ahead.submit(tokenise, 0)
            for start in starts[1:]:
                ids = waiting.result()
                waiting = ahead.submit(tokenise, start)
                yield ids
            yield waiting.result()

    def _batches(self, ids: "TokenIds") -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        lengths = [len(row) for row in ids]
        if not self._on_cpu:
            for batch in plan_batches(lengths, batch_tokens=GPU_BATCH_TOKENS, step=GPU_LENGTH_STEP):
                yield batch, self._run_padded([ids[row] for row in batch])
            return
        import torch

        workers = torch.get_num_threads()
        share = max(1, min(CPU_BATCH_TOKENS, sum(lengths) // workers))
        batches = plan_batches(lengths, batch_tokens=share)
        tables = [[ids[row] for row in batch] for batch in batches]
        if workers == 1 or len(batches) == 1:
            yield from zip(batches, map(self._run_alone, tables), strict=True)
            return
        with ThreadPoolExecutor(max_workers=workers) as pool:
            try:
                yield from zip(batches, pool.map(self._run_alone, tables), strict=True)
            finally:
                pool.shutdown(cancel_futures=True)

    def _run_alone(self, ids: "TokenIds") -> NDArray[np.float32]:
        """Encode texts of one length on this thread only.

        A batch for each core beats all cores on each batch: nothing waits for the slowest core
        within a layer, which on a busy machine is most of the time.
        """
        import torch

        with self._threads.limit(limits=1, user_api="openmp"), torch.inference_mode():
            hidden = self._bert(torch.tensor(ids))
            return self._pool(hidden, None).numpy()

    def _run_padded(self, ids: "TokenIds") -> NDArray[np.float32]:
        """Encode texts of about one length on a GPU, whose kernels depend on the batch's shape.

        So the shape is a function of the length alone: rows that hold no text fill the batch.
        """
        import torch

        longest = max(map(len, ids))
        length = -(-longest // GPU_LENGTH_STEP) * GPU_LENGTH_STEP
        rows = batch_rows(length, GPU_BATCH_TOKENS)
        table = np.zeros((rows, length), dtype=np.int64)
        sizes = np.ones(rows, dtype=np.int64)
        for row, found in enumerate(ids):
            table[row, : len(found)] = found
            sizes[row] = len(found)
        with torch.inference_mode():
            device = self._bert.device
            kept = torch.from_numpy(np.arange(length) < sizes[:, None]).to(device)
            hidden = self._bert(torch.from_numpy(table).to(device), kept)
            return self._pool(hidden, kept)[: len(ids)].cpu().numpy()

    def _pool(self, hidden: "Tensor", kept: "Tensor | None") -> "Tensor":
        """Make one vector of the hidden states of each text, in float32 and of length 1."""
        from torch.nn.functional import normalize

        hidden = hidden.float()
        if self.fingerprint.pooling == "cls":
            return normalize(hidden[:, 0], dim=1)
        if kept is None:
            return normalize(hidden.mean(dim=1), dim=1)
        return normalize((hidden * kept[:, :, None]).sum(dim=1), dim=1)
