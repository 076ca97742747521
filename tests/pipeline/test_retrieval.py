"""Test that evidence says of each hit what the knowledge base holds."""

import pytest

from wherefrom.indexes.knowledge import Knowledge
from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.retrieval import retrieve

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
