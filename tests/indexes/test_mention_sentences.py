"""Mentions are weighed by their sentences, as the encoder is given them."""

import numpy as np
import pytest

from wherefrom.indexes import mention_sentences as module
from wherefrom.indexes.mention_sentences import MentionSentence, mention_sentences

DOCUMENTS = {
    "Film": "The film is old. It was directed by Ada Lovelace in Rome. Rome is large.",
    "Rome": "Rome is a city.",
    "Ada Lovelace": "Ada Lovelace wrote.",
}
ADA, FILM, ROME = 0, 1, 2  # numbers of entities and of documents: by key and by id


def test_the_sentence_of_each_mention_with_the_title(open_graph):
    graph = open_graph(DOCUMENTS)
    assert graph.names == ["Ada Lovelace", "Film", "Rome"]
    directed = "Film. It was directed by Ada Lovelace in Rome."
    first, last = graph.about(FILM).tolist()
    assert mention_sentences(graph, np.arange(graph.passages)) == [
        MentionSentence(first, ADA, directed),
        MentionSentence(first, ROME, directed),
        MentionSentence(last, ROME, "Film. Rome is large."),
    ]
    assert mention_sentences(graph, np.array([last])) == [
        MentionSentence(last, ROME, "Film. Rome is large.")
    ]
    assert mention_sentences(graph, np.empty(0, dtype=np.int64)) == []


def test_the_number_of_sentences_and_passages_is_bounded(open_graph, monkeypatch):
    graph = open_graph(DOCUMENTS)
    everything = np.arange(graph.passages)
    whole = mention_sentences(graph, everything)
    monkeypatch.setattr(module, "MOST_SENTENCES", 1)
    assert mention_sentences(graph, everything) == whole[:2]  # two mentions in one sentence
    monkeypatch.setattr(module, "MOST_PASSAGES", 1)
    assert mention_sentences(graph, everything) == []  # the first says what it is about, no more


@pytest.mark.parametrize("text", ["Rome", "  Rome  ", "x\n\nRome\n\ny"])
def test_a_mention_in_no_proper_sentence_has_a_text(open_graph, text):
    graph = open_graph({"Film": text, "Rome": "A city."})
    (found,) = mention_sentences(graph, np.arange(graph.passages))
    assert "Rome" in found.text
