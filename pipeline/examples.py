"""The examples that a reader learns from: small frozen values, no I/O."""

from dataclasses import dataclass

ENTAILMENT, NEUTRAL, CONTRADICTION = 0, 1, 2
INFERENCE_LABELS = ("entailment", "neutral", "contradiction")  # order of the head's outputs
TAUGHT = -1  # in the place of a label: a teacher says how probable each is


@dataclass(frozen=True, slots=True)
class SpanExample:
    """A question with one passage. `start` is -1 when the passage does not answer it."""

    question: str
    title: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PairExample:
    """A premise and a hypothesis; `label` indexes INFERENCE_LABELS, or is TAUGHT."""

    premise: str
    hypothesis: str
    label: int
