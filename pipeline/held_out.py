"""Put examples aside that a reader does not learn, so that its probabilities can be fitted on them.

Whatever shares a premise, a passage or a text is on one side: a hash of its words decides, so a
resumed run, another recipe and an example that is drawn twice all put the same ones aside.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from wherefrom.pipeline.examples import (
    TAUGHT,
    ChoiceExample,
    ClaimExample,
    PairExample,
    SpanExample,
    TextExample,
)
from wherefrom.pipeline.leakage import Learnt, bare_words, content
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.squad import SquadQuestion

HALF = 0.5  # the share of all examples that is the first half
Held = TypeVar("Held", SpanExample, PairExample, ChoiceExample, ClaimExample, TextExample)
Example = TypeVar("Example")
_HEADS = (("spans",), ("pairs", "yes_no"), ("choices", "claims"), ("texts",))  # tasks of each head


@dataclass(slots=True)
class HeldOut:
    """What was put aside of each task, each example once; `part` adds to it.

    `statements` are pairs made of what was put aside, not drawn; they go with `pairs`.
    """

    spans: list[SpanExample] = field(default_factory=list)
    pairs: list[PairExample] = field(default_factory=list)
    choices: list[ChoiceExample] = field(default_factory=list)
    claims: list[ClaimExample] = field(default_factory=list)
    texts: list[TextExample] = field(default_factory=list)
    statements: list[PairExample] = field(default_factory=list)


def held_share(recipe: Recipe, task: str) -> float:
    """Return the share of a task's examples that is held out; 0 where files serve its head."""
    head = next(tasks for tasks in _HEADS if task in tasks)
    named = any(entry.task in head for entry in recipe.calibrate)
    return 0.0 if named else recipe.calibration_share


def part(examples: Sequence[Held], share: float, kept: list[Held]) -> list[Held]:
    """Return the examples that are learnt, and add the others to `kept`.

    Pairs that a teacher labels have no label to fit on: put aside, they are left out.
    """
    learnt, aside = split(examples, share, group)
    kept.extend(dict.fromkeys(one for one in aside if getattr(one, "label", None) != TAUGHT))
    return learnt


def split(
    examples: Sequence[Example], share: float, group_of: Callable[[Example], str]
) -> tuple[list[Example], list[Example]]:
    """Return the examples that stay, and those of about this share of all groups."""
    stay: list[Example] = []
    aside: list[Example] = []
    for example in examples:
        (aside if _place(group_of(example)) < share else stay).append(example)
    return stay, aside


def group(example: Learnt | SquadQuestion) -> str:
    """Return the words that examples have in common which must be on one side.

    Examples
    --------
    >>> group(PairExample("A man sleeps.", "He is awake.", 2))
    'a man sleeps'
    """
    match example:
        case SpanExample():
            return bare_words(example.text)
        case SquadQuestion():
            return bare_words(example.context)
        case PairExample():
            return bare_words(example.premise)
        case _:
            return content(example)


def in_first_half(example: Learnt | SquadQuestion) -> bool:
    """Tell in which half of all examples one is; those of one group are in the same."""
    return _place(group(example)) < HALF


def _place(words: str) -> float:
    """Return a number from 0 to below 1 that depends on the words alone, evenly spread."""
    digest = hashlib.blake2b(words.encode("utf-8"), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
