"""Take a question apart that compares two things in time: which of both was first, or last.

"Which film was released first, A or B?" is answered by two dates, each of which a question of its
own asks for: "When was A released?". A rule-based relative of question decomposition, as
`wherefrom.pipeline.bridging`: Min et al., ACL 2019, arXiv:1906.02916, section 3 (comparison).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from wherefrom.kb.name_keys import without_suffix
from wherefrom.kb.words import words
from wherefrom.pipeline.bridging import ROLES
from wherefrom.pipeline.dates import is_earlier, read_dates
from wherefrom.pipeline.records import Evidence

_WAYS = {
    **dict.fromkeys(("first", "earlier", "earliest", "older", "oldest"), False),
    **dict.fromkeys(("later", "latest", "last", "younger", "youngest"), True),
    **dict.fromkeys(("more recently", "most recently"), True),
}
_AGES = ("older", "oldest", "younger", "youngest")  # of people: by when they were born
_WAY = "(?P<way>" + "|".join(_WAYS) + ")"
_EVENTS = (
    "released|published|founded|established|formed|built|born|opened|created|invented|launched|"
    "introduced|completed|started|discovered|constructed|crowned|elected"
)
_EVENT = re.compile(
    rf"\b(?:(?P<event>{_EVENTS})|(?P<died>die[ds]?)|(?P<out>c[ao]me out))\b", re.IGNORECASE
)
_WHICH = re.compile(
    rf"^(?P<body>(?:which|who|what)\b.*?\b{_WAY}\b(?:\s+than the other)?)"
    r"\s*[,:]?\s*(?P<set>(?:out\s+)?of\s|between\s)?\s*(?P<things>.+)$",
    re.IGNORECASE,
)
_WAS = re.compile(
    rf"^(?:was|were|did)\s+(?P<things>.+?\s+or\s+.+?)\s+(?P<body>(?:{_EVENTS}|die)\s+{_WAY})$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    rf"\b(?:whose|(?:has|had|with)\s+(?:the|a))\s+(?P<role>{ROLES})\b", re.IGNORECASE
)
_OR = re.compile(r",?\s+or\s+")
_AND = re.compile(r",?\s+and\s+")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two things, what to ask of each, and whether the later of both is wanted.

    Where `role` is set it is asked when somebody was born or died who has this part in the thing;
    where `ends` is set, the last date that is said counts, as of a life.
    """

    things: tuple[str, str]
    questions: tuple[str, str]
    later: bool
    role: str
    ends: bool


def as_comparison(question: str) -> Comparison | None:
    """Take a question apart; None where it does not compare two things in time.

    Examples
    --------
    >>> found = as_comparison("Which film was released more recently, Nandhi or Die Mutter?")
    >>> found.things, found.questions[0], found.later
    (('Nandhi', 'Die Mutter'), 'When was Nandhi released?', True)
    >>> as_comparison("Which film has the director who died first, A or B?").questions[1]
    'When did the director of B die?'
    >>> as_comparison("Which is larger, Asia or Africa?"), as_comparison("Who was born first?")
    (None, None)
    """
    asked = question.strip().rstrip("?!. ")
    found = _WHICH.match(asked) or _WAS.match(asked)
    if found is None:
        return None
    way, body = found["way"].lower(), found["body"]
    of_a_set = "set" in found.groupdict() and found["set"]
    things = (_AND if of_a_set and not _OR.search(found["things"]) else _OR).split(found["things"])
    event = _event(body, way)
    if len(things) != 2 or not all(words(thing).folded for thing in things) or not event:
        return None
    role = _ROLE.search(body)
    part = role["role"].lower() if role else ""
    first, second = (thing.strip(" \"“”'") for thing in things)
    ask = "When did {} die?" if event == "die" else f"When was {{}} {event}?"
    named = [f"the {part} of {thing}" if part else thing for thing in (first, second)]
    asked_of = (ask.format(named[0]), ask.format(named[1]))
    return Comparison((first, second), asked_of, _WAYS[way], part, event == "die")


def questions_of(question: str) -> tuple[str, ...]:
    """Return what to look for: the questions of a comparison, else the question itself."""
    comparison = as_comparison(question)
    return comparison.questions if comparison else (question,)


def take_turns(ranked: Sequence[Sequence[Evidence]], count: int) -> list[Evidence]:
    """Return the best `count` of several lists, taken in turns, each passage once and ranked anew.

    Of a passage that stands in several the better place counts.
    """
    best: dict[str, Evidence] = {}
    for row in zip_longest(*ranked):
        for item in row:
            if item is not None:
                best.setdefault(item.passage_id, item)
    return [replace(item, rank=place) for place, item in enumerate(list(best.values())[:count], 1)]


def names(thing: str, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return the evidence that names a thing in its title or text."""
    wanted = words(without_suffix(thing)).folded
    return [item for item in evidence if _holds(f"{item.title}. {item.text}", wanted)]


def decide(comparison: Comparison, answers: Sequence[str]) -> str:
    """Return the thing that is wanted by what was said of each; nothing if that does not tell."""
    dates = [read_dates(answer) for answer in answers]
    if not all(dates):
        return ""
    place = -1 if comparison.ends else 0
    earlier = is_earlier(dates[0][place], dates[1][place])
    return "" if earlier is None else comparison.things[earlier == comparison.later]


def _event(body: str, way: str) -> str:
    """Return what happened to both, as a participle, or die; nothing where that is not known."""
    found = _EVENT.search(body)
    if found is None:
        return "born" if way in _AGES else ""
    if found["out"]:
        return "released"
    return "die" if found["died"] else found["event"].lower()


def _holds(text: str, wanted: Sequence[str]) -> bool:
    held = words(text).folded
    count = len(wanted)
    return any(held[at : at + count] == wanted for at in range(len(held) - count + 1))
