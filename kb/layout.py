"""Know the directory of a knowledge base: its folders, its own files and what is rubbish.

Nothing is removed that a knowledge base could not have written: a file must have one of its names,
in one of its folders.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from wherefrom.kb.durable import TEMPORARY_SUFFIX, make_folder, remove_tree
from wherefrom.kb.errors import UsageError
from wherefrom.kb.manifest import MANIFEST_NAME
from wherefrom.kb.stamps import STAMPS_NAME
from wherefrom.kb.writer_lock import LOCK_NAME, is_lock_file

STAGING = "staging"
FOLDERS = ("documents", "passages", "dense", "sparse", "deleted", "facts", "graph")

_OWN_NAMES = re.compile(
    r"(documents|passages)/[0-9a-f]{16}\.(arrow|ids\.npy)"
    r"|dense/[0-9a-f]{16}\.([a-z][a-z-]*\.)?faiss"
    r"|deleted/[0-9a-f]{16}-[0-9a-f]{12}\.npy"
    r"|(sparse|graph)/[0-9a-f]{16}"
    r"|facts/[0-9a-f]{16}\.arrow"
    rf"|.*\.[0-9]+{re.escape(TEMPORARY_SUFFIX)}"
)


def require_ours(folder: Path) -> None:
    """Refuse to write into something that is not a knowledge base, nor empty, nor absent.

    Raises
    ------
    UsageError
        If `folder` is a file, or a directory with something else in it.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a directory for the knowledge base")
    if (folder / MANIFEST_NAME).exists() or is_lock_file(folder / LOCK_NAME):
        return
    other = sorted(path.name for path in folder.iterdir() if path.name != LOCK_NAME)
    if other:
        raise UsageError(
            f"{folder} is not a knowledge base and not empty (it holds {other[0]!r}); "
            "name another directory, or an empty one"
        )


def make_folders(folder: Path) -> None:
    """Make the folders of a knowledge base where they do not exist yet."""
    for name in FOLDERS:
        make_folder(folder / name)


def remove_rubbish(folder: Path, files: Mapping[str, object]) -> None:
    """Remove what a killed writer or an older generation left, staging aside.

    Parameters
    ----------
    folder
        The knowledge base; its lock must be held.
    files
        The files that the manifest names.
    """
    kept = {*files, *(str(parent) for name in files for parent in Path(name).parents)}
    for path in _entries(folder):
        name = path.relative_to(folder).as_posix()
        if name not in kept and _OWN_NAMES.fullmatch(name):
            remove_tree(path)


def remove_unfinished(folder: Path, *, keep_folder: bool) -> None:
    """Clear a directory that never became a knowledge base, unless encoded blocks are in it.

    The directory itself goes too, unless the caller wants it kept.
    """
    staging = folder / STAGING
    if (folder / MANIFEST_NAME).exists() or (staging.is_dir() and any(staging.iterdir())):
        return
    remove_rubbish(folder, {})
    for name in (*FOLDERS, STAGING):
        if (folder / name).is_dir() and not any((folder / name).iterdir()):
            (folder / name).rmdir()
    for name in (LOCK_NAME, STAMPS_NAME):
        (folder / name).unlink(missing_ok=True)
    if not keep_folder and not any(folder.iterdir()):
        folder.rmdir()


def _entries(folder: Path) -> Iterator[Path]:
    yield from folder.glob(f"*{TEMPORARY_SUFFIX}")
    for name in FOLDERS:
        yield from (folder / name).glob("*")
