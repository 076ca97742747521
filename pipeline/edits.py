"""Change words of a text and know where everything else has gone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from wherefrom.pipeline.examples import ClaimExample, PairExample, SpanExample, TextExample
from wherefrom.pipeline.squad import SquadQuestion

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Edit:
    """What stands from `start` to `end` of a text becomes `text`."""

    start: int
    end: int
    text: str


Editor = Callable[[str], Sequence[Edit]]  # gives edits in order, no two of which overlap
Editable = TypeVar("Editable", SpanExample, SquadQuestion, PairExample, ClaimExample, TextExample)


def edited(text: str, edits: Sequence[Edit]) -> str:
    """Return a text with its edits, which are in order and do not overlap.

    Examples
    --------
    >>> edited("An owl hunts.", [Edit(3, 6, "eagle")])
    'An eagle hunts.'
    """
    pieces, last = [], 0
    for edit in edits:
        pieces += [text[last : edit.start], edit.text]
        last = edit.end
    return "".join([*pieces, text[last:]])


def moved(place: Place, edits: Sequence[Edit]) -> Place | None:
    """Return where a place of the old text is in the new one; None where an edit cuts into it.

    Edits within the place are part of it; what is put in where it begins stands before it.

    Examples
    --------
    >>> moved((3, 6), [Edit(0, 2, "The")]), moved((3, 6), [Edit(2, 4, "")])
    ((4, 7), None)
    """
    start, end = place
    before, within = 0, 0
    for edit in edits:
        grown = len(edit.text) - (edit.end - edit.start)
        if edit.end <= start:
            before += grown
        elif edit.start >= end:
            break
        elif start <= edit.start and edit.end <= end:
            within += grown
        else:
            return None
    return start + before, end + before + within


def rewritten(example: Editable, editor: Editor, *, names: bool = False) -> Editable | None:
    """Return an example with its texts edited; None where nothing changes, or an answer is cut.

    Parameters
    ----------
    example
        Its answers are kept, but for their place.
    editor
        Gives the edits of a text.
    names
        Whether titles and answers are edited, too, as names must be.
    """
    match example:
        case PairExample():
            new = replace(
                example,
                premise=_by(editor, example.premise),
                hypothesis=_by(editor, example.hypothesis),
            )
        case ClaimExample():
            new = replace(example, claim=_by(editor, example.claim))
        case TextExample():
            new = replace(example, text=_by(editor, example.text))
        case SpanExample():
            places = [(example.start, example.end)] if example.start >= 0 else []
            found = _passage(example.text, places, editor, names=names)
            if found is None:
                return None
            text, ((start, end), *_) = found[0], found[1] or [(-1, -1)]
            title = _by(editor, example.title) if names else example.title
            question = _by(editor, example.question)
            new = replace(example, question=question, title=title, text=text, start=start, end=end)
        case SquadQuestion():
            places = [(start, start + len(answer)) for answer, start in example.answers]
            found = _passage(example.context, places, editor, names=names)
            if found is None:
                return None
            new = replace(
                example,
                question=_by(editor, example.question),
                title=_by(editor, example.title) if names else example.title,
                context=found[0],
                answers=tuple((found[0][start:end], start) for start, end in found[1]),
            )
    return None if new == example else new


def _by(editor: Editor, text: str) -> str:
    return edited(text, editor(text))


def _passage(
    text: str, places: Sequence[Place], editor: Editor, *, names: bool
) -> tuple[str, list[Place]] | None:
    """Edit a passage; return it with its answers' new places, None where one is cut."""
    edits = [
        edit
        for edit in editor(text)
        if names or all(edit.end <= start or end <= edit.start for start, end in places)
    ]
    there = [moved(place, edits) for place in places]
    if None in there:
        return None
    return edited(text, edits), [place for place in there if place is not None]
