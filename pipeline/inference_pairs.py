"""Read inference data: JSONL with premise, hypothesis, label and source, plain or gzipped."""

import gzip
import json
from collections.abc import Container, Iterator
from pathlib import Path

from wherefrom.kb.errors import RecordError, SourceError
from wherefrom.pipeline.examples import INFERENCE_LABELS, PairExample


def read_pairs(
    path: Path, *, sources: Container[str] | None = None
) -> Iterator[tuple[str, PairExample]]:
    """Yield (source, example) for each line, in order; lines of other `sources` are passed over.

    Raises
    ------
    SourceError
        If the file is missing or is not gzip or UTF-8 text.
    RecordError
        If a line is not JSON, lacks a field, or has a label outside INFERENCE_LABELS.
    """
    try:
        opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open()
        with opened as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    pair = _pair(line, sources, f"{path}, line {number}")
                    if pair is not None:
                        yield pair
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise SourceError(f"cannot read inference data from {path}: {error}") from error


def _pair(
    line: str, sources: Container[str] | None, where: str
) -> tuple[str, PairExample] | None:
    try:
        record = json.loads(line)
        source = str(record.get("source", ""))
        if sources is not None and source not in sources:
            return None
        premise, hypothesis, label = record["premise"], record["hypothesis"], record["label"]
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise RecordError(f"{where}: needs premise, hypothesis and label: {error!r}") from error
    if label not in INFERENCE_LABELS:
        raise RecordError(f"{where}: label {label!r}; allowed are {', '.join(INFERENCE_LABELS)}")
    return source, PairExample(premise, hypothesis, INFERENCE_LABELS.index(label))
