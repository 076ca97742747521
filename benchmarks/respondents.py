"""Open what is measured, and say what it is made of."""

import hashlib
import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from wherefrom.benchmarks.reader_respondent import ReaderRespondent
from wherefrom.indexes.hardware import choose_device
from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.answering import Answerer
from wherefrom.pipeline.bundled import bundled_reader
from wherefrom.pipeline.reader import Reader


def open_respondent(
    kb: Path | None,
    *,
    reader: str | None = None,
    encoder: str | None = None,
    device: str | None = None,
    k: int = 10,
    retriever: str | None = None,
) -> tuple[ReaderRespondent, dict[str, Any]]:
    """Open a reader, over a knowledge base where one is named.

    Returns
    -------
    tuple
        The respondent, and for the manifest of a run: the reader and the hash of its weights, the
        knowledge base's digest of content and the encoder it was made with, the settings, and as
        `opened` where each was found, and the device.

    Raises
    ------
    UsageError
        If a retriever or an encoder is named, but no knowledge base, or `k` is below 1.
    MissingError, DamagedError, ModelError
        If the knowledge base or the reader cannot be opened.
    """
    from torch import get_num_threads

    opened = {
        "kb": None if kb is None else str(kb),
        "reader": reader,
        "encoder": encoder,
        "device": choose_device(device),
        "threads": get_num_threads(),
    }
    if kb is None:
        if retriever is not None or encoder is not None:
            raise UsageError("without a knowledge base (--kb) there is no retriever nor encoder")
        alone = Reader.open(reader or bundled_reader(), device=device)
        made = {"reader": _of_reader(alone), "knowledge_base": None, "opened": opened}
        return ReaderRespondent(alone), made
    answerer = Answerer.open(
        kb, reader=reader, encoder=encoder, device=device, patience_seconds=math.inf
    )
    answerer.require_questions(["?"], k=k, retriever=retriever)
    info = answerer.knowledge.info
    described = {
        "reader": _of_reader(answerer.reader),
        "knowledge_base": {
            "digest": info.digest,
            "documents": info.documents,
            "passages": info.passages,
            "triples": info.triples,
            "dense": info.dense,
            "encoder_sha256": info.encoder.weights_sha256,
        },
        "k": k,
        "retriever": answerer.chosen(retriever) if retriever else "default",
        "opened": opened,
    }
    return ReaderRespondent(answerer.reader, answerer, k=k, retriever=retriever), described


def _of_reader(reader: Reader) -> dict[str, str]:
    """Name a reader by its weights, and by all else of its manifest that changes what it says."""
    manifest = reader.manifest
    settings = {
        "calibration": asdict(manifest.calibration),
        "max_tokens": manifest.max_tokens,
        "labels": manifest.labels,
        "computation": manifest.computation,
    }
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
    return {
        "name": manifest.name,
        "weights_sha256": manifest.weights_sha256,
        "settings_sha256": digest,
    }
