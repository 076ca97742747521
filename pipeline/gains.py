"""Say what a reader gained and lost by learning on: each task before and after, paired."""

from collections.abc import Sequence
from pathlib import Path

from wherefrom.pipeline.change import Change, paired_change
from wherefrom.pipeline.measuring import scored
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.scores import Scores
from wherefrom.pipeline.sources import Evaluation

Measurement = tuple[Evaluation, Scores | None]


def gains(before: Reader, after: Sequence[Measurement], data: Path) -> dict[str, dict[str, Change]]:
    """Return the measures of the reader that was learnt on from beside those of the new one.

    Parameters
    ----------
    before
        The reader that was learnt on from.
    after
        Of each file its entry in the recipe, and what the new one says of each example. One that
        the reader has no head for is left out, for there is nothing to lose; and one without
        scores.
    data
        The folder of the files.

    Returns
    -------
    dict
        Of each file and each measure that has a value for every example.
    """
    found: dict[str, dict[str, Change]] = {}
    for entry, scores in after:
        if scores is None or not _can_answer(before, entry.task):
            continue
        values = scored(before, data, entry).values
        new = scores.values
        found[entry.name] = {name: paired_change(values[name], new[name]) for name in new}
    return found


def _can_answer(reader: Reader, task: str) -> bool:
    """Tell whether a reader has the head that a task asks."""
    if task in ("choices", "claims"):
        return reader.has_plausibility
    return task != "texts" or bool(reader.manifest.labels)
