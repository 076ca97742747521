"""Make questions that their passage does not answer of those that it does, by small edits.

A reader that meets none takes the nearest thing of the right kind for the answer: Rajpurkar, Jia
and Liang, "Know What You Don't Know: Unanswerable Questions for SQuAD", ACL 2018, arXiv:1806.03822.
Of the kinds in their table 2 these are made: negation, antonym, entity swap (a name or a number)
and impossible condition (a name of elsewhere, or a year). Zhu, Dong, Wei, Wang, Qin and Liu,
"Learning to Ask Unanswerable Questions for Machine Reading Comprehension", ACL 2019,
arXiv:1906.06045, learn such edits from pairs that people wrote. Here they are rules, and what the
passage seems to answer all the same is not taken; that is likely, not certain, to leave none.
"""

import random
import re
from collections.abc import Sequence

from wherefrom.pipeline.antonyms import antonym_edits
from wherefrom.pipeline.distractor_sentences import NUMBER, other_number
from wherefrom.pipeline.edits import Edit, edited
from wherefrom.pipeline.examples import SpanExample
from wherefrom.pipeline.other_names import (
    Names,
    foreign_name_edits,
    name_edits,
    names_of,
    stands_in,
)
from wherefrom.pipeline.squad import SquadQuestion
from wherefrom.pipeline.tries import tried

_RANGE = re.compile(r"[-–/]\d|.\d+[-–/]")  # two numbers, one of which cannot change alone
_YEAR = re.compile(r"(?<![\w.,])[12]\d{3}(?!\w|[.,]\d)")
_PAST = re.compile(r"\b(?:did|was|were)\b")
_OF_TIME = re.compile(
    r"\b(?:when|years?|dates?|centur\w+|decades?|age|old|long|lifespan|days?|months?|time)\b",
    re.IGNORECASE,
)
_AUXILIARY = re.compile(
    r"\b(?:(?:do|does|did|can|could|will|would|should)\b"
    r"|(?:is|are|was|were|has|have|had)(?= (?:[a-z]+(?:[^e]ed|ing|en|wn)|made|found|built|held)\b))"
)
_CONTRACTED = {"can": "can't", "will": "won't"}
_NOT = re.compile(
    r"n['’]t\b|\b(?:not|never|no|none|neither|nor|cannot|without|only)\b", re.IGNORECASE
)
_HOW = re.compile(r"\b(?:how|names?|called|known|term|other|another)\b", re.IGNORECASE)


def unanswerable_questions(
    questions: Sequence[SquadQuestion], count: int, rng: random.Random
) -> list[SpanExample]:
    """Draw answered questions and change each, so that its passage does not answer it any more.

    Parameters
    ----------
    questions
        All of a source: some names are taken from others, and what is asked in it is not made.
    count
        How many to make; a question may be drawn several times.
    rng
        Draws the questions and their edits, of which each kind that applies is as likely.

    Returns
    -------
    list[SpanExample]
        Over the passages of the questions, with -1 for start and end.

    Raises
    ------
    UsageError
        If next to none of the questions can be changed.

    Examples
    --------
    >>> asked = SquadQuestion("1", "What is the largest city?", "", "It is Rome.", (("Rome", 6),))
    >>> [made.question for made in unanswerable_questions([asked], 1, random.Random(0))]
    ['What is the smallest city?']
    """
    answered = [question for question in questions if question.answers]
    asked = {question.question.lower() for question in questions}
    known = names_of(questions)
    made: list[SpanExample] = []
    tries = 0
    while answered and len(made) < count:
        tries = tried(tries, len(made), count, "questions that can be changed")
        question = rng.choice(answered)
        drawn = changed_questions(question, known, rng)
        changed = [text for text in drawn.values() if text.lower() not in asked]
        if changed:
            text = rng.choice(changed)
            made.append(SpanExample(text, question.title, question.context, -1, -1))
    return made


def changed_questions(question: SquadQuestion, known: Names, rng: random.Random) -> dict[str, str]:
    """Return a question changed by one edit of each kind that applies to it, by kind."""
    text, passage = question.question, question.context
    kinds = {
        "name": name_edits(question, known),
        "foreign name": foreign_name_edits(question, known, rng),
        "number": _number_edits(question, rng),
        "antonym": [edit for edit in antonym_edits(text) if not stands_in(edit.text, passage)],
        "negation": _negations(text),
        "condition": _conditions(question, rng),
    }
    return {kind: edited(text, [rng.choice(edits)]) for kind, edits in kinds.items() if edits}


def _number_edits(question: SquadQuestion, rng: random.Random) -> list[Edit]:
    """Put a number near it that the passage lacks in the place of one."""
    text = question.question
    found = [each for each in NUMBER.finditer(text) if not _RANGE.match(text, each.start() - 1)]
    edits = [Edit(*number.span(), other_number(number.group(), rng)) for number in found]
    return [edit for edit in edits if not stands_in(edit.text, question.context)]


def _negations(text: str) -> list[Edit]:
    """Deny the verb where that asks for something else: not of names, of manner or of times."""
    verb = _AUXILIARY.search(text)
    if verb is None or any(found.search(text) for found in (_NOT, _HOW, _OF_TIME)):
        return []
    word = verb.group()
    edits = [Edit(*verb.span(), _CONTRACTED.get(word, f"{word}n't"))]
    if word in ("is", "are", "was", "were", "has", "have", "had"):  # whose participle is next
        edits.append(Edit(*verb.span(), f"{word} not"))
    return edits


def _conditions(question: SquadQuestion, rng: random.Random) -> list[Edit]:
    """Ask of a year near those of the passage, which lacks it, where no time is asked of or for."""
    text, years = question.question, _YEAR.findall(question.context)
    end = text.rfind("?")
    if end < 0 or not years or not _PAST.search(text):
        return []
    year = other_number(rng.choice(years), rng)
    if re.search(r"\d", text) or _OF_TIME.search(text) or stands_in(year, question.context):
        return []
    return [Edit(len(text[:end].rstrip()), end, f" in {year}")]
