"""Read inference data: JSONL with premise, hypothesis, label and source, plain or gzipped."""

from collections.abc import Container, Iterator
from pathlib import Path

from wherefrom.kb.errors import RecordError
from wherefrom.kb.found import shown
from wherefrom.kb.jsonl import read_objects, require
from wherefrom.pipeline.examples import (
    INFERENCE_LABELS,
    NOT_ENTAILED,
    NOT_ENTAILMENT,
    PairExample,
)

FIELDS = '{"premise": "…", "hypothesis": "…", "label": "…", "source": "…"} (source may be left out)'
LABELS = (*INFERENCE_LABELS, NOT_ENTAILMENT)


def read_pairs(
    path: Path, *, sources: Container[str] | None = None
) -> Iterator[tuple[str, PairExample]]:
    """Yield (source, example) for each line, in order; lines of other `sources` are passed over.

    Raises
    ------
    SourceError
        If the file is missing, empty, binary or truncated.
    RecordError
        If a line is not JSON, lacks a field, or has a label outside LABELS.
    """
    for place, record in read_objects(path, FIELDS):
        source = str(record.get("source", ""))
        if sources is not None and source not in sources:
            continue
        require(record, ("premise", "hypothesis", "label"), FIELDS, place=place)
        premise, hypothesis, label = record["premise"], record["hypothesis"], record["label"]
        if not isinstance(premise, str) or not isinstance(hypothesis, str):
            raise RecordError(
                f"{place}: premise and hypothesis must be strings; a line is {FIELDS}"
            )
        if not isinstance(label, str) or label not in LABELS:
            allowed = ", ".join(LABELS)
            raise RecordError(f"{place}: the label is {shown(label)}; allowed are {allowed}")
        yield source, PairExample(premise, hypothesis, _number(label))


def _number(label: str) -> int:
    return NOT_ENTAILED if label == NOT_ENTAILMENT else INFERENCE_LABELS.index(label)
