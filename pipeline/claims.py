"""Read claims that are true or false, and yes/no questions about a passage: JSON lines.

Claims are those of CREAK (Onoe, Zhang, Choi and Durrett, "CREAK: A Dataset for Commonsense
Reasoning over Entity Knowledge", NeurIPS 2021, arXiv:2109.01653); yes/no questions those of BoolQ
(Clark et al., "BoolQ: Exploring the Surprising Difficulty of Natural Yes/No Questions", NAACL 2019,
arXiv:1905.10044).
"""

from collections.abc import Iterator
from pathlib import Path

from wherefrom.kb.errors import RecordError
from wherefrom.kb.found import Place, checked_text, shown
from wherefrom.kb.jsonl import read_objects, require
from wherefrom.pipeline.examples import CONTRADICTION, ENTAILMENT, ClaimExample, PairExample
from wherefrom.pipeline.statement import titled

CLAIM_FIELDS = '{"claim": "…", "label": true} (or "statement", or "question" for the claim)'
CLAIM_KEYS = ("claim", "statement", "question")  # the first of them that a line has
YES_NO_FIELDS = '{"question": "…", "passage": "…", "answer": true, "title": "…"} (title optional)'


def read_claims(path: Path) -> Iterator[ClaimExample]:
    """Yield the claim of each line, in order, without evidence.

    Raises
    ------
    SourceError
        If the file is missing, empty, binary or truncated.
    RecordError
        If a line is not JSON, has no claim, or its label is neither true nor false.
    """
    for place, record in read_objects(path, CLAIM_FIELDS):
        key = next((key for key in CLAIM_KEYS if key in record), CLAIM_KEYS[0])
        require(record, (key, "label"), CLAIM_FIELDS, place=place)
        claim = checked_text(place, key, record[key])
        yield ClaimExample("", claim, _truth(place, "label", record["label"]))


def read_yes_no(path: Path) -> Iterator[PairExample]:
    """Yield the yes/no question of each line as a pair: yes is entailment, no is contradiction.

    Raises
    ------
    SourceError
        If the file is missing, empty, binary or truncated.
    RecordError
        If a line is not JSON, lacks a field, or its answer is neither true nor false.
    """
    for place, record in read_objects(path, YES_NO_FIELDS):
        require(record, ("question", "passage", "answer"), YES_NO_FIELDS, place=place)
        question = checked_text(place, "question", record["question"])
        passage = record["passage"]
        if not isinstance(passage, str) or not passage.strip():
            raise RecordError(f"{place}: the passage is {shown(passage)}; it must hold text")
        title = checked_text(place, "title", record.get("title", ""), blank_allowed=True)
        yes = _truth(place, "answer", record["answer"])
        yield PairExample(titled(title, passage), question, ENTAILMENT if yes else CONTRADICTION)


def _truth(place: Place, field: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise RecordError(f"{place}: the {field} is {shown(value)}; allowed are true and false")
    return value
