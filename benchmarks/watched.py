"""Run a command and watch how much memory it and its children hold.

Resident memory is sampled; where the kernel keeps the peak of a process (Linux: VmHWM), that is
read too, so that a short peak between two samples is not missed. Pages of files that are mapped
into memory count while they are resident, although the kernel may drop them at any time.
"""

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from wherefrom.kb.errors import WherefromError

SAMPLE_SECONDS = 0.02
MIB = 1024 * 1024
TOLD = "told.json"  # what a function that is watched returned
CHILD = "import sys; from wherefrom.benchmarks.watched import tell; tell(*sys.argv[1:])"
_HIGH_WATER = re.compile(r"^VmHWM:\s*(\d+) kB", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Watched:
    """What a command took: `peak_bytes` of resident memory, children included."""

    seconds: float
    peak_bytes: int
    samples: int

    @property
    def peak_mib(self) -> float:
        """Return the peak in MiB (1,048,576 bytes)."""
        return self.peak_bytes / MIB


def watch(command: Sequence[str | Path]) -> Watched:
    """Run a command to its end; its standard output is dropped.

    Raises
    ------
    WherefromError
        If it fails; the message holds the end of what it wrote to stderr.
    """
    import psutil

    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        watched = psutil.Process(process.pid)
        peak = samples = 0
        while process.poll() is None:
            peak = max(peak, _resident(watched), _high_water(process.pid))
            samples += 1
            time.sleep(SAMPLE_SECONDS)
        seconds = time.perf_counter() - start
        errors.seek(0)
        said = errors.read().decode(errors="replace")
    if process.returncode:
        raise WherefromError(f"{command[0]} ended with {process.returncode}: {said[-2000:]}")
    return Watched(seconds, peak, samples)


def watch_call(function: str, folder: Path, *words: str) -> tuple[dict[str, Any], Watched]:
    """Call a function in a process of its own: the figures that it returned, and what it took.

    Parameters
    ----------
    function
        ``module:name``. It is called with `folder` and `words`.
    folder
        Where it works, and where its figures are handed over.

    Raises
    ------
    WherefromError
        If it fails.
    """
    watched = watch([sys.executable, "-c", CHILD, function, folder, *words])
    return json.loads((folder / TOLD).read_text(encoding="utf-8")), watched


def tell(function: str, folder: str, *words: str) -> None:
    """Call a function for `watch_call`, and write what it returns into the folder."""
    module, _, name = function.partition(":")
    figures = getattr(import_module(module), name)(Path(folder), *words)
    (Path(folder) / TOLD).write_text(json.dumps(figures), encoding="utf-8")


def bytes_below(place: Path) -> int:
    """Sum the sizes of a file, or of all files in a folder and below."""
    files = [place] if place.is_file() else place.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file())


def _resident(process: Any) -> int:
    """Sum the resident bytes of a process and its children; 0 once it has ended."""
    import psutil

    total = 0
    try:
        for each in (process, *process.children(recursive=True)):
            total += each.memory_info().rss
    except psutil.NoSuchProcess:
        pass
    return total


def _high_water(pid: int) -> int:
    """Return the peak that the kernel has kept of one process, 0 where it keeps none."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    found = _HIGH_WATER.search(status)
    return 1024 * int(found[1]) if found else 0
