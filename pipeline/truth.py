"""Tell how probable it is that a claim holds, and fit what counts for that to known claims.

`check` says what the evidence says, and is undecided where that is little. Who has to decide
between true and false, as a benchmark of claims does, asks `truths`: the log-odds are a weighted
sum of FEATURES, what the evidence says of the claim and how plausible it is without any.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.answering import Answerer
from wherefrom.pipeline.examples import ClaimExample
from wherefrom.pipeline.log_odds import chances, fit_signed
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.reader_manifest import Calibration
from wherefrom.pipeline.records import Check

FEATURES = ("supported", "refuted", "plausibility")
SIGNS = (1, -1, 1)  # which way each speaks for a claim, as FEATURES
LEAST = 50  # claims; fewer say little of three weights
TOGETHER = 64  # claims that are searched for at once


def truth_features(reader: Reader, checks: Sequence[Check]) -> NDArray[np.float64]:
    """Return what is known of claims, shape (N, F), in the order of FEATURES.

    The probabilities that the evidence supports and refutes a claim, and the logit of its
    plausibility without evidence; 0 where the reader has not learnt that.
    """
    plausible = np.zeros(len(checks))
    if reader.has_plausibility:
        plausible = reader.plausibility([""] * len(checks), [check.claim for check in checks])
    said = [[check.probabilities[name] for name in FEATURES[:2]] for check in checks]
    return np.column_stack([np.array(said).reshape(len(checks), 2), plausible])


def truths(reader: Reader, checks: Sequence[Check]) -> NDArray[np.float64]:
    """Return the probability that each claim is true, shape (N,)."""
    return truths_of(truth_features(reader, checks), reader.manifest.calibration)


def truths_of(rows: NDArray[np.float64], calibration: Calibration) -> NDArray[np.float64]:
    """Return the probability that each claim is true, shape (N,), from features (N, F)."""
    return chances(rows, FEATURES, calibration.claim_weights, calibration.claim_bias)


def require_enough(claims: Sequence[ClaimExample]) -> None:
    """Refuse to fit to fewer than LEAST claims, or to claims that are all true or all false."""
    true = sum(claim.true for claim in claims)
    if len(claims) < LEAST or true in (0, len(claims)):
        raise UsageError(
            f"cannot fit what counts for a claim to {len(claims)} claims, {true} of them true; "
            f"{LEAST} are needed, true ones and false ones"
        )


def observe_claims(
    answerer: Answerer,
    claims: Sequence[ClaimExample],
    *,
    advance: Callable[[], None] = lambda: None,
) -> NDArray[np.float64]:
    """Check each claim by what the knowledge base holds; return its features, shape (N, F)."""
    checks: list[Check] = []
    for first in range(0, len(claims), TOGETHER):
        part = claims[first : first + TOGETHER]
        checks += answerer.check_many([claim.claim for claim in part])
        for _ in part:
            advance()
    return truth_features(answerer.reader, checks)


def fit_claims(
    rows: NDArray[np.float64], true: Sequence[bool], calibration: Calibration
) -> Calibration:
    """Fit the weights of FEATURES to claims that are known, and return the calibration with them.

    Parameters
    ----------
    rows
        The features of the claims, shape (N, F).
    true
        Which of them hold.
    calibration
        What else it holds stays.
    """
    weights, bias = fit_signed(rows, true, SIGNS)
    return replace(
        calibration,
        claim_weights={n: round(float(w), 4) for n, w in zip(FEATURES, weights, strict=True)},
        claim_bias=round(bias, 4),
    )
