"""What is rubbish in the directory of a knowledge base, and what is never touched."""

from pathlib import Path

import pytest

from wherefrom.kb.errors import UsageError
from wherefrom.kb.layout import (
    FOLDERS,
    STAGING,
    make_folders,
    remove_rubbish,
    remove_unfinished,
    require_ours,
)
from wherefrom.kb.writer_lock import writer_lock

SEGMENT = "0123456789abcdef"
OURS = [
    f"documents/{SEGMENT}.arrow",
    f"documents/{SEGMENT}.ids.npy",
    f"passages/{SEGMENT}.arrow",
    f"dense/{SEGMENT}.faiss",
    f"dense/{SEGMENT}.hnsw.faiss",
    f"dense/{SEGMENT}.ivf-flat.faiss",
    f"dense/{SEGMENT}.ivf-pq.faiss",
    f"deleted/{SEGMENT}-0123456789ab.npy",
    f"sparse/{SEGMENT}/0000/data.csc.index.npy",
    f"facts/{SEGMENT}.arrow",
    "manifest.json.123.tmp",
    "stamps.json.1.tmp",
    f"deleted/{SEGMENT}-0123456789ab.npy.77.tmp",
]
FOREIGN = [
    "notes.txt",
    "manifest.json.tmp",
    "documents/notes.txt",
    "documents/0123456789ABCDEF.arrow",
    f"documents/{SEGMENT}.arrow.bak",
    f"documents/{SEGMENT}.faiss",
    "dense/0123456789abcde.faiss",
    f"dense/{SEGMENT}.IVF.faiss",
    f"dense/{SEGMENT}.hnsw.faiss.old",
    f"deleted/{SEGMENT}.npy",
    "sparse/mine/file.npy",
    f"facts/{SEGMENT}.tsv",
    f"other/{SEGMENT}.arrow",
    f"staging/{SEGMENT}.faiss",
]


def put(folder: Path, name: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(name)
    return path


def left(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_what_a_writer_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    for name in (*OURS, *FOREIGN):
        put(tmp_path, name)
    remove_rubbish(tmp_path, {})
    assert left(tmp_path) == set(FOREIGN)


@pytest.mark.parametrize("name", OURS[:10])
def test_what_the_manifest_names_stays(tmp_path: Path, name: str) -> None:
    for other in OURS:
        put(tmp_path, other)
    remove_rubbish(tmp_path, {name: object()})
    assert left(tmp_path) == {name}


def test_folders_are_made_and_may_be_there(tmp_path: Path) -> None:
    make_folders(tmp_path)
    make_folders(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(FOLDERS)


def test_absent_empty_and_our_own_directories_are_ours(tmp_path: Path) -> None:
    require_ours(tmp_path / "absent")
    require_ours(tmp_path)
    put(tmp_path, "manifest.json")
    put(tmp_path, "notes.txt")
    require_ours(tmp_path)


def test_what_a_killed_first_build_left_is_ours(tmp_path: Path) -> None:
    with writer_lock(tmp_path):
        pass
    put(tmp_path, f"documents/{SEGMENT}.arrow")
    require_ours(tmp_path)


@pytest.mark.parametrize("name", ["notes.txt", f"documents/{SEGMENT}.arrow"])
def test_a_foreign_directory_is_refused_and_named(tmp_path: Path, name: str) -> None:
    put(tmp_path, name)
    put(tmp_path, "lock")  # of another program: it lacks our line
    first = name.partition("/")[0]
    with pytest.raises(UsageError, match=f"{tmp_path.name} is not .* not empty .*holds '{first}'"):
        require_ours(tmp_path)


def test_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"notes\.txt is a file; name a directory"):
        require_ours(put(tmp_path, "notes.txt"))


def unfinished(folder: Path) -> None:
    """Make what a first build leaves that failed before it encoded anything."""
    make_folders(folder)
    (folder / STAGING).mkdir()
    put(folder, f"documents/{SEGMENT}.arrow")
    put(folder, "stamps.json")
    with writer_lock(folder):
        pass


@pytest.mark.parametrize("keep", [True, False])
def test_an_unfinished_directory_is_cleared(tmp_path: Path, keep: bool) -> None:
    folder = tmp_path / "my.kb"
    unfinished(folder)
    remove_unfinished(folder, keep_folder=keep)
    assert folder.exists() == keep
    assert left(tmp_path) == set()


def test_encoded_blocks_are_kept(tmp_path: Path) -> None:
    unfinished(tmp_path)
    put(tmp_path, f"{STAGING}/block.npy")
    before = left(tmp_path)
    remove_unfinished(tmp_path, keep_folder=False)
    assert left(tmp_path) == before


def test_a_finished_knowledge_base_is_not_cleared(tmp_path: Path) -> None:
    unfinished(tmp_path)
    put(tmp_path, "manifest.json")
    before = left(tmp_path)
    remove_unfinished(tmp_path, keep_folder=False)
    assert left(tmp_path) == before


def test_files_of_others_keep_the_directory(tmp_path: Path) -> None:
    folder = tmp_path / "my.kb"
    unfinished(folder)
    put(folder, "documents/notes.txt")
    remove_unfinished(folder, keep_folder=False)
    assert left(folder) == {"documents/notes.txt"}
