import os
import time
from pathlib import Path

import pytest

from wherefrom.kb import integrity
from wherefrom.kb.durable import hash_file
from wherefrom.kb.errors import DamagedError
from wherefrom.kb.integrity import check_files, hash_files
from wherefrom.kb.manifest import FileRecord
from wherefrom.kb.stamps import read_stamps


@pytest.fixture
def files(tmp_path: Path) -> dict[str, FileRecord]:
    (tmp_path / "inner").mkdir()
    found = {}
    for name in ("one", "inner/two"):
        path = tmp_path / name
        path.write_text(f"content of {name}")
        found[name] = FileRecord(path.stat().st_size, hash_file(path))
    return found


@pytest.fixture
def hashed(monkeypatch) -> list[str]:
    calls = []

    def counted(path: Path) -> str:
        calls.append(path.name)
        return hash_file(path)

    monkeypatch.setattr(integrity, "hash_file", counted)
    return calls


def settle() -> None:
    time.sleep(0.06)  # longer than the tick within which a stamp proves nothing


def test_a_file_is_hashed_once(tmp_path, files, hashed):
    settle()
    check_files(tmp_path, files)
    assert sorted(hashed) == ["one", "two"]
    check_files(tmp_path, files)
    assert len(hashed) == 2
    assert read_stamps(tmp_path).keys() == files.keys()


def test_a_file_that_just_changed_is_hashed_again(tmp_path, files, hashed):
    check_files(tmp_path, files)
    check_files(tmp_path, files)
    assert len(hashed) == 4


def test_a_touched_file_is_hashed_again(tmp_path, files, hashed):
    settle()
    check_files(tmp_path, files)
    os.utime(tmp_path / "one")
    check_files(tmp_path, files)
    assert hashed.count("one") == 2


def test_an_altered_byte_is_seen_though_times_are_set_back(tmp_path, files):
    settle()
    check_files(tmp_path, files)
    path = tmp_path / "one"
    state = path.stat()
    path.write_text("CONTENT of one")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    with pytest.raises(DamagedError, match="one was altered: its sha256"):
        check_files(tmp_path, files)


def test_a_replaced_file_is_seen(tmp_path, files):
    settle()
    check_files(tmp_path, files)
    (tmp_path / "other").write_text("CONTENT of one")
    (tmp_path / "other").replace(tmp_path / "one")
    with pytest.raises(DamagedError, match="one was altered"):
        check_files(tmp_path, files)


@pytest.mark.parametrize("check", [check_files, hash_files])
def test_what_is_wrong_is_named(tmp_path, files, check):
    (tmp_path / "one").write_text("content of on")
    with pytest.raises(DamagedError, match="one holds 13 bytes, the manifest says 14"):
        check(tmp_path, files)
    (tmp_path / "one").unlink()
    with pytest.raises(DamagedError, match="one is absent"):
        check(tmp_path, files)


def test_verification_trusts_no_stamp(tmp_path, files, hashed):
    settle()
    check_files(tmp_path, files)
    hash_files(tmp_path, files)
    assert len(hashed) == 4


@pytest.mark.parametrize("content", ["", "[]", '{"one": 3}', '{"one": {"size": 1}}', "\0"])
def test_unreadable_stamps_mean_no_stamps(tmp_path, files, hashed, content):
    (tmp_path / "stamps.json").write_text(content)
    check_files(tmp_path, files)
    assert len(hashed) == 2
