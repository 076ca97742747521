"""Test that evidence says of each hit what the knowledge base holds."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wherefrom.indexes.build import build
from wherefrom.indexes.fact_search import FoundFact
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.indexes.options import BuildOptions
from wherefrom.indexes.records import MENTION, PathStep
from wherefrom.kb.errors import UsageError
from wherefrom.kb.records import Triple
from wherefrom.pipeline.retrieval import (
    FACTS,
    LEAST_COSINE,
    fact_evidence,
    passage_evidence,
    retrieve,
)

QUERIES = ["capital of France", "owls", "東京"]


@pytest.mark.parametrize("retriever", ["dense", "sparse", "hybrid"])
def test_evidence_is_the_passage_of_each_hit(knowledge: Knowledge, retriever: str) -> None:
    found = retrieve(knowledge, QUERIES, k=4, retriever=retriever)
    rankings = knowledge.search(QUERIES, 4, retriever=retriever)
    assert len(found) == len(rankings) == 3
    for evidence, hits in zip(found, rankings, strict=True):
        assert [(e.passage_id, e.score) for e in evidence] == [
            (hit.passage_id, hit.score) for hit in hits
        ]
        assert [e.rank for e in evidence] == list(range(1, len(hits) + 1))
        for item in evidence:
            document = knowledge.document(item.document_id)
            assert item.text == document.text[item.start : item.end]
            assert (item.title, item.url) == (document.title, document.url)
            assert item.retriever == retriever


def test_k_bounds_the_evidence(knowledge: Knowledge) -> None:
    assert [len(found) for found in retrieve(knowledge, QUERIES, k=1)] == [1, 1, 1]
    assert retrieve(knowledge, [], k=3) == []


@pytest.mark.parametrize(
    ("query", "arguments", "message"),
    [
        (" \n", {}, "the query is empty"),
        ("x" * 100_000, {}, "the query has 100,000 characters, at most"),
        ("x", {"k": 0}, "k must be at least 1, got 0"),
        ("x", {"retriever": "sprase"}, "unknown retriever 'sprase'.*did you mean sparse"),
    ],
)
def test_what_is_refused(
    knowledge: Knowledge, query: str, arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        retrieve(knowledge, [query], **arguments)


@pytest.fixture
def graph_knowledge(
    tmp_path: Path, write_jsonl: Callable[..., str], word_encoder: Any
) -> Knowledge:
    """Give two documents, one of which names the other, and facts of both."""
    documents = [
        {"id": "film", "title": "Red Film", "text": "It was directed by Ann Lee."},
        {"id": "ann", "title": "Ann Lee", "text": "She was born in Ulm."},
    ]
    facts = [
        "Ann Lee\tborn in\tUlm",
        *(f"Ann Lee\tdirected\tfilm {n}" for n in range(FACTS + 4)),
        "Red Film\tNotIsA\tplay",
    ]
    (tmp_path / "facts.tsv").write_text("".join(f"{line}\n" for line in facts))
    sources = [write_jsonl(documents), f"triples:{tmp_path / 'facts.tsv'}"]
    build(tmp_path / "graph.kb", sources, options=BuildOptions(encoder=word_encoder))
    return Knowledge.open(tmp_path / "graph.kb", encoder=word_encoder)


def test_facts_follow_the_passages(graph_knowledge: Knowledge, tmp_path: Path) -> None:
    source = f"triples:{tmp_path / 'facts.tsv'}"
    questions = ["Where was Ann Lee born in Ulm?", "rain"]
    (found, none) = retrieve(graph_knowledge, questions, k=5, retriever="graph")
    assert [item.document_id for item in found[:2]] == ["ann", "film"]
    facts = found[2:]
    assert 0 < len(facts) <= FACTS
    assert facts[0].text == "Ann Lee: born in: Ulm."
    assert [item.rank for item in found] == list(range(1, len(found) + 1))
    assert {item.retriever for item in found} == {"graph"}
    for item in facts:
        (step,) = item.path
        assert (item.document_id, item.title) == (source, "Ann Lee")
        assert item.passage_id == f"{source}#{step.place}: {item.text}"
        assert (item.start, item.end) == (0, len(item.text))
        assert (step.source, step.passage_id) == (source, "")
        assert item.score >= LEAST_COSINE
    assert [item.document_id for item in none if item.document_id == source] == []


def test_only_the_retriever_graph_finds_paths_and_facts(graph_knowledge: Knowledge) -> None:
    for retriever in ("dense", "sparse", "hybrid"):
        (found,) = retrieve(graph_knowledge, ["Where was Ann Lee born?"], retriever=retriever)
        assert {item.document_id for item in found} <= {"ann", "film"}
        assert {item.path for item in found} == {()}


def test_paths_come_with_the_passages(graph_knowledge: Knowledge) -> None:
    question = "Who directed Red Film?"
    (found,) = retrieve(graph_knowledge, [question], k=5, retriever="graph")
    paths = {item.document_id: item.path for item in found}
    (passages,) = graph_knowledge.search_passages([question], 5, retriever="graph")
    assert [paths[one.passage.document_id] for one in passages] == [one.path for one in passages]
    for item in found:
        for step in item.path:
            if step.relation == MENTION:
                text = graph_knowledge.document("film").text
                assert text[step.start : step.end] == step.tail == "Ann Lee"


def test_ranks_go_on_from_the_first(graph_knowledge: Knowledge) -> None:
    (passages,) = graph_knowledge.search_passages(["film"], 5, retriever="graph")
    found = passage_evidence(passages, "graph", first_rank=7)
    assert [item.rank for item in found] == [7, 8]


def test_facts_that_have_nothing_to_do_with_the_question_are_left_out() -> None:
    def fact(score: float, **named: Any) -> FoundFact:
        triple = Triple("Ann Lee", "born in", "Ulm", source="rdf:a.ttl", place="line 7", **named)
        return FoundFact(triple, "Ann Lee: born in: Ulm.", score)

    web = fact(0.9, head_iri="http://x.org/ann")
    blank = fact(LEAST_COSINE, head_iri="_:b0")
    found = fact_evidence([web, blank, fact(LEAST_COSINE - 0.01)], first_rank=4)
    assert [(item.rank, item.score) for item in found] == [(4, 0.9), (5, LEAST_COSINE)]
    assert [item.url for item in found] == ["http://x.org/ann", ""]
    step = PathStep("Ann Lee", "born in", "Ulm", source="rdf:a.ttl", place="line 7")
    assert [item.path for item in found] == [(step,), (step,)]
    assert fact_evidence([]) == []
