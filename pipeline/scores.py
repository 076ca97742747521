"""What a reader's answers to labelled examples are worth, example by example."""

from collections.abc import Container, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wherefrom.pipeline.interval import mean_with_interval
from wherefrom.pipeline.reliability import Bin, calibration_error, reliability

Measures = dict[str, dict[str, float]]  # of each measure n, value, and low and high of its interval
ACCURACY, F1 = "accuracy", "f1"


@dataclass(frozen=True, slots=True)
class Scores:
    """One value for each of N examples and each measure, and how sure the reader was.

    `values` holds, of each measure, shape (N,), from 0 to 1. `chances` (N,) is the probability that
    the reader gave to what it held for likeliest, which `accuracy` says the truth of; None where it
    gives none.
    """

    values: Mapping[str, NDArray[np.float64]]
    chances: NDArray[np.float64] | None = None

    def measures(self) -> Measures:
        """Return the mean of each measure with its interval, and the calibration error."""
        found: Measures = {
            name: mean_with_interval(value.tolist()) for name, value in self.values.items()
        }
        if self.chances is not None:
            error = calibration_error(self.chances, self.values[ACCURACY] > 0)
            found["calibration_error"] = {"n": len(self.chances), "value": error}
        return found

    def bins(self) -> tuple[Bin, ...]:
        """Return how often the reader was right by how sure it was; none without probabilities."""
        if self.chances is None:
            return ()
        return reliability(self.chances, self.values[ACCURACY] > 0)


def main_measure(known: Container[str]) -> str:
    """Name the measure that says most of an answer: F1 where it is a span."""
    return F1 if F1 in known else ACCURACY


def sureness(chances: NDArray[np.float64], labels: NDArray[np.integer]) -> Scores:
    """Score probabilities (N, L) against the numbers (N,) of the right labels."""
    right = (chances.argmax(axis=1) == labels).astype(np.float64)
    return Scores({ACCURACY: right}, chances.max(axis=1))
