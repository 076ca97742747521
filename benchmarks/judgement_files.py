"""Read what is judged by labels, claims, yes/no questions and pairs, from its public formats."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from wherefrom.benchmarks.example import Example, marked_evidence
from wherefrom.benchmarks.question_files import example_id
from wherefrom.kb.errors import RecordError, unknown_value
from wherefrom.kb.found import Place, checked_text, shown
from wherefrom.kb.jsonl import read_objects, require
from wherefrom.kb.row_file import NO_LABEL
from wherefrom.pipeline.inference_pairs import PUBLISHED_KEYS
from wherefrom.pipeline.records import Evidence

TRUTH = ("true", "false")
YES_NO = ("yes", "no")
CLAIM_LABELS = ("supported", "refuted", "undecided")
PAIR_LABELS = ("entailment", "neutral", "contradiction")
TWO_WAY = ("entailment", "not_entailment")
FEVER = {"SUPPORTS": "supported", "REFUTES": "refuted", "NOT ENOUGH INFO": "undecided"}

TRUE_LINE = '{"statement": "…", "label": true} (or "claim", "question" or "sent" for the statement)'
TRUE_KEYS = ("statement", "claim", "question", "sent")
YES_NO_LINE = (
    '{"question": "…", "answer": true, "passage": "…", "facts": ["…"]} (evidence optional)'
)
CLAIM_LINE = '{"claim": "…", "label": "supported", "evidence": ["…"]} (evidence optional)'
PAIR_LINE = (
    '{"premise": "…", "hypothesis": "…", "label": "entailment"} '
    '(or "sentence1", "sentence2", "gold_label")'
)


def true_examples(path: Path) -> Iterator[Example]:
    """Yield claims that are true or false: CREAK, Com2Sense."""
    for number, (place, record) in enumerate(read_objects(path, TRUE_LINE), start=1):
        key = next((key for key in TRUE_KEYS if key in record), TRUE_KEYS[0])
        require(record, (key, "label"), TRUE_LINE, place=place)
        claim = checked_text(place, key, record[key])
        label = _truth(place, "label", record["label"], TRUTH)
        yield Example(example_id(place, record, number), claim, (label,))


def yes_no_examples(path: Path) -> Iterator[Example]:
    """Yield yes/no questions: BoolQ with its passage, StrategyQA with its facts as evidence."""
    for number, (place, record) in enumerate(read_objects(path, YES_NO_LINE), start=1):
        require(record, ("question", "answer"), YES_NO_LINE, place=place)
        name = example_id(place, record, number)
        title = checked_text(place, "title", record.get("title", ""), blank_allowed=True)
        passages = [record["passage"]] if "passage" in record else record.get("facts", [])
        question = checked_text(place, "question", record["question"])
        label = _truth(place, "answer", record["answer"], YES_NO)
        marked = _evidence(place, name, passages, title=title)
        yield Example(name, question, (label,), evidence=marked)


def claim_examples(path: Path) -> Iterator[Example]:
    """Yield claims with one of CLAIM_LABELS, or FEVER's names of them."""
    for number, (place, record) in enumerate(read_objects(path, CLAIM_LINE), start=1):
        require(record, ("claim", "label"), CLAIM_LINE, place=place)
        name = example_id(place, record, number)
        claim = checked_text(place, "claim", record["claim"])
        label = _label(place, record["label"], CLAIM_LABELS, FEVER)
        evidence = record.get("evidence", [])
        marked = _evidence(place, name, [evidence] if isinstance(evidence, str) else evidence)
        yield Example(name, claim, (label,), evidence=marked)


def pair_examples(path: Path) -> Iterator[Example]:
    """Yield pairs with one of three labels: SNLI, MultiNLI, OCNLI.

    Pairs whose annotators did not agree, which are published with the label "-", are left out.
    """
    yield from _pairs(path, PAIR_LABELS)


def two_way_examples(path: Path) -> Iterator[Example]:
    """Yield pairs that are entailed or not: RTE, QNLI, HANS."""
    yield from _pairs(path, TWO_WAY)


def _pairs(path: Path, labels: tuple[str, ...]) -> Iterator[Example]:
    for number, (place, published) in enumerate(read_objects(path, PAIR_LINE), start=1):
        record = {PUBLISHED_KEYS.get(key, key): value for key, value in published.items()}
        if record.get("label") == NO_LABEL:
            continue
        require(record, ("premise", "hypothesis", "label"), PAIR_LINE, place=place)
        name = example_id(place, record, number)
        hypothesis = checked_text(place, "hypothesis", record["hypothesis"])
        label = _label(place, record["label"], labels, {})
        yield Example(
            name, hypothesis, (label,), evidence=_evidence(place, name, [record["premise"]])
        )


def _evidence(place: Place, name: str, texts: object, *, title: str = "") -> tuple[Evidence, ...]:
    if not isinstance(texts, list):
        raise RecordError(f"{place}: the evidence is {shown(texts)}; it must be a list of texts")
    return tuple(
        marked_evidence(name, checked_text(place, "evidence", text), title=title, rank=rank)
        for rank, text in enumerate(texts, start=1)
    )


def _truth(place: Place, field: str, value: object, labels: tuple[str, str]) -> str:
    if not isinstance(value, bool):
        raise RecordError(f"{place}: the {field} is {shown(value)}; allowed are true and false")
    return labels[0] if value else labels[1]


def _label(place: Place, value: object, labels: tuple[str, ...], others: Mapping[str, str]) -> str:
    found = others.get(value, value) if isinstance(value, str) else value
    if not isinstance(found, str):
        raise RecordError(f"{place}: the label is {shown(value)}; allowed are {', '.join(labels)}")
    if found not in labels:
        raise RecordError(f"{place}: {unknown_value('label', found, labels)}")
    return found
