"""Read queries with the documents that are relevant to them, from their public formats."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from wherefrom.benchmarks.example import Example
from wherefrom.benchmarks.question_files import multihop_examples
from wherefrom.kb.beir_queries import (
    judgements_file,
    queries_file,
    read_judgements,
    read_queries,
    splits_of,
)
from wherefrom.kb.errors import RecordError, UsageError

BEIR_FORM = "a folder with corpus.jsonl, queries.jsonl and qrels/SPLIT.tsv, as BEIR has them"
USUAL_SPLIT = "test"


def beir_examples(data: Path) -> Iterator[Example]:
    """Yield the judged queries of a BEIR folder, or of one of its files of judgements.

    A grade below 0 says as 0 does that a document is not relevant.
    """
    folder, split = _taken(data)
    texts = read_queries(folder)
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for place, query, document, grade in read_judgements(folder, split):
        if query not in texts:
            raise RecordError(f"{place}: there is no query {query!r} in {queries_file(folder)}")
        grades[query][document] = max(0, grade)
    for name, text in texts.items():
        if name in grades:
            yield _query(name, text, grades[name])


def beir_files(data: Path) -> tuple[Path, ...]:
    """Return the files that `beir_examples` reads; the first tells the folder and the split."""
    folder, split = _taken(data)
    return judgements_file(folder, split), queries_file(folder)


def beir_corpus(data: Path) -> str:
    """Return the SOURCE of the documents that are to be found."""
    return f"beir:{_taken(data)[0]}"


def multihop_queries(path: Path) -> Iterator[Example]:
    """Yield questions that take several documents, to find them: see `multihop_examples`."""
    for example in multihop_examples(path):
        yield _query(example.id, example.text, dict.fromkeys(example.documents, 1))


def _query(name: str, text: str, grades: dict[str, int]) -> Example:
    relevant = tuple(document for document, grade in grades.items() if grade > 0)
    return Example(name, text, relevant, grades=grades)


def _taken(data: Path) -> tuple[Path, str]:
    """Return the folder, and the split: of a folder `test`, or the only one that there is."""
    if data.suffix == ".tsv" and data.parent.name == "qrels":
        return data.parents[1], data.stem
    known = splits_of(data)
    if USUAL_SPLIT in known or len(known) == 1:
        return data, USUAL_SPLIT if USUAL_SPLIT in known else known[0]
    raise UsageError(f"{data} has no split {USUAL_SPLIT}; name one of {known} (--split)")
