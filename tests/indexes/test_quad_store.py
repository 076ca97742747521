"""Stores are made once for each content, kept private, and removed when nobody uses them."""

import os
import time

import pyoxigraph as ox
import pytest

from wherefrom.indexes.graph import Graph
from wherefrom.indexes.graph_quads import graph_quads
from wherefrom.indexes.quad_store import UNUSED_SECONDS, cache_folder, quad_store
from wherefrom.kb.errors import DamagedError, StorageError


class Heard:
    """Listen to progress and count."""

    def __init__(self) -> None:
        self.steps = 0

    def start(self, name, total=None):
        assert name == "store quads"

    def advance(self, name, steps=1):
        self.steps += steps

    def finish(self, name): ...


@pytest.fixture
def graph(open_graph):
    return open_graph({"Paris": "It lies in France.", "France": "A country."}, ["a\tb\tc"])


def test_a_store_holds_the_quads_and_is_made_once(graph, tmp_path):
    heard = Heard()
    folder = quad_store(graph, tmp_path, progress=heard)
    quads = list(graph_quads(graph))
    assert heard.steps == len(quads)
    assert set(ox.Store.read_only(str(folder))) == set(quads)
    files = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    again = Heard()
    assert quad_store(graph, tmp_path, progress=again) == folder
    assert again.steps == 0
    assert files == {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert [path.name for path in tmp_path.glob("building-*")] == []


def test_another_content_gets_another_store(graph, open_graph, tmp_path):
    one = quad_store(graph, tmp_path)
    two = quad_store(open_graph({"Rome": "A city."}), tmp_path)
    assert one != two
    assert set(ox.Store.read_only(str(one))) == set(graph_quads(graph))


def test_what_was_not_used_for_a_day_is_removed(graph, open_graph, tmp_path):
    cache = tmp_path / "cache"
    cache.mkdir()
    old = quad_store(graph, cache)
    (cache / "building-killed").mkdir()
    (cache / "building-running").mkdir()
    long_ago = time.time() - UNUSED_SECONDS - 60
    for path in (old, cache / "building-killed"):
        os.utime(path, (long_ago, long_ago))
    changed = open_graph({"Rome": "A city."})
    new = quad_store(changed, cache)
    assert sorted(cache.iterdir()) == sorted([new, cache / "building-running"])
    os.utime(new, (long_ago, long_ago))
    assert quad_store(changed, cache) == new  # which counts as use
    assert time.time() - new.stat().st_mtime < UNUSED_SECONDS


def test_a_store_that_cannot_be_finished_leaves_nothing(graph, tmp_path, monkeypatch):
    def fail(*_):
        raise DamagedError("broken")

    monkeypatch.setattr(Graph, "mentions_in", fail)
    cache = tmp_path / "cache"
    cache.mkdir()
    with pytest.raises(DamagedError):
        quad_store(graph, cache)
    assert list(cache.iterdir()) == []


def test_the_folder_of_stores_is_private(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = cache_folder()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert cache_folder() == folder
    folder.chmod(0o755)
    with pytest.raises(StorageError, match=r"not a folder that only you can read.*TMPDIR"):
        cache_folder()
    folder.rmdir()
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageError, match="not a folder that only you can read"):
        cache_folder()
