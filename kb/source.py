"""Read documents from a SOURCE as it is written on the command line.

`starter`, `jsonl:FILE`, `beir:DIR`, `files:DIR`, `wikipedia:DUMP.xml[.bz2]` and
`hf:DATASET[/CONFIG][:SPLIT]`; every file may be gzipped. A new kind of source is a module with a
function that yields `Found`, and one line in `_read`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, assert_never, get_args

from wherefrom.kb.beir import read_beir
from wherefrom.kb.errors import UsageError, unknown_value
from wherefrom.kb.files import read_files
from wherefrom.kb.found import Found
from wherefrom.kb.huggingface import Columns, read_huggingface
from wherefrom.kb.jsonl import read_jsonl
from wherefrom.kb.records import Document
from wherefrom.kb.skipped import SkippedRecords
from wherefrom.kb.starter import read_starter
from wherefrom.kb.uniqueness import unique
from wherefrom.kb.wikipedia import read_wikipedia

__all__ = [
    "Columns",
    "SkippedRecords",
    "Source",
    "SourceOptions",
    "parse_source",
    "read_source",
    "read_sources",
]

Scheme = Literal["starter", "jsonl", "beir", "files", "wikipedia", "hf"]
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)
_ARGUMENTS: dict[Scheme, str] = {
    "starter": "",
    "jsonl": "FILE",
    "beir": "DIR",
    "files": "DIR",
    "wikipedia": "DUMP.xml[.bz2]",
    "hf": "DATASET[/CONFIG][:SPLIT]",
}


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """How sources are read.

    Parameters
    ----------
    skipped
        None to stop at the first bad record; otherwise bad records are counted in it and left
        out.
    columns
        The names of the columns of a data set read with `hf`.
    notice
        Called with a sentence about what a source passed over by rule: files that are not text,
        articles without prose.
    """

    skipped: SkippedRecords | None = None
    columns: Columns = field(default_factory=Columns)
    notice: Callable[[str], None] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A SOURCE taken apart: `spec` as it was written, its scheme, and what follows the colon."""

    spec: str
    scheme: Scheme
    location: str


def parse_source(spec: str) -> Source:
    """Take a SOURCE apart.

    Raises
    ------
    UsageError
        If the scheme is unknown, or what it needs after the colon is missing.

    Examples
    --------
    >>> parse_source("jsonl:news.jsonl")
    Source(spec='jsonl:news.jsonl', scheme='jsonl', location='news.jsonl')
    """
    name, _, location = spec.partition(":")
    for scheme in SCHEMES:
        if name == scheme:
            break
    else:
        raise unknown_value("source", name, SCHEMES)
    argument = _ARGUMENTS[scheme]
    if argument and not location:
        raise UsageError(f"the source {spec!r} lacks what to read; write {scheme}:{argument}")
    if not argument and spec != scheme:
        raise UsageError(f"the source {spec!r} takes nothing after its name; write {scheme}")
    return Source(spec, scheme, location)


def read_source(spec: str, options: SourceOptions = SourceOptions()) -> Iterator[Document]:
    """Yield the documents of one SOURCE in its order; see `read_sources`."""
    return read_sources([spec], options)


def read_sources(
    specs: Sequence[str], options: SourceOptions = SourceOptions()
) -> Iterator[Document]:
    """Yield the documents of all sources, one source after the other, each in its own order.

    Every SOURCE is taken apart before anything is read.

    Raises
    ------
    UsageError
        At once, if a SOURCE is malformed.
    RecordError
        While reading, if a record is malformed or an id occurs twice, and
        ``options.skipped`` is None.
    SourceError
        While reading, if a file is missing, empty, binary, truncated or not UTF-8.
    """
    sources = [parse_source(spec) for spec in specs]
    found = (item for source in sources for item in _read(source, options))
    return unique(found, skipped=options.skipped)


def _read(source: Source, options: SourceOptions) -> Iterator[Found]:
    spec, skipped, notice = source.spec, options.skipped, options.notice
    path = Path(source.location).expanduser()
    match source.scheme:
        case "starter":
            return read_starter(spec)
        case "jsonl":
            return read_jsonl(path, spec, skipped=skipped)
        case "beir":
            return read_beir(path, spec, skipped=skipped)
        case "files":
            return read_files(path, spec, skipped=skipped, notice=notice)
        case "wikipedia":
            return read_wikipedia(path, spec, skipped=skipped, notice=notice)
        case "hf":
            columns = options.columns
            return read_huggingface(source.location, spec, columns=columns, skipped=skipped)
        case _:
            assert_never(source.scheme)
