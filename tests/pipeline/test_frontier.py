"""Test which results are not beaten, how a run is kept, and how it is drawn."""

import json
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.errors import FormatError, ModelError, UsageError
from wherefrom.pipeline.frontier import (
    Frontier,
    Point,
    read_frontier,
    require_same_run,
    unbeaten,
    write_frontier,
)
from wherefrom.pipeline.frontier_plot import frontier_svg
from wherefrom.pipeline.latency import Latency

AIMS = {"right": True, "bytes": False}
RESULTS = st.dictionaries(
    st.text(max_size=3),
    st.fixed_dictionaries({"right": st.integers(0, 4), "bytes": st.integers(0, 4)}),
    max_size=8,
)


def point(name: str, right: float, size: int, seconds: float = 0.01) -> Point:
    return Point(
        step={"name": name, "kind": "quantise", "to": "int8"},
        changed={"dropped": [1]},
        weights_sha256="ab" * 32,
        bytes=size,
        storage="int8",
        computation="float",
        measures={
            "a.json": {"exact_match": {"n": 3, "value": 0.1}, "f1": {"n": 3, "value": right}},
            "b.jsonl": {
                "accuracy": {"n": 3, "value": right / 2},
                "calibration_error": {"n": 3, "value": 0.25},
            },
        },
        robustness={"overlap pairs": {"accuracy": {"n": 6, "value": 0.5}}},
        latency=Latency(8, 16, 5, seconds, 2 * seconds, 1.5),
        scores={"a.json": [right, 1.0]},
    )


FRONTIER = Frontier(
    reader="tiny <1>, abc",
    settings={"batch": 8},
    data_sha256={"a.json": "00"},
    machine="Linux x86_64",
    packages={"torch": "2"},
    points=(point("original", 0.8, 9_000_000), point("small & fast", 0.7, 4_000_000, 0.005)),
)


@given(RESULTS)
def test_a_result_is_left_out_exactly_if_another_beats_it(
    results: dict[str, dict[str, int]],
) -> None:
    def beaten(one: dict[str, int]) -> bool:
        return any(
            other["right"] >= one["right"] and other["bytes"] <= one["bytes"] and other != one
            for other in results.values()
        )

    found = unbeaten(results, AIMS)
    assert found == [name for name, one in results.items() if not beaten(one)]
    assert bool(found) == bool(results)


def test_a_summary_of_five_figures() -> None:
    assert point("a", 0.8, 9).summary == {
        "accuracy": pytest.approx(0.6),
        "robustness": 0.5,
        "calibration_error": 0.25,
        "bytes": 9,
        "seconds_per_prompt": 0.01,
    }


def test_what_was_not_measured_has_no_figure() -> None:
    points = tuple(
        replace(one, robustness={}, measures={"a.json": one.measures["a.json"]})
        for one in FRONTIER.points
    )
    assert list(points[0].summary) == ["accuracy", "bytes", "seconds_per_prompt"]
    frontier = replace(FRONTIER, points=points)
    assert frontier.as_json()["frontier"] == ["original", "small & fast"]
    root = ElementTree.fromstring(frontier_svg(frontier))
    assert len([element for element in root.iter() if element.tag.endswith("circle")]) == 2 * 2
    assert "robustness" not in "".join(root.itertext())


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert read_frontier(tmp_path) is None
    write_frontier(tmp_path, FRONTIER)
    assert read_frontier(tmp_path) == FRONTIER
    written = json.loads((tmp_path / "frontier.json").read_text())
    assert written["frontier"] == ["original", "small & fast"]
    assert written["points"][0]["summary"] == FRONTIER.points[0].summary


def test_differences_are_of_the_same_examples() -> None:
    found = [point["differences"]["a.json"] for point in FRONTIER.as_json()["points"]]
    assert [one["value"] for one in found] == [0.0, pytest.approx(-0.05)]
    assert (found[1]["low"], found[1]["high"]) == (pytest.approx(-0.1), pytest.approx(0.0))


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        ("{", ModelError, "frontier.json is not JSON"),
        ('{"format": 9}', FormatError, "frontier.json has format 9; this release reads 1"),
        ('{"format": 1}', ModelError, "frontier.json is malformed: KeyError"),
        (
            '{"format": 1, "reader": "", "settings": {}, "data_sha256": {}, "machine": "", '
            '"packages": {}, "points": [{"latency": {"batch": 1}}]}',
            ModelError,
            "frontier.json is malformed: TypeError",
        ),
    ],
)
def test_a_damaged_file_is_named(
    tmp_path: Path, content: str, error: type[Exception], message: str
) -> None:
    (tmp_path / "frontier.json").write_text(content)
    with pytest.raises(error, match=message):
        read_frontier(tmp_path)


def test_only_the_same_run_goes_on() -> None:
    steps = [one.step for one in FRONTIER.points]
    more = {"name": "third", "kind": "distil"}
    require_same_run(FRONTIER, FRONTIER, [*steps, more])
    require_same_run(FRONTIER, replace(FRONTIER, data_sha256={"more": "11"}), steps)
    for change, message in (
        ({"reader": "other"}, "holds a run with another reader: tiny <1>, abc; name another"),
        ({"settings": {}}, "holds a run with other settings"),
        ({"data_sha256": {"a.json": "ff"}}, "a.json has changed since the run in the out folder"),
    ):
        with pytest.raises(UsageError, match=message):
            require_same_run(FRONTIER, replace(FRONTIER, **change), steps)
    for other in ([steps[0], more], steps[:1]):
        with pytest.raises(UsageError, match="a run of another recipe, whose step small & fast"):
            require_same_run(FRONTIER, FRONTIER, other)


@pytest.mark.parametrize("count", [1, 2])
def test_the_drawing_is_svg_and_shows_every_point(count: int) -> None:
    picture = frontier_svg(replace(FRONTIER, points=FRONTIER.points[:count]))
    root = ElementTree.fromstring(picture)
    texts = ["".join(element.itertext()) for element in root.iter() if element.tag.endswith("text")]
    assert "tiny <1>: what each step of its compression costs and saves" in texts
    assert texts.count("1  original") == 1
    assert ("2  small & fast" in texts) == (count == 2)
    assert {"9.0", "60.0", "50.0", "25.0", "10.0"} <= set(texts)
    circles = [element for element in root.iter() if element.tag.endswith("circle")]
    assert len(circles) == 6 * count
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    assert all(0 <= float(each.get("cx", -1)) <= width for each in circles)
    assert height > 600


def test_filled_are_those_that_no_other_beats_in_the_two_figures_of_a_panel() -> None:
    worse = point("worse", 0.6, 9_500_000, 0.02)
    root = ElementTree.fromstring(frontier_svg(replace(FRONTIER, points=(*FRONTIER.points, worse))))
    best = [e for e in root.iter() if e.get("class") == "point best"]
    assert [e for e in best if "worse" in "".join(e.itertext())] == []
    # accuracy: both of the others; robustness and calibration, which are equal: the smaller one
    assert len(best) == 2 * (2 + 1 + 1)
