"""The nouns of the pipeline: what is shown to the reader, what it says, and what is answered.

All are frozen values without I/O. Offsets named `start` and `end` count code points of the
document's text, `end` exclusive. Probabilities lie in [0, 1].
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from wherefrom.indexes.records import PathStep

Verdict = Literal["supported", "refuted", "undecided"]
VERDICTS: tuple[Verdict, ...] = ("supported", "refuted", "undecided")
Abstention = Literal["", "said", "unsupported", "irrelevant"]

Path = tuple[PathStep, ...]  # steps from the question to the evidence


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that the reader is shown, with its rank (1 is best) and where it came from.

    `path` leads from the question to it, where a walk over the graph did. A fact is shown as one
    sentence, which is its text: its document is the SOURCE, and `start` and `end` count the
    sentence's own characters. Where the fact says what does not hold, `denies` is the sentence that
    it denies; otherwise it is empty.
    """

    passage_id: str
    document_id: str
    title: str
    url: str
    rank: int
    score: float
    retriever: str
    text: str
    start: int
    end: int
    path: Path = ()
    denies: str = ""


@dataclass(frozen=True, slots=True)
class Prediction:
    """A span that the reader marks in one piece of evidence.

    `start` and `end` count code points of the evidence's text. `margin` is the span's logit less
    that of no answer in the same passage, so that spans of all evidence compete on one scale;
    `relevance` is the logit that the passage answers the question at all.
    """

    evidence: Evidence
    start: int
    end: int
    margin: float
    relevance: float

    @property
    def text(self) -> str:
        """Return the words that are marked."""
        return self.evidence.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact words that an answer rests on; `quote` is the document's text[start:end].

    `sentence` is the sentence that holds the quote, `verdict` whether it supports the answer put
    as a statement, and `entailment` the probability of support.
    """

    passage_id: str
    document_id: str
    title: str
    url: str
    start: int
    end: int
    quote: str
    sentence: str
    verdict: Verdict
    entailment: float


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """One sentence of a draft, its verdict by the evidence, and what bears the verdict out.

    `entailment` is the probability of support. A sentence that is undecided has no citations.
    """

    text: str
    verdict: Verdict
    entailment: float
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What a generator wrote, its own marks of passages left out.

    `abstention` says why there is no answer: because the generator ``said`` that the passages do
    not hold it (or wrote nothing), because none of its sentences is supported (``unsupported``),
    or because those that are have nothing to do with the question (``irrelevant``); it is empty
    where there is an answer.
    """

    text: str
    sentences: tuple[DraftSentence, ...]
    abstention: Abstention


@dataclass(frozen=True, slots=True)
class Answer:
    """What `ask` returns. `answer` is empty when it abstains.

    `draft` is there where a generator wrote the answer; `probability` is then that of the
    sentence that is supported least.
    """

    question: str
    answer: str
    abstained: bool
    probability: float
    citations: tuple[Citation, ...] = ()
    paths: tuple[Path, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    timing_seconds: Mapping[str, float] = field(default_factory=dict)
    draft: Draft | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """What `check` returns: the verdict on a claim, with a probability for each verdict."""

    claim: str
    verdict: Verdict
    probabilities: Mapping[str, float]
    citations: tuple[Citation, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One of the choices of a question."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What `choose` returns: the label chosen, with a probability for each label."""

    question: str
    choice: str
    probabilities: Mapping[str, float]
    citations: tuple[Citation, ...] = ()
    paths: tuple[Path, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Classification:
    """What `classify` returns: the likeliest label of a text, with a probability for each label."""

    text: str
    label: str
    probabilities: Mapping[str, float]
