"""Say what a reader gained and lost by learning on: each task before and after, paired."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from wherefrom.pipeline.change import Change, change_in_words, in_short, paired_change
from wherefrom.pipeline.measuring import scored
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.scores import Scores
from wherefrom.pipeline.sources import Evaluation

Gains = Mapping[str, Mapping[str, Change]]  # of each file, of each measure


def gains(
    before: Reader, after: Mapping[str, Scores], data: Path, entries: Iterable[Evaluation]
) -> dict[str, dict[str, Change]]:
    """Return the measures of the reader that was learnt on from beside those of the new one.

    Parameters
    ----------
    before
        The reader that was learnt on from.
    after
        What the new one says of each file.
    data
        The folder of the files.
    entries
        The files. One that the reader has no head for is left out: there is nothing to lose.

    Returns
    -------
    dict
        Of each file and each measure that has a value for every example.
    """
    found: dict[str, dict[str, Change]] = {}
    for entry in entries:
        if not _can_answer(before, entry.task):
            continue
        values = scored(before, data, entry).values
        new = after[entry.file].values
        found[entry.file] = {name: paired_change(values[name], new[name]) for name in new}
    return found


def gains_in_words(found: Mapping[str, Change]) -> str:
    """Put the changes of one file into words.

    Examples
    --------
    >>> change = {"n": 9, "before": 0.5, "after": 0.6, "difference": 0.1, "low": 0, "high": 0.2}
    >>> gains_in_words({"exact_match": change})
    'exact match 0.500 → 0.600 (+0.100 [+0.000, +0.200])'
    """
    return ", ".join(
        f"{name.replace('_', ' ')} {change_in_words(change)}" for name, change in found.items()
    )


def gains_in_short(found: Gains) -> str:
    """Say which files the new reader is better on, and which worse; the last measure decides."""
    return in_short({file: list(changes.items())[-1] for file, changes in found.items()})


def _can_answer(reader: Reader, task: str) -> bool:
    """Tell whether a reader has the head that a task asks."""
    if task in ("choices", "claims"):
        return reader.has_plausibility
    return task != "texts" or bool(reader.manifest.labels)
