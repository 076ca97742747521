"""Test edits of texts: what moves, what is cut, and that answers stay what they are."""

from hypothesis import given
from hypothesis import strategies as st

from wherefrom.pipeline.edits import Edit, edited, moved, rewritten
from wherefrom.pipeline.examples import ClaimExample, PairExample, SpanExample, TextExample
from wherefrom.pipeline.squad import SquadQuestion

TEXT = "An owl hunts mice. It sleeps."


def upper(text: str) -> list[Edit]:
    """Write every word of mice in capitals, and say it longer."""
    at = text.find("mice")
    return [Edit(at, at + 4, "MICE, many")] if at >= 0 else []


@st.composite
def edits_and_place(draw: st.DrawFn) -> tuple[list[Edit], tuple[int, int]]:
    cuts = sorted(draw(st.sets(st.integers(0, len(TEXT)), min_size=2, max_size=8)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    edits = [Edit(start, end, draw(st.text("xy", max_size=4))) for start, end in pairs]
    start = draw(st.integers(0, len(TEXT) - 1))
    return edits, (start, draw(st.integers(start + 1, len(TEXT))))


@given(edits_and_place())
def test_a_place_that_no_edit_touches_says_the_same_where_it_has_moved(
    drawn: tuple[list[Edit], tuple[int, int]],
) -> None:
    edits, (start, end) = drawn
    there = moved((start, end), edits)
    touching = [edit for edit in edits if edit.start < end and start < edit.end]
    if not touching:
        assert there is not None
        assert edited(TEXT, edits)[there[0] : there[1]] == TEXT[start:end]
    inside = all(start <= edit.start and edit.end <= end for edit in touching)
    assert (there is None) == (not inside)


def test_what_is_put_in_beside_a_place_is_no_part_of_it() -> None:
    assert moved((3, 6), [Edit(3, 3, "old ")]) == (7, 10)
    assert moved((3, 6), [Edit(6, 6, "s")]) == (3, 6)
    assert moved((3, 6), [Edit(4, 5, "")]) == (3, 5)


def test_every_text_of_an_example_is_edited() -> None:
    assert rewritten(PairExample("mice", "no mice", 1), upper) == PairExample(
        "MICE, many", "no MICE, many", 1
    )
    assert rewritten(ClaimExample("", "mice", True), upper) == ClaimExample("", "MICE, many", True)
    assert rewritten(TextExample("mice", "a"), upper) == TextExample("MICE, many", "a")
    assert rewritten(PairExample("owls", "cats", 0), upper) is None


def test_an_answer_is_edited_only_where_names_are() -> None:
    span = SpanExample("What of mice?", "mice", TEXT, 13, 17)
    assert rewritten(span, upper) == SpanExample("What of MICE, many?", "mice", TEXT, 13, 17)
    named = rewritten(span, upper, names=True)
    assert named is not None
    assert (named.title, named.text[named.start : named.end]) == ("MICE, many", "MICE, many")
    later = rewritten(SpanExample("?", "", TEXT, 22, 28), upper)
    assert later is not None
    assert later.text[later.start : later.end] == "sleeps"
    nothing = rewritten(SpanExample("?", "", TEXT, -1, -1), upper)
    assert nothing is not None
    assert (nothing.start, nothing.end) == (-1, -1)
    assert rewritten(SpanExample("?", "", TEXT, 14, 17), upper, names=True) is None  # it is cut


def test_every_answer_of_a_question_moves() -> None:
    question = SquadQuestion("1", "What?", "t", TEXT, (("owl", 3), ("sleeps", 22)))
    new = rewritten(question, upper)
    assert new is not None
    assert new.answers == (("owl", 3), ("sleeps", 28))
    assert all(new.context[at : at + len(answer)] == answer for answer, at in new.answers)
