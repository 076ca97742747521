"""How far probabilities mean what they say: what is held for 80 % probable is right in 80 of 100.

Niculescu-Mizil and Caruana, "Predicting Good Probabilities with Supervised Learning", ICML 2005
(reliability diagrams); Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated Probabilities
Using Bayesian Binning", AAAI 2015 (the expected calibration error).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 15  # of equal width


@dataclass(frozen=True, slots=True)
class Bin:
    """Predictions of like probability, from `low` to below `high` (the last includes 1).

    `probability` is their mean probability, `right` the share of them that was right.
    """

    low: float
    high: float
    n: int
    probability: float
    right: float


def reliability(probabilities: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[Bin, ...]:
    """Return the bins that hold a prediction, in order.

    Parameters
    ----------
    probabilities
        Shape (N,), from 0 to 1: how sure each prediction was.
    right
        Shape (N,): whether it was right.

    Examples
    --------
    >>> for one in reliability(np.array([0.99, 0.7, 0.7]), np.array([True, True, False])):
    ...     print(f"{one.low:.2f} to {one.high:.2f}: {one.n}, {one.probability:.2f} {one.right}")
    0.67 to 0.73: 2, 0.70 0.5
    0.93 to 1.00: 1, 0.99 1.0
    """
    numbers = _bins_of(probabilities)
    return tuple(
        Bin(
            low=number / BINS,
            high=(number + 1) / BINS,
            n=int(inside.sum()),
            probability=float(probabilities[inside].mean()),
            right=float(right[inside].mean()),
        )
        for number in range(BINS)
        if (inside := numbers == number).any()
    )


def calibration_error(probabilities: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the expected calibration error: the gap of each bin, weighted by what it holds.

    Parameters
    ----------
    probabilities
        Shape (N,), from 0 to 1: how sure each prediction was.
    right
        Shape (N,): whether it was right.

    Examples
    --------
    >>> calibration_error(np.array([0.75, 0.75]), np.array([True, False]))
    0.25
    """
    sums = np.bincount(_bins_of(probabilities), weights=right - probabilities)
    return float(np.abs(sums).sum() / max(1, len(right)))


def _bins_of(probabilities: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.minimum((probabilities * BINS).astype(np.int64), BINS - 1)
