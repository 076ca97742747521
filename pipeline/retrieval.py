"""Retrieve the evidence for questions: ranked passages and facts, with all that is said of them."""

from collections.abc import Sequence

from wherefrom.indexes.fact_search import FoundFact
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.indexes.records import FoundPassage, PathStep
from wherefrom.kb.fact_words import denied_sentence, shown_relation
from wherefrom.kb.records import Triple
from wherefrom.pipeline.records import Evidence

FACTS = 5  # of what the question names, shown beside the passages
LEAST_COSINE = 0.35  # of a fact's sentence with the question; others have nothing to do with it


def retrieve(
    knowledge: Knowledge,
    queries: Sequence[str],
    *,
    k: int = 10,
    retriever: str = "hybrid",
    facts: int | None = None,
) -> list[list[Evidence]]:
    """Find the `k` best passages for each query.

    Parameters
    ----------
    knowledge
        An opened knowledge base.
    queries
        Questions or claims in words.
    k
        How many passages at most, at least 1.
    retriever
        ``dense``, ``sparse``, ``hybrid`` or ``graph``; see `Knowledge.search`.
    facts
        How many facts of what a query names may follow on its passages; None for FACTS with the
        retriever ``graph`` and none with another.

    Returns
    -------
    list[list[Evidence]]
        One list for each query, best first.

    Raises
    ------
    UsageError
        If a query is blank or endless, `k` is below 1 or the retriever is unknown.
    """
    if not queries:
        return []
    most = (FACTS if retriever == "graph" else 0) if facts is None else facts
    found = knowledge.search_passages(queries, k, retriever=retriever)
    known = knowledge.search_facts(queries, most) if most else [[]] * len(queries)
    return [
        passage_evidence(passages, retriever) + fact_evidence(near, first_rank=len(passages) + 1)
        for passages, near in zip(found, known, strict=True)
    ]


def passage_evidence(
    found: Sequence[FoundPassage], retriever: str, *, first_rank: int = 1
) -> list[Evidence]:
    """Make evidence of passages, in their order."""
    return [
        Evidence(
            passage_id=passage.id,
            document_id=passage.document_id,
            title=passage.title,
            url=passage.url,
            rank=rank,
            score=hit.score,
            retriever=retriever,
            text=passage.text,
            start=passage.start,
            end=passage.end,
            path=path,
        )
        for rank, (hit, passage, path) in enumerate(found, start=first_rank)
    ]


def _step(fact: Triple) -> PathStep:
    relation = shown_relation(fact.relation, negated=fact.negated)
    return PathStep(fact.head, relation, fact.tail, source=fact.source, place=fact.place)


def fact_evidence(found: Sequence[FoundFact], *, first_rank: int = 1) -> list[Evidence]:
    """Make evidence of the facts that are near enough to the question, in their order."""
    near = [one for one in found if one.score >= LEAST_COSINE]
    return [
        Evidence(
            passage_id=f"{fact.source}#{fact.place}: {sentence}",
            document_id=fact.source,
            title=fact.head,
            url=fact.head_iri if fact.head_iri.startswith("http") else "",
            rank=rank,
            score=score,
            retriever="graph",
            text=sentence,
            start=0,
            end=len(sentence),
            path=(_step(fact),),
            denies=denied_sentence(fact),
        )
        for rank, (fact, sentence, score) in enumerate(near, start=first_rank)
    ]
