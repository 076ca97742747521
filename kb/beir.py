"""Read documents from a corpus as BEIR has them: `_id`, `title`, `text` in `DIR/corpus.jsonl`.

Source: Thakur et al., "BEIR: A Heterogeneous Benchmark for Zero-shot Evaluation of Information
Retrieval Models", NeurIPS 2021, https://github.com/beir-cellar/beir.

Some of its corpora have no titles, and some documents that have only a title. Such a document must
stay retrievable, or every measure on the corpus would be wrong, so its title is taken as its text.
"""

from collections.abc import Iterator
from pathlib import Path

from wherefrom.kb.errors import RecordError, SourceError
from wherefrom.kb.found import Found, Place, make_found
from wherefrom.kb.jsonl import read_objects, require
from wherefrom.kb.opening import existing_folder
from wherefrom.kb.skipped import SkippedRecords, refuse

FIELDS = '{"_id": "…", "title": "…", "text": "…"}'
_NAMES = ("corpus.jsonl", "corpus.jsonl.gz", "corpus.jsonl.bz2")


def read_beir(
    folder: Path, source: str, *, skipped: SkippedRecords | None = None
) -> Iterator[Found]:
    """Yield the documents of a BEIR corpus in the order of its file.

    Raises
    ------
    RecordError
        If a line is not UTF-8, not a JSON object or breaks the format, and `skipped` is None.
    SourceError
        If the folder or its corpus is missing, or the file is empty, binary or truncated.
    """
    for place, record in read_objects(corpus_file(folder), FIELDS, skipped=skipped):
        try:
            yield _document(place, source, record)
        except RecordError as error:
            refuse(error, skipped)


def corpus_file(folder: Path) -> Path:
    """Find the corpus of a BEIR folder, plain or compressed.

    Raises
    ------
    SourceError
        If the folder is missing or holds no corpus.
    """
    existing_folder(folder)
    for name in _NAMES:
        if (folder / name).is_file():
            return folder / name
    raise SourceError(f"{folder} holds no {_NAMES[0]} (nor {' or '.join(_NAMES[1:])})")


def _document(place: Place, source: str, record: dict[str, object]) -> Found:
    require(record, ("_id", "text"), FIELDS, place=place)
    title, text = record.get("title", ""), record["text"]
    if text == "" and isinstance(title, str) and title.strip():
        text = title
    metadata = record.get("metadata")
    url = metadata.get("url", "") if isinstance(metadata, dict) else ""
    return make_found(place, source, id=record["_id"], title=title, text=text, url=url)
