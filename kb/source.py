"""Read documents or facts from a SOURCE as it is written on the command line.

Documents: `starter`, `jsonl:FILE`, `beir:DIR`, `files:DIR`, `wikipedia:DUMP.xml[.bz2]` and
`hf:DATASET[/CONFIG][:SPLIT]`. Facts: `triples:FILE.tsv`, `conceptnet:FILE.csv[.gz]`, `wordnet:DIR`,
`rdf:FILE` and `sparql:ENDPOINT`. Every file may be gzipped. A new kind of source is a module with a
function that yields `Found`, and one line in `_read`; for facts see `kb.fact_source`.
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
    "parse_sources",
    "read_source",
    "read_sources",
]

DocumentScheme = Literal["starter", "jsonl", "beir", "files", "wikipedia", "hf"]
FactScheme = Literal["triples", "conceptnet", "wordnet", "rdf", "sparql"]
Scheme = DocumentScheme | FactScheme
FACT_SCHEMES: tuple[FactScheme, ...] = get_args(FactScheme)
SCHEMES: tuple[Scheme, ...] = (*get_args(DocumentScheme), *FACT_SCHEMES)
_ARGUMENTS: dict[Scheme, str] = {
    "starter": "",
    "jsonl": "FILE",
    "beir": "DIR",
    "files": "DIR",
    "wikipedia": "DUMP.xml[.bz2]",
    "hf": "DATASET[/CONFIG][:SPLIT]",
    "triples": "FILE.tsv",
    "conceptnet": "FILE.csv[.gz]",
    "wordnet": "DIR",
    "rdf": "FILE",
    "sparql": "ENDPOINT",
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
    languages
        The languages whose facts are read from `conceptnet`; None takes its reader's own.
    minimum_weight
        The weight below which facts of `conceptnet` are left out; None takes its reader's own.
    construct
        The file with the CONSTRUCT query that a `sparql` endpoint is asked.
    page_size, most_facts
        How many solutions of it are asked for at a time, and how many facts are read at most; None
        takes its reader's own.
    """

    skipped: SkippedRecords | None = None
    columns: Columns = field(default_factory=Columns)
    notice: Callable[[str], None] | None = None
    languages: tuple[str, ...] | None = None
    minimum_weight: float | None = None
    construct: Path | None = None
    page_size: int | None = None
    most_facts: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A SOURCE taken apart: `spec` as it was written, its scheme, and what follows the colon."""

    spec: str
    scheme: Scheme
    location: str

    @property
    def holds_facts(self) -> bool:
        """Whether `kb.fact_source.read_facts` reads it, not `read_source`."""
        return self.scheme in FACT_SCHEMES


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


def parse_sources(specs: Sequence[str], options: SourceOptions) -> list[Source]:
    """Take every SOURCE apart and check that the options fit them.

    Raises
    ------
    UsageError
        If a SOURCE is malformed, an option is given that none of them has, or one lacks an option
        that it needs.
    """
    sources = [parse_source(spec) for spec in specs]
    schemes = {source.scheme for source in sources}
    if options.languages is not None and "conceptnet" not in schemes:
        raise _out_of_place("--language", "conceptnet", specs)
    if options.minimum_weight is not None and "conceptnet" not in schemes:
        raise _out_of_place("--minimum-weight", "conceptnet", specs)
    of_sparql = {
        "--construct": options.construct,
        "--page-size": options.page_size,
        "--most-facts": options.most_facts,
    }
    for name, value in of_sparql.items():
        if value is not None and "sparql" not in schemes:
            raise _out_of_place(name, "sparql", specs)
    if options.construct is None and "sparql" in schemes:
        raise UsageError(
            "a sparql:ENDPOINT is asked a CONSTRUCT query; name the file that holds it with "
            "--construct FILE.rq"
        )
    return sources


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
        At once, if a SOURCE is malformed or holds facts.
    RecordError
        While reading, if a record is malformed or an id occurs twice, and
        ``options.skipped`` is None.
    SourceError
        While reading, if a file is missing, empty, binary, truncated or not UTF-8.
    """
    sources = [parse_source(spec) for spec in specs]
    for source in sources:
        if source.holds_facts:
            raise _no_documents(source)
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
        case "triples" | "conceptnet" | "wordnet" | "rdf" | "sparql":
            raise _no_documents(source)
        case _:
            assert_never(source.scheme)


def _no_documents(source: Source) -> UsageError:
    return UsageError(f"the source {source.spec!r} holds facts, not documents")


def _out_of_place(option: str, scheme: Scheme, specs: Sequence[str]) -> UsageError:
    return UsageError(
        f"{option} says how {scheme}:{_ARGUMENTS[scheme]} is read, and no such source is given; "
        f"found {', '.join(specs)}"
    )
