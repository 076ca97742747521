"""A graph that is not that of its knowledge base is refused, and the file is named."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from wherefrom.indexes.delete import delete
from wherefrom.indexes.graph import Graph
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.indexes.verify import verify
from wherefrom.kb.durable import hash_file
from wherefrom.kb.errors import DamagedError
from wherefrom.kb.generation import Generation
from wherefrom.kb.manifest import FileRecord, read_manifest, write_manifest

DOCUMENTS = {
    "Film": "The film is old. It was directed by Ada in Rome. Rome is very large and far away now.",
    "Rome": "Rome is a city that Ada knows.",
    "Ada": "Ada wrote.",
}


@pytest.fixture
def folder(open_graph, tmp_path) -> Path:
    open_graph(DOCUMENTS)
    rdf = tmp_path / "a.ttl"
    rdf.write_text('<http://x/a> <http://x/size> "5" ; <http://x/near> <http://x/b> .\n')
    open_graph({"Gone": "Ada is gone."}, ["Ada\tknows\tRome"], specs=[f"rdf:{rdf}"])
    delete(tmp_path / "my.kb", ["Gone"])
    return tmp_path / "my.kb"


def graph_folder(folder: Path) -> Path:
    return folder / read_manifest(folder).graph


def approve(folder: Path, name: str) -> None:
    """Make the manifest say that a file of the graph is as it must be."""
    manifest = read_manifest(folder)
    path = folder / manifest.graph / name
    record = FileRecord(path.stat().st_size, hash_file(path))
    files = {**manifest.files, f"{manifest.graph}/{name}": record}
    write_manifest(folder, replace(manifest, files=files))


def forge_array(folder: Path, name: str, change: Callable[[np.ndarray], np.ndarray]) -> None:
    path = graph_folder(folder) / name
    np.save(path, change(np.load(path)))
    approve(folder, name)


def changed(*place: int, to: int) -> Callable[[np.ndarray], np.ndarray]:
    def change(array: np.ndarray) -> np.ndarray:
        array[place] = to
        return array

    return change


def test_a_good_graph_passes(folder):
    graph = Graph(Generation.open(folder))
    assert graph.arrays.mentions.shape[1] == 4
    assert graph.arrays.facts.tolist()[1].count(-1) == 1
    verify(folder)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("passages.npy", lambda a: a[::-1], "not the live ones"),
        ("passages.npy", lambda a: a[:-1], "not the live ones"),
        ("passages.npy", changed(0, to=4), "not the live ones"),  # the deleted one
        ("passages.npy", changed(0, to=99), "not the live ones"),
        ("documents.npy", changed(0, to=1), "not those of the passages"),
        ("documents.npy", lambda a: a[1:], "not those of the passages"),
        ("about.npy", changed(0, -1, to=99), "entity or passage does not exist"),
        ("about.npy", changed(1, 0, to=-1), "entity or passage does not exist"),
        ("about.npy", lambda a: a[:, ::-1], "out of order"),
        ("about.npy", lambda a: np.insert(a, 1, [2, 0], axis=1), "about two entities"),
        ("about.npy", lambda a: a[:, [0, 1, 3]], "a document is about two entities"),
        ("facts.npy", lambda a: a[:, 1:], "holds 2 facts, the manifest says 3"),
        ("facts.npy", changed(0, 0, to=-1), "an entity does not exist"),
        ("facts.npy", changed(1, 1, to=99), "an entity does not exist"),
        ("facts.npy", lambda a: np.abs(a), "a value is taken for an entity"),
        ("mentions.npy", changed(0, -1, to=99), "passage or entity does not exist"),
        ("mentions.npy", changed(1, 0, to=-7), "passage or entity does not exist"),
        ("mentions.npy", lambda a: a[:, ::-1], "out of order"),
        ("mentions.npy", lambda a: a[:, [0, 0, 1, 2, 3]], "out of order"),
        ("mentions.npy", changed(1, 0, to=3), "mentions what it is about"),
        ("mentions.npy", changed(3, -1, to=10_000), "outside passage 'Rome#0'"),
        ("mentions.npy", changed(2, 0, to=-1), "outside passage 'Film#0'"),
        ("mentions.npy", lambda a: a[[0, 1, 2, 2]], "outside passage 'Film#"),  # empty
    ],
)
def test_arrays_that_do_not_fit_are_refused(folder, name, change, message):
    forge_array(folder, name, change)
    with pytest.raises(DamagedError, match=rf"{name[:-4]}\.npy: .*{message}"):
        verify(folder)


def test_a_mention_of_white_space_is_refused(folder):
    graph = Graph(Generation.open(folder))
    text = graph.generation.document("Film").text
    space = text.index(" Ada")

    def blank(array: np.ndarray) -> np.ndarray:
        array[2:, 0] = space, space + 1
        return array

    forge_array(folder, "mentions.npy", blank)
    with pytest.raises(DamagedError, match=r"mentions\.npy: a mention lies outside passage"):
        verify(folder)


@pytest.mark.parametrize(
    ("name", "column", "change", "message"),
    [
        ("names.arrow", "entity", lambda values: [-1, *values[1:]], "belongs to no entity"),
        ("names.arrow", "entity", lambda values: [*values[:-1], 99], "belongs to no entity"),
        ("names.arrow", "entity", lambda values: values[::-1], "out of order"),
        ("names.arrow", "entity", lambda values: [0, 0, *values[2:]], "an entity has no title"),
        ("names.arrow", "kind", lambda values: [2] * len(values), "an entity has no title"),
        ("names.arrow", "kind", lambda values: [1] * len(values), "neither a title nor an alias"),
    ],
)
def test_names_that_do_not_fit_are_refused(folder, name, column, change, message):
    path = graph_folder(folder) / name
    table = pa.ipc.open_file(str(path)).read_all()
    number = table.column_names.index(column)
    values = pa.array(change(table[column].to_pylist()), table.schema.field(column).type)
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table.set_column(number, table.schema.field(column), values))
    approve(folder, name)
    with pytest.raises(DamagedError, match=message):
        verify(folder)


def test_a_file_that_the_manifest_does_not_name_is_missed(folder):
    manifest = read_manifest(folder)
    files = {name: f for name, f in manifest.files.items() if not name.endswith("about.npy")}
    write_manifest(folder, replace(manifest, files=files))
    with pytest.raises(DamagedError, match="it has the files"):
        verify(folder)


def test_every_damaged_file_is_named_at_opening_and_by_verify(folder):
    for path in sorted(graph_folder(folder).iterdir()):
        content = path.read_bytes()
        for damaged in (content[:-1], content[:-1] + bytes([content[-1] ^ 1]), None):
            if damaged is None:
                path.unlink()
            else:
                path.write_bytes(damaged)
            for opens in (Knowledge.open, verify, delete_ada):
                with pytest.raises(DamagedError, match=path.name):
                    opens(folder)
            path.write_bytes(content)
    verify(folder)


def delete_ada(folder: Path) -> None:
    delete(folder, ["Ada"])
