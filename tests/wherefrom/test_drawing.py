"""What a drawing holds: boxes for things, lines for how they hang together, all of it told once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.drawing import LONGEST_LABEL, Box, Kind, columns, drawing_of, shortened
from wherefrom.kb.errors import UsageError


def lines(drawing):
    return [(line.kind, line.source, line.target) for line in drawing.lines]


def test_entities_passages_and_values_have_boxes(neighbourhood):
    drawing = drawing_of(neighbourhood)
    assert drawing.title == "Paris <&>"
    boxes = {name: (box.kind, box.label) for name, box in drawing.boxes.items()}
    assert boxes == {
        "entity 0": (Kind.ENTITY, "Paris <&>"),
        "passage p#0": (Kind.PASSAGE, "Paris <&>"),
        "entity 1": (Kind.ENTITY, "France"),
        "passage rome#2": (Kind.PASSAGE, "Rome #2"),
        "relation 4": (Kind.RELATION, "capital of"),
        "entity 3": (Kind.ENTITY, "village"),
        "relation 6": (Kind.RELATION, "NotIsA"),
        "value 2,102,650": (Kind.VALUE, "2,102,650"),
        "relation 8": (Kind.RELATION, "population"),
        "relation 9": (Kind.RELATION, "same as"),
    }
    assert [name for name, box in drawing.boxes.items() if box.is_centre] == ["entity 0"]


def test_lines_say_what_mentions_what_and_what_holds(neighbourhood):
    drawing = drawing_of(neighbourhood)
    assert lines(drawing) == [
        (Kind.ABOUT, "passage p#0", "entity 0"),
        (Kind.MENTION, "passage p#0", "entity 1"),
        (Kind.MENTION, "passage rome#2", "entity 0"),
        (Kind.FACT, "entity 0", "entity 1"),
        (Kind.NEGATED, "entity 0", "entity 3"),
        (Kind.FACT, "entity 0", "value 2,102,650"),
        (Kind.FACT, "entity 0", "entity 0"),
    ]
    tooltips = [line.tooltip for line in drawing.lines]
    assert tooltips[1] == "Paris <&> is in France. (p#0, characters 16 to 22)"
    assert tooltips[3] == "Paris <&> → capital of → France (triples:f.tsv, line 1)"


def test_what_deeper_neighbours_share_is_drawn_once(deeper):
    drawing = drawing_of(deeper)
    assert len(drawing.lines) == len(set(lines(drawing)))
    assert (Kind.ABOUT, "passage rome#2", "entity 2") in lines(drawing)


def test_what_cannot_be_told_apart_is_not_drawn(crowded):
    with pytest.raises(UsageError, match=r"would have 801 boxes, at most 400 .*--most"):
        drawing_of(crowded)


@given(st.text(), st.integers(2, 40))
def test_labels_are_short_and_in_one_line(text, longest):
    label = shortened(text, longest)
    assert columns(label) <= longest
    assert "\n" not in label
    line = " ".join(text.split())
    assert label == line or (label.endswith("…") and line.startswith(label[:-1]))


def test_a_box_is_as_wide_as_its_label():
    narrow, wide = (Box(Kind.ENTITY, label, label).size for label in ("ab", "東京都庁"))
    assert wide[0] > narrow[0]
    assert wide[1] == narrow[1]
    assert columns("東京都庁") == 8
    assert len(shortened("x" * 99)) == LONGEST_LABEL
