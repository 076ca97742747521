"""Test that the time of examples is counted, and that what nothing beats is drawn."""

import re
import time

import pytest

from wherefrom.benchmarks.plots import frontier
from wherefrom.benchmarks.side_by_side import in_order
from wherefrom.benchmarks.timing import Timing


def test_times_of_several_workers_and_of_earlier_parts_add_up(tmp_path):
    file = tmp_path / "timing.json"
    for things in (range(4), range(2)):
        timing = Timing(file)
        work = timing.timed("gold", lambda thing: time.sleep(0.01) or thing)
        assert list(in_order(work, things, workers=2)) == list(things)
        timing.write()
    assert Timing(file).seconds() == {"gold": pytest.approx(0.01, abs=0.008)}
    assert timing.seconds().keys() == {"gold"}
    assert '"n": 6' in file.read_text()


def test_an_example_that_fails_is_not_counted(tmp_path):
    timing = Timing(tmp_path / "timing.json")
    with pytest.raises(ZeroDivisionError):
        timing.timed("gold", lambda thing: 1 // thing)(0)
    assert timing.seconds() == {}


def test_the_line_goes_through_what_nothing_beats():
    drawn = frontier({"a": (0.1, 0.5), "b": (0.2, 0.4), "c": (0.4, 0.9)}, label="f1")
    (line,) = re.findall(r'<polyline class="edge" points="([^"]*)"', drawn)
    places = re.findall(r'<circle cx="([^"]*)" cy="([^"]*)".*?<title>(\w)', drawn)
    joined = [name for x, y, name in places if f"{x},{y}" in line]
    assert joined == ["a", "c"]
    assert "b: 200 ms, 40.0 %" in drawn
    assert "time of an example / 400 ms" in drawn
