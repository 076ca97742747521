"""Make a drawing of a neighbourhood: boxes for what is in it, lines for how it hangs together.

A box stands for an entity, for a passage that mentions, for a value (a literal), or for the name of
a relation, which lies on the line of its fact. `wherefrom.drawing_layout` gives the boxes places,
`wherefrom.svg` writes them.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from wherefrom.indexes.neighbourhood import Neighbourhood, SeenFact, SeenMention, Surroundings
from wherefrom.kb.errors import UsageError
from wherefrom.kb.records import NAMING

MOST_BOXES = 400  # more cannot be told apart in one drawing
LONGEST_LABEL = 26  # letters; the whole name stands in the tooltip
CHARACTER_PIXELS, BOX_HEIGHT_PIXELS, PADDING_PIXELS = 7.4, 28.0, 26.0
SMALL_CHARACTER_PIXELS, SMALL_HEIGHT_PIXELS = 6.2, 17.0  # of the names of relations


class Kind(StrEnum):
    """What a box or a line stands for."""

    ENTITY = "entity"
    PASSAGE = "passage"
    VALUE = "value"
    RELATION = "relation"
    MENTION = "mention"
    ABOUT = "about"
    FACT = "fact"
    NEGATED = "negated"


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its short label, the whole text for a tooltip, and whether all began with it."""

    kind: Kind
    label: str
    tooltip: str
    is_centre: bool = False

    @property
    def size(self) -> tuple[float, float]:
        """Return width and height in pixels."""
        small = self.kind is Kind.RELATION
        letters = columns(self.label)
        if small:
            return letters * SMALL_CHARACTER_PIXELS + 8, SMALL_HEIGHT_PIXELS
        return letters * CHARACTER_PIXELS + PADDING_PIXELS, BOX_HEIGHT_PIXELS


@dataclass(frozen=True, slots=True)
class Line:
    """A line between two boxes, by name; that of a fact runs through the name of its relation."""

    kind: Kind
    source: str
    target: str
    tooltip: str
    through: str = ""


@dataclass(slots=True)
class Drawing:
    """Boxes by name, and the lines between them."""

    title: str
    boxes: dict[str, Box] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)


def drawing_of(found: Neighbourhood) -> Drawing:
    """Make the drawing of a neighbourhood.

    Raises
    ------
    UsageError
        If it would have more than `MOST_BOXES` boxes.
    """
    centre = found.entities[0]
    drawing = Drawing(centre.name)
    for around in found.entities:
        _add_entity(drawing, around.entity, around.name, is_centre=around is centre)
    seen: set[SeenFact] = set()
    for around in found.entities:
        _add_mentions(drawing, around)
        _add_facts(drawing, (fact for fact in around.facts if fact not in seen))
        seen.update(around.facts)
    if len(drawing.boxes) > MOST_BOXES:
        raise UsageError(
            f"the drawing would have {len(drawing.boxes):,} boxes, at most {MOST_BOXES} can be "
            "told apart; ask for fewer with --most, or for a smaller --depth"
        )
    drawing.lines = list(dict.fromkeys(drawing.lines))
    return drawing


def shortened(text: str, longest: int = LONGEST_LABEL) -> str:
    """Cut a text to a number of columns, in one line.

    Examples
    --------
    >>> shortened("Ermengarde of Tours, wife of Lothair I")
    'Ermengarde of Tours, wife…'
    """
    line = " ".join(text.split())
    if columns(line) <= longest:
        return line
    while columns(line) > longest - 1:
        line = line[:-1]
    return f"{line.rstrip()}…"


def columns(text: str) -> int:
    """Count the columns of a text; a letter of Chinese or Japanese takes two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def _add_entity(drawing: Drawing, entity: int, name: str, *, is_centre: bool = False) -> str:
    key = f"entity {entity}"
    drawing.boxes.setdefault(key, Box(Kind.ENTITY, shortened(name), name, is_centre))
    return key


def _add_mentions(drawing: Drawing, around: Surroundings) -> None:
    """Add the passages that carry mentions: those about an entity, and those that mention it."""
    own = _add_entity(drawing, around.entity, around.name)
    for mention in around.mentions:
        passage = _add_passage(drawing, mention)
        other = _add_entity(drawing, mention.entity, mention.name)
        drawing.lines.append(Line(Kind.ABOUT, passage, own, f"about {around.name}"))
        drawing.lines.append(Line(Kind.MENTION, passage, other, _said(mention)))
    for mention in around.mentioned_by:
        passage = _add_passage(drawing, mention)
        drawing.lines.append(Line(Kind.MENTION, passage, own, _said(mention)))
        owner = f"entity {mention.entity}"
        if owner in drawing.boxes:
            drawing.lines.append(Line(Kind.ABOUT, passage, owner, f"about {mention.name}"))


def _add_passage(drawing: Drawing, mention: SeenMention) -> str:
    """Add a passage, called by its title, and by its number where it is not the first one."""
    key = f"passage {mention.passage_id}"
    title = mention.title or mention.passage_id
    number = mention.passage_id.rpartition("#")[2]
    more = "" if number == "0" else f" #{number}"
    label = shortened(title, LONGEST_LABEL - len(more)) + more
    tooltip = f"{title} · passage {mention.passage_id}"
    drawing.boxes.setdefault(key, Box(Kind.PASSAGE, label, tooltip))
    return key


def _said(mention: SeenMention) -> str:
    place = f"{mention.passage_id}, characters {mention.start} to {mention.end}"
    return f"{mention.sentence} ({place})"


def _add_facts(drawing: Drawing, facts: Iterable[SeenFact]) -> None:
    """Add facts, but for those that only say what something is called."""
    for fact in facts:
        if fact.literal and fact.relation in NAMING:
            continue
        head = _add_entity(drawing, fact.head_entity, fact.head)
        if fact.literal:
            tail = f"value {fact.tail}"
            drawing.boxes.setdefault(tail, Box(Kind.VALUE, shortened(fact.tail), fact.tail))
        else:
            tail = _add_entity(drawing, fact.tail_entity, fact.tail)
        words = fact.words
        told = f"{fact.head} → {words} → {fact.tail} ({fact.source}, {fact.place})"
        key = f"relation {len(drawing.boxes)}"
        drawing.boxes[key] = Box(Kind.RELATION, shortened(words), told)
        kind = Kind.NEGATED if fact.negated else Kind.FACT
        drawing.lines.append(Line(kind, head, tail, told, through=key))
