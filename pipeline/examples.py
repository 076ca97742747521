"""The examples that a reader learns from: small frozen values, no I/O."""

from dataclasses import dataclass

ENTAILMENT, NEUTRAL, CONTRADICTION = 0, 1, 2
INFERENCE_LABELS = ("entailment", "neutral", "contradiction")  # order of the head's outputs
TAUGHT = -1  # in the place of a label: a teacher says how probable each is
NOT_ENTAILED = -2  # in the place of a label: neutral or contradiction, which is not known
NOT_ENTAILMENT = "not_entailment"  # the name of that in data of two classes


@dataclass(frozen=True, slots=True)
class SpanExample:
    """A question with one passage. `start` is -1 when the passage does not answer it.

    Where it is `taught`, a teacher says where the answer is.
    """

    question: str
    title: str
    text: str
    start: int
    end: int
    taught: bool = False

    @property
    def asked(self) -> tuple[str, str, str]:
        """The question, and the title and text of its passage: what a teacher is asked."""
        return self.question, self.title, self.text


@dataclass(frozen=True, slots=True)
class PairExample:
    """A premise and a hypothesis.

    `label` indexes INFERENCE_LABELS, or is TAUGHT or NOT_ENTAILED.
    """

    premise: str
    hypothesis: str
    label: int


@dataclass(frozen=True, slots=True)
class ChoiceExample:
    """A question's choices as statements, each with its premise; `right` is the place of one.

    A premise is what the evidence says of its statement, empty where there is none. Where it is
    `taught`, a teacher says how probable each choice is.
    """

    premises: tuple[str, ...]
    statements: tuple[str, ...]
    right: int
    taught: bool = False


@dataclass(frozen=True, slots=True)
class ClaimExample:
    """A claim that is true or false, after what the evidence says of it, empty without any.

    Where it is `taught`, a teacher says how probable it is.
    """

    premise: str
    claim: str
    true: bool
    taught: bool = False


@dataclass(frozen=True, slots=True)
class TextExample:
    """A text and its label."""

    text: str
    label: str
