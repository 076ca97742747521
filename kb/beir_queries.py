"""Read the queries and judgements of a data set in BEIR's layout, beside its corpus.

Source: Thakur et al., "BEIR: A Heterogeneous Benchmark for Zero-shot Evaluation of Information
Retrieval Models", NeurIPS 2021, https://github.com/beir-cellar/beir.
"""

from collections.abc import Iterator
from pathlib import Path

from wherefrom.kb.beir import corpus_file
from wherefrom.kb.errors import RecordError, SourceError, UsageError, unknown_value
from wherefrom.kb.found import Place, checked, checked_text
from wherefrom.kb.jsonl import read_objects, require
from wherefrom.kb.opening import existing_folder, not_utf8, read_lines

QUERY_LINE = '{"_id": "…", "text": "…"}'
JUDGED = ("query", "document", "grade")  # the columns of a split
_NAMES = ("queries.jsonl", "queries.jsonl.gz")


def queries_file(folder: Path) -> Path:
    """Find the queries of a BEIR folder; raise SourceError where it holds none or no corpus."""
    _ = corpus_file(folder)  # says what a folder lacks that is none of BEIR's
    for name in _NAMES:
        if (folder / name).is_file():
            return folder / name
    raise SourceError(f"{folder} holds no {' nor '.join(_NAMES)}")


def read_queries(folder: Path) -> dict[str, str]:
    """Return the text of each query by its id.

    Raises
    ------
    SourceError, RecordError
        If the file is missing or cannot be read; file and line are named.
    """
    texts = {}
    for place, record in read_objects(queries_file(folder), QUERY_LINE):
        require(record, ("_id", "text"), QUERY_LINE, place=place)
        name = checked(place, "_id", record["_id"], blank_allowed=False)
        texts[name] = checked_text(place, "text", record["text"])
    return texts


def splits_of(folder: Path) -> list[str]:
    """Return the names of the splits that have judgements; raise SourceError where none has."""
    known = sorted(path.stem for path in existing_folder(folder / "qrels").glob("*.tsv"))
    if not known:
        raise SourceError(f"{folder / 'qrels'} holds no judgements (SPLIT.tsv)")
    return known


def judgements_file(folder: Path, split: str) -> Path:
    """Find the judgements of a split; raise UsageError, with the nearest, where there is none."""
    known = splits_of(folder)
    if split not in known:
        raise UsageError(f"{folder}: {unknown_value('split', split, known)}")
    return folder / "qrels" / f"{split}.tsv"


def read_judgements(folder: Path, split: str) -> Iterator[tuple[Place, str, str, int]]:
    """Yield query, document and grade of each line of a split; the first line names the columns.

    Raises
    ------
    UsageError
        If there is no such split.
    SourceError, RecordError
        If the file cannot be read; file and line are named.
    """
    file = judgements_file(folder, split)
    for number, line in read_lines(file):
        if number == 1 or line.isspace():
            continue
        place = Place(str(file), f"line {number}")
        try:
            parts = line.decode("utf-8").strip().split("\t")
        except UnicodeDecodeError as error:
            raise RecordError(f"{place}: {not_utf8(error)}") from error
        if len(parts) != len(JUDGED) or not parts[2].lstrip("-").isdecimal():
            raise RecordError(f"{place}: found {parts}; a line is {', '.join(JUDGED)}, with tabs")
        yield place, parts[0], parts[1], int(parts[2])
