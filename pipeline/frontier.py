"""What was measured after each step of a compression, and which results are not beaten.

A result is on the frontier where no other is at least as good in everything (accuracy, robustness,
calibration, size, latency) and better in something: the set of Pareto.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from wherefrom.kb.durable import write_file
from wherefrom.kb.errors import ModelError, UsageError
from wherefrom.pipeline.interval import mean_with_interval
from wherefrom.pipeline.latency import Latency
from wherefrom.pipeline.manifest_table import read_manifest_table
from wherefrom.pipeline.scores import Measures, main_measure

FORMAT = 1
FILE = "frontier.json"
ORIGINAL = "original"  # what the reader is called that the steps begin with
AIMS = {  # of each of a point's figures, whether more is better
    "accuracy": True,
    "robustness": True,
    "calibration_error": False,
    "bytes": False,
    "seconds_per_prompt": False,
}


@dataclass(frozen=True, slots=True)
class Point:
    """A reader that a step has made, and what was measured of it.

    Attributes
    ----------
    step
        The settings of the step, as the recipe gives them; its `name` is the name of the folder.
    changed
        What the step did: layers dropped, heads pruned in each layer, pieces kept, and the like.
    weights_sha256, bytes, storage, computation
        Of the reader: bytes are those of all files of its folder but the model card.
    measures
        Of each file of development data.
    robustness
        Of each file of adversarial pairs, or of pairs that were made; empty where there are none.
    latency
        How long it takes; `times_faster` is against the original.
    scores
        Of each file of spans or pairs the score of each example, so that results can be compared
        example by example.
    """

    step: dict[str, Any]
    changed: dict[str, Any]
    weights_sha256: str
    bytes: int
    storage: str
    computation: str
    measures: dict[str, Measures]
    robustness: dict[str, Measures]
    latency: Latency
    scores: dict[str, list[float]]

    @property
    def name(self) -> str:
        """Return the name of the step."""
        return str(self.step["name"])

    @property
    def summary(self) -> dict[str, float]:
        """Return one number for each of AIMS that was measured.

        Accuracy is the mean over the files of F1 (questions) or accuracy; robustness is the mean
        accuracy on adversarial pairs; calibration error is the mean over the files that have one.
        """
        measured = {
            "accuracy": [_right(one) for one in self.measures.values()],
            "robustness": [_right(one) for one in self.robustness.values()],
            "calibration_error": [
                one["calibration_error"]["value"]
                for one in self.measures.values()
                if "calibration_error" in one
            ],
        }
        return {
            **{aim: fmean(values) for aim, values in measured.items() if values},
            "bytes": self.bytes,
            "seconds_per_prompt": self.latency.seconds_per_prompt,
        }


@dataclass(frozen=True, slots=True)
class Frontier:
    """The whole run as far as it is done; `points` are in the order of the steps.

    `settings` are those of the recipe that concern all steps; `data_sha256` are the hashes of all
    files that it reads.
    """

    reader: str
    settings: dict[str, Any]
    data_sha256: dict[str, str]
    machine: str
    packages: dict[str, str]
    points: tuple[Point, ...] = ()

    @property
    def summaries(self) -> dict[str, dict[str, float]]:
        """Return the summary of each point, by its name."""
        return {point.name: point.summary for point in self.points}

    def as_json(self) -> dict[str, Any]:
        """Return what frontier.json holds."""
        summaries = self.summaries
        points = [
            {
                **asdict(point),
                "summary": summaries[point.name],
                "differences": differences(point, self.points[0]),
            }
            for point in self.points
        ]
        return {
            "format": FORMAT,
            "reader": self.reader,
            "settings": self.settings,
            "data_sha256": self.data_sha256,
            "machine": self.machine,
            "packages": self.packages,
            "points": points,
            "frontier": unbeaten(summaries, AIMS),
        }


def write_frontier(folder: Path, frontier: Frontier) -> None:
    """Write frontier.json: all of it or nothing.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    text = json.dumps(frontier.as_json(), indent=2, ensure_ascii=False) + "\n"
    write_file(folder / FILE, text.encode())


def read_frontier(folder: Path) -> Frontier | None:
    """Read frontier.json; None where there is none.

    Raises
    ------
    ModelError
        If it is malformed.
    FormatError
        If the format version is unknown.
    """
    file = folder / FILE
    if not file.exists():
        return None
    table = read_manifest_table(file, "frontier", absent="no frontier in", version=FORMAT)
    try:
        return Frontier(
            reader=table["reader"],
            settings=table["settings"],
            data_sha256=table["data_sha256"],
            machine=table["machine"],
            packages=table["packages"],
            points=tuple(_point(dict(point)) for point in table["points"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{file} is malformed: {error!r}") from error


def require_same_run(found: Frontier, wanted: Frontier, steps: Sequence[dict[str, Any]]) -> None:
    """Refuse to go on with a run that was another recipe's, or of other data.

    Parameters
    ----------
    found
        What a folder holds.
    wanted
        What the recipe begins with.
    steps
        The settings of all its steps, the original's included; those that are done must be the
        first of them.

    Raises
    ------
    UsageError
        If they differ; it says in what.
    """
    advice = "name another folder, or remove this one"
    for what, one, other in (
        ("another reader", found.reader, wanted.reader),
        ("other settings", found.settings, wanted.settings),
    ):
        if one != other:
            raise UsageError(f"the out folder holds a run with {what}: {one}; {advice}")
    for name, digest in found.data_sha256.items():
        if wanted.data_sha256.get(name, digest) != digest:
            raise UsageError(f"{name} has changed since the run in the out folder; {advice}")
    for point, step in zip(found.points, [*steps, *[None] * len(found.points)], strict=False):
        if point.step != step:
            raise UsageError(
                f"the out folder holds a run of another recipe, whose step {point.name} is "
                f"{point.step}, not {step}; {advice}"
            )


def differences(point: Point, original: Point) -> Measures:
    """Return by how much a result is better than the original on each file, with its interval.

    Differences are paired: of the scores of one example each time.
    """
    return {
        file: mean_with_interval(
            [own - other for own, other in zip(scores, original.scores[file], strict=True)]
        )
        for file, scores in point.scores.items()
    }


def unbeaten(results: Mapping[str, Mapping[str, float]], aims: Mapping[str, bool]) -> list[str]:
    """Return the names of the results that no other beats, in order.

    Parameters
    ----------
    results
        By name, a number for each aim that was measured, of all results the same.
    aims
        Whether more of it is better.

    Examples
    --------
    >>> sizes = {"a": {"right": 0.8, "bytes": 9}, "b": {"right": 0.8, "bytes": 5}}
    >>> unbeaten(sizes, {"right": True, "bytes": False})
    ['b']
    """
    worth = {
        name: [found[aim] if more else -found[aim] for aim, more in aims.items() if aim in found]
        for name, found in results.items()
    }
    return [
        name
        for name, own in worth.items()
        if not any(_beats(other, own) for other in worth.values())
    ]


def _point(table: dict[str, Any]) -> Point:
    latency = Latency(**table.pop("latency"))
    del table["summary"], table["differences"]
    return Point(**table, latency=latency)


def _beats(one: Sequence[float], other: Sequence[float]) -> bool:
    pairs = list(zip(one, other, strict=True))
    return all(a >= b for a, b in pairs) and any(a > b for a, b in pairs)


def _right(measures: Measures) -> float:
    return measures[main_measure(measures)]["value"]
