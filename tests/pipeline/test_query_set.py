"""Test the reading of queries with their relevant passages, in each form."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wherefrom.kb.errors import RecordError, SourceError, UsageError
from wherefrom.pipeline.query_set import QuerySet, files_of, read_query_set
from wherefrom.pipeline.query_sources import QueryEvaluation, QuerySource

DOCUMENTS = [("d1", "Owls", "They hunt."), ("d2", "", "Mice flee."), ("d3", "Cats", "They sleep.")]
QUERIES = [("q1", "Who hunts?"), ("q2", "Who flees?"), ("q3", "Who sings?")]
JUDGEMENTS = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td3\t1\nq1\td2\t0\nq2\td2\t1\nq3\td1\t0\n"


def known(found: QuerySet) -> list[tuple[str, dict[str, int], list[str]]]:
    """Return each query with texts in place of numbers."""
    text = found.passages
    return [
        (
            query.text,
            {text[one]: grade for one, grade in query.relevant.items()},
            [text[one] for one in query.negatives],
        )
        for query in found.queries
    ]


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "beir"
    (folder / "qrels").mkdir(parents=True)
    documents = ({"_id": i, "title": title, "text": text} for i, title, text in DOCUMENTS)
    (folder / "corpus.jsonl").write_text("".join(json.dumps(d) + "\n" for d in documents))
    queries = ({"_id": name, "text": text} for name, text in QUERIES)
    (folder / "queries.jsonl").write_text("".join(json.dumps(q) + "\n" for q in queries))
    (folder / "qrels" / "train.tsv").write_text(JUDGEMENTS)
    return folder


@pytest.fixture
def read_lines(tmp_path: Path) -> Callable[..., QuerySet]:
    def read(*records: Any, text: str = "") -> QuerySet:
        written = text or "".join(json.dumps(record) + "\n" for record in records)
        (tmp_path / "lines.jsonl").write_text(written)
        return read_query_set(QuerySource("lines.jsonl"), tmp_path)

    return read


def test_a_beir_folder(beir: Path, tmp_path: Path) -> None:
    found = read_query_set(QuerySource(folder="beir"), tmp_path)
    assert found.name == "beir (train)"
    assert found.passages == ("Owls. They hunt.", "Mice flee.", "Cats. They sleep.")
    assert known(found) == [
        ("Who hunts?", {"Owls. They hunt.": 2, "Cats. They sleep.": 1}, ["Mice flee."]),
        ("Who flees?", {"Mice flee.": 1}, []),
    ]
    files = [next(tmp_path.glob(name)) for name in files_of(QuerySource(folder="beir"))]
    assert [file.name for file in files] == ["corpus.jsonl", "queries.jsonl", "train.tsv"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("q9\td1\t1", r"train.tsv, line 2: there is no query 'q9' in .*queries.jsonl"),
        ("q1\td9\t1", r"train.tsv, line 2: there is no document 'd9' in the corpus"),
        ("q1 d1 1", r"line 2: found \['q1 d1 1'\]; a line is query, document, grade, with tabs"),
        ("q1\td1\tgood", r"line 2: found \['q1', 'd1', 'good'\]"),
    ],
)
def test_a_wrong_judgement(beir: Path, tmp_path: Path, line: str, message: str) -> None:
    (beir / "qrels" / "train.tsv").write_text(f"query-id\tcorpus-id\tscore\n{line}\n")
    with pytest.raises(RecordError, match=message):
        read_query_set(QuerySource(folder="beir"), tmp_path)


def test_a_folder_that_lacks_something(beir: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'trian'; choose train \(did you mean train\?\)"):
        read_query_set(QuerySource(folder="beir", split="trian"), tmp_path)
    (beir / "qrels" / "train.tsv").unlink()
    with pytest.raises(SourceError, match="qrels holds no judgements"):
        read_query_set(QueryEvaluation(folder="beir"), tmp_path)
    (beir / "queries.jsonl").unlink()
    with pytest.raises(SourceError, match=r"beir holds no queries\.jsonl"):
        read_query_set(QueryEvaluation(folder="beir"), tmp_path)
    with pytest.raises(UsageError, match="the recipe names none, which is not in the data folder"):
        read_query_set(QueryEvaluation(folder="none"), tmp_path)


def test_squad(tmp_path: Path, write_squad: Callable[..., Path]) -> None:
    asked = [("Who hunts?", "Owls"), ("Who sings?", None)]
    write_squad(
        tmp_path / "qa.json",
        [("Birds", [("Owls hunt.", asked)]), ("Pets", [("Cats hunt.", [("Who hunts?", "Cats")])])],
    )
    found = read_query_set(QuerySource("qa.json"), tmp_path)
    relevant = {"Birds. Owls hunt.": 1, "Pets. Cats hunt.": 1}
    assert known(found) == [("Who hunts?", relevant, [])]
    write_squad(tmp_path / "qa.json", [("T", [("An owl.", [("Where?", None)])])])
    with pytest.raises(UsageError, match=r"qa\.json holds no query with a passage"):
        read_query_set(QuerySource("qa.json"), tmp_path)


def test_lines(read_lines: Callable[..., QuerySet]) -> None:
    found = read_lines(
        {"query": "a?", "positive": "one", "negatives": ["two", "three"]},
        {"query": "b?", "positive": ["two", "one"]},
        {"query": "a?", "positive": "two"},
    )
    assert found.passages == ("one", "two", "three")
    assert known(found) == [
        ("a?", {"one": 1, "two": 1}, ["three"]),
        ("b?", {"two": 1, "one": 1}, []),
    ]


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"query": "a?"}, r'lines.jsonl, line 2: there is no "positive" \(found query\)'),
        ({"positive": "a"}, 'line 2: there is no "query"'),
        ({"query": "a?", "positive": []}, "line 2: the query has no positive; a line is"),
        ({"query": " ", "positive": "a"}, 'line 2: "query" is only white space'),
        ({"query": "a?", "positive": 7}, r'line 2: "positive" is a number \(7\); it must be'),
        ({"query": "a?", "positive": ""}, 'line 2: "positive" holds a string .*must hold text'),
        ({"query": "a?", "positive": "a", "negatives": [7]}, 'line 2: "negatives" holds a number'),
        ("text", "line 2: found a string"),
    ],
)
def test_a_wrong_line(read_lines: Callable[..., QuerySet], record: Any, message: str) -> None:
    with pytest.raises(RecordError, match=message):
        read_lines({"query": "?", "positive": "good"}, record)


def test_a_file_without_queries(read_lines: Callable[..., QuerySet], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"lines\.jsonl holds no query with a passage"):
        read_lines(text="\n")
    with pytest.raises(UsageError, match="the recipe names none, which is not in the data folder"):
        read_query_set(QuerySource("none"), tmp_path)
