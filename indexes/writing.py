"""Take the place of the one writer of a knowledge base, and tidy up before and after."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wherefrom.kb.durable import make_folder
from wherefrom.kb.generation import Generation, manifest_version
from wherefrom.kb.layout import make_folders, remove_rubbish, remove_unfinished, require_ours
from wherefrom.kb.manifest import read_manifest
from wherefrom.kb.writer_lock import writer_lock


@contextmanager
def creating(folder: Path) -> Iterator[Generation | None]:
    """Hold the lock of a knowledge base that may not exist yet; give what it holds now.

    Where nothing has come of a new one, its directory is taken away again.

    Raises
    ------
    UsageError
        If `folder` is something else.
    LockedError
        If another process is writing.
    StorageError
        If the disk refuses.
    """
    require_ours(folder)
    existed = folder.exists()
    make_folder(folder)
    with writer_lock(folder):
        try:
            generation = None if manifest_version(folder) is None else Generation.open(folder)
            remove_rubbish(folder, {} if generation is None else generation.manifest.files)
            make_folders(folder)
            yield generation
        except BaseException:
            if manifest_version(folder) is None:
                remove_unfinished(folder, keep_folder=existed)
            raise


@contextmanager
def changing(folder: Path) -> Iterator[Generation]:
    """Hold the lock of a knowledge base that must exist; give what it holds now.

    Raises
    ------
    MissingError, DamagedError, FormatError
        If there is none, or it is not as its manifest says.
    LockedError
        If another process is writing.
    StorageError
        If the disk refuses.
    """
    read_manifest(folder)
    with writer_lock(folder):
        generation = Generation.open(folder)
        remove_rubbish(folder, generation.manifest.files)
        make_folders(folder)
        yield generation
