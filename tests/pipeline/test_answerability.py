"""Test what speaks for an answer in a passage, against asking the reader by hand."""

from dataclasses import replace

import numpy as np
import pytest

from wherefrom.pipeline.answerability import FEATURES, answerable, features, judged
from wherefrom.pipeline.examples import CONTRADICTION, ENTAILMENT, NEUTRAL
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.statement import as_statement

TEXT = "An owl is here. Paris is an old city."
ASKED = ["What is old?", "Who is an owl?", "Where?"]
PASSAGES = [("Paris", TEXT), ("", TEXT), ("", " ")]


def test_features_are_of_the_best_span_and_the_sentence_that_it_stands_in(
    tiny_reader: Reader,
) -> None:
    readings = tiny_reader.read(ASKED, PASSAGES, count=1)
    found = features(tiny_reader, ASKED, PASSAGES, readings)
    assert found.shape == (3, len(FEATURES))
    for row, (title, text) in enumerate(PASSAGES[:2]):
        best = readings[row].spans[0]
        answer = text[best.start : best.end]
        sentence = max(
            (one for one in ("An owl is here.", "Paris is an old city.", TEXT) if answer in one),
            key=lambda one: -len(one),
        )
        premise = f"{title}: {sentence}" if title else sentence
        said = tiny_reader.infer([premise], [as_statement(ASKED[row], answer)])[0]
        margin, relevance, *verdict, shared, probed = found[row]
        assert (margin, relevance) == (best.margin, readings[row].relevance)
        wanted = np.log(said[[ENTAILMENT, CONTRADICTION, NEUTRAL]])
        assert verdict == pytest.approx(wanted, rel=1e-3, abs=1e-3)
        assert 0 <= shared <= 1
        assert probed == 0  # the reader has learnt none


def test_a_text_without_a_word_holds_no_answer(tiny_reader: Reader) -> None:
    readings = tiny_reader.read(ASKED, PASSAGES, count=1)
    assert not readings[2].spans
    (bare,) = features(tiny_reader, ASKED[2:], PASSAGES[2:], readings[2:])
    assert bare.tolist() == [-20.0, readings[2].relevance, *(0.0,) * 5]


def test_the_weights_of_the_calibration_count(tiny_reader: Reader) -> None:
    weights = {"margin": 0.5, "refuted": -1.0, "echo": 2.0}
    known = replace(
        tiny_reader.manifest.calibration, answerable_weights=weights, answerable_bias=0.25
    )
    rows = np.array([[1, 9, 0, 0, 0, 0, 0], [2, 0, 0, 3, 0, 1, 0], [-500, 0, 0, 0, 0, 0, 0]])
    chances = answerable(tiny_reader.calibrated(known), rows)
    logits = np.array([0.75, 0.25])
    assert chances[:2] == pytest.approx(1 / (1 + np.exp(-logits)))
    assert chances[2] == pytest.approx(0.0, abs=1e-9)


def test_nothing_asked_is_nothing_told(tiny_reader: Reader) -> None:
    assert features(tiny_reader, [], [], []).shape == (0, len(FEATURES))


def test_a_probe_weighs_all_that_is_seen_of_an_answer(tiny_reader: Reader) -> None:
    readings = tiny_reader.read(ASKED, PASSAGES, count=1)
    seen = judged(tiny_reader, ASKED, PASSAGES, readings)
    probe = tuple(np.linspace(-1, 1, seen.known.shape[1] + 1).tolist())
    known = replace(tiny_reader.manifest.calibration, answerable_probe=probe)
    probing = tiny_reader.calibrated(known)
    found = features(probing, ASKED, PASSAGES, readings)
    wanted = [sum(p * float(x) for p, x in zip(probe, row, strict=False)) for row in seen.known]
    assert found[:2, 6] == pytest.approx([each + 1 for each in wanted])
    assert found[2, 6] == 0  # where there is no word there is nothing to judge
    assert seen.known[:, 0].tolist() == [each.spans[0].margin for each in readings[:2]]
