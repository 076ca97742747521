"""Check the files of a knowledge base against the sizes and hashes in its manifest."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from wherefrom.kb.durable import hash_file
from wherefrom.kb.errors import DamagedError
from wherefrom.kb.manifest import FileRecord
from wherefrom.kb.stamps import Stamp, matches_stamp, read_stamps, take_stamp, write_stamps

RESTORE = "restore the directory from a copy, or build the knowledge base again in a new one"


def check_files(folder: Path, files: Mapping[str, FileRecord]) -> None:
    """Check every file's size, and the sha256 of each that changed since it was last hashed.

    Raises
    ------
    DamagedError
        If a file is absent, or its size or sha256 is not what the manifest says.
    """
    known = read_stamps(folder)
    stamps = {}
    for name, record in files.items():
        stamp = known.get(name)
        state = _state(folder / name, record)
        if not matches_stamp(state, record.sha256, stamp):
            stamp = _checked(folder / name, record)
        if stamp is not None:
            stamps[name] = stamp
    if stamps != known:
        write_stamps(folder, stamps)


def hash_files(
    folder: Path,
    files: Mapping[str, FileRecord],
    *,
    advance: Callable[[int], None] | None = None,
) -> None:
    """Hash every file, whatever the stamps say, and renew the stamps.

    Parameters
    ----------
    folder
        The knowledge base.
    files
        What each file must be.
    advance
        Called with the bytes of each file that was checked.

    Raises
    ------
    DamagedError
        If a file is absent, or its size or sha256 is not what the manifest says.
    """
    stamps = {}
    for name, record in files.items():
        _state(folder / name, record)
        stamp = _checked(folder / name, record)
        if stamp is not None:
            stamps[name] = stamp
        if advance is not None:
            advance(record.bytes)
    write_stamps(folder, stamps)


def require(condition: bool, found: str) -> None:
    """Refuse what was found in a knowledge base unless the condition holds.

    Raises
    ------
    DamagedError
        If it does not; the message says what was found.
    """
    if not condition:
        raise DamagedError(f"{found}, which the manifest or the format does not allow; {RESTORE}")


def _state(path: Path, record: FileRecord) -> os.stat_result:
    try:
        state = path.stat()
    except OSError as error:
        raise DamagedError(f"{path} is absent ({error.strerror or error}); {RESTORE}") from error
    if state.st_size != record.bytes:
        raise DamagedError(
            f"{path} holds {state.st_size} bytes, the manifest says {record.bytes}: "
            f"it was cut short or altered; {RESTORE}"
        )
    return state


def _checked(path: Path, record: FileRecord) -> Stamp | None:
    try:
        stamp = take_stamp(path, record.sha256)
        found = hash_file(path)
    except OSError as error:
        raise DamagedError(f"{path} cannot be read: {error.strerror or error}") from error
    if found != record.sha256:
        raise DamagedError(
            f"{path} was altered: its sha256 is {found[:12]}…, the manifest says "
            f"{record.sha256[:12]}…; {RESTORE}"
        )
    return stamp
