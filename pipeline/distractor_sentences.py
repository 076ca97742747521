"""Put a sentence into a passage that looks like the answer to its question and is not.

Jia and Liang, "Adversarial Examples for Evaluating Reading Comprehension Systems", EMNLP 2017,
arXiv:1707.07328, section 3 (AddSent): the question is asked of something else, another answer of
its kind is put to it, and both become a statement. They replace words by antonyms and by neighbours
of word vectors and let people mend the sentence; here names and numbers of the question are
exchanged, and where it has none, no sentence is made. The sentence stands anywhere in the passage,
as Wang and Bansal, "Robust Machine Comprehension Models via Adversarial Training", NAACL 2018,
arXiv:1804.06473, advise: a reader learns where it stands where that is always the end.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wherefrom.kb.proper_names import capitals_tell, proper_names
from wherefrom.kb.sentences import split_sentences
from wherefrom.pipeline.edits import Edit, Place, edited
from wherefrom.pipeline.statement import as_statement

TRIES = 8  # draws of a name or an answer, before no sentence is made
NUMBER = re.compile(r"(?<![\w.,])\d+(?![\w]|[.,]\d)")
_NAME_WORD = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}(?![\w'’-]*[^\W\d_])")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Borrowed:
    """What sentences borrow from other examples: the names of questions, and answers, by shape."""

    names: dict[tuple[str, ...], list[str]]
    answers: dict[tuple[str, ...], list[str]]


def borrowed(asked: Iterable[tuple[str, str]]) -> Borrowed:
    """Collect names and answers from (question, answer) pairs, each once, in order."""
    names: dict[tuple[str, ...], set[str]] = defaultdict(set)
    answers: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for question, answer in asked:
        for start, end in names_in(question):
            names[kind(question[start:end])].add(question[start:end])
        answers[kind(answer)].add(answer)
    return Borrowed(
        {shape: sorted(found) for shape, found in names.items()},
        {shape: sorted(found) for shape, found in answers.items()},
    )


def distractor_sentence(
    question: str, answers: Sequence[str], context: str, others: Borrowed, rng: random.Random
) -> str | None:
    """Make a sentence like the question, of other names and numbers, with another answer.

    Nothing is made where the question names nothing, or no other name or answer is at hand; neither
    may stand in the passage already.

    Examples
    --------
    >>> others = borrowed([("What is the capital of Spain?", "Madrid")])
    >>> distractor_sentence(
    ...     "What is the capital of France?", ["Paris"], "It is Paris.", others, random.Random(0)
    ... )
    'The capital of Spain is Madrid.'
    """
    edits = []
    for start, end in names_in(question):
        new = _other(question[start:end], others.names, f"{question} {context}", rng)
        if new is None:
            return None
        edits.append(Edit(start, end, new))
    if not edits:
        edits = [
            Edit(*found.span(), other_number(found.group(), rng))
            for found in NUMBER.finditer(question)
        ]
    answer = _other(answers[0], others.answers, f"{question} {context} {' '.join(answers)}", rng)
    if not edits or answer is None:
        return None
    statement = as_statement(edited(question, edits), answer)
    if ": " in statement:  # the question is of no form that can be put as a statement
        return None
    return statement[0].upper() + statement[1:]


def between_sentences(context: str, sentence: str, rng: random.Random) -> Edit:
    """Return the edit that puts a sentence before, between or behind those of a passage."""
    starts = [start for start, _ in split_sentences(context)]
    at = rng.choice([*starts, len(context)])
    return Edit(at, at, f" {sentence}" if at == len(context) else f"{sentence} ")


def kind(text: str) -> tuple[str, ...]:
    """Return what texts that can stand for one another have in common: words, capitals, digits.

    Examples
    --------
    >>> kind("7 March 1889"), kind("the Seine")
    (('0', 'Aa', '0000'), ('the', 'Aa'))
    """
    return tuple(_kind_of_word(word) for word in text.split())


def names_in(text: str) -> list[Place]:
    """Return where a text names something: proper names, and words with a capital within it."""
    if not capitals_tell(text):
        return []
    whole = proper_names(text)
    words = (found.span() for found in _NAME_WORD.finditer(text))
    alone = [
        place
        for place in words
        if all(place[1] <= start or end <= place[0] for start, end in whole)
    ]
    return sorted([*whole, *alone])


def other_number(digits: str, rng: random.Random) -> str:
    """Return another number of as many digits, a little larger or smaller where it can be."""
    value, size = int(digits), len(digits)
    near = [value + step for step in range(-9, 10) if step]
    fitting = [str(number) for number in near if len(str(number)) == size and number >= 0]
    return rng.choice(fitting or [str(value + 1)])


def _kind_of_word(word: str) -> str:
    if _DIGIT.search(word):
        return _DIGIT.sub("0", word)
    if word.lower() in ("the", "a", "an"):
        return word.lower()
    return "Aa" if word[0].isupper() else "a"


def _other(
    text: str, known: dict[tuple[str, ...], list[str]], taken: str, rng: random.Random
) -> str | None:
    """Draw a text of the same kind that stands nowhere in what is taken."""
    others = known.get(kind(text), [])
    for _ in range(TRIES if others else 0):
        drawn = rng.choice(others)
        if drawn.lower() not in taken.lower():
            return drawn
    return None
