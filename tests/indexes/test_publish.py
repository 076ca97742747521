"""A finished folder gets a name made of its content, and lies there whole or not at all."""

import hashlib
from pathlib import Path

from wherefrom.indexes.publish import FolderPart, graph_of, publish_folder, sparse_of
from wherefrom.indexes.verify import verify
from wherefrom.kb.durable import hash_file
from wherefrom.kb.manifest import FileRecord, read_manifest

FILES = {"a.npy": b"one", "inner/b.npy": b"two"}


def written(scratch: Path, files: dict[str, bytes] = FILES) -> Path:
    for name, content in files.items():
        (scratch / name).parent.mkdir(parents=True, exist_ok=True)
        (scratch / name).write_bytes(content)
    return scratch


def test_the_name_is_made_of_the_content(tmp_path):
    (tmp_path / "graph").mkdir()
    part = publish_folder(tmp_path, written(tmp_path / "scratch"), "graph")
    lines = [f"{name} {hashlib.sha256(FILES[name]).hexdigest()}\n" for name in sorted(FILES)]
    assert part.folder == f"graph/{hashlib.sha256(''.join(lines).encode()).hexdigest()[:16]}"
    assert {n: (tmp_path / n).read_bytes() for n in part.files} == {
        f"{part.folder}/{name}": content for name, content in FILES.items()
    }
    for name, record in part.files.items():
        assert record == FileRecord(len((tmp_path / name).read_bytes()), hash_file(tmp_path / name))
    assert not (tmp_path / "scratch").exists()


def test_the_same_content_again_leaves_what_is_there(tmp_path):
    (tmp_path / "sparse").mkdir()
    first = publish_folder(tmp_path, written(tmp_path / "scratch"), "sparse")
    inode = (tmp_path / first.folder).stat().st_ino
    assert publish_folder(tmp_path, written(tmp_path / "scratch"), "sparse") == first
    assert (tmp_path / first.folder).stat().st_ino == inode
    assert not (tmp_path / "scratch").exists()
    other = publish_folder(tmp_path, written(tmp_path / "scratch", {"a.npy": b"!"}), "sparse")
    assert other.folder != first.folder


def test_a_manifest_tells_the_folders_of_its_indexes_apart(open_graph, tmp_path):
    open_graph({"Ada": "Ada lives in Rome."})
    manifest = read_manifest(tmp_path / "my.kb")
    for part, folder in ((sparse_of(manifest), "sparse/"), (graph_of(manifest), "graph/")):
        assert isinstance(part, FolderPart)
        assert part.folder.startswith(folder)
        assert part.files
        assert all(name.startswith(f"{part.folder}/") for name in part.files)
    verify(tmp_path / "my.kb")
