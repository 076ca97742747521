"""Keep the quads of a knowledge base in a store on disk that answers SPARQL, made once.

Stores lie in a folder for temporary files that only their owner can read. Each is named by what the
quads are made of, so a knowledge base that has changed gets another; one that was not used for a
day is removed.
"""

import hashlib
import json
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from wherefrom.indexes import graph_quads, rdf_vocabulary
from wherefrom.indexes.graph import Graph
from wherefrom.kb.durable import hash_file, remove_tree, storage_errors
from wherefrom.kb.errors import StorageError
from wherefrom.kb.manifest import Manifest
from wherefrom.kb.progress import NoProgress, Progress

STAGE = "store quads"
BATCH = 10_000  # quads that pass between two signs of progress
UNUSED_SECONDS = 86_400.0


def cache_folder() -> Path:
    """Return the folder of this user's stores, making it where there is none.

    Raises
    ------
    StorageError
        If it cannot be made, or belongs to another user, or others can look into it.
    """
    folder = Path(tempfile.gettempdir()) / f"wherefrom-{os.getuid()}"
    with storage_errors(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        state = folder.lstat()
    is_ours = stat.S_ISDIR(state.st_mode) and state.st_uid == os.getuid()
    if not is_ours or stat.S_IMODE(state.st_mode) & 0o077:
        raise StorageError(
            f"{folder} is not a folder that only you can read; remove it, or name another place "
            "for temporary files in TMPDIR"
        )
    return folder


def quad_store(graph: Graph, cache: Path, *, progress: Progress | None = None) -> Path:
    """Return the folder of the store of a graph's quads in `cache`, made where there is none.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    target = cache / _name(graph.generation.manifest)
    if not target.is_dir():
        _remove_unused(cache)
        _make(graph, target, progress or NoProgress())
    with storage_errors(target):
        os.utime(target)
    return target


def _make(graph: Graph, target: Path, progress: Progress) -> None:
    with storage_errors(target):
        building = Path(tempfile.mkdtemp(prefix="building-", dir=target.parent))
        try:
            store = ox.Store(str(building))
            store.bulk_extend(_told(graph_quads.graph_quads(graph), progress))
            store.flush()
            del store  # which closes it
            building.rename(target)
        except OSError:
            if not target.is_dir():  # else another process was faster
                raise
        finally:
            remove_tree(building)


def _told(quads: Iterator[ox.Quad], progress: Progress) -> Iterator[ox.Quad]:
    """Yield the quads, and say from time to time how many have passed."""
    progress.start(STAGE)
    while batch := list(islice(quads, BATCH)):
        yield from batch
        progress.advance(STAGE, len(batch))
    progress.finish(STAGE)


def _remove_unused(cache: Path) -> None:
    """Remove the stores that nobody has used for long, and what a killed process has left."""
    oldest = time.time() - UNUSED_SECONDS
    with storage_errors(cache):
        for path in cache.iterdir():
            if path.is_dir() and path.stat().st_mtime < oldest:
                remove_tree(path)


def _name(manifest: Manifest) -> str:
    """Name what the quads are made of: content, its numbers, and the code that makes them."""
    made_of = [
        manifest.graph,
        [[record.name, record.mask] for record in manifest.segments],
        [[record.name, record.source] for record in manifest.facts],
        [[record.spec, record.licence] for record in manifest.sources],
        [hash_file(Path(code.__file__ or "")) for code in (graph_quads, rdf_vocabulary)],
        ox.__version__,
    ]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:32]
