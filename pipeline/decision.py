"""Decide which candidate answers a question, how probable it is, and when to abstain.

A candidate's log-odds are a weighted sum of what is known of it, the weights fitted by logistic
regression to answers whose truth is known (Platt, "Probabilistic Outputs for Support Vector
Machines", 1999); see `wherefrom.pipeline.calibration`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from wherefrom.pipeline.judged import Judged
from wherefrom.pipeline.log_odds import chances

FEATURES = ("margin", "relevance", "agreement", "entailment", "similarity", "echo")


@dataclass(frozen=True, slots=True)
class Decision:
    """The candidate chosen, with its probability; `abstained` when that is below the threshold."""

    number: int
    probability: float
    abstained: bool


def features(judged: Judged) -> tuple[float, ...]:
    """Return what is known of a candidate, in the order of FEATURES."""
    best = judged.candidate.best
    return (
        best.margin,
        best.relevance,
        judged.candidate.agreement,
        judged.verification.log_odds,
        judged.similarity,
        judged.echo,
    )


def probability(values: Sequence[float], weights: Mapping[str, float], bias: float) -> float:
    """Return the probability of an answer with these `features`."""
    return float(chances([values], FEATURES, weights, bias)[0])


def decide(probabilities: Sequence[float], threshold: float) -> Decision:
    """Choose the most probable candidate; abstain if it, or there, is nothing good enough."""
    if not probabilities:
        return Decision(-1, 0.0, abstained=True)
    number = int(np.argmax(probabilities))
    best = probabilities[number]
    return Decision(number, best, abstained=best < threshold)
