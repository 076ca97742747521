"""Say in words whether the evidence mattered, by paired comparison of the arms of a run."""

from collections.abc import Mapping, Sequence
from itertools import combinations

from wherefrom.benchmarks.example import Shape
from wherefrom.benchmarks.metrics import difference
from wherefrom.benchmarks.prediction import NDCG, Prediction

MAIN: dict[Shape, str] = {
    "question": "f1",
    "claim": "accuracy",
    "pair": "accuracy",
    "choices": "accuracy",
    "query": NDCG,
}  # the score by which arms are compared
AGAINST = ("shuffled", "none")  # what evidence is compared with
SHOWN = ("gold", "retrieved")  # arms whose evidence should help
IGNORED = "evidence_ignored"
FLAGS = {IGNORED: "FLAGGED: its own evidence does not beat the evidence of another example."}


def compare_arms(
    arms: Mapping[str, Sequence[Prediction]], shape: Shape
) -> dict[str, dict[str, float]]:
    """Return the difference of each arm with evidence from each arm without its own.

    Of retrievers each is compared with those that stand before it.

    Returns
    -------
    dict[str, dict[str, float]]
        By ``retrieved_less_shuffled`` and the like; see `metrics.difference`.
    """
    if shape == "query":
        pairs = [(later, earlier) for earlier, later in combinations(arms, 2)]
    else:
        pairs = [(one, other) for one in SHOWN for other in AGAINST]
        pairs += [("gold", "retrieved"), ("adversarial", "retrieved"), ("adversarial", "gold")]
    return {
        f"{one}_less_{other}": difference(arms[one], arms[other], MAIN[shape])
        for one, other in pairs
        if one in arms and other in arms
    }


def findings(differences: Mapping[str, Mapping[str, float]], shape: Shape) -> list[str]:
    """Put each difference into a sentence."""
    told = []
    for name, found in differences.items():
        one, _, other = name.partition("_less_")
        if not found["n"]:
            continue
        size = f"{100 * found['value']:+.1f} points of {MAIN[shape]}"
        interval = f"[{100 * found['low']:+.1f}, {100 * found['high']:+.1f}], n = {found['n']:,}"
        told.append(f"{_sentence(one, other, found)}: {size} {interval}.")
    return told


def flags(differences: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Return IGNORED where evidence is not better than the evidence of another example."""
    compared = [differences.get(f"{arm}_less_shuffled") for arm in SHOWN]
    weak = any(found is not None and not found.get("low", 0.0) > 0.0 for found in compared)
    return [IGNORED] if weak else []


def _sentence(one: str, other: str, found: Mapping[str, float]) -> str:
    if found["low"] > 0:
        verb = "is better than"
    elif found["high"] < 0:
        verb = "is WORSE than"
    else:
        verb = "cannot be told from"
    names = {
        "none": "no evidence",
        "shuffled": "the evidence of another example",
        "gold": "marked evidence",
        "retrieved": "retrieved evidence",
        "adversarial": "evidence behind a misleading sentence",
    }
    sentence = f"{names.get(one, one)} {verb} {names.get(other, other)}"
    return sentence[0].upper() + sentence[1:]
