"""Write files so that a crash leaves the old one or the new one, and name a disk that refuses.

Every file of a knowledge base is written under a temporary name, flushed to the disk and renamed;
the folder is flushed after it. A reader never sees half a file.
"""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from wherefrom.kb.errors import StorageError

READ_BYTES = 1 << 20  # how much of a file is hashed at once
TEMPORARY_SUFFIX = ".tmp"  # a name that ends so belongs to a writer that has not finished

_ADVICE = {
    errno.ENOSPC: "the disk is full: free some space and run the same command again",
    errno.EDQUOT: "the disk quota is used up: free some space and run the same command again",
    errno.EFBIG: "the file would be larger than the system allows",
    errno.EROFS: "the disk is read-only: choose another place or mount it for writing",
    errno.EACCES: "permission denied: choose another place or change the permissions",
    errno.EPERM: "not permitted: choose another place or change the permissions",
    errno.ENOTDIR: "a part of the path is a file, not a directory",
    errno.ENAMETOOLONG: "the path is too long",
}


@contextmanager
def storage_errors(place: Path) -> Iterator[None]:
    """Turn an error of the operating system inside the block into a StorageError.

    Raises
    ------
    StorageError
        If the block raises an OSError; the message names the file, the cause and what to do.
    """
    try:
        yield
    except StorageError:
        raise
    except OSError as error:
        raise storage_error(place, error) from error


def storage_error(place: Path, error: OSError) -> StorageError:
    """Make the StorageError that says what the system refused, where, and what to do."""
    where = Path(error.filename) if isinstance(error.filename, str) else place
    reason = _ADVICE.get(error.errno or 0) or error.strerror or f"{error}; is the disk full?"
    return StorageError(error.errno, f"cannot write {where}: {reason}")


@contextmanager
def replaced_file(target: Path) -> Iterator[Path]:
    """Give a temporary path beside `target`; on success flush it and rename it to `target`.

    On any exception the temporary file is removed and `target` stays as it was.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    if not target.parent.is_dir():
        raise StorageError(f"cannot write {target}: there is no folder {target.parent}")
    temporary = target.with_name(f"{target.name}.{os.getpid()}{TEMPORARY_SUFFIX}")
    try:
        with storage_errors(target):
            yield temporary
            flush_file(temporary)
            temporary.replace(target)
            flush_folder(target.parent)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def write_file(target: Path, content: bytes) -> None:
    """Replace `target` by `content`: all of it or nothing."""
    with replaced_file(target) as temporary:
        temporary.write_bytes(content)


def make_folder(folder: Path) -> None:
    """Make the folder and its parents where they do not exist yet."""
    with storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)


def flush_file(path: Path) -> None:
    """Wait until the content of the file is on the disk."""
    _flush(path, os.O_RDONLY)


def flush_folder(folder: Path) -> None:
    """Wait until the names in the folder are on the disk."""
    _flush(folder, os.O_RDONLY | os.O_DIRECTORY)


def hash_file(path: Path) -> str:
    """Return the sha256 of a file's content, in hexadecimal."""
    digest = hashlib.sha256()
    buffer = bytearray(READ_BYTES)
    view = memoryview(buffer)
    with path.open("rb", buffering=0) as stream:
        while count := stream.readinto(buffer):
            digest.update(view[:count])
    return digest.hexdigest()


def remove_tree(path: Path) -> None:
    """Remove a file or a folder with all it holds; absent is fine."""
    with storage_errors(path):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _flush(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
