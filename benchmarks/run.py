"""Run a task: predictions are streamed, so that a run that is killed goes on where it was.

A run is a folder with `predictions.jsonl`, `metrics.json`, `timing.json`, `manifest.json` and
`report.html`.
Examples are taken one by one, so that what is said of one does not depend on those beside it, or
on where a run began; on a processor several are worked on side by side.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from wherefrom.benchmarks.arms import Arms
from wherefrom.benchmarks.changing import IN_EVIDENCE, WAYS, Change, arm_name
from wherefrom.benchmarks.contamination import (
    NO_SUSPECTS,
    Suspects,
    contamination_findings,
    contamination_flags,
)
from wherefrom.benchmarks.example import Example
from wherefrom.benchmarks.hub_data import STEM
from wherefrom.benchmarks.judging import FLAGS, compare_arms, findings, flags, refusals
from wherefrom.benchmarks.metrics import measure_arm
from wherefrom.benchmarks.prediction import Prediction, by_arm, read_predictions, write_line
from wherefrom.benchmarks.provenance import place, provenance
from wherefrom.benchmarks.report import report
from wherefrom.benchmarks.respondent import Respondent
from wherefrom.benchmarks.retriever_arms import RetrieverArms, Searcher
from wherefrom.benchmarks.side_by_side import in_order
from wherefrom.benchmarks.task import Task
from wherefrom.benchmarks.timing import Timing
from wherefrom.kb.durable import hash_file, write_file
from wherefrom.kb.errors import RecordError, UsageError
from wherefrom.kb.progress import NoProgress, Progress
from wherefrom.pipeline.evaluation import count, in_words

PREDICTIONS, METRICS, MANIFEST = "predictions.jsonl", "metrics.json", "manifest.json"
REPORT = "report.html"
TIMING = "timing.json"
FORMAT = 1
UNCOMPARED = ("made_by", "data_file", "opened")  # of a manifest: may differ when a run goes on


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run: its folder, what it was made of, and what was measured in each arm."""

    folder: Path
    manifest: Mapping[str, Any]
    metrics: Mapping[str, Any]

    @property
    def lines(self) -> list[str]:
        """Put what was measured in lines: each arm with its measures, and what follows."""
        arms = self.metrics["arms"].items()
        told = [f"{arm}: {in_words(found)} (n = {count(found):,})" for arm, found in arms]
        told += self.metrics["findings"]
        return told + [FLAGS[flag] for flag in self.metrics["flags"]]


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a run: the examples of some numbers, shown to the respondent in one arm."""

    name: str
    arm: str
    shown: Arms | RetrieverArms
    examples: Sequence[Example]
    numbers: Sequence[int]


def run_task(
    task: Task,
    data: Path,
    out: Path,
    respondent: Respondent | Searcher,
    *,
    arms: Sequence[str] | None = None,
    left_out: Collection[str] = (),
    described: Mapping[str, Any],
    limit: int | None = None,
    spread: bool = False,
    seed: int = 0,
    suspects: Suspects = NO_SUSPECTS,
    change: Change | None = None,
    progress: Progress | None = None,
) -> Run:
    """Run the arms of a task and measure them; a run that was begun in `out` goes on.

    Parameters
    ----------
    task, data
        The task and its file, or its folder.
    out
        The folder of the run; it is made, or holds a run of the same manifest.
    respondent
        Who responds, or what is searched where the task is to find documents for queries.
    arms
        Which evidence is shown, see `wherefrom.benchmarks.arms`, or which retrievers find, see
        `wherefrom.benchmarks.retriever_arms`; None takes all that can be.
    left_out
        Of all that can be, those that are not taken.
    described
        What the respondent is made of, for the manifest: its weights, knowledge base, settings,
        and as `opened` where they were found, which does not count.
    limit
        So many examples alone; None takes all.
    spread
        Whether those are spread evenly over the file, or the first ones.
    seed
        Of what is drawn: which examples are spread over the file, whose evidence is shown when
        shuffled, and resamples.
    suspects
        Where examples are looked for that the respondent should not have seen.
    change
        How examples are changed, to be asked in each arm once more; None leaves it at that.

    Raises
    ------
    UsageError
        If an arm cannot be run, there is no example, or `out` holds another run.
    SourceError, RecordError
        If the file cannot be read; file and line are named.
    DamagedError
        If the predictions that are there cannot be read.
    """
    every = read_examples(task, data)
    if task.paragraph and not all(example.gold for example in every):
        task = replace(task, unanswerable=True)  # a file of SQuAD 2, whatever it is called
    examples = limited(every, limit, spread=spread, seed=seed)
    show = partial(_shown, task, data, respondent, seed)
    shown = show(examples)
    if arms is None:
        arms = [arm for arm in shown.possible() if arm not in left_out]
    shown.require(arms)
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "task": task.name,
        "shape": task.shape,
        **hash_data(task.files(data)),
        "limit": limit,
        "spread": spread,
        "examples": len(examples),
        "arms": list(arms),
        "seed": seed,
        **described,
        "made_by": provenance(),
    }
    manifest["opened"] = {"data": place(data), **described.get("opened", {})}
    if suspects.files:
        suspects.require()
        manifest["trained_on"] = {file.name: hash_file(file) for file in suspects.files}
        manifest["opened"]["trained_on"] = [place(file) for file in suspects.files]
    if not suspects.scans:
        manifest["scanned"] = False
    stages = [Stage(arm, arm, shown, examples, range(len(examples))) for arm in arms]
    if change is not None:
        manifest |= change.described
        manifest["opened"]["wordnet"] = change.wordnet and place(change.wordnet)
        stages += _changed_stages(task, examples, show, arms, change)
    contamination = suspects.count(task, data, examples)
    _begin(out, manifest)
    workers = _workers(manifest["opened"])
    timing = Timing(out / TIMING)
    predictions = _predicted(stages, out / PREDICTIONS, workers, timing, progress or NoProgress())
    metrics = measure_run(task, predictions, seed=seed, contamination=contamination)
    write_file(out / METRICS, _json(metrics))
    changed = stages[-1].examples
    page = report(manifest, metrics, predictions, examples, changed, seconds=timing.seconds())
    write_file(out / REPORT, page.encode("utf-8"))
    return Run(out, manifest, metrics)


def read_examples(task: Task, data: Path) -> list[Example]:
    """Read the examples of a task's file.

    Raises
    ------
    UsageError
        If there are none.
    RecordError
        If an id stands twice.
    """
    examples = list(task.read(data))
    if not examples:
        raise UsageError(f"nothing to measure: {data} holds no example of {task.name}")
    seen: set[str] = set()
    for example in examples:
        if example.id in seen:
            raise RecordError(f"{data}: the id {example.id!r} stands twice")
        seen.add(example.id)
    return examples


def limited(
    examples: Sequence[Example], limit: int | None, *, spread: bool = False, seed: int = 0
) -> Sequence[Example]:
    """Return the first `limit` of examples, or as many that are spread evenly over all.

    Of as many stretches of equal length one of each is drawn by `seed`: every n-th would be of one
    kind alone where kinds take turns.

    Raises
    ------
    UsageError
        If the limit is below 1.

    Examples
    --------
    >>> limited("abcdefgh", 3), limited("abcdefgh", 3, spread=True)
    ('abc', ['b', 'd', 'g'])
    """
    if limit is not None and limit < 1:
        raise UsageError(f"limit is {limit}; it must be at least 1")
    if limit is None or not spread or limit >= len(examples):
        return examples[:limit]
    random = np.random.default_rng(seed)
    ends = [place * len(examples) // limit for place in range(limit + 1)]
    return [examples[int(random.integers(start, end))] for start, end in pairwise(ends)]


def measure_run(
    task: Task,
    predictions: Sequence[Prediction],
    *,
    seed: int = 0,
    contamination: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Measure each arm and compare them; say in words whether the evidence mattered.

    Contamination is what `Suspects.count` found; it is told, too.
    """
    arms, standing = by_arm(predictions), contamination or {}
    differences = compare_arms(arms, task.shape)
    return {
        "task": task.name,
        "arms": {arm: measure_arm(found, seed=seed) for arm, found in arms.items()},
        "differences": differences,
        "contamination": standing,
        "findings": [
            *findings(differences, task.shape),
            *refusals(arms),
            *contamination_findings(standing),
        ],
        "flags": flags(differences) + contamination_flags(standing),
    }


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read what a run was made of.

    Raises
    ------
    UsageError
        If the folder holds no run, or one of a format that this release does not know.
    """
    file = folder / MANIFEST
    if not file.is_file():
        raise UsageError(f"{folder} is no run: it holds no {MANIFEST}")
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UsageError(f"{file} is no manifest of a run: {error}") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise UsageError(f"{file} is no manifest of a run of format {FORMAT}")
    return found


def hash_data(files: Sequence[Path]) -> dict[str, str]:
    """Name and hash the files of a task, for a manifest; of several the first, and all."""
    first, *more = files
    hashes = [hash_file(file) for file in files]
    if not more:
        return {"data_file": first.name, "data_sha256": hashes[0]}
    both = hashlib.sha256("".join(hashes).encode()).hexdigest()
    return {"data_file": "/".join(first.resolve().parts[-3:]), "data_sha256": both}


def has_begun(out: Path) -> bool:
    """Tell whether a folder holds a run, or nothing yet but its data.

    Raises
    ------
    UsageError
        If it holds something else.
    """
    if (out / MANIFEST).is_file():
        return True
    if out.is_dir() and any(not one.name.startswith(f"{STEM}.") for one in out.iterdir()):
        raise UsageError(f"{out} is no run and not empty; name another folder")
    return False


def _begin(out: Path, manifest: dict[str, Any]) -> None:
    """Make the folder of a run, or make sure that it holds this one."""
    if not has_begun(out):
        out.mkdir(parents=True, exist_ok=True)
        write_file(out / MANIFEST, _json(manifest))
        return
    known = read_manifest(out)
    manifest = json.loads(_json(manifest))
    for name in {**manifest, **known}:
        if name not in UNCOMPARED and known.get(name) != manifest.get(name):
            raise UsageError(
                f"{out} holds another run: its {name} is {known.get(name)!r}, this one's is "
                f"{manifest.get(name)!r}; name another folder"
            )


def _shown(
    task: Task,
    data: Path,
    respondent: Respondent | Searcher,
    seed: int,
    examples: Sequence[Example],
) -> Arms | RetrieverArms:
    if isinstance(respondent, Searcher):
        return RetrieverArms(task, examples, respondent, source=task.corpus(data))
    return Arms(task, examples, respondent, seed=seed)


def _changed_stages(
    task: Task,
    examples: Sequence[Example],
    show: Callable[[Sequence[Example]], Arms | RetrieverArms],
    arms: Sequence[str],
    change: Change,
) -> list[Stage]:
    """Ask in each arm the examples that can be changed; partners stay those of the unchanged."""
    if show(examples).retrieves and change.way in IN_EVIDENCE:
        raise UsageError(
            f"{WAYS[change.way]} are put into what the file marks, not into a knowledge base; "
            "leave out --kb"
        )
    copies = change.apply(task, examples)
    asked = [copy or example for copy, example in zip(copies, examples, strict=True)]
    numbers = [number for number, copy in enumerate(copies) if copy is not None]
    shown = show(asked)
    return [Stage(arm_name(arm, change.way), arm, shown, asked, numbers) for arm in arms]


def _workers(opened: Mapping[str, Any]) -> int:
    """Return how many examples are worked on at once: a thread each on a processor, else one."""
    return int(opened.get("threads", 1)) if opened.get("device") == "cpu" else 1


def _predicted(
    stages: Sequence[Stage], file: Path, workers: int, timing: Timing, progress: Progress
) -> list[Prediction]:
    """Return the predictions of all stages, in order; those that are there are read."""
    done = _whole_lines(file)
    with file.open("a", encoding="utf-8") as lines:
        for stage in stages:
            first = min(done, len(stage.numbers))
            done -= first
            progress.start(stage.name, total=len(stage.numbers))
            progress.advance(stage.name, first)
            predict = timing.timed(stage.name, partial(stage.shown.predict, stage.arm))
            try:
                for said in in_order(predict, stage.numbers[first:], workers=workers):
                    lines.write(write_line(replace(said, arm=stage.name)))
                    lines.flush()
                    progress.advance(stage.name, 1)
            finally:
                timing.write()
            progress.finish(stage.name)
    return read_predictions(file)


def _whole_lines(file: Path) -> int:
    """Count the lines of a file of predictions; a last one that a kill cut short is taken away."""
    if not file.is_file():
        return 0
    whole, newline, cut = file.read_bytes().rpartition(b"\n")
    if cut:
        file.write_bytes(whole + newline)
    return (whole + newline).count(b"\n")


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode("utf-8")
