"""Write what a knowledge base holds as a file of N-Quads.

Source: W3C, "RDF 1.1 N-Quads", 2014, https://www.w3.org/TR/n-quads/. The file is written as a
stream, in an order that follows from the content alone; the same content gives the same bytes.
"""

import gzip
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

import pyoxigraph as ox

from wherefrom.indexes.graph import Graph
from wherefrom.indexes.graph_quads import graph_quads
from wherefrom.kb.durable import replaced_file
from wherefrom.kb.errors import UsageError
from wherefrom.kb.progress import NoProgress, Progress

SUFFIXES = (".nq", ".nq.gz")
STAGE = "write quads"
BATCH = 10_000  # quads that are written at once


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export wrote: lines of N-Quads, and the size of the file."""

    quads: int
    bytes: int
    seconds: float


def export_rdf(graph: Graph, path: Path | str, *, progress: Progress | None = None) -> ExportReport:
    """Write a knowledge base as N-Quads, compressed by gzip where the name ends so.

    Parameters
    ----------
    graph
        Its graph.
    path
        The file, which is replaced where there is one; its name ends in ``.nq`` or ``.nq.gz``.
    progress
        Told how many quads are written.

    Raises
    ------
    UsageError
        If the name ends otherwise, or the file would lie in the folder of the knowledge base.
    StorageError
        If the disk refuses.
    """
    started = time.perf_counter()
    target = Path(path)
    _check(target, graph.generation.folder)
    with replaced_file(target) as temporary, _opened(temporary, target.name) as stream:
        count = _write(graph_quads(graph), stream, progress or NoProgress())
    return ExportReport(count, target.stat().st_size, time.perf_counter() - started)


def _write(quads: Iterator[ox.Quad], stream: BinaryIO, progress: Progress) -> int:
    """Write quads, and return how many there were."""
    count = 0
    progress.start(STAGE)
    while batch := list(islice(quads, BATCH)):
        ox.serialize(batch, stream, format=ox.RdfFormat.N_QUADS)
        count += len(batch)
        progress.advance(STAGE, len(batch))
    progress.finish(STAGE)
    return count


@contextmanager
def _opened(path: Path, name: str) -> Iterator[BinaryIO]:
    """Open a file to write into; a compressed one holds neither name nor time."""
    with path.open("wb") as plain:
        if not name.endswith(".gz"):
            yield plain
            return
        with gzip.GzipFile("", "wb", fileobj=plain, mtime=0) as packed:
            yield cast(BinaryIO, packed)


def _check(path: Path, folder: Path) -> None:
    if not path.name.endswith(SUFFIXES):
        allowed = " or ".join(SUFFIXES)
        raise UsageError(f"{path}: the name of a file of N-Quads must end in {allowed}")
    if path.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"{path} lies in the knowledge base itself; name another folder")
