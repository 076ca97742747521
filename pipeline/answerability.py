"""Say how probable it is that a passage answers its question, from what the reader finds there.

The span and the relevance alone take what fits the question's kind for an answer: SQuAD 2's
questions without one were written to have such a span (Rajpurkar, Jia and Liang, "Know What You
Don't Know: Unanswerable Questions for SQuAD", ACL 2018, arXiv:1806.03822). So the answer is also
put as a statement, and judged by the sentence that it stands in; compare Hu, Wei, Peng, Huang, Yang
and Li, "Read + Verify: Machine Reading Comprehension with Unanswerable Questions", AAAI 2019,
arXiv:1808.05759. What the head that judges sees of that tells more than the verdict: a probe, one
weight for each feature (Alain and Bengio, "Understanding intermediate layers using linear
classifier probes", 2016, arXiv:1610.01644), is learnt from questions that were changed so that
their passage does not answer them (`wherefrom.pipeline.probe`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wherefrom.kb.sentences import around, split_sentences
from wherefrom.pipeline.candidates import SPANS_OF_A_PASSAGE
from wherefrom.pipeline.examples import CONTRADICTION, ENTAILMENT, NEUTRAL
from wherefrom.pipeline.log_odds import chances
from wherefrom.pipeline.matching import normalised_words
from wherefrom.pipeline.reader import Reader, Reading
from wherefrom.pipeline.statement import as_statement, titled
from wherefrom.pipeline.verdict import SMALLEST

FEATURES = ("margin", "relevance", "supported", "refuted", "undecided", "echo", "probe")
BARE = (-20.0, *(0.0,) * 6)  # of a text that has no word, but for its relevance


@dataclass(frozen=True, slots=True)
class Judged:
    """The answers that were found in N passages, and what the head that judges sees of them."""

    rows: list[int]  # of the passages in which there is a word, R of N
    margins: NDArray[np.float64]  # (R,)
    relevance: NDArray[np.float64]  # (N,)
    echoes: NDArray[np.float64]  # (R,)
    logits: NDArray[np.float64]  # (R, 3) of the verdict
    features: NDArray[np.float64]  # (R, H)

    @property
    def known(self) -> NDArray[np.float64]:
        """Return all that the probe weighs, shape (R, 6 + H)."""
        plain = (self.margins, self.relevance[self.rows], self.echoes)
        return np.column_stack([*plain, self.logits, self.features])


def judged(
    reader: Reader,
    questions: Sequence[str],
    passages: Sequence[tuple[str, str]],
    readings: Sequence[Reading],
) -> Judged:
    """Judge the best answer of each passage, as a statement, by the sentence it stands in.

    The arguments are those of `features`.
    """
    rows = [row for row, reading in enumerate(readings) if reading.spans]
    premises, statements, echoes = [], [], []
    for row in rows:
        (title, text), best = passages[row], readings[row].spans[0]
        start, end = around(split_sentences(text), best.start, best.end)
        answer = text[best.start : best.end]
        premises.append(titled(title, text[start:end]))
        statements.append(as_statement(questions[row], answer))
        echoes.append(echo(questions[row], answer))
    return Judged(
        rows,
        np.array([readings[row].spans[0].margin for row in rows]),
        np.array([reading.relevance for reading in readings]),
        np.array(echoes),
        *reader.inference_logits(premises, statements),
    )


def features(
    reader: Reader,
    questions: Sequence[str],
    passages: Sequence[tuple[str, str]],
    readings: Sequence[Reading],
) -> NDArray[np.float64]:
    """Return what speaks for an answer in each passage, shape (N, 7), in the order of FEATURES.

    Of the verdict on the answer the logarithms of the three probabilities count.

    Parameters
    ----------
    reader
        Who judges the answers.
    questions, passages
        One question for each passage, which is (title, text).
    readings
        What the reader found in each; the best span counts.
    """
    seen = judged(reader, questions, passages, readings)
    found = np.tile(np.array(BARE), (len(readings), 1))
    found[:, 1] = seen.relevance
    verdicts = reader.inference_probabilities(seen.logits, seen.features)
    found[seen.rows, 0], found[seen.rows, 5] = seen.margins, seen.echoes
    found[seen.rows, 2:5] = np.log(verdicts[:, [ENTAILMENT, CONTRADICTION, NEUTRAL]] + SMALLEST)
    if probe := reader.manifest.calibration.answerable_probe:
        found[seen.rows, 6] = seen.known @ np.array(probe[:-1]) + probe[-1]
    return found


def answerable(reader: Reader, found: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probability of an answer in each passage, shape (N,), from its `features`."""
    known = reader.manifest.calibration
    return chances(found, FEATURES, known.answerable_weights, known.answerable_bias)


def answering(reader: Reader, question: str, title: str, text: str) -> float:
    """Return the probability that one passage answers a question."""
    asked, shown = [question], [(title, text)]
    readings = reader.read(asked, shown, count=SPANS_OF_A_PASSAGE)
    return float(answerable(reader, features(reader, asked, shown, readings))[0])


def echo(question: str, answer: str) -> float:
    """Return the share of an answer's words that its question has already.

    Examples
    --------
    >>> echo("Which gas does natural gas mostly consist of?", "natural gas")
    1.0
    """
    asked = set(normalised_words(question))
    words = normalised_words(answer)
    return sum(word in asked for word in words) / max(1, len(words))
