"""Take a question apart that compares two things: which was first, or are both of one nation.

"Which film was released first, A or B?" is answered by two dates, each of which a question of its
own asks for: "When was A released?". A rule-based relative of question decomposition, as
`wherefrom.pipeline.bridging`: Min et al., ACL 2019, arXiv:1906.02916, section 3 (comparison).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Literal

from wherefrom.kb.name_keys import without_suffix
from wherefrom.kb.words import words
from wherefrom.pipeline.bridging import ROLES
from wherefrom.pipeline.dates import is_earlier, read_dates
from wherefrom.pipeline.nations import same_nation
from wherefrom.pipeline.records import Evidence
from wherefrom.pipeline.yes_no import SAID

Wanted = Literal["earlier", "later", "same"]
_WAYS: dict[str, Wanted] = {
    **dict.fromkeys(("first", "earlier", "earliest", "older", "oldest"), "earlier"),
    **dict.fromkeys(("later", "latest", "last", "younger", "youngest"), "later"),
    **dict.fromkeys(("more recently", "most recently"), "later"),
}
_AGES = ("older", "oldest", "younger", "youngest")
_BEGINNINGS = tuple(  # of what is older, by its kind; what is of no such kind was founded
    (re.compile(rf"\b(?:{kinds})s?\b", re.IGNORECASE), event)
    for kinds, event in (
        (f"who|whose|person|people|man|woman|actress|actor|player|politician|{ROLES}", "born"),
        ("film|movie|song|album|book|novel|game", "released"),
        ("tower|building|bridge|castle|church|cathedral|temple|palace|house|stadium", "built"),
    )
)
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
    r"\s*(?P<mark>[,:])?\s*(?P<set>(?:out\s+)?of\s|between\s)?\s*(?P<things>.+)$",
    re.IGNORECASE,
)
_WAS = re.compile(
    rf"^(?:was|were|did)\s+(?P<things>.+?\s+or\s+.+?)\s+(?P<body>(?:{_EVENTS}|die)\s+{_WAY})$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    rf"\b(?:whose|(?:has|had|with)\s+(?:the|a))\s+(?P<role>{ROLES})\b", re.IGNORECASE
)
_SAME = re.compile(
    r"^(?:are|were|is|was|do|does|did|have|has)\s+(?P<things>.+?)[\s,]+(?:both\s+)?"
    r"(?P<how>(?:(?:located|situated|based)\s+)?(?:in|from|of)|have|has|had|shared?|shares"
    rf"|(?:originate|come)\s+from|have\s+the\s+(?P<role>{ROLES})s?(?:\s+(?:that|who))?"
    r"(?:\s+(?:are|were))?\s+(?:from|share|of|have))"
    r"\s+the\s+same\s+(?P<what>country|nationality|state|city)(?:\s+as\s+(?P<other>.+))?$",
    re.IGNORECASE,
)
_KINDS = (
    r"(?:films?|movies?|songs?|bands?|villages?|towns?|cities|airports?|schools?|rivers?|companies|"
    r"businesses|magazines?|people)\b[:,]?"
)
_BOTH = rf"(?:(?:(?:both|the)\s+)*{_KINDS}\s+|both\s+)?"  # "both films, A", but "The A"
_BEFORE_NAME = re.compile(rf"^\s*{_BOTH}", re.IGNORECASE)
_ROLE_OF = re.compile(rf"^\s*(?:(?:both|the)\s+)*(?P<role>{ROLES})s?\s+of\s+{_BOTH}", re.IGNORECASE)
_LOCATED = re.compile(r"\b(?:located|situated|based|in)\b", re.IGNORECASE)
# "first The Exies or", not "first president or"
_NAMED = re.compile(r"(?:the\s+)?[^\W\d_a-z]|\W|\d")
_OR = re.compile(r",?\s+or\s+")
_AND = re.compile(r",?\s+and\s+")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two things, what to ask of each, and what is wanted: a thing, or whether both are the same.

    Where `role` is set, what is asked of is who has this part in the thing, its director for
    example. Where `ends` is set, the last date that is said counts, as of a life.
    """

    things: tuple[str, str]
    questions: tuple[str, str]
    wanted: Wanted
    role: str = ""
    ends: bool = False


def as_comparison(question: str) -> Comparison | None:
    """Take a question apart; None where it compares nothing, or otherwise.

    Examples
    --------
    >>> found = as_comparison("Which film was released more recently, Nandhi or Die Mutter?")
    >>> found.things, found.questions[0], found.wanted
    (('Nandhi', 'Die Mutter'), 'When was Nandhi released?', 'later')
    >>> as_comparison("Which film has the director who died first, A or B?").questions[1]
    'When did the director of B die?'
    >>> as_comparison("Were Scott Derrickson and Ed Wood of the same nationality?").questions[1]
    'What nationality is Ed Wood?'
    >>> as_comparison("Which is larger, Asia or Africa?"), as_comparison("Who was born first?")
    (None, None)
    """
    asked = " ".join(question.split()).rstrip("?!. ")
    return _in_time(asked) or _of_one_nation(asked)


def _in_time(asked: str) -> Comparison | None:
    found = _WAS.match(asked)
    of_a_set = ""
    if found is None:
        found = _WHICH.match(asked)
        if found is None or not (found["mark"] or found["set"] or _NAMED.match(found["things"])):
            return None
        of_a_set = found["set"]
    way, body = found["way"].lower(), found["body"]
    joint = _AND if of_a_set and not _OR.search(found["things"]) else _OR
    things, event, role = _two(joint.split(found["things"])), _event(body, way), _ROLE.search(body)
    if things is None or not event:
        return None
    ask = "When did {} die?" if event == "die" else f"When was {{}} {event}?"
    part = role["role"].lower() if role else ""
    return Comparison(things, _asked(ask, things, part), _WAYS[way], part, ends=event == "die")


def _of_one_nation(asked: str) -> Comparison | None:
    found = _SAME.match(asked)
    if found is None:
        return None
    named, other = found["things"], found["other"]
    role = _ROLE_OF.search(named) or found
    part = (role["role"] or "").lower()
    parts = [named, other] if other else _AND.split(named)
    things = _two([_BEFORE_NAME.sub("", _ROLE_OF.sub("", one)) for one in parts])
    if things is None:
        return None
    what, located = found["what"].lower(), _LOCATED.search(found["how"])
    if what == "nationality":
        ask = "What nationality is {}?"
    elif located or what != "country":
        ask = f"Which {what} is {{}} located in?"
    else:
        ask = "Which country is {} from?"
    return Comparison(things, _asked(ask, things, part), "same", part)


def _two(things: Sequence[str]) -> tuple[str, str] | None:
    """Return the names of two things; None where there are not two."""
    named = [thing.strip(" ,:\"“”'") for thing in things]
    if len(named) != 2 or not all(words(thing).folded for thing in named):
        return None
    return named[0], named[1]


def _asked(ask: str, things: tuple[str, str], role: str) -> tuple[str, str]:
    first, second = (f"the {role} of {thing}" if role else thing for thing in things)
    return ask.format(first), ask.format(second)


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
    shown = [(item, words(f"{item.title}. {item.text}")) for item in evidence]
    return [item for item, held in shown if held.place_of(wanted) is not None]


def decide(comparison: Comparison, answers: Sequence[str]) -> str:
    """Return the thing that is wanted, or yes or no, by what was said of each.

    Nothing is returned where that does not tell.
    """
    first, second = answers
    if comparison.wanted == "same":
        same = same_nation(first, second)
        return "" if same is None else SAID["supported" if same else "refuted"]
    dates = [read_dates(answer) for answer in answers]
    if not all(dates):
        return ""
    place = -1 if comparison.ends else 0
    earlier = is_earlier(dates[0][place], dates[1][place])
    return "" if earlier is None else comparison.things[earlier == (comparison.wanted == "later")]


def _event(body: str, way: str) -> str:
    """Return what happened to both, as a participle, or die; nothing where that is not known."""
    found = _EVENT.search(body)
    if found is None and way in _AGES:
        return next((event for kinds, event in _BEGINNINGS if kinds.search(body)), "founded")
    if found is None:
        return ""
    if found["out"]:
        return "released"
    return "die" if found["died"] else found["event"].lower()
