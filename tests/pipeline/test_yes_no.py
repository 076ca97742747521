"""Test that questions for yes or no are known, become claims, and are answered with yes or no."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.indexes.encoder import load_encoder
from wherefrom.pipeline.bundled import bundled_reader
from wherefrom.pipeline.checking import check_claim
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.reading import read_answer
from wherefrom.pipeline.records import Evidence
from wherefrom.pipeline.statement import AUXILIARIES
from wherefrom.pipeline.yes_no import answer_yes_no, asked_claims

TITANIC = "RMS Titanic sank in the North Atlantic Ocean on 15 April 1912."


@pytest.mark.parametrize(
    ("question", "claim"),
    [
        ("Is Paris the capital of France?", "Paris is the capital of France."),
        ("Was Einstein German?", "Einstein was German."),
        ("Does the Nile flow through Egypt?", "the Nile flow through Egypt."),
        ("Can't bats fly?", "bats can fly."),
        ("Won’t it rain?", "it will rain."),
        ("is seoul the largest city in korea", "seoul is the largest city in korea."),
        (
            "Were Scott Derrickson and Ed Wood of the same nationality?",
            "Scott Derrickson and Ed Wood were of the same nationality.",
        ),
        (
            "Was the Great Wall of China built by the Romans?",
            "the Great Wall of China was built by the Romans.",
        ),
        ("Was it raining or not?", "it was raining or not."),
    ],
)
def test_a_question_for_yes_or_no_becomes_a_claim(question: str, claim: str) -> None:
    assert asked_claims(question) == (claim,)


@pytest.mark.parametrize(
    ("question", "claims"),
    [
        (
            "Are King Vidor and Géza von Cziffra both American directors?",
            ("King Vidor is American directors.", "Géza von Cziffra is American directors."),
        ),
        (
            "Were both Paris and the city of Rome founded by Romans?",
            ("Paris was founded by Romans.", "the city of Rome was founded by Romans."),
        ),
        ("Do cats and dogs both eat meat?", ("cats eat meat.", "dogs eat meat.")),
        ("Do cats, dogs and owls both hunt?", ("cats, dogs hunt.", "owls hunt.")),
        ("Are both alive?", ("both are alive.",)),
    ],
)
def test_what_is_asked_of_both_becomes_two_claims(question: str, claims: tuple[str, ...]) -> None:
    assert asked_claims(question) == claims


@pytest.mark.parametrize(
    "question",
    [
        "Who painted the Mona Lisa?",
        "Is a whale a fish or a mammal?",
        "Can you tell me who wrote Hamlet?",
        "Do you know the capital of France?",
        "Could anyone please explain photosynthesis?",
        "Will Smith won which award?",
        "Paris is the capital of France.",
        "Is it?",
        "?",
        "",
    ],
)
def test_other_questions_do_not(question: str) -> None:
    assert asked_claims(question) == ()


@given(
    st.sampled_from(AUXILIARIES),
    st.lists(st.from_regex(r"[A-Za-z]{1,8}", fullmatch=True), max_size=9),
)
def test_a_claim_loses_no_word_of_its_question(auxiliary: str, words: list[str]) -> None:
    for claim in asked_claims(" ".join([auxiliary, *words]) + "?"):
        left_out = {"do", "does", "did"}
        said = claim.removesuffix(".").split()
        assert sorted(said) == sorted([*words, *({auxiliary} - left_out)])
        assert [word for word in said if word != auxiliary] == [
            word for word in words if word != auxiliary
        ]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.open(bundled_reader(), device="cpu")


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Did the Titanic sink in 1912?", "yes"),
        ("Did the Titanic sink in 1920?", "no"),
        ("Is the Titanic made of wood?", ""),
    ],
)
def test_the_bundled_reader_says_yes_or_no_or_abstains(
    reader: Reader, make_evidence: Callable[..., Evidence], question: str, answer: str
) -> None:
    evidence = [make_evidence(TITANIC, title="Titanic")]
    found = read_answer(reader, load_encoder(), question, evidence)
    assert (found.answer, found.abstained) == (answer, not answer)
    assert [cited.quote for cited in found.citations] == ([TITANIC] if answer else [])
    for cited in found.citations:
        assert cited.verdict == "supported"
        assert cited.entailment > 0.5
        assert found.probability <= cited.entailment
    check = check_claim(reader, load_encoder(), asked_claims(question)[0], evidence)
    for_and_against = [check.probabilities[name] for name in ("supported", "refuted")]
    assert found.probability == max(for_and_against)


@pytest.mark.parametrize(
    ("question", "answer", "cited"),
    [
        ("Are Medici and Senet both board games?", "yes", ["Medici", "Senet"]),
        ("Are Medici and Chopin both board games?", "", []),
    ],
)
def test_both_must_be_supported(
    reader: Reader,
    make_evidence: Callable[..., Evidence],
    question: str,
    answer: str,
    cited: list[str],
) -> None:
    texts = {
        "Medici": "Medici is a board game by Reiner Knizia.",
        "Senet": "Senet is a board game from ancient Egypt.",
        "Chopin": "Chopin lived in Paris from 1831.",
    }
    evidence = [make_evidence(text, title=name, document=name) for name, text in texts.items()]
    found = read_answer(reader, load_encoder(), question, evidence)
    assert found.answer == answer
    assert sorted({one.document_id for one in found.citations}) == cited


def test_an_answer_below_the_threshold_is_none(
    reader: Reader, make_evidence: Callable[..., Evidence]
) -> None:
    calibration = reader.manifest.calibration
    strict = reader.calibrated(replace(calibration, answer_threshold=1.0))
    question, evidence = "Did the Titanic sink in 1912?", [make_evidence(TITANIC, title="Titanic")]
    found = read_answer(strict, load_encoder(), question, evidence)
    assert (found.answer, found.abstained, found.citations) == ("", True, ())
    assert found.probability == read_answer(reader, load_encoder(), question, evidence).probability


def test_without_evidence_it_abstains(tiny_reader: Reader, word_encoder: Any) -> None:
    found = answer_yes_no(tiny_reader, word_encoder, "Is Paris old?", ["Paris is old."], [])
    assert (found.answer, found.abstained, found.probability) == ("", True, 0.0)
    assert {"read", "verify"} <= set(found.timing_seconds)
