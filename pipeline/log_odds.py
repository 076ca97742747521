"""Turn what is known of something into a probability: its log-odds are a weighted sum.

Platt, "Probabilistic Outputs for Support Vector Machines and Comparisons to Regularized Likelihood
Methods", 1999. Answers, passages and claims are judged so, each by features of their own.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

MOST = 50.0  # log-odds; beyond, a probability is 0 or 1 in any case


def chances(
    rows: ArrayLike, names: Sequence[str], weights: Mapping[str, float], bias: float
) -> NDArray[np.float64]:
    """Return the probability of each row of features.

    Parameters
    ----------
    rows
        Features, shape (N, F).
    names
        Of the F features.
    weights
        By name; a feature without one does not count.
    bias
        The log-odds where all features are 0.

    Examples
    --------
    >>> chances([[1.0, 7.0], [0.0, 7.0]], ("margin", "echo"), {"margin": 2.0}, -1.0).round(3)
    array([0.731, 0.269])
    """
    counted = np.array([weights.get(name, 0.0) for name in names])
    logits = np.asarray(rows, dtype=np.float64) @ counted + bias
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -MOST, MOST))))


def fit_signed(
    rows: NDArray[np.float64], right: Sequence[bool] | NDArray[np.bool_], signs: Sequence[int]
) -> tuple[NDArray[np.float64], float]:
    """Fit weights (F,) and a bias by logistic regression.

    What would count against its own meaning, as support that made an answer less probable would, is
    left out: its weight is 0.

    Parameters
    ----------
    rows
        Features of like spread, shape (N, F).
    right
        Of each row whether it is; some must be and some must not.
    signs
        1 or -1 of each feature: which way it may count.
    """
    from sklearn.linear_model import LogisticRegression

    used = np.ones(len(signs), dtype=np.bool_)
    model = LogisticRegression(C=1.0, max_iter=1000).fit(rows, right)
    while (contrary := (model.coef_[0] * signs < 0) & used).any():
        used &= ~contrary
        model.fit(rows * used, right)
    return np.where(used, model.coef_[0], 0.0), float(model.intercept_[0])
