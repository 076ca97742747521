"""A mean with its 95 % bootstrap interval.

Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13 (percentiles).
"""

from collections.abc import Sequence

import numpy as np

from wherefrom.kb.errors import UsageError

RESAMPLES = 2_000


def mean_with_interval(values: Sequence[float], *, seed: int = 0) -> dict[str, float]:
    """Return n, the mean of one value per example, and its interval: n, value, low, high.

    Raises
    ------
    UsageError
        If there are no values: nothing has no mean.
    """
    if not len(values):
        raise UsageError("nothing to measure: there is no example to take the mean of")
    found = np.asarray(values, dtype=np.float64)
    random = np.random.default_rng(seed)
    means = [float(random.choice(found, len(found)).mean()) for _ in range(RESAMPLES)]
    low, high = np.quantile(means, [0.025, 0.975]).tolist()
    return {"n": len(found), "value": float(found.mean()), "low": low, "high": high}
