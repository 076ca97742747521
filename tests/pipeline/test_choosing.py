"""Test what is known of an option, and that a choice follows from it."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from wherefrom.pipeline.candidates import group
from wherefrom.pipeline.checking import CITATIONS
from wherefrom.pipeline.checkpoint import load_reader
from wherefrom.pipeline.choosing import FEATURES, choose_option, features
from wherefrom.pipeline.quoted import quote
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.records import Choice, Evidence, Option, Prediction
from wherefrom.pipeline.support import Support
from wherefrom.pipeline.verdict import Verification

MakeEvidence = Callable[..., Evidence]
QUESTION = "What is the capital of France?"
OPTIONS = [Option("A", "Paris"), Option("B", "Berlin"), Option("C", "the Seine")]
TEXTS = ["Paris is the capital of France. It lies on the Seine.", "Berlin is old. 東京 🦉 too."]


@pytest.fixture
def evidence(make_evidence: MakeEvidence) -> list[list[Evidence]]:
    """Give rankings for the question and for each option, which share passages."""
    first, second = (make_evidence(t, document=str(n), start=7) for n, t in enumerate(TEXTS))
    again = replace(first, rank=2)
    return [[first], [first, second], [second, again], []]


def weighing(tiny_reader_folder: Path, **weights: float) -> Reader:
    """Open the tiny reader with other weights of its choices."""
    loaded = load_reader(tiny_reader_folder, device="cpu")
    calibration = replace(loaded.manifest.calibration, choice_weights=weights)
    manifest = replace(loaded.manifest, calibration=calibration)
    return Reader(replace(loaded, manifest=manifest), device="cpu")


def test_features_stand_in_the_order_of_their_names(make_evidence: MakeEvidence) -> None:
    evidence = make_evidence("Paris and the Seine")
    candidates = group(
        [Prediction(evidence, 10, 19, 4.0, 0.0), Prediction(evidence, 0, 5, 1.0, 0.0)]
    )
    quoted = quote(evidence, 0, 5)
    weighed = [
        Support(quoted, 0.9, 0.5, Verification(0.6, 0.4, 0.0)),
        Support(quoted, 0.3, 1.0, Verification(0.2, 0.7, 0.1)),
    ]
    found = features(Option("A", "paris"), weighed, candidates)
    assert dict(zip(FEATURES, found, strict=False)) == {
        "entailment": pytest.approx(0.3),
        "contradiction": pytest.approx(0.7),
        "cosine": 0.9,
        "span": pytest.approx(-0.3),
    }
    assert features(Option("C", "Seine"), weighed, candidates)[3] == 0.0
    assert features(Option("B", "Rome"), [], candidates) == (0.0, 0.0, 0.0, -1.0)
    assert features(Option("B", "Rome"), [], []) == (0.0, 0.0, 0.0, -1.0)


def test_a_choice_is_the_most_probable_option(
    tiny_reader: Reader, word_encoder: Any, evidence: list[list[Evidence]]
) -> None:
    found = choose_option(tiny_reader, word_encoder, QUESTION, OPTIONS, evidence)
    assert isinstance(found, Choice)
    assert list(found.probabilities) == ["A", "B", "C"]
    assert sum(found.probabilities.values()) == pytest.approx(1)
    assert found.probabilities[found.choice] == max(found.probabilities.values())


def test_each_passage_is_shown_once_the_questions_own_first(
    tiny_reader: Reader, word_encoder: Any, evidence: list[list[Evidence]]
) -> None:
    found = choose_option(tiny_reader, word_encoder, QUESTION, OPTIONS, evidence)
    assert found.evidence == (evidence[0][0], evidence[1][1])


def test_citations_are_sentences_of_the_evidence(
    tiny_reader: Reader, word_encoder: Any, evidence: list[list[Evidence]]
) -> None:
    found = choose_option(tiny_reader, word_encoder, QUESTION, OPTIONS, evidence)
    assert 1 <= len(found.citations) <= CITATIONS
    for cited in found.citations:
        text = TEXTS[int(cited.document_id)]
        assert cited.quote == cited.sentence == text[cited.start - 7 : cited.end - 7]
    if len(found.citations) > 1:
        assert {cited.verdict for cited in found.citations} == {"supported"}


def test_the_nearest_option_wins_where_only_nearness_counts(
    tiny_reader_folder: Path, word_encoder: Any, evidence: list[list[Evidence]]
) -> None:
    reader = weighing(tiny_reader_folder, cosine=9.0)
    found = choose_option(reader, word_encoder, QUESTION, OPTIONS, evidence)
    assert found.choice == "A"  # its statement has the words of the first sentence
    even = weighing(tiny_reader_folder)
    level = choose_option(even, word_encoder, QUESTION, OPTIONS, evidence)
    assert list(level.probabilities.values()) == pytest.approx([1 / 3] * 3)
    assert level.choice == "A"  # the first of equals


def test_weights_multiply_log_odds(
    tiny_reader_folder: Path, word_encoder: Any, evidence: list[list[Evidence]]
) -> None:
    once, twice = (
        choose_option(
            weighing(tiny_reader_folder, cosine=w), word_encoder, QUESTION, OPTIONS, evidence
        ).probabilities
        for w in (2.0, 4.0)
    )
    odds = math.log(once["A"] / once["B"])
    assert math.log(twice["A"] / twice["B"]) == pytest.approx(2 * odds)


def test_without_evidence_all_options_are_level(tiny_reader: Reader, word_encoder: Any) -> None:
    found = choose_option(tiny_reader, word_encoder, QUESTION, OPTIONS, [[], [], [], []])
    assert list(found.probabilities.values()) == pytest.approx([1 / 3] * 3)
    assert (found.citations, found.evidence) == ((), ())
