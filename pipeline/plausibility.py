"""Put before a statement what the evidence says of it, so that its plausibility can be judged.

What a reader learns and what it is asked later comes from here, so both sides agree on the form.
"""

from collections.abc import Sequence

from wherefrom.indexes.encoder import Encoder
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.pipeline.quoted import sentences
from wherefrom.pipeline.records import Evidence
from wherefrom.pipeline.retrieval import retrieve
from wherefrom.pipeline.support import SentenceVectors, nearest

SENTENCES = 4  # of evidence that stand before a statement


def premises(encoder: Encoder, statements: Sequence[str], known: SentenceVectors) -> list[str]:
    """Return, for each statement, the sentences nearest to it as one text, the nearest first.

    Parameters
    ----------
    encoder
        Says what is near.
    statements
        Of whatever number.
    known
        The sentences to choose from; there may be none, and then a premise is empty.
    """
    if not known.quoted:
        return [""] * len(statements)
    found = (nearest(vector, known, SENTENCES)[0] for vector in encoder.encode_queries(statements))
    return [" ".join(known.quoted[number].premise for number in numbers) for numbers in found]


def retrieved_premises(knowledge: Knowledge, question: str, statements: Sequence[str]) -> list[str]:
    """Return the premise of each statement from what a knowledge base holds about all of them."""
    asked = [text for text in (question, *statements) if text.strip()]
    shown = together(retrieve(knowledge, asked, retriever=knowledge.best_retriever))
    encoder = knowledge.encoder
    return premises(encoder, statements, SentenceVectors.of(encoder, sentences(shown)))


def together(evidence: Sequence[Sequence[Evidence]]) -> tuple[Evidence, ...]:
    """Join rankings: the first one's evidence, then what the others add, each passage once."""
    shown: dict[str, Evidence] = {}
    for ranking in evidence:
        for item in ranking:
            shown.setdefault(item.passage_id, item)
    return tuple(shown.values())
