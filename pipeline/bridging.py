"""Ask what stands at the end of a path a question of its own: the question with the bridge put in.

"When did Lothair II's mother die?" is not answered by the article on Ermengarde of Tours, whom the
article on Lothair II names; "When did Ermengarde of Tours die?" is. Where a question names an
entity by its part in another ("the director of X", "X's mother") and a path leads from X to Y, Y is
put in its place. Which of several Y is meant, if any, the reader's inference head says: by the
sentence in which X names Y, is "Y is X's mother" true?

A rule-based relative of question decomposition: S. Min, V. Zhong, L. Zettlemoyer and H. Hajishirzi,
"Multi-hop Reading Comprehension through Question Decomposition and Rescoring", ACL 2019,
arXiv:1906.02916, section 3 (bridging).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wherefrom.indexes.records import MENTION, PathStep
from wherefrom.kb.name_keys import without_suffix
from wherefrom.kb.words import words
from wherefrom.pipeline.examples import ENTAILMENT
from wherefrom.pipeline.quoted import quote
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.records import Evidence

MOST_BRIDGES = 8  # the best-ranked ends of paths that are judged
_KIN = {  # two steps in one word: what the bridge is to the first, the last to the bridge
    "grandfather": ("parent", "father"),
    "grandmother": ("parent", "mother"),
    "father-in-law": ("spouse", "father"),
    "mother-in-law": ("spouse", "mother"),
    "brother-in-law": ("spouse", "brother"),
    "sister-in-law": ("spouse", "sister"),
    "sibling-in-law": ("spouse", "sibling"),
    "uncle": ("parent", "brother"),
    "aunt": ("parent", "sister"),
    "grandchild": ("child", "child"),
    "grandson": ("child", "son"),
    "granddaughter": ("child", "daughter"),
    "nephew": ("sibling", "son"),
    "niece": ("sibling", "daughter"),
    "stepmother": ("father", "wife"),
    "stepfather": ("mother", "husband"),
}
_SIDES = {"paternal": "father", "maternal": "mother"}  # which parent the bridge is
ROLES = (  # of people; "the city of Cali" is Cali itself
    "mother|father|parent|husband|wife|spouse|widow|partner|son|daughter|child|brother|sister|"
    "sibling|director|composer|performer|singer|author|writer|creator|founder|producer|"
    "screenwriter|lyricist|songwriter|editor|publisher|owner|developer|designer|manufacturer|star|"
    "artist|painter|architect|sculptor|inventor|discoverer|employer"
)
_KINDS = (
    "film|movie|song|album|book|novel|play|poem|painting|opera|magazine|company|band|show|series|"
    "game"
)
_AFTER = re.compile(
    rf"['’]s\s+(?P<side>paternal\s+|maternal\s+)?(?P<part>{ROLES}|{'|'.join(_KIN)})(?![\w-])"
    r"|['’]\s+(?P<late>" + ROLES + r")(?![\w-])"
)
_BEFORE = re.compile(
    rf"(?:\bthe\s+)?(?<![\w-])(?P<side>paternal\s+|maternal\s+)?(?P<part>{ROLES}|{'|'.join(_KIN)})\s+of\s+"
    rf"(?:the\s+)?(?:(?:{_KINDS})\s+)?[\"“]?$",
    re.IGNORECASE,
)
_NOTHING_LEFT = re.compile(  # "Who was the first …?" asks for the bridge itself
    r"^\s*(?:name|(?:who|what|which(?:\s+(?:person|man|woman))?)(?:['’]s|\s+(?:is|was|are|were)))"
    r"(?:\s+(?!of\b)[\w-]+){0,3}(?:(?<=\sname)\s+of)?\s*$",
    re.IGNORECASE,
)
_PART = re.compile(rf"(?<![\w-])(?:{ROLES}|{'|'.join(_KIN)})(?![\w-])", re.IGNORECASE)
LEAST_ODDS = 0.3  # that the bridge is what the question says, by the sentence that names it


@dataclass(frozen=True, slots=True)
class Bridged:
    """A question with the bridge put in, and the evidence at the end of the path to ask it of.

    Where a fact led to the bridge, `step` is that fact and the evidence has yet to be found.
    """

    question: str
    evidence: tuple[Evidence, ...]
    step: PathStep | None = None


@dataclass(frozen=True, slots=True)
class PutIn:
    """A question with a bridge put in, and what is said of the bridge by putting it there."""

    question: str
    statement: str


def may_bridge(question: str) -> bool:
    """Say whether a bridge could be put into a question at all: whether it names a part of someone.

    Examples
    --------
    >>> may_bridge("When did Lothair II's mother die?"), may_bridge("When did Lothair II die?")
    (True, False)
    """
    return _PART.search(question) is not None


def bridged(reader: Reader, question: str, evidence: Sequence[Evidence]) -> Bridged | None:
    """Return the question to ask at the end of a path, None where no path fits the question.

    Parameters
    ----------
    reader
        Who judges which bridge is meant.
    question
        In English; another one is never bridged.
    evidence
        Best first. Paths of one step from an entity that the question names count.
    """
    texts = {item.passage_id: item for item in evidence}
    found: list[tuple[PutIn, Evidence]] = []
    for item in evidence:
        if len(item.path) != 1 or item.denies or len(found) == MOST_BRIDGES:
            continue
        step = item.path[0]
        own = put_in(question, step.head, without_suffix(step.tail))
        known = {one.question for one, _ in found}
        leads = item.title == step.tail or step.relation != MENTION
        if own and own.question not in known and leads:
            found.append((own, item))
    if not found:
        return None
    steps = [item.path[0] for _, item in found]
    premises = [
        _premise(texts.get(step.passage_id), step) if step.relation == MENTION else item.text
        for step, (_, item) in zip(steps, found, strict=True)
    ]
    odds = reader.infer(premises, [own.statement for own, _ in found])[:, ENTAILMENT]
    if odds.max() < LEAST_ODDS:
        return None
    own, item = found[int(odds.argmax())]  # of equals the best-ranked
    if item.path[0].relation != MENTION:
        return Bridged(own.question, (), item.path[0])
    return Bridged(own.question, tuple(e for e in evidence if e.document_id == item.document_id))


def put_in(question: str, named: str, bridge: str) -> PutIn | None:
    """Put a bridge in the place of an entity's part in another; None where no rule fits.

    Examples
    --------
    >>> put_in("When did Lothair II's mother die?", "Lothair II", "Ermengarde of Tours").question
    'When did Ermengarde of Tours die?'
    >>> found = put_in("Who is Ada Lovelace's paternal grandmother?", "Ada Lovelace", "Lord Byron")
    >>> found.question, found.statement
    ("Who is Lord Byron's mother?", 'Lord Byron is the father of Ada Lovelace.')
    >>> found = put_in("Where was the director of film Mera Lahoo born?", "Mera Lahoo", "Veerendra")
    >>> found.question
    'Where was Veerendra born?'
    >>> put_in("Who is Lothair II's mother?", "Lothair II", "Ermengarde of Tours")
    """
    place = _place(question, named)
    if place is None:
        return None
    start, end = place
    found = _AFTER.match(question, end)
    first, last = (start, found.end()) if found else (0, end)
    if found is None:
        found = _BEFORE.search(question[:start])
        if found is None:
            return None
        first = found.start()
    part = (found["part"] or found.groupdict().get("late") or "").lower()
    is_to, last_is = _KIN.get(part, (part, ""))
    if is_to == "parent" and found["side"]:
        is_to = _SIDES[found["side"].strip().lower()]
    head, tail = question[:first], question[last:].lstrip('"”')
    if not last_is and _NOTHING_LEFT.match(head) and not tail.strip(" ?."):
        return None
    whose = f"'s {last_is}" if last_is else ""
    statement = f"{bridge} is the {is_to} of {without_suffix(named)}."
    return PutIn(f"{head}{bridge}{whose}{tail}", statement)


def _premise(passage: Evidence | None, step: PathStep) -> str:
    """Return the sentence in which a step's mention stands, after its title."""
    if passage is None:
        return f"{step.head}: {step.tail}"
    return quote(passage, step.start - passage.start, step.end - passage.start).premise


def _place(question: str, named: str) -> tuple[int, int] | None:
    """Return where a question names an entity, by its whole name or by that without its suffix."""
    asked = words(question)
    for name in (named, without_suffix(named)):
        wanted = words(name).folded
        first = asked.place_of(wanted)
        if first is not None:
            start, end = asked.span(first, first + len(wanted) - 1)
            return start, end + (question[end : end + 1] == ")" and "(" in question[start:end])
    return None
