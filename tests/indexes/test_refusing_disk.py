"""A disk that refuses: a clear message, nothing half-written, the old generation intact."""

import errno
import os
import random
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from wherefrom.indexes.build import build
from wherefrom.indexes.compact import compact
from wherefrom.indexes.delete import delete
from wherefrom.indexes.info import info
from wherefrom.indexes.options import BuildOptions
from wherefrom.indexes.verify import verify
from wherefrom.kb.errors import StorageError

chance = random.Random(4)
WORDS = [f"word{number}" for number in range(400)]


def documents(count: int, name: str) -> list[dict[str, str]]:
    return [
        {"id": f"{name}{n}", "title": f"{name} {n}", "text": " ".join(chance.choices(WORDS, k=80))}
        for n in range(count)
    ]


@pytest.fixture
def options(word_encoder) -> BuildOptions:
    return BuildOptions(encoder=word_encoder, block_passages=8)


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond `size` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Give a function that mounts an empty disk of so many bytes, or skip."""
    places = []

    def mount(size: int) -> Path:
        place = tmp_path / f"disk{len(places)}"
        place.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
        if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("mounting a small disk needs root")
        places.append(place)
        return place

    yield mount
    for place in places:
        subprocess.run(["umount", str(place)], check=True)


def test_a_file_that_may_not_grow(tmp_path, write_jsonl, options):
    folder = tmp_path / "my.kb"
    build(folder, [write_jsonl(documents(5, "old"), "old.jsonl")], options=options)
    digest = info(folder).digest
    spec = write_jsonl(documents(100, "new"), "new.jsonl")
    for size in (3_000, 9_000, 30_000):
        with largest_file(size), pytest.raises(StorageError, match=r"cannot write .*larger"):
            build(folder, [spec], options=options)
        assert info(folder).digest == digest
        verify(folder)
    build(folder, [spec], options=options)
    assert info(folder).documents == 105
    verify(folder)


@pytest.mark.slow
def test_a_disk_that_is_full(tmp_path, small_disk, write_jsonl, options):
    spec = write_jsonl(documents(100, "new"), "new.jsonl")
    build(tmp_path / "fitting.kb", [spec], options=options)
    digest = info(tmp_path / "fitting.kb").digest
    finished = 0
    for size in range(32_768, 600_000, 36_864):
        folder = small_disk(size) / "my.kb"
        try:
            build(folder, [spec], options=options)
            finished += 1
        except StorageError as error:
            assert "is the disk full" in str(error) or "the disk is full" in str(error)
            assert not (folder / "manifest.json").exists()
            continue
        assert info(folder).digest == digest
        verify(folder)
    assert 0 < finished < 15


def test_a_full_disk_keeps_the_old_generation(small_disk, write_jsonl, options):
    folder = small_disk(450_000) / "my.kb"
    build(folder, [write_jsonl(documents(40, "old"), "old.jsonl")], options=options)
    digest = info(folder).digest
    ballast = folder.parent / "ballast"
    ballast.write_bytes(bytes(200_000))
    spec = write_jsonl(documents(100, "new"), "new.jsonl")
    with pytest.raises(StorageError, match="full"):
        build(folder, [spec], options=options)
    with pytest.raises(StorageError, match="full"):
        fill(ballast.with_name("more"))
        compact(folder)
    assert info(folder).digest == digest
    verify(folder)


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as stream:
        try:
            while stream.write(bytes(4096)):
                pass
        except OSError as error:
            assert error.errno == errno.ENOSPC


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_every_step_may_fail(tmp_path, write_jsonl, options, monkeypatch, call):
    base = tmp_path / "base.kb"
    build(base, [write_jsonl(documents(5, "old"), "old.jsonl")], options=options)
    delete(base, ["old0"])
    spec = write_jsonl(documents(20, "new"), "new.jsonl")
    calls = failing = refused = 0
    real = getattr(os, call)

    def refusing(*arguments, **more):
        nonlocal calls
        calls += 1
        if calls == failing:
            raise OSError(errno.EIO, "Input/output error")
        return real(*arguments, **more)

    monkeypatch.setattr(os, call, refusing)
    seen = set()
    while calls >= failing:
        calls = 0
        failing += 1
        folder = tmp_path / f"{failing}.kb"
        shutil.copytree(base, folder)
        try:
            build(folder, [spec], options=options)
        except StorageError as error:
            assert "cannot write" in str(error)
            refused += 1
        seen.add(info(folder).digest)
        verify(folder)
    assert refused > 5
    # once the manifest has its name, the new generation stands, though an error may follow
    assert seen == {info(base).digest, info(folder).digest}


def test_a_directory_that_may_not_be_written(tmp_path, write_jsonl, options):
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(StorageError, match="permission denied"):
        build(tmp_path / "closed" / "my.kb", [write_jsonl(documents(2, "x"))], options=options)


def test_a_read_only_disk(small_disk, write_jsonl, options):
    disk = small_disk(2_000_000)
    spec = write_jsonl(documents(5, "old"), "old.jsonl")
    build(disk / "my.kb", [spec], options=options)
    (disk / "my.kb" / "stamps.json").unlink(missing_ok=True)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    for write in (
        lambda: build(disk / "other.kb", [spec], options=options),
        lambda: build(disk / "my.kb", [spec], options=options),
        lambda: delete(disk / "my.kb", ["old1"]),
        lambda: compact(disk / "my.kb"),
    ):
        with pytest.raises(StorageError, match="read-only"):
            write()
    verify(disk / "my.kb")  # reading needs no right to write


def test_a_path_through_a_file(tmp_path, write_jsonl, options):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="a part of the path is a file"):
        build(tmp_path / "file" / "my.kb", [write_jsonl(documents(2, "x"))], options=options)
