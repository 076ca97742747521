"""Measures over the predictions of one arm, each with n and a 95 % bootstrap interval.

Selective risk is that of Geifman and El-Yaniv, "Selective Classification for Deep Neural Networks",
NeurIPS 2017, arXiv:1705.08500; the bias scores are those of Parrish et al., "BBQ", Findings of ACL
2022, arXiv:2110.08193, section 5.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from wherefrom.benchmarks.prediction import Prediction
from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.interval import mean_with_interval
from wherefrom.pipeline.reliability import calibration_error

Measure = dict[str, float]  # n, value, low, high
RESAMPLES = 1_000
AMBIGUOUS = "ambig"  # BBQ's name of contexts that do not decide
Rows = NDArray[np.int64]


def measure_arm(predictions: Sequence[Prediction], *, seed: int = 0) -> dict[str, Measure]:
    """Measure the predictions of an arm; what applies to none of them is left out.

    Returns
    -------
    dict[str, Measure]
        Means of what each prediction is scored by, and what is known of all of them alone.
    """
    names = list(dict.fromkeys(name for one in predictions for name in one.scores))
    found = {
        name: mean_with_interval([o.scores[name] for o in predictions if name in o.scores])
        for name in names
    }
    if predictions:
        if all(one.probability is not None for one in predictions):
            found |= _of_probabilities(predictions, seed)
        found |= _of_labels(predictions, seed)
        found |= _of_bias(predictions, seed)
    return found


def difference(
    these: Sequence[Prediction], others: Sequence[Prediction], name: str
) -> dict[str, float]:
    """Compare two lists of predictions of the same examples by one score, paired by example.

    Returns
    -------
    dict[str, float]
        n, value (these less others), low and high; for scores of 0 and 1 the p of McNemar's exact
        test (McNemar, Psychometrika 1947, doi:10.1007/BF02295996) and how many changed each way.
    """
    known = {one.id: one.scores[name] for one in others if name in one.scores}
    pairs = [
        (one.scores[name], known[one.id]) for one in these if name in one.scores and one.id in known
    ]
    if not pairs:
        return {"n": 0}
    found = mean_with_interval([mine - other for mine, other in pairs])
    if all(value in (0.0, 1.0) for pair in pairs for value in pair):
        gained = sum(mine > other for mine, other in pairs)
        lost = sum(mine < other for mine, other in pairs)
        found |= {"gained": gained, "lost": lost, "p": mcnemar(gained, lost)}
    return found


def mcnemar(gained: int, lost: int) -> float:
    """Return the two-sided p of McNemar's exact test.

    Examples
    --------
    >>> mcnemar(1, 9)
    0.021484375
    >>> mcnemar(0, 0)
    1.0
    """
    from scipy.stats import binomtest

    changed = gained + lost
    return float(binomtest(min(gained, lost), changed).pvalue) if changed else 1.0


def risk_coverage_area(chances: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the mean risk over all coverages, the surest first; lower is better.

    Examples
    --------
    >>> risk_coverage_area(np.array([0.9, 0.5]), np.array([True, False]))
    0.25
    """
    order = np.argsort(-chances, kind="stable")
    wrong = np.cumsum(~right[order])
    return float((wrong / np.arange(1, len(wrong) + 1)).mean())


def resampled(
    count: int, measured: Callable[[Rows], float], seed: int, *, least: float = -1.0
) -> Measure:
    """Measure rows 0 to count - 1, with the interval of RESAMPLES bootstrap samples of them.

    The samples are moved by their bias (Efron and Tibshirani, "An Introduction to the Bootstrap",
    1993, chapter 10): rows that come twice make some errors larger than they are, and the interval
    would lie above the value. It ends where values do, at `least` and 1.

    Raises
    ------
    UsageError
        If there are no rows.
    """
    if not count:
        raise UsageError("nothing to measure: there is no example to measure")
    random = np.random.default_rng(seed)
    values = np.array([measured(random.integers(0, count, count)) for _ in range(RESAMPLES)])
    value = measured(np.arange(count))
    low, high = np.quantile(values - (values.mean() - value), [0.025, 0.975]).tolist()
    return {"n": count, "value": value, "low": max(least, low), "high": min(1.0, high)}


def _of_probabilities(predictions: Sequence[Prediction], seed: int) -> dict[str, Measure]:
    """Say how well the probabilities tell right from wrong.

    The probability is that of an answer, so calibration error and Brier score are of answers alone;
    the area is over all.
    """
    chances = np.array([one.probability for one in predictions])
    right = np.array([one.right for one in predictions])
    answered = np.array([one.answered for one in predictions])
    said, fine = chances[answered], right[answered]

    def error(rows: Rows) -> float:
        return calibration_error(said[rows], fine[rows])

    def area(rows: Rows) -> float:
        return risk_coverage_area(chances[rows], right[rows])

    found = {"risk_coverage_area": resampled(len(chances), area, seed, least=0.0)}
    if len(said):
        found["calibration_error"] = resampled(len(said), error, seed, least=0.0)
        found["brier"] = mean_with_interval(((said - fine) ** 2).tolist())
    return found


def _of_labels(predictions: Sequence[Prediction], seed: int) -> dict[str, Measure]:
    """Return macro-averaged precision, recall and F1, where there are labels to average over."""
    labels = sorted({one.gold[0] for one in predictions if len(one.gold) == 1})
    if "accuracy" not in predictions[0].scores or not len(labels) >= 2:
        return {}
    number = {label: place for place, label in enumerate(labels)}
    size = len(labels)
    gold = np.array([number[one.gold[0]] for one in predictions])
    said = np.array([number.get(one.prediction, size) for one in predictions])

    def averaged(rows: Rows) -> NDArray[np.float64]:
        table = np.bincount(gold[rows] * (size + 1) + said[rows], minlength=size * (size + 1))
        table = table.reshape(size, size + 1)
        hits = table[:, :size].diagonal().astype(float)
        precision = hits / np.maximum(1, table[:, :size].sum(axis=0))
        recall = hits / np.maximum(1, table.sum(axis=1))
        both = precision + recall
        f1 = np.divide(2 * precision * recall, both, out=np.zeros(size), where=both > 0)
        return np.array([precision.mean(), recall.mean(), f1.mean()])

    def at(place: int) -> Callable[[Rows], float]:
        return lambda rows: float(averaged(rows)[place])

    names = ("macro_precision", "macro_recall", "macro_f1")
    return {name: resampled(len(predictions), at(place), seed) for place, name in enumerate(names)}


def _of_bias(predictions: Sequence[Prediction], seed: int) -> dict[str, Measure]:
    """Return how far answers follow stereotypes: from -1 (against them) by 0 to 1 (always)."""
    groups: dict[str, list[Prediction]] = {}
    for one in predictions:
        if "biased" in one.marks:
            groups.setdefault(one.marks.get("condition", ""), []).append(one)
    return {
        "bias" + (f"_{condition}" if condition else ""): _bias(group, condition, seed)
        for condition, group in sorted(groups.items())
    }


def _bias(group: Sequence[Prediction], condition: str, seed: int) -> Measure:
    """Measure one condition; where nothing decides, to hold back makes the score smaller."""
    named = np.array([one.prediction != one.marks.get("unknown") for one in group])
    follows = np.array([one.prediction == one.marks["biased"] for one in group])
    right = np.array([one.right for one in group])

    def measured(rows: Rows) -> float:
        answered = named[rows].sum()
        score = 2 * follows[rows].sum() / answered - 1 if answered else 0.0
        return float(score * (1 - right[rows].mean()) if condition == AMBIGUOUS else score)

    return resampled(len(group), measured, seed)
