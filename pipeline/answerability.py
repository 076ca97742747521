"""Say how probable it is that a passage answers its question, from what the reader finds there.

The span and the relevance alone take what fits the question's kind for an answer: SQuAD 2's
questions without one were written to have such a span (Rajpurkar, Jia and Liang, "Know What You
Don't Know: Unanswerable Questions for SQuAD", ACL 2018, arXiv:1806.03822). So the answer is also
put as a statement, and judged by the sentence that it stands in; compare Hu, Wei, Peng, Huang, Yang
and Li, "Read + Verify: Machine Reading Comprehension with Unanswerable Questions", AAAI 2019,
arXiv:1808.05759.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wherefrom.kb.sentences import around, split_sentences
from wherefrom.pipeline.matching import normalised_words
from wherefrom.pipeline.reader import Reader, Reading
from wherefrom.pipeline.statement import as_statement, titled
from wherefrom.pipeline.verdict import SMALLEST, verify

FEATURES = ("margin", "relevance", "supported", "refuted", "undecided", "echo")
BARE = (-20.0, *(0.0,) * 5)  # of a text that has no word, but for its relevance


def features(
    reader: Reader,
    questions: Sequence[str],
    passages: Sequence[tuple[str, str]],
    readings: Sequence[Reading],
) -> NDArray[np.float64]:
    """Return what speaks for an answer in each passage, shape (N, 6), in the order of FEATURES.

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
    found = np.tile(np.array(BARE), (len(readings), 1))
    found[:, 1] = [reading.relevance for reading in readings]
    rows = [row for row, reading in enumerate(readings) if reading.spans]
    premises, statements = [], []
    for row in rows:
        (title, text), best = passages[row], readings[row].spans[0]
        start, end = around(split_sentences(text), best.start, best.end)
        answer = text[best.start : best.end]
        premises.append(titled(title, text[start:end]))
        statements.append(as_statement(questions[row], answer))
        found[row, 0], found[row, 5] = best.margin, echo(questions[row], answer)
    if rows:
        verdicts = [
            (each.supported, each.refuted, each.undecided)
            for each in verify(reader, premises, statements)
        ]
        found[rows, 2:5] = np.log(np.array(verdicts) + SMALLEST)
    return found


def answerable(reader: Reader, found: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probability of an answer in each passage, shape (N,), from its `features`."""
    known = reader.manifest.calibration
    weights = np.array([known.answerable_weights.get(name, 0.0) for name in FEATURES])
    logits = known.answerable_bias + found @ weights
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -50, 50))))


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
