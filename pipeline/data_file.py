"""Where the files are that a recipe names: in the data folder, or, once taken, those of `hf:`.

A name `hf:DATASET[/CONFIG][:SPLIT]` is a data set of the library `datasets`. Its rows are taken
once, into a file below the data folder, and read from there by every later run.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from wherefrom.kb.errors import UsageError
from wherefrom.kb.huggingface import SCHEME, split_location
from wherefrom.kb.row_file import write_rows

TAKEN = "hf"  # the folder in the data folder


def data_file(data: Path, name: str) -> Path:
    """Return where the file is that a recipe names.

    Examples
    --------
    >>> data_file(Path("data"), "nli/dev.jsonl").as_posix()
    'data/nli/dev.jsonl'
    >>> data_file(Path("data"), "hf:stanfordnlp/snli:validation").as_posix()
    'data/hf/stanfordnlp--snli--validation'
    """
    if not name.startswith(SCHEME):
        return data / name
    found = "--".join(split_location(name.removeprefix(SCHEME)))
    return data / TAKEN / found.replace("/", "--")


def require_data_files(names: Iterable[str], data: Path) -> None:
    """Stop before a run, not hours into it, where a file that a recipe names is absent.

    Raises
    ------
    UsageError
        If one is; it is named.
    """
    for name in names:
        if not data_file(data, name).is_file():
            raise UsageError(f"the recipe names {name}, which is not in the data folder {data}")


def take_data_sets(
    names: Iterable[str],
    data: Path,
    *,
    nested: Iterable[str] = (),
    columns: Mapping[str, Mapping[str, str]],
) -> None:
    """Take what is named as a data set and is not in the data folder yet.

    Parameters
    ----------
    names
        Of the files of a recipe; those that are no data sets are passed over.
    data
        The folder that they are relative to.
    nested
        The names of those that are put into SQuAD's JSON.
    columns
        By name of a data set: what its columns are called in the format of its file.

    Raises
    ------
    UsageError
        If a split is not a name.
    SourceError, RecordError, StorageError
        As `write_rows`.
    """
    squads = set(nested)
    for name in dict.fromkeys(names):
        file = data_file(data, name)
        if name.startswith(SCHEME) and not file.is_file():
            location = name.removeprefix(SCHEME)
            write_rows(location, file, nested=name in squads, columns=columns.get(name))
