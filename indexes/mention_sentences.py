"""Cut out the sentences of passages that mention entities."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.graph import Graph
from wherefrom.indexes.passage_text import passage_text
from wherefrom.kb.sentences import around, split_sentences

MOST_SENTENCES = 48  # for one question; what begins farther down its passages is not weighed
MOST_PASSAGES = 1_000  # looked through for them: an entity may have a million


@dataclass(frozen=True, slots=True)
class MentionSentence:
    """A sentence that mentions an entity, as the encoder is given it."""

    passage: int
    entity: int
    text: str


def mention_sentences(graph: Graph, passages: NDArray[np.int64]) -> list[MentionSentence]:
    """Return the sentence around each mention in some passages, in order.

    At most MOST_SENTENCES different ones are returned, of the first MOST_PASSAGES passages.
    """
    found: list[MentionSentence] = []
    texts: set[str] = set()
    for number in passages[:MOST_PASSAGES].tolist():
        mentions = graph.mentions_in(number)
        if not mentions.shape[1]:
            continue
        passage = graph.generation.passage_at(int(graph.arrays.passages[number]))
        sentences = split_sentences(passage.text)
        for _, entity, start, end in mentions.T.tolist():
            first, last = around(sentences, start - passage.start, end - passage.start)
            text = passage_text(replace(passage, text=passage.text[first:last]))
            if len(texts) < MOST_SENTENCES or text in texts:
                texts.add(text)
                found.append(MentionSentence(number, entity, text))
    return found
