"""The nouns of the index layer: small frozen values, no I/O."""

from collections.abc import Iterable, Iterator
from itertools import repeat
from typing import NamedTuple

from wherefrom.kb.records import Passage


class Hit(NamedTuple):
    """A passage and the score that one index, or a fusion of several, gave it.

    A named tuple, because a batch of queries makes thousands: it takes half as long to make as a
    frozen dataclass.
    """

    passage_id: str
    score: float


def make_hits(passage_ids: Iterable[str], scores: Iterable[float]) -> Iterator[Hit]:
    """Make hits of ids and scores that lie side by side.

    Examples
    --------
    >>> list(make_hits(["a#0"], [0.5]))
    [Hit(passage_id='a#0', score=0.5)]
    """
    # what Hit._make does, without a call of Python's for each
    return map(tuple.__new__, repeat(Hit), zip(passage_ids, scores, strict=True))


class PathStep(NamedTuple):
    """One step of a path: `head` stands in `relation` to `tail`, all three in words.

    A mention has the relation MENTION: the passages about `head` name `tail`. Its receipt is the
    passage and the place in its document, `start` to `end`. A fact's receipt is its SOURCE and the
    place there; `passage_id` is empty then.
    """

    head: str
    relation: str
    tail: str
    passage_id: str = ""
    start: int = 0
    end: int = 0
    source: str = ""
    place: str = ""


MENTION = "mention"  # the relation of a step from a passage to an entity that it names


class FoundPassage(NamedTuple):
    """A hit with its passage, and the path from the question to it where a walk found one."""

    hit: Hit
    passage: Passage
    path: tuple[PathStep, ...] = ()
