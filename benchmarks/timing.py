"""How long the examples of a run take, arm by arm: what quality costs.

Predictions and measures do not depend on the time, so it stands in a file of its own.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TypeVar

from wherefrom.kb.durable import write_file
from wherefrom.kb.errors import DamagedError

Thing = TypeVar("Thing")
Result = TypeVar("Result")


class Timing:
    """The seconds of each arm, and of how many examples; several threads may add to them.

    Parameters
    ----------
    file
        Where it is kept; what an earlier part of the run has written is added to.

    Raises
    ------
    DamagedError
        If there is such a file, and it cannot be read.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = Lock()
        self._arms: dict[str, tuple[int, float]] = {}
        if file.is_file():
            try:
                known = json.loads(file.read_text(encoding="utf-8"))
                self._arms = {arm: (one["n"], one["seconds"]) for arm, one in known.items()}
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                raise DamagedError(f"{file} does not say how long arms took: {error}") from error

    def timed(self, arm: str, work: Callable[[Thing], Result]) -> Callable[[Thing], Result]:
        """Return what does the same work, and counts how long it takes."""

        def counted(thing: Thing) -> Result:
            start = time.perf_counter()
            done = work(thing)
            taken = time.perf_counter() - start
            with self._lock:
                number, seconds = self._arms.get(arm, (0, 0.0))
                self._arms[arm] = number + 1, seconds + taken
            return done

        return counted

    def seconds(self) -> dict[str, float]:
        """Return the mean seconds of an example in each arm."""
        return {arm: seconds / number for arm, (number, seconds) in self._arms.items()}

    def write(self) -> None:
        """Write all that is known; a kill without a warning loses what was added since."""
        told = {
            arm: {"n": number, "seconds": round(seconds, 3)}
            for arm, (number, seconds) in self._arms.items()
        }
        write_file(self._file, (json.dumps(told, indent=2) + "\n").encode("utf-8"))
