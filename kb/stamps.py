"""Remember which files were hashed, so that opening does not hash them again.

A stamp is what the file system says of a file: size, times and inode. As long as it is the same as
when the file was last found to match its sha256, nobody has written to the file. A stamp taken
within a clock tick of the file's last change proves nothing (a second write could carry the same
times), so it is not kept; git calls this the racy index problem.
"""

import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from wherefrom.kb.durable import write_file
from wherefrom.kb.errors import StorageError

STAMPS_NAME = "stamps.json"
_TICK_NS = 50_000_000  # longer than the coarsest clock tick of a Linux kernel (10 ms)


@dataclass(frozen=True, slots=True)
class Stamp:
    """The state of a file when its content was last found to match `sha256`."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    sha256: str


def take_stamp(path: Path, sha256: str) -> Stamp | None:
    """Return the stamp of a file, None where it changed too recently to prove anything.

    Take it *before* hashing: a write during the hashing then shows.
    """
    state = path.stat()
    if time.time_ns() - max(state.st_mtime_ns, state.st_ctime_ns) < _TICK_NS:
        return None
    return Stamp(state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino, sha256)


def matches_stamp(state: os.stat_result, sha256: str, stamp: Stamp | None) -> bool:
    """Say whether a file in this state is known to have this sha256."""
    return stamp == Stamp(state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino, sha256)


def read_stamps(folder: Path) -> dict[str, Stamp]:
    """Read the stamps of a knowledge base by relative path; none where they cannot be read."""
    with suppress(OSError, ValueError, TypeError, AttributeError):
        content = json.loads((folder / STAMPS_NAME).read_bytes())
        return {name: Stamp(**fields) for name, fields in content.items()}
    return {}


def write_stamps(folder: Path, stamps: Mapping[str, Stamp]) -> None:
    """Replace the stamps; where the directory cannot be written, go on without."""
    content = json.dumps({name: asdict(stamp) for name, stamp in stamps.items()}, indent=1)
    with suppress(StorageError):
        write_file(folder / STAMPS_NAME, content.encode() + b"\n")
