import errno

import pytest

from wherefrom.kb.durable import hash_file, remove_tree, replaced_file, storage_errors, write_file
from wherefrom.kb.errors import StorageError


def test_a_failed_write_leaves_the_old_file(tmp_path):
    target = tmp_path / "file"
    write_file(target, b"old")
    with pytest.raises(RuntimeError), replaced_file(target) as temporary:
        temporary.write_bytes(b"half")
        raise RuntimeError
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    target = tmp_path / "none" / "drawn.svg"
    with pytest.raises(StorageError, match=r"cannot write .*drawn.svg: there is no folder .*none"):
        write_file(target, b"x")


def test_the_message_names_file_cause_and_advice(tmp_path):
    message = r"cannot write .*/here: the disk is full: free some"
    with pytest.raises(StorageError, match=message), storage_errors(tmp_path / "here"):
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(StorageError, match="is the disk full"), storage_errors(tmp_path):
        raise OSError("8 requested and 0 written")  # what NumPy says


def test_hashing_reads_all(tmp_path):
    import hashlib

    content = bytes(range(256)) * 10_000
    write_file(tmp_path / "file", content)
    assert hash_file(tmp_path / "file") == hashlib.sha256(content).hexdigest()


def test_removing_what_is_absent_is_fine(tmp_path):
    remove_tree(tmp_path / "absent")
    (tmp_path / "a" / "b").mkdir(parents=True)
    remove_tree(tmp_path / "a")
    assert not (tmp_path / "a").exists()
