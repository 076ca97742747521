"""Test sentences that look like an answer and are none."""

import random

import pytest

from wherefrom.pipeline.distractor_sentences import (
    between_sentences,
    borrowed,
    distractor_sentence,
)
from wherefrom.pipeline.edits import edited, moved

OTHERS = borrowed(
    [
        ("Who painted the Night Watch?", "Paul Klee"),
        ("What is the capital of Spain?", "Madrid"),
        ("When did it end?", "1642"),
    ]
)


@pytest.mark.parametrize(
    ("question", "answer", "context", "sentence"),
    [
        (
            "What is the capital of France?",
            "Paris",
            "Paris is the capital of France.",
            "The capital of Spain is Madrid.",
        ),
        (
            "Who painted the Mona Lisa?",
            "Leonardo da",
            "Leonardo da Vinci did.",
            None,  # no answer of its kind is known
        ),
        ("Who painted the Mona Lisa?", "Max Ernst", "x", "Paul Klee painted the Night Watch."),
        ("What is the capital of France?", "Paris", "Madrid is far.", None),
        ("What is the capital of Spain?", "Rome", "It is Rome.", None),  # no other name
        ("what is the capital?", "Paris", "It is Paris.", None),  # nothing to exchange
        ("France has which capital?", "Paris", "It is Paris.", None),
    ],
)
def test_names_and_the_answer_are_others(
    question: str, answer: str, context: str, sentence: str | None
) -> None:
    found = distractor_sentence(question, [answer], context, OTHERS, random.Random(3))
    assert found == sentence


def test_numbers_are_exchanged_where_there_is_no_name() -> None:
    rng = random.Random(5)
    for _ in range(20):
        found = distractor_sentence("what happened in 1889?", ["1900"], "It was.", OTHERS, rng)
        assert found is not None
        assert "1642" in found
        assert "1889" not in found
        assert "1900" not in found


def test_a_sentence_stands_between_others_and_no_answer_is_cut() -> None:
    context = "It was built in 1889. Gustave Eiffel designed it"
    seen = set()
    for seed in range(30):
        edit = between_sentences(context, "Here it is.", random.Random(seed))
        seen.add(edited(context, [edit]))
        for answer in ("1889", "Gustave Eiffel", "designed it"):
            start = context.index(answer)
            place = moved((start, start + len(answer)), [edit])
            assert place is not None
            assert edited(context, [edit])[slice(*place)] == answer
    assert seen == {
        "Here it is. It was built in 1889. Gustave Eiffel designed it",
        "It was built in 1889. Here it is. Gustave Eiffel designed it",
        "It was built in 1889. Gustave Eiffel designed it Here it is.",
    }
