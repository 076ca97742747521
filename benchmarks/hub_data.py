"""Take the examples of a task from a data set of the library `datasets`, on the hub or the disk.

The rows are written into one file of the task's public format in the folder of a run, so that it
goes on without the hub, and can be done again.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from wherefrom.benchmarks.task import Task
from wherefrom.kb.errors import UsageError
from wherefrom.kb.row_file import write_rows

STEM = "data"  # of the file in the folder of a run


def take_data(
    location: str,
    task: Task,
    folder: Path,
    *,
    columns: Mapping[str, str] | None = None,
    begun: bool = False,
) -> Path:
    """Write the rows of a data set into a file of the task's format.

    Parameters
    ----------
    location, columns
        As for `write_rows`.
    task
        Whose format it is.
    folder
        Of the run; it is made.
    begun
        Whether the run has begun: what it took then is kept.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    SourceError, RecordError, StorageError
        As `write_rows`.
    """
    nested = "SQuAD" in task.form
    file = folder / f"{STEM}.{'json' if nested else 'jsonl'}"
    if not (begun and file.is_file()):
        write_rows(location, file, nested=nested, columns=columns)
    return file


def read_columns(given: Sequence[str]) -> dict[str, str]:
    """Part ``WANTED=COLUMN`` for each column that is named otherwise.

    Raises
    ------
    UsageError
        If one is not written so.

    Examples
    --------
    >>> read_columns(["question=query"])
    {'question': 'query'}
    """
    found = {}
    for one in given:
        wanted, equals, column = one.partition("=")
        if not (wanted and equals and column):
            raise UsageError(f"a column is named as WANTED=COLUMN, found {one!r}")
        found[wanted] = column
    return found
