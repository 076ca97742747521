"""Pools of passages with questions that take several of them to answer.

Each pool is one of a data set that HippoRAG was measured on: 2WikiMultihopQA, HotpotQA and MuSiQue.
A question names the documents that it needs, by title or by id.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from wherefrom.kb.errors import SourceError


@dataclass(frozen=True, slots=True)
class Pool:
    """The names of a pool's files; `golden` is the field that names the documents needed."""

    corpus: str
    questions: str
    golden: str


@dataclass(frozen=True, slots=True)
class PoolQuestion:
    """A question and what it needs: titles or ids of documents, as the pool has it."""

    text: str
    gold: frozenset[str]


@dataclass(frozen=True, slots=True)
class OpenedPool:
    """A pool that was read: its questions, and by what each document is known in them."""

    documents: dict[str, str]
    questions: Sequence[PoolQuestion]


POOLS = {
    "2wiki": Pool("2wiki_corpus.jsonl", "2wiki_questions_a.jsonl", "gold_titles"),
    "hotpot": Pool("hotpot_tune_corpus.jsonl", "hotpot_tune_questions.jsonl", "gold_titles"),
    "musique": Pool("musique_tune_corpus.jsonl", "musique_tune_questions.jsonl", "gold_ids"),
}


def open_pool(pool: Pool, folder: Path) -> OpenedPool:
    """Read a pool from its folder.

    Raises
    ------
    SourceError
        If a question needs a document that the pool does not hold.
    """
    rows = [json.loads(line) for line in _lines(folder / pool.corpus)]
    by_title = pool.golden == "gold_titles"
    documents = {row["id"]: row["title"] if by_title else row["id"] for row in rows}
    questions = []
    for line in _lines(folder / pool.questions):
        row = json.loads(line)
        gold = frozenset(row[pool.golden])
        if missing := sorted(gold - set(documents.values())):
            raise SourceError(f"{folder / pool.questions}: no document is called {missing[0]!r}")
        questions.append(PoolQuestion(row["question"], gold))
    return OpenedPool(documents, questions)


def write_untitled(pool: Pool, folder: Path, file: Path) -> None:
    """Write the documents of a pool without their titles, as JSON lines."""
    with file.open("w", encoding="utf-8") as lines:
        for line in _lines(folder / pool.corpus):
            lines.write(json.dumps({**json.loads(line), "title": ""}, ensure_ascii=False) + "\n")


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]
