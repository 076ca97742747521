"""Measure a reader on labelled data: answers in a given paragraph, inference, and the rest."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wherefrom.pipeline.answerability import answerable, features
from wherefrom.pipeline.examples import (
    CONTRADICTION,
    ENTAILMENT,
    NOT_ENTAILED,
    ChoiceExample,
    ClaimExample,
    PairExample,
    TextExample,
)
from wherefrom.pipeline.matching import exact_match, word_f1
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.scores import ACCURACY, F1, Measures, Scores, sureness
from wherefrom.pipeline.squad import SquadQuestion

SMALLEST = 1e-9  # added to probabilities, so that no sum of them is 0


def score_spans(reader: Reader, questions: Sequence[SquadQuestion]) -> Scores:
    """Let the reader answer each question from its own paragraph, and compare with the answers.

    Questions without answers are not allowed here; see `score_answerable`.
    """
    said = [answer for answer, _ in _answers(reader, questions)]
    return Scores(_worth(said, [[text for text, _ in each.answers] for each in questions]))


def score_answerable(reader: Reader, questions: Sequence[SquadQuestion]) -> Scores:
    """Let the reader answer from the paragraph or abstain, and say how probable an answer is there.

    As in SQuAD 2 (Rajpurkar, Jia and Liang, arXiv:1806.03822) an abstention is right where there is
    no answer; the reader abstains where it holds none for more probable.
    """
    read = _answers(reader, questions)
    chances = np.array([chance for _, chance in read])
    said = [answer if chance >= 0.5 else "" for answer, chance in read]
    wanted = [[text for text, _ in each.answers] or [""] for each in questions]
    answered = np.array([bool(each.answers) for each in questions])
    told = sureness(np.stack([1 - chances, chances], axis=1), answered.astype(int))
    return Scores({**_worth(said, wanted), **told.values}, told.chances)


def _answers(reader: Reader, questions: Sequence[SquadQuestion]) -> list[tuple[str, float]]:
    """Return the best span of each question's paragraph, and how probable it holds an answer."""
    asked = [question.question for question in questions]
    passages = [(each.title, each.context) for each in questions]
    readings = reader.read(asked, passages, count=1)
    chances = answerable(reader, features(reader, asked, passages, readings))
    bests = [reading.spans[0] if reading.spans else None for reading in readings]
    return [
        (each.context[best.start : best.end] if best else "", float(chance))
        for each, best, chance in zip(questions, bests, chances, strict=True)
    ]


def _worth(said: Sequence[str], right: Sequence[Sequence[str]]) -> dict[str, NDArray[np.float64]]:
    """Return exact match and F1 of each answer."""
    both = list(zip(said, right, strict=True))
    return {
        "exact_match": np.array([exact_match(*each) for each in both], dtype=np.float64),
        F1: np.array([word_f1(*each) for each in both], dtype=np.float64),
    }


def score_pairs(reader: Reader, pairs: Sequence[PairExample]) -> Scores:
    """Judge pairs. Where one is only known not to be entailed, all are judged by two classes."""
    found = reader.infer([pair.premise for pair in pairs], [pair.hypothesis for pair in pairs])
    labels = np.array([pair.label for pair in pairs])
    if (labels == NOT_ENTAILED).any():
        entailed = found[:, ENTAILMENT]
        return sureness(np.stack([entailed, 1 - entailed], axis=1), labels != ENTAILMENT)
    return sureness(found, labels)


def score_yes_no(reader: Reader, pairs: Sequence[PairExample]) -> Scores:
    """Answer yes/no questions about a passage: yes is what is rather entailed than contradicted."""
    found = reader.infer([pair.premise for pair in pairs], [pair.hypothesis for pair in pairs])
    decided = found[:, [ENTAILMENT, CONTRADICTION]] + SMALLEST
    said = decided / decided.sum(axis=1, keepdims=True)
    return sureness(said, np.array([pair.label == CONTRADICTION for pair in pairs]))


def score_choices(reader: Reader, examples: Sequence[ChoiceExample]) -> Scores:
    """Choose the most plausible statement of each example."""
    logits = reader.plausibility(
        [premise for each in examples for premise in each.premises],
        [statement for each in examples for statement in each.statements],
    )
    ends = np.cumsum([len(each.statements) for each in examples])[:-1]
    odds = [np.exp(part - part.max()) for part in np.split(logits, ends)]
    right = [each.argmax() == one.right for each, one in zip(odds, examples, strict=True)]
    chances = np.array([each.max() / each.sum() for each in odds])
    return Scores({ACCURACY: np.array(right, dtype=np.float64)}, chances)


def score_claims(reader: Reader, claims: Sequence[ClaimExample]) -> Scores:
    """Tell true claims from false ones."""
    logits = reader.plausibility([each.premise for each in claims], [each.claim for each in claims])
    true = 1 / (1 + np.exp(-logits))
    return sureness(
        np.stack([1 - true, true], axis=1), np.array([int(each.true) for each in claims])
    )


def score_texts(reader: Reader, texts: Sequence[TextExample]) -> Scores:
    """Label texts. A label that the reader does not know counts as wrong."""
    known = {label: number for number, label in enumerate(reader.manifest.labels)}
    found = reader.label([each.text for each in texts])
    return sureness(found, np.array([known.get(each.label, -1) for each in texts]))


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
