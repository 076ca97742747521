"""Compare two runs of one task: what changed, and whether that is more than noise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from wherefrom.benchmarks.metrics import difference
from wherefrom.benchmarks.prediction import Prediction, by_arm, read_predictions
from wherefrom.benchmarks.run import MANIFEST, PREDICTIONS, read_manifest
from wherefrom.kb.errors import UsageError

SIGNIFICANT = 0.05
IGNORED = ("made_by", "opened", "arms")  # of manifests; arms that both have are compared


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs: what they were made of that differs, and each score's difference, by arm."""

    settings: Mapping[str, tuple[object, object]]
    differences: Mapping[str, Mapping[str, Mapping[str, float]]]

    @property
    def lines(self) -> list[str]:
        """Put every difference in words."""
        return [
            f"{arm}: {_in_words(name, found)}"
            for arm, scores in self.differences.items()
            for name, found in scores.items()
        ]


def compare_runs(one: Path, other: Path) -> Comparison:
    """Compare the run `other` with the run `one`, example by example.

    Raises
    ------
    UsageError
        If one of them is no run, they are of different tasks or data, or have no arm in common.
    DamagedError
        If predictions cannot be read.
    """
    manifests = [read_manifest(folder) for folder in (one, other)]
    for name in ("task", "data_sha256"):
        if manifests[0].get(name) != manifests[1].get(name):
            raise UsageError(
                f"the runs differ in {name}: {manifests[0].get(name)!r} in {one / MANIFEST}, "
                f"{manifests[1].get(name)!r} in {other / MANIFEST}; only runs of one task on the "
                "same data can be compared"
            )
    first, second = (by_arm(read_predictions(folder / PREDICTIONS)) for folder in (one, other))
    shared = [arm for arm in first if arm in second]
    if not shared:
        raise UsageError(f"no arm in common: {one} has {list(first)}, {other} has {list(second)}")
    names = manifests[0].keys() | manifests[1].keys()
    return Comparison(
        settings={
            name: (manifests[0].get(name), manifests[1].get(name))
            for name in sorted(names)
            if name not in IGNORED and manifests[0].get(name) != manifests[1].get(name)
        },
        differences={arm: _differences(second[arm], first[arm]) for arm in shared},
    )


def is_more_than_noise(found: Mapping[str, float]) -> bool:
    """Tell whether a difference is significant: by McNemar's test, or else by its interval."""
    if "p" in found:
        return found["p"] < SIGNIFICANT
    return bool(found["n"]) and not found["low"] <= 0.0 <= found["high"]


def _differences(
    these: Sequence[Prediction], others: Sequence[Prediction]
) -> dict[str, dict[str, float]]:
    names = dict.fromkeys(name for one in these for name in one.scores)
    found = {name: difference(these, others, name) for name in names}
    return {name: one for name, one in found.items() if one["n"]}


def _in_words(name: str, found: Mapping[str, float]) -> str:
    points = f"{100 * found['value']:+.2f} points of {name}"
    interval = f"[{100 * found['low']:+.2f}, {100 * found['high']:+.2f}], n = {found['n']:,}"
    changed = ""
    if "p" in found:
        changed = f"; {found['gained']} gained, {found['lost']} lost, McNemar p = {found['p']:.3g}"
    noise = "more than noise" if is_more_than_noise(found) else "no more than noise"
    return f"{points} {interval}{changed}: {noise}"
