"""Retrieve the evidence for questions: ranked passages, with all that an answer says of them."""

from collections.abc import Sequence

from wherefrom.indexes.knowledge import Knowledge
from wherefrom.pipeline.records import Evidence


def retrieve(
    knowledge: Knowledge, queries: Sequence[str], *, k: int = 10, retriever: str = "hybrid"
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
        ``dense``, ``sparse`` or ``hybrid``; see `Knowledge.search`.

    Returns
    -------
    list[list[Evidence]]
        One list for each query, best first.

    Raises
    ------
    UsageError
        If a query is blank or endless, `k` is below 1 or the retriever is unknown.
    """
    found = knowledge.search_passages(queries, k, retriever=retriever)
    return [
        [
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
            )
            for rank, (hit, passage) in enumerate(ranking, start=1)
        ]
        for ranking in found
    ]
