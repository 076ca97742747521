"""Find the facts of what a question names that resemble the question."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.encoder import Encoder
from wherefrom.indexes.graph import Graph
from wherefrom.kb.fact_words import fact_sentence
from wherefrom.kb.records import NAMING, Triple
from wherefrom.kb.words import words

MOST_COMPARED = 48  # facts of one question that are encoded: those that share most of its words
MOST_READ = 2_000  # facts of one entity that are looked at


class FoundFact(NamedTuple):
    """A fact and the cosine of its sentence with the question."""

    fact: Triple
    sentence: str
    score: float


def facts_near(
    graph: Graph,
    encoder: Encoder,
    queries: Sequence[str],
    vectors: NDArray[np.float32],
    entities: Sequence[Sequence[int]],
    k: int,
) -> list[list[FoundFact]]:
    """Return the `k` facts of the named entities that resemble each query most, best first.

    Parameters
    ----------
    graph
        The graph.
    encoder
        Of the knowledge base.
    queries, vectors, entities
        Each query in words, its vector (Q, D), and the entities that it names.
    k
        How many facts at most.
    """
    chosen = [_compared(graph, *pair) for pair in zip(queries, entities, strict=True)]
    sentences = list(dict.fromkeys(one for facts in chosen for one in facts))
    known = dict(zip(sentences, encoder.encode(sentences), strict=True)) if sentences else {}
    found: list[list[FoundFact]] = []
    for facts, vector in zip(chosen, vectors, strict=True):
        scored = [
            FoundFact(fact, sentence, float(known[sentence] @ vector))
            for sentence, fact in facts.items()
        ]
        found.append(sorted(scored, key=lambda one: (-one.score, one.sentence))[:k])
    return found


def _compared(graph: Graph, query: str, entities: Sequence[int]) -> dict[str, Triple]:
    """Return the facts of some entities, by sentence, that share most words with a query."""
    asked = set(words(query).folded)
    facts: dict[str, Triple] = {}
    for entity in entities:
        for number in graph.facts_of(entity)[:MOST_READ].tolist():
            fact = graph.worded(number)
            if not (fact.literal and fact.relation in NAMING):
                facts.setdefault(fact_sentence(fact), fact)
    if len(facts) <= MOST_COMPARED:
        return facts
    shared = {sentence: len(asked & set(words(sentence).folded)) for sentence in facts}
    best = sorted(facts, key=lambda sentence: (-shared[sentence], sentence))[:MOST_COMPARED]
    return {sentence: facts[sentence] for sentence in best}
