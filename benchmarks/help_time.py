"""Time `wherefrom --help`, from the start of the process to its end.

python -m wherefrom.benchmarks.help_time --out results/help_time.json

Beside it stands an empty Python process, which no command written in Python can undercut.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wherefrom.benchmarks.installed import wherefrom_command
from wherefrom.benchmarks.provenance import write_result


def measure(*, runs: int) -> dict[str, Any]:
    """Run both in turns, once unmeasured, then `runs` times."""
    commands = {
        "help": [str(wherefrom_command()), "--help"],
        "empty_python": [sys.executable, "-c", "pass"],
    }
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(runs + 1):
        for name, command in commands.items():
            taken = _seconds(command)
            if number:
                seconds[name].append(taken)
    return {
        "benchmark": "help_time",
        "runs": runs,
        "seconds": {
            name: {"median": statistics.median(found), "min": min(found), "max": max(found)}
            for name, found in seconds.items()
        },
    }


def _seconds(command: Sequence[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main() -> None:
    """Read the command line, measure, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    write_result(chosen.out, measure(runs=chosen.runs))


if __name__ == "__main__":
    main()
