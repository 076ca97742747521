"""Read the rows of a data set through the library `datasets`: from the hub, or from a local path.

`hf:DATASET[/CONFIG][:SPLIT]`. What exists on this machine is read from here: a file (json, jsonl,
csv, tsv, parquet, arrow, txt), a folder of such files, one of the configurations that the header
of a folder's README.md declares, or a folder made by `save_to_disk`. What is written as a path but
does not exist is refused. Otherwise DATASET is a name on the hub (`squad`, `rajpurkar/squad`). The
split is `train` unless given. Rows are streamed; a data set larger than memory or disk can be read.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from wherefrom.kb.errors import RecordError, SourceError, UsageError
from wherefrom.kb.found import Found, Place, make_found
from wherefrom.kb.skipped import SkippedRecords, refuse

SCHEME = "hf:"
DEFAULT_SPLIT = "train"
_SPLIT = re.compile(r"(?P<name>.+?)(?::(?P<split>[A-Za-z_][\w.-]*))?")
_BUILDERS = {".json": "json", ".jsonl": "json", ".csv": "csv", ".tsv": "csv"}
_BUILDERS |= {".parquet": "parquet", ".arrow": "arrow", ".txt": "text"}
_COMPRESSED = (".gz", ".bz2")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a data set hold what.

    A data set without a column of the default name `id` gets the ids `DATASET:SPLIT/ROW`, rows
    counted from 0; without `title` or `url` those are empty. A column that is named otherwise
    must exist, and so must that of the text.
    """

    id: str = "id"
    title: str = "title"
    text: str = "text"
    url: str = "url"


def read_huggingface(
    location: str,
    source: str,
    *,
    columns: Columns = Columns(),
    skipped: SkippedRecords | None = None,
) -> Iterator[Found]:
    """Yield a document for each row of a data set, in its order.

    Parameters
    ----------
    location
        ``DATASET[/CONFIG][:SPLIT]``.

    Raises
    ------
    RecordError
        If a row's id is neither text nor a whole number, or another of its values is not text, or
        the id or the text is blank, and `skipped` is None.
    SourceError
        If the data set cannot be found, reached or read, or lacks a column.
    """
    name, split = split_location(location)
    rows = _rows(name, split, columns)
    numbered = enumerate(_guarded(rows, name))
    for number, row in numbered:
        if number == 0:
            _check_columns(name, list(row), columns)
        place = Place(f"{name}:{split}", f"row {number}")
        identity = row.get(columns.id, f"{place.file}/{number}")
        if isinstance(identity, int) and not isinstance(identity, bool):
            identity = str(identity)  # a whole column of one type: nothing can be confused
        try:
            yield make_found(
                place,
                source,
                id=identity,
                title=_or_empty(row.get(columns.title)),
                text=row[columns.text],
                url=_or_empty(row.get(columns.url)),
            )
        except RecordError as error:
            refuse(error, skipped)


def open_rows(location: str) -> tuple[Iterator[Mapping[str, Any]], dict[str, list[str]]]:
    """Open a data set for streaming, whatever its columns.

    Returns
    -------
    tuple
        The rows in their order, and the names of the classes of each column that holds numbers of
        classes.

    Raises
    ------
    SourceError
        If the data set cannot be found, reached or read; of the rows while they are read, too.
    """
    from datasets import ClassLabel

    name, split = split_location(location)
    rows = _rows(name, split, Columns())
    kinds = getattr(rows, "features", None) or {}
    classes = {key: kind.names for key, kind in kinds.items() if isinstance(kind, ClassLabel)}
    return _guarded(rows, name), classes


def split_location(location: str) -> tuple[str, str]:
    """Part `DATASET[/CONFIG][:SPLIT]` into what to load and the split.

    Raises
    ------
    UsageError
        If the split is not a name.

    Examples
    --------
    >>> split_location("wikimedia/wikipedia/20231101.en:train")
    ('wikimedia/wikipedia/20231101.en', 'train')
    >>> split_location("squad")
    ('squad', 'train')
    """
    match = _SPLIT.fullmatch(location)
    if match is None or location.endswith(":"):
        raise UsageError(
            f"no split after the colon of {location!r}; write DATASET[/CONFIG][:SPLIT]"
        )
    if ":" in match["name"] and not Path(match["name"]).exists():
        found = match["name"].partition(":")[2]
        raise UsageError(
            f"a split is a name such as train or test, found {found!r} in {location!r}"
        )
    return match["name"], match["split"] or DEFAULT_SPLIT


def _or_empty(value: object) -> object:
    return "" if value is None else value


def _check_columns(name: str, found: list[str], columns: Columns) -> None:
    wanted = [columns.text]
    default = Columns()
    pairs = zip(
        (columns.id, columns.title, columns.url), (default.id, default.title, default.url),
        strict=True,
    )  # fmt: skip
    wanted += [column for column, usual in pairs if column != usual]
    require_columns(name, wanted, found)


def require_columns(name: str, wanted: Iterable[str], found: Sequence[str]) -> None:
    """Make sure that a data set has columns.

    Raises
    ------
    SourceError
        If it lacks one; those that it has are named, and the nearest.
    """
    for column in wanted:
        if column not in found:
            near = get_close_matches(column, found, n=1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            listed = ", ".join(found)
            raise SourceError(f"{name} has no column {column!r}; its columns are {listed}{hint}")


def _guarded(rows: Iterable[Mapping[str, Any]], name: str) -> Iterator[Mapping[str, Any]]:
    """Yield the rows, turning what the readers of file formats raise into one kind of error."""
    from datasets.exceptions import DatasetsError

    try:
        yield from rows
    except (DatasetsError, OSError, EOFError, ValueError, RuntimeError, TypeError) as error:
        raise SourceError(f"{name} cannot be read: {_first_line(error)}") from error


def _rows(name: str, split: str, columns: Columns) -> Iterable[Mapping[str, Any]]:
    path = _local(name)
    if path.is_file():
        return _local_file(path, split, columns)
    if path.is_dir():
        if (path / "dataset_dict.json").exists() or (path / "state.json").exists():
            return _saved(path, split)
        return _loaded(str(path), None, split)
    folder, slash, config = name.rpartition("/")
    if slash and config in _declared(_local(folder)):
        return _loaded(str(_local(folder)), config, split)
    if _is_written_as_path(name):
        raise SourceError(f"{path} does not exist{_hint_at_configs(_local(folder))}")
    return _on_hub(name, split)


def _local(name: str) -> Path:
    path = Path(name)
    try:
        return path.expanduser()
    except RuntimeError:  # "~nobody": there is no such user
        return path


def _is_written_as_path(name: str) -> bool:
    """Say whether a name cannot be meant for the hub: `/a`, `~/a`, `./a`, `../a`, `a.jsonl.gz`."""
    dots = {".", ".."} & set(name.split("/"))
    return name.startswith(("/", "~")) or bool(dots) or _kind(Path(name)) in _BUILDERS


def _kind(path: Path) -> str:
    """Return the suffix that says how a file is written, without that of its compression."""
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    if len(suffixes) == 2 and suffixes[1] in _COMPRESSED:
        return suffixes[0]
    return suffixes[-1] if suffixes else ""


def _declared(folder: Path) -> list[str]:
    """Return the configurations that the header of a folder's README.md declares.

    Any other README.md, such as that of a software project, declares none.
    """
    from huggingface_hub.repocard import metadata_load
    from yaml import YAMLError

    file = folder / "README.md"
    try:
        header = metadata_load(file) if file.is_file() else None
    except (OSError, ValueError, YAMLError):
        return []
    entries = header.get("configs") if isinstance(header, dict) else None
    listed = entries if isinstance(entries, list) else []
    return [str(e["config_name"]) for e in listed if isinstance(e, dict) and "config_name" in e]


def _hint_at_configs(folder: Path) -> str:
    declared = _declared(folder)
    return f"; {folder / 'README.md'} declares {', '.join(declared)}" if declared else ""


def _local_file(path: Path, split: str, columns: Columns) -> Iterable[Mapping[str, Any]]:
    kind = _kind(path)
    if kind not in _BUILDERS:
        allowed = ", ".join(_BUILDERS)
        raise SourceError(f"{path} has the suffix {kind or 'none'!r}; hf reads {allowed}")
    if path.stat().st_size == 0:
        raise SourceError(f"{path} is empty (0 bytes)")
    if split != DEFAULT_SPLIT:
        raise SourceError(f"{path} is one file, so its only split is train, not {split!r}")
    if _BUILDERS[kind] != "csv":
        return _loaded(_BUILDERS[kind], None, split, data_files=str(path))
    # Left to itself the reader takes "007" for a number and "NA" for nothing.
    names = (columns.id, columns.title, columns.text, columns.url)
    options: dict[str, object] = {"keep_default_na": False}
    options |= {"converters": dict.fromkeys(names, str), "sep": "\t" if kind == ".tsv" else ","}
    return _loaded("csv", None, split, data_files=str(path), options=options)


def _saved(path: Path, split: str) -> Iterable[Mapping[str, Any]]:
    """Open a folder made by `save_to_disk`, memory-mapped."""
    from datasets import DatasetDict, load_from_disk

    try:
        saved = load_from_disk(str(path))
    except (OSError, ValueError, KeyError) as error:
        raise SourceError(f"{path} cannot be read: {_first_line(error)}") from error
    if not isinstance(saved, DatasetDict):
        return saved  # type: ignore[no-any-return]
    if split not in saved:
        raise SourceError(f"{path} has no split {split!r}; it has {', '.join(saved)}")
    return saved[split]  # type: ignore[no-any-return]


def _on_hub(name: str, split: str) -> Iterable[Mapping[str, Any]]:
    """Load `name`, `user/name`, `name/config` or `user/name/config`, in this order of trial."""
    from datasets.exceptions import DatasetNotFoundError

    parts = name.split("/")
    if len(parts) > 3 or not all(parts):
        raise SourceError(f"{name} does not exist here and is no name on the hub (DATASET/CONFIG)")
    outer = "/".join(parts[:-1])
    if outer and Path(outer).exists():  # `datasets` would read it instead of asking the hub
        hint = _hint_at_configs(Path(outer))
        raise SourceError(f"{outer} is here, but there is no {parts[-1]!r} in it{hint}")
    if len(parts) == 3:
        return _loaded(outer, parts[2], split)
    if len(parts) == 2:
        with suppress(DatasetNotFoundError):
            return _loaded(name, None, split, missing_is_error=False)
        return _loaded(parts[0], parts[1], split)
    return _loaded(name, None, split)


def _loaded(
    builder: str,
    config: str | None,
    split: str,
    *,
    data_files: str | None = None,
    options: Mapping[str, object] | None = None,
    missing_is_error: bool = True,
) -> Iterable[Mapping[str, Any]]:
    """Open a data set for streaming.

    Raises
    ------
    DatasetNotFoundError
        If there is no such data set and `missing_is_error` is false.
    SourceError
        If the data set or its split is not there, or the hub cannot be reached.
    """
    from datasets import load_dataset
    from datasets.exceptions import DatasetNotFoundError, DatasetsError

    name = data_files or (f"{builder}/{config}" if config else builder)
    try:
        return load_dataset(  # type: ignore[no-any-return]
            builder, config, data_files=data_files, split=split, streaming=True, **(options or {})
        )
    except DatasetNotFoundError as error:
        if not missing_is_error:
            raise
        raise SourceError(f"there is no data set {name!r} here or on the hub") from error
    except (DatasetsError, OSError, EOFError, ValueError, RuntimeError) as error:
        message = f"{name} cannot be loaded (split {split}): {_first_line(error)}"
        raise SourceError(message) from error


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
