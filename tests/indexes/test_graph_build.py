"""A graph is made with every generation, and leaves nothing else behind."""

import json
from collections import Counter
from pathlib import Path

import pytest

from wherefrom.indexes.build import build
from wherefrom.indexes.compact import compact
from wherefrom.indexes.delete import delete
from wherefrom.indexes.graph import Graph
from wherefrom.indexes.graph_build import build_graph
from wherefrom.indexes.graph_files import CONTENT, PASSAGES
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.indexes.linking import STAGE
from wherefrom.indexes.options import BuildOptions
from wherefrom.indexes.publish import graph_of
from wherefrom.indexes.verify import verify
from wherefrom.kb.durable import remove_tree
from wherefrom.kb.errors import StorageError, UsageError
from wherefrom.kb.generation import Generation
from wherefrom.kb.manifest import _self_digest, read_manifest
from wherefrom.kb.passages import PassageRules
from wherefrom.kb.progress import NoProgress

DOCUMENTS = {"Ada": "Ada lives in Rome.", "Ben": "Ben knows Ada.", "Rome": "Rome is old."}
RULES = PassageRules(max_words=12, overlap_sentences=0)


class Counted(NoProgress):
    """Progress that is remembered."""

    def __init__(self) -> None:
        self.wanted: dict[str, int | None] = {}
        self.done: Counter[str] = Counter()

    def start(self, name: str, total: int | None = None) -> None:
        self.wanted[name] = total

    def advance(self, name: str, steps: int = 1) -> None:
        self.done[name] += steps


@pytest.fixture
def folder(open_graph, tmp_path) -> Path:
    open_graph(DOCUMENTS)
    return tmp_path / "my.kb"


def graphs(folder: Path) -> list[str]:
    return [path.name for path in (folder / "graph").iterdir()]


def test_the_manifest_names_all_files_of_the_one_graph(folder):
    part = graph_of(read_manifest(folder))
    assert {Path(name).name for name in part.files} == {PASSAGES, *CONTENT}
    assert graphs(folder) == [Path(part.folder).name]
    assert not (folder / "staging").exists()


def test_every_change_makes_it_anew_and_removes_the_old(folder, open_graph, tmp_path):
    seen = graphs(folder)
    changes = [
        lambda: open_graph({"Cy": "Cy lives in Rome."}),
        lambda: open_graph(facts=["Cy\tknows\tBen"]),
        lambda: delete(folder, ["Ben"]),
        lambda: delete(folder, [f"triples:{tmp_path / 'facts.tsv'}"]),
        lambda: compact(folder),
    ]
    for change in changes:
        change()
        (name,) = graphs(folder)
        assert name not in seen
        seen.append(name)
        verify(folder)
        assert not (folder / "staging").exists()
    assert Graph(Generation.open(folder)).names == ["Ada", "Cy", "Rome"]


def test_a_build_that_brings_nothing_new_leaves_it(folder, open_graph):
    before = (graphs(folder), (folder / "manifest.json").stat().st_mtime_ns)
    open_graph(DOCUMENTS)
    compact(folder)
    assert (graphs(folder), (folder / "manifest.json").stat().st_mtime_ns) == before


def test_compacting_changes_rows_alone(folder, open_graph):
    open_graph({"Ada": "Ada lives in old Rome."})

    def content() -> list[bytes]:
        return [(folder / read_manifest(folder).graph / name).read_bytes() for name in CONTENT]

    before, rows = content(), Graph(Generation.open(folder)).arrays.passages.tolist()
    compact(folder)
    assert content() == before
    assert Graph(Generation.open(folder)).arrays.passages.tolist() == [0, 1, 2] != rows


def test_progress_counts_the_live_passages(folder):
    delete(folder, ["Ben"])
    progress = Counted()
    build_graph(Generation.open(folder), progress)
    assert progress.wanted == {STAGE: 2}
    assert progress.done == {STAGE: 2}


def test_what_is_deleted_is_gone_from_a_reader_that_was_open(folder, word_encoder):
    knowledge = Knowledge.open(folder, encoder=word_encoder)

    def found(question: str) -> set[str]:
        (hits,) = knowledge.search([question], 10, retriever="graph")
        return {hit.passage_id for hit in hits}

    def named_on_paths(question: str) -> set[str]:
        (passages,) = knowledge.search_passages([question], 10, retriever="graph")
        return {name for one in passages for step in one.path for name in (step.head, step.tail)}

    assert found("Where does Ada live?") == {"Ada#0", "Ben#0", "Rome#0"}
    assert named_on_paths("Where does Ada live?") == {"Ada", "Ben", "Rome"}
    delete(folder, ["Ada"])
    assert found("Where does Ada live?") == {"Ben#0", "Rome#0"}
    assert "Ada" not in named_on_paths("Where does Ada live?")
    graph = Graph(Generation.open(folder))
    assert graph.names == ["Ben", "Rome"]
    assert graph.arrays.mentions.shape == (4, 0)
    assert graph.linker.mentions("Ada") == []


def test_blocks_of_an_unfinished_build_are_kept(folder, write_jsonl, word_encoder, monkeypatch):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    spec = write_jsonl([{"id": "new", "title": "New", "text": "New text."}], "new.jsonl")
    options = BuildOptions(encoder=word_encoder, rules=RULES)
    monkeypatch.setattr("wherefrom.indexes.graph_build.publish_folder", interrupt)
    with pytest.raises(KeyboardInterrupt):
        build(folder, [spec], options=options)
    monkeypatch.undo()
    blocks = list((folder / "staging").iterdir())
    assert [path.suffix for path in blocks] == [".npy"]
    delete(folder, ["Ben"])
    assert list((folder / "staging").iterdir()) == blocks
    word_encoder.calls.clear()
    build(folder, [spec], options=options)
    assert word_encoder.calls == []
    verify(folder)


def test_a_disk_that_refuses_the_graph_leaves_everything_as_it_was(folder, monkeypatch):
    def refuse(path: Path, *_: object) -> None:
        raise OSError(28, "No space left on device", str(path))

    before = graphs(folder)
    monkeypatch.setattr("wherefrom.indexes.graph_build.write_arrays", refuse)
    with pytest.raises(StorageError, match=r"cannot write .*the disk is full"):
        delete(folder, ["Ben"])
    monkeypatch.undo()
    assert graphs(folder) == before
    assert not (folder / "staging").exists()
    assert Generation.open(folder).find("Ben") is not None
    verify(folder)


def make_version_1(folder: Path) -> None:
    """Leave of a knowledge base without facts what a release without graphs would have made."""
    content = json.loads((folder / "manifest.json").read_text())
    remove_tree(folder / "graph")
    remove_tree(folder / "facts")
    for name in ("triples", "facts", "graph"):
        del content[name]
    kept = {name: file for name, file in content["files"].items() if "graph/" not in name}
    content |= {"version": 1, "files": kept}
    content["sha256"] = _self_digest(content)
    (folder / "manifest.json").write_text(json.dumps(content))


def test_a_knowledge_base_of_version_1_has_no_graph_until_it_grows(
    folder, open_graph, word_encoder
):
    make_version_1(folder)
    knowledge = Knowledge.open(folder, encoder=word_encoder)
    assert knowledge.search(["Ada in Rome"], 1)[0][0].passage_id == "Ada#0"
    with pytest.raises(UsageError, match=r"has no graph.*dense, sparse or hybrid"):
        knowledge.search(["Ada in Rome"], 1, retriever="graph")
    verify(folder)
    for change in (lambda: delete(folder, ["Ben"]), lambda: compact(folder)):
        change()  # it stays as it is
        assert read_manifest(folder).graph == ""
        assert graphs(folder) == []
        verify(folder)
    open_graph({"Cy": "Cy lives in Rome."})
    assert len(graphs(folder)) == 1
    (hits,) = knowledge.search(["Where does Cy live?"], 2, retriever="graph")
    assert [hit.passage_id for hit in hits] == ["Cy#0", "Rome#0"]
    verify(folder)
