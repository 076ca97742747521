"""Growth is measured on indexes of every kind, and drawn."""

import math
import re
from xml.etree import ElementTree

import numpy as np
import pytest

from wherefrom.benchmarks.growth import (
    DIMENSIONS,
    KINDS,
    PANELS,
    made_vectors,
    make_index,
    measure,
    plot,
)
from wherefrom.benchmarks.panels import HEIGHT, WIDTH, bars_panel, curves_panel
from wherefrom.indexes.dense import open_flat


@pytest.mark.slow
def test_every_kind_is_made_and_searched(tmp_path):
    found = measure(tmp_path, sizes=(300, 600), kinds=KINDS, queries=5, most_linked=300)
    assert found["left_out"] == {"hnsw, 600": "graphs of more than 300 vectors"}
    points = {(one["kind"], one["passages"]): one for one in found["points"]}
    assert set(points) == {(kind, size) for kind in KINDS for size in (300, 600)} - {("hnsw", 600)}
    for (kind, size), one in points.items():
        assert one["passages_per_second"] == pytest.approx(size / one["seconds_to_add"])
        assert 0 < one["query_milliseconds_median"] <= one["query_milliseconds_p95"]
        assert one["searching_peak_mib"] > 20 and one["indexing_peak_mib"] > 20
        assert one["disk_mib"] > 0
        assert ("recall_at_10" in one) is (kind not in ("flat", "bm25"))
        assert 0.3 < one.get("recall_at_10", 1.0) <= 1.0
    vectors = 600 * DIMENSIONS * 4 / 1024**2
    assert points["flat", 600]["disk_mib"] == pytest.approx(vectors, rel=0.01)


def test_vectors_are_normalised_lie_in_clusters_and_are_always_the_same(tmp_path):
    vectors = np.concatenate(list(made_vectors(20_000)))
    assert vectors.shape == (20_000, DIMENSIONS) and vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    near = np.sort(vectors[:50] @ vectors.T, axis=1)
    assert near[:, -6:-1].min() > 0.5 > np.median(near)
    make_index(tmp_path, "flat", "20000")
    assert np.array_equal(open_flat(tmp_path / "vectors.faiss").vectors, vectors)


def point(kind: str, passages: int) -> dict[str, object]:
    return {"kind": kind, "passages": passages, **dict.fromkeys(PANELS, passages / 100)}


def test_the_drawing_shows_every_kind_in_every_panel():
    kinds = ("flat", "bm25")
    result = {"points": [point(kind, size) for kind in kinds for size in (1_000, 10_000)]}
    root = ElementTree.fromstring(plot(result))
    tags = [one.tag.partition("}")[2] for one in root.iter()]
    assert tags.count("polyline") == len(kinds) * len(PANELS)
    assert tags.count("circle") == 2 * len(kinds) * len(PANELS)
    told = {one.text for one in root.iter() if one.tag.endswith("text")}
    assert {*kinds, *PANELS.values()} <= told


def test_powers_of_ten_stand_at_equal_distances():
    drawn = curves_panel({"a": [(10, 1), (100, 10), (1_000, 100)]}, x="x", y="y")
    line = re.search(r'points="([^"]*)"', drawn)
    assert line is not None
    places = [tuple(map(float, pair.split(","))) for pair in line[1].split()]
    assert places == [(0.0, HEIGHT), (WIDTH / 2, HEIGHT / 2), (WIDTH, 0.0)]


def test_bars_are_as_long_as_their_values():
    lengths = re.findall(
        r'<rect x="\d+" y="[\d.]+" width="([\d.]+)"', bars_panel({"a": 2, "b": 1}, what="w")
    )
    assert math.isclose(float(lengths[0]), 2 * float(lengths[1]), abs_tol=0.2)
