"""The queries that a recipe for a retriever names, and the checks of what it says of each."""

from dataclasses import dataclass, fields
from typing import Any

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.sources import check_keys, check_share


@dataclass(frozen=True, slots=True)
class QuerySource:
    """Queries with their relevant passages to learn from, and how often each is shown.

    Either a `file`, in SQuAD's format or of JSON lines, or a `folder` as BEIR has them, of which
    the judgements of one `split` are taken. Both are relative to the data folder.
    """

    file: str = ""
    folder: str = ""
    split: str = "train"
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class QueryEvaluation:
    """Queries with their relevant passages to measure on, from a file or a folder."""

    file: str = ""
    folder: str = ""
    split: str = "test"


def query_source(entry: dict[str, Any], where: str) -> QuerySource:
    """Check one [[queries]] of a recipe; `where` names it in messages."""
    _check(entry, QuerySource, where)
    check_share(entry.get("share", 1.0), f"{where}: share")
    return QuerySource(**entry)


def query_evaluation(entry: dict[str, Any], where: str) -> QueryEvaluation:
    """Check one [[evaluate]] of a recipe; `where` names it in messages."""
    _check(entry, QueryEvaluation, where)
    return QueryEvaluation(**entry)


def named(source: QuerySource | QueryEvaluation) -> str:
    """Return what messages and manifests call a source.

    Examples
    --------
    >>> named(QueryEvaluation(folder="beir/nfcorpus"))
    'beir/nfcorpus (test)'
    """
    return source.file or f"{source.folder} ({source.split})"


def _check(entry: dict[str, Any], kind: type, where: str) -> None:
    check_keys(entry, [field.name for field in fields(kind)], where)
    for key in ("file", "folder", "split"):
        if key in entry and not (isinstance(entry[key], str) and entry[key]):
            raise UsageError(f"{where}: {key} must be a string, found {entry[key]!r}")
    if ("file" in entry) == ("folder" in entry):
        found = "both" if "file" in entry else "neither"
        raise UsageError(f"{where}: give either a file or a folder, found {found}")
    if "split" in entry and "file" in entry:
        raise UsageError(f"{where}: split goes with a folder; {entry['file']} is taken whole")
