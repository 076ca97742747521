"""A word beside another that has a capital is likely a part of a longer name."""

import pytest

from wherefrom.kb.name_context import stands_in_longer_name


@pytest.mark.parametrize(
    ("text", "word", "is_part"),
    [
        ("the Byzantine Empire fell", "Empire", True),
        ("the Byzantine Empire fell", "Byzantine", True),
        ("Archduchess Rosa of Austria", "Rosa", False),  # the word before begins the sentence
        ("and Archduchess Rosa of Austria", "Rosa", True),
        ("He met Dr. Rosa there", "Rosa", True),
        ("Then he left. Empire is a word", "Empire", False),
        ("In Paris it rained", "Paris", False),
        ("Many said The Paris is gone", "Paris", False),  # an article is no name
        ("on Paris, Texas", "Paris", False),  # a mark between them
        ("Paris", "Paris", False),
        ("the Empire", "Empire", False),
        ("of Empire 42", "Empire", False),
        ("met Ötzi Berg today", "Berg", True),
        ("the Paris\nTexas road", "Paris", False),
        ("Rome: Old Paris is", "Paris", False),  # a colon begins a sentence
        ("Rome and: the Old Paris is", "Paris", True),
        (f"x{'y' * 60} Old Paris", "Paris", True),
        (f"{'Y' * 60} Paris", "Paris", True),
        (f"{'Y' * 39} Paris", "Paris", False),
    ],
)
def test_words_beside_others(text, word, is_part):
    start = text.index(word)
    assert stands_in_longer_name(text, start, start + len(word)) is is_part
