"""Run every evaluation of a folder in all its arms, and put what was measured in one table.

Each run has a folder of its own below the scorecard's, so that a scorecard that was killed goes on
with the run, and in it with the example, at which it was.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from wherefrom.benchmarks.contamination import NO_SUSPECTS, Suspects
from wherefrom.benchmarks.evaluation_files import Evaluation, find_evaluations
from wherefrom.benchmarks.example import Example
from wherefrom.benchmarks.judging import MAIN, SHOWN
from wherefrom.benchmarks.provenance import provenance
from wherefrom.benchmarks.reader_respondent import ReaderRespondent
from wherefrom.benchmarks.respondent import Respondent
from wherefrom.benchmarks.retriever_arms import Searcher
from wherefrom.benchmarks.run import Run, limited, read_examples, run_task
from wherefrom.kb.errors import SourceError, UsageError
from wherefrom.kb.opening import open_bytes
from wherefrom.kb.progress import NoProgress, Progress

FORMAT = 1
CALIBRATION = "calibration_error"
BIAS = "bias"  # what the names of its measures begin with
Mode = Literal["quick", "full"]
SLOW_ARMS = ("adversarial",)  # which do not tell whether evidence helps
QUICK_DOCUMENTS = 2_000
CORPORA, KB = "corpora", ".kb"  # where the documents of evaluations are indexed
RECALL = "recall@5"  # told of searches beside the measure that is compared
MADE_OF = (("graph", "hybrid"), ("hybrid", "dense"), ("hybrid", "sparse"))  # of retrievers
WORSE, UNCLEAR = "NO, it is worse", "not shown"

OpenOver = Callable[[Evaluation, Path], tuple[ReaderRespondent | Searcher, Mapping[str, Any]]]
Measures = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Row:
    """One run of a scorecard.

    `measure` is the one by which its arms are compared; `arms` hold of each arm that, the
    calibration error, and measures of bias. `helped` says of each arm whose evidence is its own
    whether that helped, see `helped`. `examples` of the file's `of` were asked, in each arm.
    """

    name: str
    task: str
    examples: int
    of: int
    measure: str
    arms: Mapping[str, Measures]
    helped: Mapping[str, str]
    findings: Sequence[str]
    flags: Sequence[str]


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All runs, and of every other file why it is none: left out, or one that cannot be read."""

    mode: Mode
    limit: int | None
    seed: int
    described: Mapping[str, Any]
    rows: Sequence[Row]
    left_out: Mapping[str, str]
    failed: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return all of it with the machine that made it, for a file.

        Where things were found on that machine its runs say, for `bench rerun`.
        """
        return {
            "format": FORMAT,
            "benchmark": "scorecard",
            "mode": self.mode,
            "limit": self.limit,
            "seed": self.seed,
            **{name: value for name, value in self.described.items() if name != "opened"},
            "rows": [asdict(row) for row in self.rows],
            "left_out": self.left_out,
            "failed": self.failed,
            "made_by": provenance(),
        }


def run_scorecard(
    data: Path,
    out: Path,
    respondent: Respondent,
    *,
    described: Mapping[str, Any],
    open_over: OpenOver,
    mode: Mode = "quick",
    limit: int | None = None,
    suspects: Suspects = NO_SUSPECTS,
    seed: int = 0,
    progress: Progress | None = None,
) -> Scorecard:
    """Run every evaluation in a folder; those that were run already are read.

    Parameters
    ----------
    data
        The folder with the files.
    out
        The scorecard's folder; the run of the file ``qa/squad_dev.json`` is ``qa/squad_dev`` in it.
    respondent, described, seed
        As for `run_task`.
    open_over
        Opens what an evaluation with documents of its own measures over these, given the folder of
        their knowledge base, which is below `out`.
    mode
        ``quick`` asks so many examples of each file, see `evaluation_files.KNOWN`, spread evenly
        over it, without SLOW_ARMS and over at most QUICK_DOCUMENTS; ``full`` asks all in all arms.
    limit
        At most so many of each file, spread as evenly; None takes as many as `mode` says.
    suspects
        Where examples are looked for that the respondent should not have seen; the files that it
        learnt from are no evaluations.

    Raises
    ------
    SourceError
        If there is no such folder.
    UsageError
        If no evaluation is in it, `limit` is below 1, or `out` holds other runs.
    DamagedError
        If predictions that are there cannot be read.
    """
    evaluations, left_out = find_evaluations(data, suspects.learnt.values())
    if mode == "quick":
        evaluations, left_out = _quick(evaluations, left_out)
    if not evaluations:
        raise UsageError(
            f"{data} holds no file that is known as an evaluation, of {len(left_out):,}; the names "
            "that are known stand in docs/command-line.md"
        )
    known, failed = _read(evaluations)
    chosen = [one for one in evaluations if one.name in known]
    limits = {one.name: _least(one.quick if mode == "quick" else None, limit) for one in chosen}
    looked = _looked(suspects, [one for one in chosen if one.corpus is None], known, limits, seed)
    told = progress or NoProgress()
    rows = []
    for one in chosen:
        measured: Respondent | Searcher = respondent
        made, suspect = described, looked.get(one.name, NO_SUSPECTS)
        if one.corpus is not None:
            folder = out / CORPORA / one.corpus.relative_to(data).with_suffix(KB)
            try:
                measured, made = open_over(one, folder)
            except SourceError as error:
                failed[one.name] = str(error)
                continue
            suspect = measured.suspects(scans=suspects.scans)
        told.start(one.name)
        run = run_task(
            one.task,
            one.file,
            out / one.name,
            measured,
            left_out=SLOW_ARMS if mode == "quick" else (),
            described=made,
            limit=limits[one.name],
            spread=True,
            seed=seed,
            suspects=suspect,
            progress=_OneBar(told, one.name),
        )
        told.finish(one.name)
        rows.append(_row(one, run, len(known[one.name])))
    return Scorecard(mode, limit, seed, described, rows, left_out, failed)


def _least(*limits: int | None) -> int | None:
    """Return the lowest of limits, None if none is set."""
    return min((limit for limit in limits if limit is not None), default=None)


def _quick(
    evaluations: Sequence[Evaluation], left_out: Mapping[str, str]
) -> tuple[list[Evaluation], dict[str, str]]:
    """Leave out what is asked over so many documents that indexing these takes minutes."""
    taken, others = [], dict(left_out)
    for one in evaluations:
        if one.corpus is not None and _more_lines(one.corpus, QUICK_DOCUMENTS):
            others[one.name] = (
                f"it has more than {QUICK_DOCUMENTS:,} documents, and indexing them takes minutes; "
                "--full does it"
            )
        else:
            taken.append(one)
    return taken, others


def _more_lines(file: Path, most: int) -> bool:
    """Tell whether a file has more lines than so many; of one that cannot be read, no."""
    try:
        with open_bytes(file) as lines:
            return any(number >= most for number, _ in enumerate(lines))
    except SourceError:
        return False  # what is wrong with it is told when its documents are read


def _looked(
    suspects: Suspects,
    evaluations: Sequence[Evaluation],
    known: Mapping[str, Sequence[Example]],
    limits: Mapping[str, int | None],
    seed: int,
) -> dict[str, Suspects]:
    """Look through the knowledge base once for all evaluations; return of each its suspects."""
    asked = [
        (one.task.shape, limited(known[one.name], limits[one.name], spread=True, seed=seed))
        for one in evaluations
    ]
    found = suspects.ahead(asked)
    return {one.name: suspect for one, suspect in zip(evaluations, found, strict=True)}


def helped(differences: Mapping[str, Mapping[str, float]]) -> dict[str, str]:
    """Say of each arm with evidence of its own, in a few words, whether that evidence helped.

    It did where it is better than that of another example and than none; see `compare_arms`. Of
    retrievers it says whether each is better than those that it is made of.

    Examples
    --------
    >>> better = {"n": 9, "value": 0.2, "low": 0.1, "high": 0.3}
    >>> unclear = {"n": 9, "value": 0.0, "low": -0.1, "high": 0.1}
    >>> helped({"gold_less_shuffled": better, "gold_less_none": better})
    {'gold': 'yes'}
    >>> helped({"gold_less_shuffled": unclear, "gold_less_none": better})
    {'gold': "no more than another's"}
    """
    told = {}
    for arm in SHOWN:
        others, none = (differences.get(f"{arm}_less_{name}") for name in ("shuffled", "none"))
        if not others or not none or not others["n"] or not none["n"]:
            continue
        if none["high"] < 0 or others["high"] < 0:
            told[arm] = WORSE
        elif none["low"] > 0:
            told[arm] = "yes" if others["low"] > 0 else "no more than another's"
        else:
            told[arm] = UNCLEAR
    for retriever, part in MADE_OF:
        found = differences.get(f"{retriever}_less_{part}")
        if found and found["n"]:
            clear = "yes" if found["low"] > 0 else WORSE if found["high"] < 0 else UNCLEAR
            told[f"{retriever} over {part}"] = clear
    return told


def _read(
    evaluations: Sequence[Evaluation],
) -> tuple[dict[str, list[Example]], dict[str, str]]:
    """Read all files before anything is run: the examples of each, or what is wrong with it."""
    known: dict[str, list[Example]] = {}
    failed: dict[str, str] = {}
    for one in evaluations:
        try:
            known[one.name] = read_examples(one.task, one.file)
        except (SourceError, UsageError) as error:
            failed[one.name] = str(error)
    return known, failed


def _row(evaluation: Evaluation, run: Run, count: int) -> Row:
    main = MAIN[evaluation.task.shape]
    recall = (RECALL,) if evaluation.task.shape == "query" else ()
    return Row(
        name=evaluation.name,
        task=evaluation.task.name,
        examples=run.manifest["examples"],
        of=count,
        measure=main,
        arms={
            arm: {
                name: found
                for name, found in measures.items()
                if name in (main, CALIBRATION, *recall) or name.startswith(BIAS)
            }
            for arm, measures in run.metrics["arms"].items()
        },
        helped=helped(run.metrics["differences"]),
        findings=run.metrics["findings"],
        flags=run.metrics["flags"],
    )


class _OneBar:
    """Shows the arms of a run as one stage."""

    def __init__(self, progress: Progress, name: str) -> None:
        self._progress = progress
        self._name = name

    def start(self, name: str, total: int | None = None) -> None:
        """Go on: the stage began with the run."""

    def advance(self, name: str, steps: int = 1) -> None:
        """Count a prediction."""
        self._progress.advance(self._name, steps)

    def finish(self, name: str) -> None:
        """Go on: the stage ends with the run."""
