"""Run a task: predictions are streamed, so that a run that is killed goes on where it was.

A run is a folder with `predictions.jsonl`, `metrics.json`, `manifest.json` and `report.html`.
Examples are taken one by one, so that what is said of one does not depend on those beside it, or
on where a run began.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wherefrom.benchmarks.arms import Arms
from wherefrom.benchmarks.example import Example
from wherefrom.benchmarks.judging import FLAGS, compare_arms, findings, flags
from wherefrom.benchmarks.metrics import measure_arm
from wherefrom.benchmarks.prediction import Prediction, by_arm, read_predictions, write_line
from wherefrom.benchmarks.provenance import provenance
from wherefrom.benchmarks.report import report
from wherefrom.benchmarks.respondent import Respondent
from wherefrom.benchmarks.retriever_arms import RetrieverArms, Searcher
from wherefrom.benchmarks.task import Task
from wherefrom.kb.durable import hash_file, write_file
from wherefrom.kb.errors import RecordError, UsageError
from wherefrom.kb.progress import NoProgress, Progress
from wherefrom.pipeline.evaluation import count, in_words

PREDICTIONS, METRICS, MANIFEST = "predictions.jsonl", "metrics.json", "manifest.json"
REPORT = "report.html"
FORMAT = 1
UNCOMPARED = ("made_by", "data_file")  # of a manifest: may differ when a run goes on


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


def run_task(
    task: Task,
    data: Path,
    out: Path,
    respondent: Respondent | Searcher,
    *,
    arms: Sequence[str] | None = None,
    described: Mapping[str, Any],
    retrieves: bool,
    limit: int | None = None,
    seed: int = 0,
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
    described
        What the respondent is made of, for the manifest: its weights, knowledge base, settings.
    retrieves
        Whether it has something to retrieve from.
    limit
        The first so many examples alone; None takes all.
    seed
        Of what is drawn: whose evidence is shown when shuffled, and resamples.

    Raises
    ------
    UsageError
        If an arm cannot be run, there is no example, or `out` holds another run.
    SourceError, RecordError
        If the file cannot be read; file and line are named.
    DamagedError
        If the predictions that are there cannot be read.
    """
    examples = read_examples(task, data, limit)
    shown: Arms | RetrieverArms
    if isinstance(respondent, Searcher):
        shown = RetrieverArms(task, examples, respondent, source=task.corpus(data))
    else:
        shown = Arms(task, examples, respondent, retrieves=retrieves, seed=seed)
    if arms is None:
        arms = shown.possible()
    shown.require(arms)
    manifest = {
        "format": FORMAT,
        "task": task.name,
        "shape": task.shape,
        **_data(task.files(data)),
        "limit": limit,
        "examples": len(examples),
        "arms": list(arms),
        "seed": seed,
        **described,
        "made_by": provenance(),
    }
    _begin(out, manifest)
    told = progress or NoProgress()
    predictions = _predicted(examples, shown, arms, out / PREDICTIONS, told)
    metrics = measure_run(task, predictions, seed=seed)
    write_file(out / METRICS, _json(metrics))
    write_file(out / REPORT, report(manifest, metrics, predictions, examples).encode("utf-8"))
    return Run(out, manifest, metrics)


def read_examples(task: Task, data: Path, limit: int | None = None) -> list[Example]:
    """Read the examples of a task's file, the first `limit` of them.

    Raises
    ------
    UsageError
        If there are none.
    RecordError
        If an id stands twice.
    """
    if limit is not None and limit < 1:
        raise UsageError(f"limit is {limit}; it must be at least 1")
    examples = list(task.read(data))
    if not examples:
        raise UsageError(f"nothing to measure: {data} holds no example of {task.name}")
    seen: set[str] = set()
    for example in examples:
        if example.id in seen:
            raise RecordError(f"{data}: the id {example.id!r} stands twice")
        seen.add(example.id)
    return examples[:limit]


def measure_run(task: Task, predictions: Sequence[Prediction], *, seed: int = 0) -> dict[str, Any]:
    """Measure each arm and compare them; say in words whether the evidence mattered."""
    arms = by_arm(predictions)
    differences = compare_arms(arms, task.shape)
    return {
        "task": task.name,
        "arms": {arm: measure_arm(found, seed=seed) for arm, found in arms.items()},
        "differences": differences,
        "findings": findings(differences, task.shape),
        "flags": flags(differences),
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


def _data(files: Sequence[Path]) -> dict[str, str]:
    """Name and hash the files of a task; of several the first, and all."""
    first, *more = files
    hashes = [hash_file(file) for file in files]
    if not more:
        return {"data_file": first.name, "data_sha256": hashes[0]}
    both = hashlib.sha256("".join(hashes).encode()).hexdigest()
    return {"data_file": "/".join(first.resolve().parts[-3:]), "data_sha256": both}


def _begin(out: Path, manifest: dict[str, Any]) -> None:
    """Make the folder of a run, or make sure that it holds this one."""
    file = out / MANIFEST
    if not file.is_file():
        if out.is_dir() and any(out.iterdir()):
            raise UsageError(f"{out} is no run and not empty; name another folder")
        out.mkdir(parents=True, exist_ok=True)
        write_file(file, _json(manifest))
        return
    known = read_manifest(out)
    manifest = json.loads(_json(manifest))
    for name in {**manifest, **known}:
        if name not in UNCOMPARED and known.get(name) != manifest.get(name):
            raise UsageError(
                f"{out} holds another run: its {name} is {known.get(name)!r}, this one's is "
                f"{manifest.get(name)!r}; name another folder"
            )


def _predicted(
    examples: Sequence[Example],
    shown: Arms | RetrieverArms,
    arms: Sequence[str],
    file: Path,
    progress: Progress,
) -> list[Prediction]:
    """Return the predictions of all arms, arm by arm; those that are there are read."""
    done = _whole_lines(file)
    count = len(examples)
    with file.open("a", encoding="utf-8") as lines:
        for place, arm in enumerate(arms):
            first = max(0, min(done - place * count, count))
            progress.start(arm, total=count)
            progress.advance(arm, first)
            for number in range(first, count):
                lines.write(write_line(shown.predict(arm, number)))
                lines.flush()
                progress.advance(arm, 1)
            progress.finish(arm)
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
