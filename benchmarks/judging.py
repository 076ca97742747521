"""Say in words whether the evidence mattered, by paired comparison of the arms of a run."""

from collections.abc import Mapping, Sequence
from itertools import combinations

from wherefrom.benchmarks.changing import WAYS, part_arm
from wherefrom.benchmarks.contamination import IN_KNOWLEDGE, IN_TRAINING
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
FLAGS = {
    IGNORED: "FLAGGED: its own evidence does not beat the evidence of another example.",
    IN_KNOWLEDGE: "FLAGGED: the knowledge base holds examples word for word, answers beside them.",
    IN_TRAINING: "FLAGGED: examples stand in what the reader learnt from.",
}


NAMES = {
    "none": "no evidence",
    "shuffled": "the evidence of another example",
    "gold": "marked evidence",
    "retrieved": "retrieved evidence",
    "adversarial": "evidence behind a misleading sentence",
}


def compare_arms(
    arms: Mapping[str, Sequence[Prediction]], shape: Shape
) -> dict[str, dict[str, float]]:
    """Return the difference of each arm with evidence from each arm without its own.

    Of retrievers each is compared with those that stand before it. Where examples were changed,
    each arm of changed ones is compared with that of the unchanged.

    Returns
    -------
    dict[str, dict[str, float]]
        By ``retrieved_less_shuffled`` and the like; see `metrics.difference`.
    """
    if shape == "query":
        plain = [name for name in arms if not part_arm(name)[1]]
        pairs = [(later, earlier) for earlier, later in combinations(plain, 2)]
    else:
        pairs = [(one, other) for one in SHOWN for other in AGAINST]
        pairs += [("gold", "retrieved"), ("adversarial", "retrieved"), ("adversarial", "gold")]
    pairs += [(name, part_arm(name)[0]) for name in arms if part_arm(name)[1]]
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


def refusals(arms: Mapping[str, Sequence[Prediction]]) -> list[str]:
    """Say of how many examples of each arm that they were refused, and why the first one was."""
    told = []
    for arm, predictions in arms.items():
        refused = [one for one in predictions if one.refused]
        if refused:
            told.append(
                f"In the arm {arm} {len(refused):,} of {len(predictions):,} examples were refused "
                f"and count as abstentions; of {refused[0].id!r}, {refused[0].refused}."
            )
    return told


def flags(differences: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Return IGNORED where evidence is not better than the evidence of another example.

    What is marked decides, where something is: that retrieved evidence does not help may be because
    it was not found, and is told by the findings.

    Examples
    --------
    >>> better, unclear = {"n": 9, "low": 0.1}, {"n": 9, "low": -0.1}
    >>> flags({"gold_less_shuffled": better, "retrieved_less_shuffled": unclear})
    []
    >>> flags({"retrieved_less_shuffled": unclear})
    ['evidence_ignored']
    """
    compared = (differences.get(f"{arm}_less_shuffled") for arm in SHOWN)
    found = next((one for one in compared if one is not None and one["n"]), None)
    return [IGNORED] if found is not None and not found["low"] > 0.0 else []


def _sentence(one: str, other: str, found: Mapping[str, float]) -> str:
    arm, way = part_arm(one)
    if way:
        end = _verb(found, "does better than", "does WORSE than", "does no better or worse than")
        return f"With {WAYS[way]}, {NAMES.get(arm, arm)} {end} without them"
    end = _verb(found, "is better than", "is WORSE than", "cannot be told from")
    sentence = f"{NAMES.get(one, one)} {end} {NAMES.get(other, other)}"
    return sentence[0].upper() + sentence[1:]


def _verb(found: Mapping[str, float], better: str, worse: str, same: str) -> str:
    if found["low"] > 0:
        return better
    return worse if found["high"] < 0 else same
