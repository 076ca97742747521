"""Opposites: which words have one, and beside which words they are left alone."""

import pytest

from wherefrom.pipeline.antonyms import ANTONYMS, antonym_edits
from wherefrom.pipeline.edits import edited


def test_every_word_has_another_as_its_opposite():
    assert len(ANTONYMS) > 200
    assert all(word != other and other in ANTONYMS for word, other in ANTONYMS.items())


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("Who won the war?", ["Who lost the war?"]),
        ("What was her first single after 2003?", ["last", "before"]),
        ("Which city is the most modern?", ["least", "ancient"]),
        ("What is Rome's most known hill?", ["What is Rome's least known hill?"]),
    ],
)
def test_each_word_becomes_its_opposite(text, changed):
    found = antonym_edits(text)
    assert len(found) == len(changed)
    for edit, wanted in zip(found, changed, strict=True):
        assert wanted in edited(text, [edit])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "How large is the city?",  # how small it is would be answered alike
        "Who was it named after?",
        "What is his first name?",
        "What do most people eat?",
        "At least how many are there?",
        "How long did it last?",
        "Who rules North Korea?",
        "Where is the lower-left corner?",
    ],
)
def test_words_that_say_something_else_are_left_alone(text):
    assert antonym_edits(text) == []
