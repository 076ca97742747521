"""The examples that a recipe's reader is calibrated on: held out of what it learns, or of files."""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.calibrating import LEAST
from wherefrom.pipeline.data_file import data_file
from wherefrom.pipeline.held_out import HeldOut
from wherefrom.pipeline.measuring import examples_of
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.sources import Evaluation
from wherefrom.pipeline.squad import SquadQuestion, as_span
from wherefrom.pipeline.statement_pairs import statement_pairs

NOUNS = {"spans": "spans", "answerable": "spans", "yes_no": "pairs"}  # else as the task
STATEMENTS = 1 / 40  # for one pair


def calibration_examples(recipe: Recipe, data: Path, held_out: HeldOut) -> HeldOut:
    """Add the examples of a recipe's [[calibrate]] to what was held out, and return it all.

    Where there are pairs, statements are made of the questions, so that the probabilities of
    inference hold for what is verified, too. The recipe's seed draws them, as many as can be made.
    """
    asked: list[SquadQuestion] = []
    for entry in recipe.calibrate:
        found = _of_file(data, entry)
        kept: list[Any] = getattr(held_out, NOUNS.get(entry.task, entry.task))
        kept.extend(as_span(one) if isinstance(one, SquadQuestion) else one for one in found)
        asked.extend(one for one in found if isinstance(one, SquadQuestion) and one.title)
    wanted = round(STATEMENTS * len(held_out.pairs))
    drawn = statement_pairs(asked, wanted, random.Random(recipe.seed), fewer=True)
    held_out.statements.extend(dict.fromkeys(drawn))
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
    return examples_of(whole, data)  # questions without an answer tell as much
