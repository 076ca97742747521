"""Names that several documents share, and of which nobody has written an article."""

import numpy as np

from wherefrom.indexes.shared_names import MOST_DOCUMENTS, MOST_OF_WORD, SharedNames

TEXTS = ["It is by Ada Lovelace.", "Then Old Rome burnt.", "ADA LOVELACE saw Old Rome.", "Ben Bit"]


def collected(texts, documents, known=(), *, with_words=False):
    names = SharedNames(np.array(documents), set(known))
    for passage, text in enumerate(texts):
        names.add(passage, text, 100, [], with_words=with_words)
    return names.found(7)


def test_names_of_two_documents_are_numbered_in_order_of_their_keys():
    names, mentions = collected(TEXTS, [0, 1, 2, 3])
    assert names == ["ADA LOVELACE", "Old Rome"]  # as it is written first in order of letters
    assert mentions.T.tolist() == [
        [0, 7, 109, 121],
        [1, 8, 105, 113],
        [2, 7, 100, 112],
        [2, 8, 117, 125],
    ]


def test_passages_of_one_document_share_nothing():
    names, mentions = collected(TEXTS, [0, 0, 0, 1])
    assert names == []
    assert mentions.shape == (4, 0)


def test_what_very_many_share_is_left_out():
    texts = ["Old Rome"] * (MOST_DOCUMENTS + 1)
    assert collected(texts, range(len(texts)))[0] == []
    assert collected(texts[1:], range(len(texts) - 1))[0] == ["Old Rome"]


def test_single_words_count_where_they_are_asked_for():
    texts = ["She saw Tulsa.", "Tulsa burnt.", "Long ago, Ann Lee saw Long Beach."]
    assert collected(texts, range(3))[0] == []
    names, mentions = collected(texts, range(3), with_words=True)
    assert names == ["Tulsa"]  # "Long" only begins a sentence
    assert mentions.T.tolist() == [[0, 7, 108, 113], [1, 7, 100, 105]]


def test_a_word_that_only_begins_sentences_is_no_name():
    assert collected(["Films are long.", "Films end."], [0, 1], with_words=True)[0] == []


def test_a_word_that_many_share_is_left_out():
    texts = ["She saw Tulsa."] * (MOST_OF_WORD + 1)
    assert collected(texts, range(len(texts)), with_words=True)[0] == []
    assert collected(texts[1:], range(len(texts) - 1), with_words=True)[0] == ["Tulsa"]


def test_known_names_and_what_touches_a_mention_are_left_out():
    assert collected(TEXTS, [0, 1, 2, 3], known=["old rome"])[0] == ["ADA LOVELACE"]
    names = SharedNames(np.array([0, 1]), set())
    for passage in range(2):
        names.add(passage, "Young Ada Lovelace saw Old Rome", 0, [(6, 9), (19, 22)])
    assert names.found(0)[0] == ["Old Rome"]


def test_nothing_at_all():
    names, mentions = SharedNames(np.empty(0, dtype=np.int64), ()).found(3)
    assert (names, mentions.shape) == ([], (4, 0))
