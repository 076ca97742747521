"""Say how far a reader's probabilities are from how often it is right."""

import numpy as np
from numpy.typing import NDArray

BINS = 15


def calibration_error(probabilities: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the expected calibration error of what was held for likeliest.

    Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning",
    AAAI 2015, with BINS bins of equal width.

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
    bins = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, weights=right - probabilities, minlength=BINS)
    return float(np.abs(gaps).sum() / max(1, len(right)))
