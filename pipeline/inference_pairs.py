"""Read inference data: JSONL with premise, hypothesis, label and source, plain or gzipped."""

from collections.abc import Container, Iterator
from pathlib import Path

from wherefrom.kb.errors import RecordError
from wherefrom.kb.found import shown
from wherefrom.kb.jsonl import read_objects, require
from wherefrom.kb.row_file import NO_LABEL
from wherefrom.pipeline.examples import (
    INFERENCE_LABELS,
    NOT_ENTAILED,
    NOT_ENTAILMENT,
    PairExample,
)

FIELDS = (
    '{"premise": "…", "hypothesis": "…", "label": "…", "source": "…"} (source may be left out; '
    '"sentence1", "sentence2" and "gold_label" as SNLI and MultiNLI have it)'
)
PUBLISHED_KEYS = {"sentence1": "premise", "sentence2": "hypothesis", "gold_label": "label"}
LABELS = (*INFERENCE_LABELS, NOT_ENTAILMENT)


def read_pairs(
    path: Path, *, sources: Container[str] | None = None
) -> Iterator[tuple[str, PairExample]]:
    """Yield (source, example) for each line, in order; lines of other `sources` are passed over.

    So are pairs whose annotators did not agree, which are published with the label "-".

    Raises
    ------
    SourceError
        If the file is missing, empty, binary or truncated.
    RecordError
        If a line is not JSON, lacks a field, or has a label outside LABELS.
    """
    for place, published in read_objects(path, FIELDS):
        record = {PUBLISHED_KEYS.get(key, key): value for key, value in published.items()}
        source = str(record.get("source", ""))
        if (sources is not None and source not in sources) or record.get("label") == NO_LABEL:
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
