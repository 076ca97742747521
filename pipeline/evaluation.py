"""Measure a reader on labelled data: answers in a given paragraph, inference, and the rest.

Exact match and F1 are those of SQuAD's evaluation script: Rajpurkar, Zhang, Lopyrev and Liang,
"SQuAD: 100,000+ Questions for Machine Comprehension of Text", EMNLP 2016, arXiv:1606.05250,
section 6.1. Of Chinese and Japanese each character counts as a word, as Cui et al. count ("A
Span-Extraction Dataset for Chinese Machine Reading Comprehension", EMNLP 2019, arXiv:1810.07366).
"""

import re
import string
from collections import Counter
from collections.abc import Iterable, Sequence

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
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.scores import ACCURACY, F1, Measures, Scores, sureness
from wherefrom.pipeline.squad import SquadQuestion

SMALLEST = 1e-9  # added to probabilities, so that no sum of them is 0
EXTRA_WORDS = 4  # an answer may say so much more than the one that is known
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_WIDE = re.compile(
    "[\u3000-\u3004\u3008-\u3020\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]"
)
_CHARACTER = re.compile(
    "[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]"
)


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
    readings = reader.read(asked, [(each.title, each.context) for each in questions], count=1)
    chances = reader.answerable(readings)
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


def normalised_words(text: str) -> list[str]:
    """Return the words of an answer without case, punctuation and articles.

    Examples
    --------
    >>> normalised_words("The Eiffel Tower, Paris.")
    ['eiffel', 'tower', 'paris']
    >>> normalised_words("1963年，在河内。")
    ['1963', '年', '在', '河', '内']
    """
    bare = _WIDE.sub(" ", text.lower().translate(_PUNCTUATION))
    return _CHARACTER.sub(r" \g<0> ", _ARTICLES.sub(" ", bare)).split()


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
