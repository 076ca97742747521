"""Queries with the passages that are relevant to them, from the forms in which people have them.

Source of the folders: Thakur et al., "BEIR: A Heterogeneous Benchmark for Zero-shot Evaluation of
Information Retrieval Models", NeurIPS 2021, https://github.com/beir-cellar/beir.
"""

from dataclasses import dataclass, field
from pathlib import Path

from wherefrom.indexes.passage_text import passage_text
from wherefrom.indexes.readable import readable
from wherefrom.kb.beir import read_beir
from wherefrom.kb.beir_queries import queries_file, read_judgements, read_queries
from wherefrom.kb.errors import RecordError, UsageError
from wherefrom.kb.found import Place, checked, shown
from wherefrom.kb.huggingface import SCHEME
from wherefrom.kb.jsonl import read_objects, require
from wherefrom.kb.records import Passage
from wherefrom.pipeline.data_file import data_file
from wherefrom.pipeline.query_sources import QueryEvaluation, QuerySource, named
from wherefrom.pipeline.squad import read_squad

LINE = '{"query": "…", "positive": "…", "negatives": ["…"]} (negatives may be left out)'


@dataclass(slots=True)
class Query:
    """A question and what is known of it; passages are numbers in the set's list.

    `relevant` holds the grade of each relevant passage, at least 1; `negatives` are passages that
    are known not to be relevant.
    """

    text: str
    relevant: dict[int, int] = field(default_factory=dict)
    negatives: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class QuerySet:
    """Queries, each with a relevant passage at least, and all passages to find them among."""

    name: str
    queries: tuple[Query, ...]
    passages: tuple[str, ...]


class _Gathered:
    """What was read so far: each passage and each query once, whatever stands where."""

    def __init__(self) -> None:
        self.passages: dict[str, int] = {}
        self.queries: dict[str, Query] = {}

    def passage(self, text: str) -> int:
        """Return the number of a passage, a new one if it is new."""
        return self.passages.setdefault(readable(text), len(self.passages))

    def query(self, text: str) -> Query:
        """Return a query to add to."""
        clean = readable(text)
        return self.queries.setdefault(clean, Query(clean))

    def whole(self, name: str) -> QuerySet:
        """Return the set: what is relevant in one place is no negative in another."""
        for query in self.queries.values():
            query.negatives = [one for one in query.negatives if one not in query.relevant]
        queries = tuple(query for query in self.queries.values() if query.relevant)
        return QuerySet(name, queries, tuple(self.passages))


def read_query_set(source: QuerySource | QueryEvaluation, data: Path) -> QuerySet:
    """Read the queries that a recipe names, in order; queries of the same text become one.

    Parameters
    ----------
    source
        A file in SQuAD's format (a question is a query, its paragraph relevant; questions without
        an answer are left out), a file of JSON lines (`.jsonl`, perhaps `.gz`), or a BEIR folder
        (queries without a relevant document are left out; grades below 1 make negatives).
    data
        The folder that the names are relative to.

    Raises
    ------
    UsageError
        If there is no such file or folder, no such split, or no query in it.
    SourceError, RecordError
        If it cannot be read; file and line are named.
    """
    gathered = _Gathered()
    if source.folder:
        if not (data / source.folder).is_dir():
            raise UsageError(_absent(source.folder, data))
        _read_folder(data / source.folder, source.split, gathered)
    else:
        file = data_file(data, source.file)
        if not file.is_file():
            raise UsageError(_absent(source.file, data))
        if source.file.startswith(SCHEME) or ".jsonl" in file.suffixes:
            _read_lines(file, gathered)
        else:
            _read_squad(file, gathered)
    found = gathered.whole(named(source))
    if not found.queries:
        raise UsageError(f"{data / (source.folder or source.file)} holds no query with a passage")
    return found


def files_of(source: QuerySource | QueryEvaluation) -> list[str]:
    """Return the pattern of each file that a source is read from, relative to the data folder."""
    if source.file:
        return [data_file(Path(), source.file).as_posix()]
    names = ("corpus.jsonl*", "queries.jsonl*", f"qrels/{source.split}.tsv")
    return [f"{source.folder}/{name}" for name in names]


def _absent(name: str, data: Path) -> str:
    return f"the recipe names {name}, which is not in the data folder {data}"


def _read_squad(file: Path, gathered: _Gathered) -> None:
    for question in read_squad(file):
        number = gathered.passage(_text(question.title, question.context))
        if question.answers and question.question.strip():
            gathered.query(question.question).relevant[number] = 1


def _read_lines(file: Path, gathered: _Gathered) -> None:
    for place, record in read_objects(file, LINE):
        require(record, ("query", "positive"), LINE, place=place)
        query = gathered.query(checked(place, "query", record["query"], blank_allowed=False))
        for text in _texts(place, "positive", record["positive"]):
            query.relevant[gathered.passage(text)] = 1
        if not query.relevant:
            raise RecordError(f"{place}: the query has no positive; a line is {LINE}")
        negatives = _texts(place, "negatives", record.get("negatives", []))
        query.negatives.extend(gathered.passage(text) for text in negatives)


def _texts(place: Place, key: str, value: object) -> list[str]:
    """Return the texts under a key, one or a list of them."""
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list):
        raise RecordError(
            f'{place}: "{key}" is {shown(value)}; it must be a text or a list of them'
        )
    for text in listed:
        if not isinstance(text, str) or not text.strip():
            raise RecordError(f'{place}: "{key}" holds {shown(text)}; a passage must hold text')
    return listed


def _read_folder(folder: Path, split: str, gathered: _Gathered) -> None:
    numbers = {
        found.document.id: gathered.passage(_text(found.document.title, found.document.text))
        for found in read_beir(folder, f"beir:{folder}")
    }
    texts = read_queries(folder)
    for place, name, document, grade in read_judgements(folder, split):
        if name not in texts:
            raise RecordError(f"{place}: there is no query {name!r} in {queries_file(folder)}")
        if document not in numbers:
            raise RecordError(f"{place}: there is no document {document!r} in the corpus")
        query = gathered.query(texts[name])
        if grade > 0:
            query.relevant[numbers[document]] = grade
        else:
            query.negatives.append(numbers[document])


def _text(title: str, text: str) -> str:
    return passage_text(Passage("", "", title, text, 0, len(text)))
