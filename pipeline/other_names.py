"""Put another name in the place of one that a question names, so that something else is asked.

The other is one of the passage, where it is told of in other sentences than what is asked, or one
that another question names in such a place, of which the passage says nothing.
"""

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from wherefrom.indexes.terms import cut_query
from wherefrom.kb.sentences import split_sentences
from wherefrom.pipeline.distractor_sentences import names_in
from wherefrom.pipeline.edits import Edit, Place
from wherefrom.pipeline.name_swaps import name_shape
from wherefrom.pipeline.squad import SquadQuestion

Slot = tuple[str, ...]  # what names that stand in the same place of a question have in common
MOST_SHARED = 1  # terms of a question in a sentence with the new name, before it may answer
TRIES = 8  # draws of a name, before none is put there
_WORD = re.compile(r"\w+")
_BEFORE = re.compile(r"[\w'’]+(?=\s$)")
_AFTER = re.compile(r"\W*\w*")
_GOES_ON = re.compile(r" (?:(?:for|and|to) (?:the )?[A-Z]|& |\d)")  # "Institute for Advanced Study"
_OF_PEOPLE = re.compile(r"(?:[ie]an|ican|ish|ese|ic|German|French|Dutch|Greek|Roman)s?$")


@dataclass(frozen=True, slots=True)
class Names:
    """The names of questions by where they stand, and the words that are written small as well."""

    by_slot: dict[Slot, list[str]]
    small: frozenset[str]


def names_of(questions: Sequence[SquadQuestion]) -> Names:
    """Collect the names of questions, each once, in order."""
    small: set[str] = set()
    for text in {question.context for question in questions}:
        small.update(word for word in _WORD.findall(text) if word.islower())
    found: dict[Slot, set[str]] = defaultdict(set)
    for question in questions:
        text = question.question
        for start, end in names_in(text):
            if text[start:end].lower() not in small:
                found[_slot(text, start, end)].add(text[start:end])
    return Names({slot: sorted(names) for slot, names in found.items()}, frozenset(small))


def name_edits(question: SquadQuestion, known: Names) -> list[Edit]:
    """Put other names of the passage in the place of one, where they do not stand for the same.

    Either another question has the new name in such a place, or the passage has it behind the same
    word. No sentence that holds it shares more than MOST_SHARED terms with the question: it might
    answer it.
    """
    text, passage = question.question, question.context
    said = " ".join([text, question.title, *(answer for answer, _ in question.answers)])
    names = sorted({passage[start:end] for start, end in names_in(passage)})
    new = [name for name in names if name.lower() not in known.small and not _any_in(name, said)]
    edits = []
    for start, end in _replaceable(question, known):
        old, rest = text[start:end], set(cut_query(text[:start] + text[end:]))
        slot, of_people = _slot(text, start, end), bool(_OF_PEOPLE.search(old))
        for name in new:
            before, alike = slot[0], known.by_slot[slot]
            if name not in alike and not (before and stands_in(f"{before} {name}", passage)):
                continue
            if bool(_OF_PEOPLE.search(name)) != of_people or _same(old, name, names):
                continue
            if all(len(rest & terms) <= MOST_SHARED for terms in _terms_beside(name, passage)):
                edits.append(Edit(start, end, name))
    return edits


def foreign_name_edits(question: SquadQuestion, known: Names, rng: random.Random) -> list[Edit]:
    """Put a name of other questions, no word of which is in the passage, in the place of one."""
    text, edits = question.question, []
    for start, end in _replaceable(question, known):
        others = known.by_slot[_slot(text, start, end)]
        for name in (rng.choice(others) for _ in range(TRIES)):
            if not _any_in(name, f"{text} {question.title} {question.context}"):
                edits.append(Edit(start, end, name))
                break
    return edits


def stands_in(word: str, text: str) -> bool:
    """Tell whether a word stands in a text, with or without capitals.

    Examples
    --------
    >>> stands_in("south", "The South of France"), stands_in("south", "Southern France")
    (True, False)
    """
    return bool(re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE))


def _replaceable(question: SquadQuestion, known: Names) -> list[Place]:
    """Return where whole names stand, but not where a question begins, or that of its article."""
    text = question.question
    return [
        (start, end)
        for start, end in names_in(text)
        if start
        and text[start:end].lower() not in known.small
        and not _any_in(text[start:end], question.title)
        and not _GOES_ON.match(text, end)
    ]


def _slot(text: str, start: int, end: int) -> Slot:
    """Return the words on both sides of a name, and its shape."""
    before, after = _BEFORE.search(text[:start]), _AFTER.match(text, end)
    sides = [found.group().lower() if found else "" for found in (before, after)]
    return (*sides, *name_shape(text[start:end]))


def _any_in(name: str, text: str) -> bool:
    return any(stands_in(word, text) for word in _WORD.findall(name))


def _same(one: str, other: str, names: Sequence[str]) -> bool:
    """Tell whether names may be of one thing: forms of a word, initials, parts of a third name."""
    if one[:3].lower() == other[:3].lower() or other in _initials(one) or one in _initials(other):
        return True
    return any(_any_in(one, name) and _any_in(other, name) for name in names)


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split(" ") if word[0].isupper())


def _terms_beside(name: str, passage: str) -> list[set[str]]:
    """Return the terms of each sentence in which a name stands."""
    sentences = [passage[start:end] for start, end in split_sentences(passage)]
    return [set(cut_query(text)) for text in sentences if stands_in(name, text)]
