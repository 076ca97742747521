"""Open what is measured, and say what it is made of."""

import hashlib
import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from wherefrom.benchmarks.evaluation_files import Evaluation
from wherefrom.benchmarks.prediction import RANKED
from wherefrom.benchmarks.provenance import place
from wherefrom.benchmarks.reader_respondent import ReaderRespondent
from wherefrom.benchmarks.retriever_arms import Searcher
from wherefrom.benchmarks.task import Task
from wherefrom.indexes.build import build
from wherefrom.indexes.hardware import choose_device
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.indexes.options import BuildOptions
from wherefrom.kb.errors import UsageError
from wherefrom.kb.progress import Progress
from wherefrom.pipeline.answering import Answerer
from wherefrom.pipeline.bundled import bundled_reader
from wherefrom.pipeline.reader import Reader

SHOWN = 10  # passages that a reader is shown
SEARCHED = 100  # passages among which documents are looked for


def open_measured(
    task: Task,
    data: Path,
    kb: Path | None,
    *,
    reader: str | None = None,
    encoder: str | None = None,
    device: str | None = None,
    k: int | None = None,
    retriever: str | None = None,
) -> tuple[ReaderRespondent | Searcher, dict[str, Any]]:
    """Open what a task measures: a reader, or for queries the retrievers of a knowledge base.

    Raises
    ------
    UsageError
        As `open_respondent` and `open_searcher`; if a reader or one retriever is named for queries.
    MissingError, DamagedError, ModelError
        If the knowledge base or the reader cannot be opened.
    """
    if task.shape != "query":
        return open_respondent(
            kb,
            reader=reader,
            encoder=encoder,
            device=device,
            k=SHOWN if k is None else k,
            retriever=retriever,
        )
    if reader is not None:
        raise UsageError(f"--reader does not go with {task.name}: documents are found, not read")
    if retriever is not None:
        raise UsageError(f"the retrievers are the arms of {task.name}: --arms {retriever}")
    return open_searcher(
        kb,
        source=task.corpus(data),
        encoder=encoder,
        device=device,
        k=SEARCHED if k is None else k,
    )


def open_respondent(
    kb: Path | None,
    *,
    reader: str | None = None,
    encoder: str | None = None,
    device: str | None = None,
    k: int = SHOWN,
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
    opened = _opened(kb, reader, encoder, device)
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
    answerer.knowledge.remember_vectors()
    described = {
        "reader": _of_reader(answerer.reader),
        "knowledge_base": _of_knowledge(answerer.knowledge),
        "k": k,
        "retriever": answerer.chosen(retriever) if retriever else "default",
        "opened": opened,
    }
    return ReaderRespondent(answerer.reader, answerer, k=k, retriever=retriever), described


def open_over(
    evaluation: Evaluation,
    folder: Path,
    *,
    reader: str | None = None,
    encoder: str | None = None,
    device: str | None = None,
    k: int | None = None,
    retriever: str | None = None,
    progress: Progress | None = None,
) -> tuple[ReaderRespondent | Searcher, dict[str, Any]]:
    """Open what an evaluation measures over its own documents.

    Parameters
    ----------
    folder
        Where the knowledge base of these documents is, or is made.

    Raises
    ------
    SourceError, RecordError
        If the documents cannot be read.
    MissingError, DamagedError, ModelError
        If the knowledge base or the reader cannot be opened.
    """
    options = BuildOptions(encoder=encoder, device=device)
    build(folder, [evaluation.source], options=options, progress=progress)
    searches = evaluation.task.shape == "query"
    return open_measured(
        evaluation.task,
        evaluation.file,
        folder,
        reader=None if searches else reader,
        encoder=encoder,
        device=device,
        k=None if searches else k,
        retriever=None if searches else retriever,
    )


def open_searcher(
    kb: Path | None,
    *,
    source: str,
    encoder: str | None = None,
    device: str | None = None,
    k: int = SEARCHED,
) -> tuple[Searcher, dict[str, Any]]:
    """Open a knowledge base whose retrievers are measured.

    Parameters
    ----------
    source
        The SOURCE of the documents that are to be found, as a message names it.

    Returns
    -------
    tuple
        What is searched, and what it is made of for the manifest, as `open_respondent` says it.

    Raises
    ------
    UsageError
        If no knowledge base is named, or `k` is below `RANKED`.
    MissingError, DamagedError
        If the knowledge base cannot be opened.
    """
    if kb is None:
        raise UsageError(
            "documents are found in a knowledge base: make one, wherefrom build KB "
            f"{source}, and name it (--kb KB)"
        )
    if k < RANKED:
        raise UsageError(
            f"-k is {k}; the order of {RANKED} documents is measured, so {RANKED} or more"
        )
    knowledge = Knowledge.open(kb, encoder=encoder, device=device)
    return Searcher(knowledge, k), {
        "knowledge_base": _of_knowledge(knowledge),
        "k": k,
        "opened": _opened(kb, None, encoder, device),
    }


def _opened(
    kb: Path | None, reader: str | None, encoder: str | None, device: str | None
) -> dict[str, Any]:
    """Say where what is measured is found, and on what it runs."""
    from torch import get_num_threads

    return {
        "kb": None if kb is None else place(kb),
        "reader": None if reader is None else place(reader),
        "encoder": None if encoder is None else place(encoder),
        "device": choose_device(device),
        "threads": get_num_threads(),
    }


def _of_knowledge(knowledge: Knowledge) -> dict[str, Any]:
    info = knowledge.info
    return {
        "digest": info.digest,
        "documents": info.documents,
        "passages": info.passages,
        "triples": info.triples,
        "dense": info.dense,
        "encoder_sha256": info.encoder.weights_sha256,
    }


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
