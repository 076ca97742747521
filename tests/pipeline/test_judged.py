"""Test what is judged of a candidate: support, nearness to the question, and mere repetition."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.pipeline.candidates import group
from wherefrom.pipeline.judged import echo, judge
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.records import Evidence, Prediction
from wherefrom.pipeline.verdict import verify

QUESTION = "What is the capital of France?"
TEXT = "It is old. Paris is the capital of France. Owls hunt."


@pytest.mark.parametrize(
    ("question", "answer", "share"),
    [
        ("Which gas does natural gas consist of?", "natural gas", 1.0),
        ("Which gas does natural gas consist of?", "Natural methane!", 0.5),
        (QUESTION, "the capital", 1.0),
        (QUESTION, "Paris", 0.0),
        (QUESTION, "the", 0.0),
        (QUESTION, "", 0.0),
        ("", "Paris", 0.0),
    ],
)
def test_echo(question: str, answer: str, share: float) -> None:
    assert echo(question, answer) == share


@given(st.text(max_size=30), st.text(max_size=30))
def test_an_echo_is_a_share(question: str, answer: str) -> None:
    assert 0 <= echo(question, answer) <= 1


def test_candidates_are_judged_by_the_sentence_they_stand_in(
    tiny_reader: Reader, word_encoder: Any, make_evidence: Callable[..., Evidence]
) -> None:
    evidence = make_evidence(TEXT, title="City")
    words = ("Paris", "the capital", "Owls")
    candidates = group(
        [
            Prediction(evidence, TEXT.index(said), TEXT.index(said) + len(said), 1.0, 0.0)
            for said in words
        ]
    )
    judged = judge(tiny_reader, word_encoder, QUESTION, candidates)
    assert [one.candidate for one in judged] == candidates
    assert [one.echo for one in judged] == [0.0, 1.0, 0.0]
    premises = ["City: Paris is the capital of France."] * 2 + ["City: Owls hunt."]
    statements = [f"the capital of France is {said}." for said in words]
    assert [one.verification for one in judged] == verify(tiny_reader, premises, statements)
    cosines = word_encoder.encode(premises) @ word_encoder.encode_queries([QUESTION])[0]
    assert [one.similarity for one in judged] == pytest.approx(cosines.tolist())
    assert judged[0].similarity > judged[2].similarity


def test_nothing_is_judged_without_candidates(tiny_reader: Reader, word_encoder: Any) -> None:
    assert judge(tiny_reader, word_encoder, QUESTION, []) == []
