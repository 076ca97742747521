"""Boxes get places where none covers another, and the same ones each time."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from wherefrom.drawing import drawing_of
from wherefrom.drawing_layout import apart, places_of

COORDINATE = st.integers(-50, 50).map(float)


def touching(points, sizes):
    """Return the pairs of boxes of which one covers a part of the other."""
    return [
        (one, two)
        for one in range(len(points))
        for two in range(one)
        if (np.abs(points[one] - points[two]) < (sizes[one] + sizes[two]) / 2).all()
    ]


@settings(deadline=None)
@given(st.lists(st.tuples(COORDINATE, COORDINATE), max_size=30), st.data())
def test_boxes_do_not_touch_wherever_they_were(found, data):
    points = np.array(found, dtype=np.float64).reshape(-1, 2)
    widths = data.draw(st.lists(st.integers(20, 200), min_size=len(found), max_size=len(found)))
    sizes = np.array([(width, 28.0) for width in widths]).reshape(-1, 2)
    moved = apart(points, sizes)
    assert touching(moved, sizes) == []


def test_boxes_that_do_not_touch_stay(neighbourhood):
    points = np.array([[0.0, 0.0], [0.0, 100.0], [300.0, 0.0]])
    sizes = np.array([[100.0, 28.0]] * 3)
    assert (apart(points, sizes) == points).all()


def test_every_box_has_a_place_of_its_own(neighbourhood, deeper):
    for found in (neighbourhood, deeper):
        drawing = drawing_of(found)
        places = places_of(drawing)
        assert list(places) == list(drawing.boxes)
        points = np.array(list(places.values()))
        assert touching(points, np.array([box.size for box in drawing.boxes.values()])) == []
        assert places_of(drawing_of(found)) == places
