"""The examples that a recipe's reader is calibrated on: held out of what it learns, or of files."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.calibrating import LEAST
from wherefrom.pipeline.data_file import data_file
from wherefrom.pipeline.examples import SpanExample
from wherefrom.pipeline.held_out import HeldOut
from wherefrom.pipeline.measuring import examples_of
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.sources import Evaluation
from wherefrom.pipeline.squad import SquadQuestion

NOUNS = {"spans": "spans", "answerable": "spans", "yes_no": "pairs"}  # else as the task


def calibration_examples(recipe: Recipe, data: Path, held_out: HeldOut) -> HeldOut:
    """Add the examples of a recipe's [[calibrate]] to what was held out, and return it all."""
    for entry in recipe.calibrate:
        kept: list[Any] = getattr(held_out, NOUNS.get(entry.task, entry.task))
        kept.extend(_of_file(data, entry))
    return held_out


def require_calibratable(recipe: Recipe, data: Path) -> None:
    """Refuse, before a run, files that are too small to calibrate on after it.

    Raises
    ------
    UsageError
        If [[calibrate]] names a file with fewer than LEAST examples.
    """
    for entry in recipe.calibrate:
        found = len(_of_file(data, entry))
        if found < LEAST:
            file = data_file(data, entry.file)
            raise UsageError(
                f"{file} holds {found} examples of {entry.task}; calibrating takes {LEAST} or more"
            )


def _of_file(data: Path, entry: Evaluation) -> Sequence[Any]:
    whole = replace(entry, task="answerable") if entry.task == "spans" else entry
    examples = examples_of(whole, data)  # questions without an answer tell as much
    return [_as_span(each) if isinstance(each, SquadQuestion) else each for each in examples]


def _as_span(question: SquadQuestion) -> SpanExample:
    start, end = -1, -1
    if question.answers:
        answer, start = question.answers[0]
        end = start + len(answer)
    return SpanExample(question.question, question.title, question.context, start, end)
