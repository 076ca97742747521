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


def retrieved_premises(
    knowledge: Knowledge, asked: Sequence[tuple[str, Sequence[str]]]
) -> list[list[str]]:
    """Return the premises of statements from what a knowledge base holds about them.

    Parameters
    ----------
    knowledge
        The knowledge base.
    asked
        Questions, each with its statements. A blank question or statement is not searched for.

    Returns
    -------
    list
        For each question the premise of each of its statements, from what is found for all of them.
    """
    searched = [[text for text in (question, *said) if text.strip()] for question, said in asked]
    every = [text for texts in searched for text in texts]
    found = retrieve(knowledge, every, retriever=knowledge.best_retriever) if every else []
    encoder = knowledge.encoder
    made, first = [], 0
    for (_, said), texts in zip(asked, searched, strict=True):
        shown = together(found[first : first + len(texts)])
        first += len(texts)
        made.append(premises(encoder, said, SentenceVectors.of(encoder, sentences(shown))))
    return made


def together(evidence: Sequence[Sequence[Evidence]]) -> tuple[Evidence, ...]:
    """Join rankings: the first one's evidence, then what the others add, each passage once."""
    shown: dict[str, Evidence] = {}
    for ranking in evidence:
        for item in ranking:
            shown.setdefault(item.passage_id, item)
    return tuple(shown.values())
