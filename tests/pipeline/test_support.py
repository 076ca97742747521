"""Test which sentences are judged, and how much each counts."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from wherefrom.pipeline.quoted import sentences
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.records import Evidence
from wherefrom.pipeline.support import STEEPNESS, SentenceVectors, Support, weigh
from wherefrom.pipeline.verdict import verify

CLAIM = "Paris is the capital of France"
TEXT = "Paris is the capital of France. Owls hunt mice. The capital is old. Berlin."


@pytest.fixture
def known(word_encoder: Any, make_evidence: Callable[..., Evidence]) -> SentenceVectors:
    return SentenceVectors.of(word_encoder, sentences([make_evidence(TEXT, title="France")]))


def test_sentences_are_encoded_after_their_title(word_encoder: Any, known: SentenceVectors) -> None:
    wanted = word_encoder.encode(["France: Owls hunt mice."])[0]
    np.testing.assert_array_equal(known.vectors[1], wanted)


def test_the_nearest_sentences_come_first(
    tiny_reader: Reader, word_encoder: Any, known: SentenceVectors
) -> None:
    found = weigh(tiny_reader, word_encoder, CLAIM, known, centre=0.5)
    cosines = known.vectors @ word_encoder.encode_queries([CLAIM])[0]
    assert [s.cosine for s in found] == pytest.approx(sorted(cosines.tolist(), reverse=True))
    assert found[0].quoted.sentence == "Paris is the capital of France."
    few = weigh(tiny_reader, word_encoder, CLAIM, known, centre=0.5, count=2)
    assert [s.quoted for s in few] == [s.quoted for s in found[:2]]


def test_weights_rise_with_the_cosine_and_are_half_at_the_centre(
    tiny_reader: Reader, word_encoder: Any, known: SentenceVectors
) -> None:
    nearest, *others = weigh(tiny_reader, word_encoder, CLAIM, known, centre=0.5)
    for support in (nearest, *others):
        wanted = 1 / (1 + math.exp(-STEEPNESS * (support.cosine - 0.5)))
        assert support.weight == pytest.approx(wanted, rel=1e-4)
    (same, *_) = weigh(tiny_reader, word_encoder, CLAIM, known, centre=nearest.cosine)
    assert same.weight == pytest.approx(0.5)


def test_each_sentence_is_judged_after_its_title(
    tiny_reader: Reader, word_encoder: Any, known: SentenceVectors
) -> None:
    found = weigh(tiny_reader, word_encoder, CLAIM, known, centre=0.5)
    premises = [f"France: {support.quoted.sentence}" for support in found]
    wanted = verify(tiny_reader, premises, [CLAIM] * len(found))
    assert [support.verification for support in found] == wanted
    for support in found:
        assert support.supported == support.weight * support.verification.supported
        assert support.refuted == support.weight * support.verification.refuted


def test_without_sentences_nothing_is_weighed(tiny_reader: Reader, word_encoder: Any) -> None:
    nothing = SentenceVectors.of(word_encoder, [])
    found: list[Support] = weigh(tiny_reader, word_encoder, CLAIM, nothing, centre=0.5)
    assert found == []
