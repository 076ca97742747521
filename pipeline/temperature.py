"""Fit the temperature that the logits of a head are divided by, so that its probabilities hold.

One temperature for all is that of Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural
Networks", ICML 2017, arXiv:1706.04599. It fails where a head is too sure of one kind of text and
not sure enough of another; then each input has a temperature of its own, told from the features
that the head sees, as Xie, Chen, Lee, Mitchell and Finn do it ("Calibrating Language Models with
Adaptive Temperature Scaling", EMNLP 2024, arXiv:2409.19817), but linear, in the directions in which
the features vary most, and without a network. With it go biases of the labels, as in the vector
scaling of Guo et al.: a head may say one too seldom.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TEMPERATURES = np.geomspace(0.25, 8.0, 101)
SMALLEST = 1e-12  # probabilities are kept so far from 0 before their logarithm is taken
LEAST_OWN = 1000  # examples; with fewer all have one temperature
FOLDS = 5
COMPONENTS = 32  # of the features; a weight for each feature would learn the examples by heart
FLAT = 1e-6  # a component that varies so little against the first one is left out
RIDGE = 0.2  # what the squared weights of components cost, against the loss of one example
LOWEST, HIGHEST = 0.2, 5.0  # temperatures of single inputs; a strange text goes no further


@dataclass(frozen=True, slots=True)
class Scaling:
    """How logits are scaled before they become probabilities.

    `biases` (L) are added to the logits of the labels; then they are divided by a temperature. It
    is `temperature`; with `weights` its logarithm rises by so much with each of F features.
    """

    temperature: float = 1.0
    weights: tuple[float, ...] = ()
    biases: tuple[float, ...] = ()

    def scaled(
        self, logits: NDArray[np.float64], features: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the scaled logits (N, L) of inputs with some features (N, F).

        Examples
        --------
        >>> one = Scaling(2.0, biases=(0.0, 1.0))
        >>> one.scaled(np.array([[4.0, 1.0]]), np.zeros((1, 3))).tolist()
        [[2.0, 1.0]]
        """
        moved = logits + np.asarray(self.biases) if self.biases else logits
        return moved / self.temperatures(features)[:, None]

    def temperatures(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the temperature of each of N inputs, shape (N,)."""
        if not self.weights:
            return np.full(len(features), self.temperature)
        found = self.temperature * np.exp(features @ np.asarray(self.weights, dtype=np.float64))
        return np.clip(found, LOWEST, HIGHEST)


def fit_temperature(
    parts: Sequence[tuple[NDArray[np.float64], NDArray[np.bool_]]],
) -> float:
    """Return the temperature under which the right labels are most probable.

    Parameters
    ----------
    parts
        Logits at temperature 1, shape (N, L), -inf where there is no label, and which labels are
        right, of the same shape: one in each row, or several where any of them will do.

    Examples
    --------
    >>> sure = np.array([[4.0, 0.0], [4.0, 0.0]])
    >>> fit_temperature([(sure, np.array([[True, False], [False, True]]))])
    8.0
    """
    rows = sum(len(logits) for logits, _ in parts)

    def loss(temperature: float) -> float:
        return sum(_loss(logits / temperature, right) for logits, right in parts) / rows

    return float(min(TEMPERATURES.tolist(), key=loss))


def fit_scaling(
    logits: NDArray[np.float64],
    right: NDArray[np.bool_],
    features: NDArray[np.float64],
    groups: Sequence[str],
) -> Scaling:
    """Return the scaling under which the right labels are most probable.

    Weights and biases are fitted to LEAST_OWN examples or more, and kept only if they make labels
    more probable than a temperature alone does, on the examples of each fold that they were not
    fitted on.

    Parameters
    ----------
    logits
        As the head says them, shape (N, L).
    right
        Which labels are right, of the same shape; one or several in each row.
    features
        What the head sees, shape (N, F).
    groups
        Of each example; those of one group are in one fold.
    """
    common = Scaling(fit_temperature([(logits, right)]))
    if len(logits) < LEAST_OWN:
        return common
    fold = np.unique(list(groups), return_inverse=True)[1] % FOLDS
    gained = 0.0
    for number in range(FOLDS):
        others, own = fold != number, fold == number
        plain = Scaling(fit_temperature([(logits[others], right[others])]))
        found = _own(logits[others], right[others], features[others])
        for sign, scaling in ((1, plain), (-1, found)):
            gained += sign * _loss(scaling.scaled(logits[own], features[own]), right[own])
    return _own(logits, right, features) if gained > 0 else common


def _own(
    logits: NDArray[np.float64], right: NDArray[np.bool_], features: NDArray[np.float64]
) -> Scaling:
    """Fit weights, by ridge-penalised likelihood over components of like spread, and biases."""
    from scipy.optimize import minimize
    from sklearn.decomposition import PCA

    principal = PCA(min(COMPONENTS, *features.shape), svd_solver="full").fit(features)
    spread = np.sqrt(principal.explained_variance_)
    spread = np.where(spread > FLAT * spread[0], spread, np.inf) * np.sqrt(len(spread))
    scaled = principal.transform(features) / spread
    labels = logits.shape[1]

    def loss(found: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        biases, level, weights = found[:labels], found[labels], found[labels + 1 :]
        each = np.exp(level + scaled @ weights)[:, None]
        cooled = (logits + biases) / each
        shares, known = _shares(cooled, right)
        by_logit = shares - known
        slope = -(cooled * by_logit).sum(axis=1)  # by each log temperature
        penalty = RIDGE / 2 * float((weights**2).sum())
        gradient = np.concatenate(
            [
                (by_logit / each).sum(axis=0),
                [slope.sum()],
                scaled.T @ slope + RIDGE * weights,
            ]
        )
        return (_loss(cooled, right) + penalty) / len(logits), gradient / len(logits)

    best = minimize(loss, np.zeros(labels + 1 + len(spread)), jac=True, method="L-BFGS-B").x
    weights = (best[labels + 1 :] / spread) @ principal.components_
    biases = best[:labels] - best[0]
    return Scaling(
        float(np.exp(best[labels] - weights @ principal.mean_)),
        tuple(float(f"{one:.4g}") for one in weights),
        tuple(float(f"{one:.4g}") for one in biases),
    )


def _loss(logits: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the sum of the negative logarithms of what the right labels are given."""
    shares, _ = _shares(logits, right)
    return -float(np.log(np.clip((shares * right).sum(axis=1), SMALLEST, None)).sum())


def _shares(
    logits: NDArray[np.float64], right: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the probabilities of labels, and those of them if the right ones are known."""
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares = odds / odds.sum(axis=1, keepdims=True)
    known = odds * right
    return shares, known / np.clip(known.sum(axis=1, keepdims=True), SMALLEST, None)
