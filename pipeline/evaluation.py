"""Measure a reader on labelled data: answers in a given paragraph, inference, and the rest.

Exact match and F1 are those of SQuAD's evaluation script: Rajpurkar, Zhang, Lopyrev and Liang,
"SQuAD: 100,000+ Questions for Machine Comprehension of Text", EMNLP 2016, arXiv:1606.05250,
section 6.1.
"""

import re
import string
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wherefrom.pipeline.examples import (
    CONTRADICTION,
    ENTAILMENT,
    NOT_ENTAILED,
    ChoiceExample,
    ClaimExample,
    PairExample,
    TextExample,
)
from wherefrom.pipeline.interval import mean_with_interval
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.squad import SquadQuestion

Measures = dict[str, dict[str, float]]  # of each measure n, value, and low and high of its interval
BINS = 15
SMALLEST = 1e-9  # added to probabilities, so that no sum of them is 0
EXTRA_WORDS = 4  # an answer may say so much more than the one that is known
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True, slots=True)
class SpanScores:
    """One value for each question: 1.0 for an exact match, and F1 of the words."""

    exact_match: tuple[float, ...]
    f1: tuple[float, ...]


def score_spans(reader: Reader, questions: Sequence[SquadQuestion]) -> SpanScores:
    """Let the reader answer each question from its own paragraph, and compare with the answers.

    Questions without answers are not allowed here: whether to abstain is decided elsewhere.
    """
    readings = reader.read(
        [question.question for question in questions],
        [(question.title, question.context) for question in questions],
        count=1,
    )
    exact: list[float] = []
    f1: list[float] = []
    for question, reading in zip(questions, readings, strict=True):
        best = reading.spans[0] if reading.spans else None
        said = question.context[best.start : best.end] if best else ""
        right = [answer for answer, _ in question.answers]
        exact.append(exact_match(said, right))
        f1.append(word_f1(said, right))
    return SpanScores(tuple(exact), tuple(f1))


def measure_spans(reader: Reader, questions: Sequence[SquadQuestion]) -> Measures:
    """Return exact match and F1 with their intervals, of answers in their own paragraphs."""
    return span_measures(score_spans(reader, questions))


def span_measures(scores: SpanScores) -> Measures:
    """Return the means of scores with their intervals."""
    return {
        "exact_match": mean_with_interval(scores.exact_match),
        "f1": mean_with_interval(scores.f1),
    }


def measure_pairs(reader: Reader, pairs: Sequence[PairExample]) -> Measures:
    """Return the accuracy of inference with its interval, and how well its probability tells it.

    Where a pair is only known not to be entailed, all are judged by two classes.
    """
    return sureness_measures(*judge_pairs(reader, pairs))


def judge_pairs(
    reader: Reader, pairs: Sequence[PairExample]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return how sure a reader is of each pair (N,), and whether it is right (N,)."""
    found = reader.infer([pair.premise for pair in pairs], [pair.hypothesis for pair in pairs])
    labels = np.array([pair.label for pair in pairs])
    if (labels == NOT_ENTAILED).any():
        entailed = found[:, ENTAILMENT]
        return _decided(np.stack([entailed, 1 - entailed], axis=1), labels != ENTAILMENT)
    return _decided(found, labels)


def measure_yes_no(reader: Reader, pairs: Sequence[PairExample]) -> Measures:
    """Return accuracy and calibration error of yes/no questions about a passage.

    Yes is what is rather entailed than contradicted.
    """
    found = reader.infer([pair.premise for pair in pairs], [pair.hypothesis for pair in pairs])
    decided = found[:, [ENTAILMENT, CONTRADICTION]] + SMALLEST
    said = decided / decided.sum(axis=1, keepdims=True)
    return _sureness(said, np.array([pair.label == CONTRADICTION for pair in pairs]))


def measure_choices(reader: Reader, examples: Sequence[ChoiceExample]) -> Measures:
    """Return the accuracy of choosing the most plausible statement, and its calibration error."""
    logits = reader.plausibility(
        [premise for each in examples for premise in each.premises],
        [statement for each in examples for statement in each.statements],
    )
    chances, right, first = [], [], 0
    for each in examples:
        last = first + len(each.statements)
        odds = np.exp(logits[first:last] - logits[first:last].max())
        chances.append(odds.max() / odds.sum())
        right.append(int(odds.argmax()) == each.right)
        first = last
    return sureness_measures(np.array(chances), np.array(right))


def measure_claims(reader: Reader, claims: Sequence[ClaimExample]) -> Measures:
    """Return the accuracy of telling true claims from false ones, and its calibration error."""
    logits = reader.plausibility([each.premise for each in claims], [each.claim for each in claims])
    true = 1 / (1 + np.exp(-logits))
    return _sureness(
        np.stack([1 - true, true], axis=1), np.array([int(each.true) for each in claims])
    )


def measure_texts(reader: Reader, texts: Sequence[TextExample]) -> Measures:
    """Return the accuracy of labelling texts and its calibration error.

    A label that the reader does not know counts as wrong.
    """
    known = {label: number for number, label in enumerate(reader.manifest.labels)}
    found = reader.label([each.text for each in texts])
    return _sureness(found, np.array([known.get(each.label, -1) for each in texts]))


def _sureness(chances: NDArray[np.float64], labels: NDArray[np.integer]) -> Measures:
    """Measure probabilities (N, L) against the numbers (N,) of the right labels."""
    return sureness_measures(*_decided(chances, labels))


def _decided(
    chances: NDArray[np.float64], labels: NDArray[np.integer | np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    return chances.max(axis=1), chances.argmax(axis=1) == labels


def sureness_measures(chances: NDArray[np.float64], right: NDArray[np.bool_]) -> Measures:
    """Return accuracy with its interval, and calibration error, of what was held for likeliest."""
    return {
        "accuracy": mean_with_interval(right.astype(float).tolist()),
        "calibration_error": {"n": len(right), "value": calibration_error(chances, right)},
    }


def count(measures: Measures) -> int:
    """Return how many examples measures are of."""
    return int(next(iter(measures.values()))["n"])


def in_words(measures: Measures) -> str:
    """Put measures in one line, in per cent, with their intervals.

    Examples
    --------
    >>> in_words({"f1": {"n": 9, "value": 0.5, "low": 0.25, "high": 0.75}, "error": {"value": 0.1}})
    'f1 50.0 % [25.0, 75.0], error 10.0 %'
    """
    return ", ".join(
        f"{name.replace('_', ' ')} {100 * found['value']:.1f} %"
        + (f" [{100 * found['low']:.1f}, {100 * found['high']:.1f}]" if "low" in found else "")
        for name, found in measures.items()
    )


def calibration_error(probabilities: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the expected calibration error of what was held for likeliest.

    Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning",
    AAAI 2015, with BINS bins of equal width.

    Parameters
    ----------
    probabilities
        Shape (N,), from 0 to 1: how sure each prediction was.
    right
        Shape (N,): whether it was right.

    Examples
    --------
    >>> calibration_error(np.array([0.75, 0.75]), np.array([True, False]))
    0.25
    """
    bins = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, weights=right - probabilities, minlength=BINS)
    return float(np.abs(gaps).sum() / max(1, len(right)))


def normalised_words(text: str) -> list[str]:
    """Return the words of an answer without case, punctuation and articles.

    Examples
    --------
    >>> normalised_words("The Eiffel Tower, Paris.")
    ['eiffel', 'tower', 'paris']
    """
    return _ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split()


def exact_match(said: str, right: Iterable[str]) -> float:
    """Return 1.0 if an answer equals one of the right ones, normalised; else 0.0."""
    words = normalised_words(said)
    return float(any(words == normalised_words(answer) for answer in right))


def word_f1(said: str, right: Iterable[str]) -> float:
    """Return the best F1 of an answer's words against each of the right ones.

    Examples
    --------
    >>> word_f1("the Eiffel Tower in Paris", ["Eiffel Tower"])
    0.6666666666666666
    """
    return max(
        (_f1(normalised_words(said), normalised_words(answer)) for answer in right), default=0.0
    )


def says_the_same(said: str, right: Iterable[str]) -> bool:
    """Tell whether an answer is right: it equals a right one, or holds it with few words more.

    Examples
    --------
    >>> says_the_same("the painter Leonardo da Vinci", ["Leonardo da Vinci"])
    True
    >>> says_the_same("1789 and many other years before and after", ["1789"])
    False
    """
    words = normalised_words(said)
    return any(_holds(words, normalised_words(answer)) for answer in right)


def _holds(words: Sequence[str], wanted: Sequence[str]) -> bool:
    size = len(wanted)
    if not size or len(words) > size + EXTRA_WORDS:
        return False
    starts = range(len(words) - size + 1)
    return any(list(words[start : start + size]) == list(wanted) for start in starts)


def _f1(said: Sequence[str], right: Sequence[str]) -> float:
    if not said or not right:
        return float(said == right)
    shared = sum((Counter(said) & Counter(right)).values())
    return 2 * shared / (len(said) + len(right))
