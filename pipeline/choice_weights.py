"""Fit what each feature of a choice counts, on questions with choices whose answers are known.

The log-odds of a choice are a weighted sum of its features, and choices exclude each other: a
conditional logit (McFadden, "Conditional Logit Analysis of Qualitative Choice Behavior", 1974).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.answering import Answerer
from wherefrom.pipeline.choosing import FEATURES, retrieve_for_options, weigh_options
from wherefrom.pipeline.multiple_choice import ChoiceQuestion
from wherefrom.pipeline.records import Evidence

LEAST = 50  # questions; fewer say little of six weights
RIDGE = 1.0
SIGNS = (1, -1, 1, 1, 1, 1)  # which way each speaks for a choice, as FEATURES


@dataclass(frozen=True, slots=True)
class KnownChoice:
    """The features of a question's choices, shape (C, F), and the place of the right one."""

    rows: NDArray[np.float64]
    right: int


def require_enough(count: int) -> None:
    """Refuse to fit to fewer than LEAST questions."""
    if count < LEAST:
        raise UsageError(
            f"cannot fit what counts for a choice to {count} questions; {LEAST} are needed"
        )


def observe_choice(
    answerer: Answerer, question: ChoiceQuestion, evidence: Sequence[Sequence[Evidence]]
) -> KnownChoice:
    """Weigh the choices of one question by evidence that was found, as `choose` does."""
    reader, encoder = answerer.reader, answerer.knowledge.encoder
    found = weigh_options(reader, encoder, question.question, question.options, evidence)
    return KnownChoice(found.rows, question.right)


def observe_choices(
    answerer: Answerer,
    questions: Sequence[ChoiceQuestion],
    *,
    advance: Callable[[], None] = lambda: None,
) -> list[KnownChoice]:
    """Find what the knowledge base says of the choices of each question, as `choose` does."""
    known = []
    for one in questions:
        used = answerer.chosen(None)
        evidence = retrieve_for_options(
            answerer.knowledge, one.question, one.options, retriever=used
        )
        known.append(observe_choice(answerer, one, evidence))
        advance()
    return known


def fit_choices(known: Sequence[KnownChoice]) -> dict[str, float]:
    """Return weights by the names of FEATURES, under which the right choices are most probable.

    A feature never counts against its own meaning: its weight is 0 then.

    Raises
    ------
    UsageError
        If there are fewer than LEAST questions.
    """
    from scipy.optimize import minimize

    require_enough(len(known))
    spread = np.concatenate([each.rows for each in known]).std(axis=0)
    scales = np.where(spread > 0, spread, 1.0)
    scaled = [(each.rows / scales, each.right) for each in known]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, slope = RIDGE / 2 * float(weights @ weights), RIDGE * weights
        for rows, right in scaled:
            logits = rows @ weights
            odds = np.exp(logits - logits.max())
            shares = odds / odds.sum()
            total -= float(np.log(shares[right]))
            slope = slope + shares @ rows - rows[right]
        return total, slope

    bounds = [(0.0, None) if sign > 0 else (None, 0.0) for sign in SIGNS]
    start = np.zeros(len(FEATURES))
    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x / scales
    return {name: round(float(weight), 4) for name, weight in zip(FEATURES, best, strict=True)}
