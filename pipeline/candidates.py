"""Join what the reader marks in several passages into candidate answers on one scale."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wherefrom.pipeline.dates import asked_end
from wherefrom.pipeline.quoted import Quoted, quote
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.records import Evidence, Prediction
from wherefrom.pipeline.span_ends import tidied
from wherefrom.pipeline.spans import Span

SPANS_OF_A_PASSAGE = 3
_ARTICLE = re.compile(r"^(?:the|an?)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One answer and the predictions that say it, best first.

    `agreement` is how much the other predictions add to the best one: the logarithm of the sum of
    exp(margin) over all, less the best margin; 0 when only one passage says it.
    """

    predictions: tuple[Prediction, ...]
    agreement: float

    @property
    def best(self) -> Prediction:
        """Return the prediction with the highest margin."""
        return self.predictions[0]

    @property
    def text(self) -> str:
        """Return the answer's words, as the best prediction has them."""
        return self.best.text

    def quoted(self) -> list[Quoted]:
        """Quote the best prediction of each passage, best first; no words of a document twice."""
        return [
            quote(prediction.evidence, prediction.start, prediction.end)
            for prediction in _distinct(self.predictions)
        ]


def predict(reader: Reader, question: str, evidence: Sequence[Evidence]) -> list[Prediction]:
    """Return the spans that the reader marks in each piece of evidence, best first.

    What a fact denies is no answer.
    """
    evidence = [item for item in evidence if not item.denies]
    shown = [(item.title, item.text) for item in evidence]
    readings = reader.read([question] * len(shown), shown, count=SPANS_OF_A_PASSAGE)
    predictions = [
        Prediction(item, *_marked(question, item, span), span.margin, reading.relevance)
        for item, reading in zip(evidence, readings, strict=True)
        for span in reading.spans
    ]
    return sorted(predictions, key=lambda found: (-found.margin, found.evidence.rank, found.start))


def _marked(question: str, item: Evidence, span: Span) -> tuple[int, int]:
    """Return the ends of a span as they are to be quoted."""
    return asked_end(question, item.text, *tidied(item.text, span.start, span.end))


def group(predictions: Sequence[Prediction]) -> list[Candidate]:
    """Join predictions that say the same, best first.

    Parameters
    ----------
    predictions
        Best first, as `predict` returns them.
    """
    groups: dict[str, list[Prediction]] = {}
    for prediction in predictions:
        if key := normalised(prediction.text):
            groups.setdefault(key, []).append(prediction)
    return [Candidate(tuple(said), _agreement(said)) for said in groups.values()]


def normalised(answer: str) -> str:
    """Return an answer without case, outer punctuation, repeated spaces and a leading article.

    Examples
    --------
    >>> normalised("the Louvre,")
    'louvre'
    """
    folded = unicodedata.normalize("NFKC", answer).casefold()
    words = re.sub(r"\s+", " ", folded).strip(" \t\"'“”‘’.,;:!?()[]")
    return _ARTICLE.sub("", words)


def _agreement(said: Sequence[Prediction]) -> float:
    margins = np.array([found.margin for found in _distinct(said)])
    return float(np.log(np.exp(margins - margins.max()).sum()))


def _distinct(said: Sequence[Prediction]) -> list[Prediction]:
    """Keep the best prediction of each passage, unless a better one has the same words.

    Neighbouring passages of a document share sentences: what both say is said once.
    """
    kept: list[Prediction] = []
    for found in said:
        if not any(_same_place(found, other) for other in kept):
            kept.append(found)
    return kept


def _same_place(one: Prediction, two: Prediction) -> bool:
    """Say whether two predictions mark the same words, or words that overlap, of a document.

    No two passages of a document begin at the same place: those that seem to are facts of a source.
    """
    first, second = one.evidence, two.evidence
    if first.passage_id == second.passage_id:
        return True
    shared = first.start + one.start < second.start + two.end and (
        second.start + two.start < first.start + one.end
    )
    same = first.document_id == second.document_id and first.start != second.start
    return same and shared
