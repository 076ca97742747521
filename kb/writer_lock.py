"""Let one process at a time write to a knowledge base.

The kernel frees the lock when its holder dies, so a killed writer leaves nothing to clear away.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wherefrom.kb.durable import storage_errors
from wherefrom.kb.errors import LockedError

LOCK_NAME = "lock"
LOCK_LINE = "wherefrom knowledge base, writer "  # also tells our unfinished directory from others
_MAX_LINE_BYTES = 200


@contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """Hold the write lock of the knowledge base in `folder` for the length of the block.

    Raises
    ------
    LockedError
        If another process is writing; the message names its process id.
    StorageError
        If the lock file cannot be made.
    """
    path = folder / LOCK_NAME
    with storage_errors(path):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _take(handle, path)
        with storage_errors(path):
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{LOCK_LINE}{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def is_lock_file(path: Path) -> bool:
    """Say whether the file is a writer's lock of a knowledge base."""
    try:
        with path.open("rb") as stream:
            return stream.read(len(LOCK_LINE)) == LOCK_LINE.encode()
    except OSError:
        return False


def _take(handle: int, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        line = os.pread(handle, _MAX_LINE_BYTES, 0).decode("utf-8", "replace").strip()
        holder = line.removeprefix(LOCK_LINE) or "unknown"
        raise LockedError(
            f"{path.parent} is being written by process {holder}; wait for it to end, "
            "or stop it, and run the command again (reading goes on meanwhile)"
        ) from error
