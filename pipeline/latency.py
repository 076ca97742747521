"""Time readers against each other, on the same prompts and in turns, in one thread.

On a machine that does other things, too, what happens in one minute is not comparable to what
happens in the next. So in each round every reader takes its turn, ratios are of one round, and what
counts is the time that the processor spent on the work: in one thread, on a machine that does
nothing else, it is the time that passes.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from wherefrom.indexes.hardware import one_torch_thread
from wherefrom.pipeline.examples import PairExample
from wherefrom.pipeline.measuring import examples_of
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.sources import Evaluation
from wherefrom.pipeline.squad import SquadQuestion

TASKS = ("spans", "pairs")  # the first file of one of these is timed
Example = SquadQuestion | PairExample


@dataclass(frozen=True, slots=True)
class Latency:
    """How long a reader takes for a prompt, tokenising included.

    Attributes
    ----------
    batch, prompts, rounds
        Prompts that are asked at a time; how many there are; how often all of them were asked.
    seconds_per_prompt
        Of the processor's time, the median of the rounds.
    elapsed_seconds_per_prompt
        Of the time that passed, whatever else ran on the machine; the median of the rounds.
    times_faster
        The median of the rounds of the other reader's processor time, over this one's.
    """

    batch: int
    prompts: int
    rounds: int
    seconds_per_prompt: float
    elapsed_seconds_per_prompt: float
    times_faster: float


def timed_examples(
    entries: Sequence[Evaluation], data: Path, reader: Reader, *, most: int
) -> list[Example]:
    """Return examples to time readers with, of the first file of questions or of pairs.

    Questions whose text takes more than one prompt are left out.
    """
    entry = next(entry for entry in entries if entry.task in TASKS)
    found: list[Example] = list(examples_of(entry, data, most=most))
    return [each for each in found if _prompts(reader, each) == 1]


def time_reader(
    reader: Reader, other: Reader, examples: Sequence[Example], *, batch: int, rounds: int
) -> Latency:
    """Time a reader against another, in turns, after one round that does not count.

    Parameters
    ----------
    reader, other
        They may be the same.
    examples
        As `timed_examples` returns them.
    batch
        How many of them are asked at a time.
    rounds
        How often all are asked.
    """
    with one_torch_thread():
        turns = [
            (_timed(_asking(reader, examples, batch)), _timed(_asking(other, examples, batch)))
            for _ in range(rounds + 1)
        ]
    ratios = [other_time.processor / own.processor for own, other_time in turns[1:]]
    return Latency(
        batch=batch,
        prompts=len(examples),
        rounds=rounds,
        seconds_per_prompt=median(own.processor for own, _ in turns[1:]) / len(examples),
        elapsed_seconds_per_prompt=median(own.elapsed for own, _ in turns[1:]) / len(examples),
        times_faster=1.0 if reader is other else median(ratios),
    )


@dataclass(frozen=True, slots=True)
class _Seconds:
    """How long something took: of the processor's time, and of the time that passed."""

    processor: float
    elapsed: float


def _asking(reader: Reader, examples: Sequence[Example], batch: int) -> Callable[[], None]:
    questions = [each for each in examples if isinstance(each, SquadQuestion)]
    pairs = [each for each in examples if isinstance(each, PairExample)]

    def ask() -> None:
        for first in range(0, len(questions), batch):
            part = questions[first : first + batch]
            reader.read([each.question for each in part], [(e.title, e.context) for e in part])
        for first in range(0, len(pairs), batch):
            some = pairs[first : first + batch]
            reader.infer([each.premise for each in some], [each.hypothesis for each in some])

    return ask


def _timed(work: Callable[[], None]) -> _Seconds:
    processor, elapsed = time.process_time(), time.perf_counter()
    work()
    return _Seconds(time.process_time() - processor, time.perf_counter() - elapsed)


def _prompts(reader: Reader, example: Example) -> int:
    if isinstance(example, PairExample):
        return 1
    return len(reader.prompts.reading(example.question, [(example.title, example.context)]))
