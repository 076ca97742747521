"""Test that probabilities are fitted to labels that were drawn from known ones."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from wherefrom.pipeline.answerability import FEATURES, answerable, features
from wherefrom.pipeline.calibrating import LEAST, fit_judging, fit_reading, uncalibrated
from wherefrom.pipeline.examples import (
    ENTAILMENT,
    NOT_ENTAILED,
    ChoiceExample,
    ClaimExample,
    PairExample,
    SpanExample,
    TextExample,
)
from wherefrom.pipeline.held_out import HeldOut
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.reader_manifest import Calibration

WORDS = "paris berlin owl tower river lake city wall spree seine old asleep brown happy".split()
COUNT = 400
TRUE = 1.6  # the temperature that labels are drawn at


@pytest.fixture(scope="module")
def texts() -> list[str]:
    rng = np.random.default_rng(3)
    return [" ".join(rng.choice(WORDS, 4)) for _ in range(2 * COUNT)]


def drawn(logits: NDArray[np.float64]) -> list[int]:
    """Draw a label for each row of logits, at the temperature TRUE."""
    rng = np.random.default_rng(4)
    odds = np.exp((logits - logits.max(axis=1, keepdims=True)) / TRUE)
    chances = odds / odds.sum(axis=1, keepdims=True)
    return [int(rng.choice(len(row), p=row)) for row in chances]


def pairs_of(reader: Reader, texts: Sequence[str]) -> list[PairExample]:
    premises, hypotheses = texts[:COUNT], texts[COUNT:]
    labels = drawn(np.log(reader.infer(premises, hypotheses)))
    return [PairExample(*each) for each in zip(premises, hypotheses, labels, strict=True)]


def test_the_temperature_of_inference(tiny_reader: Reader, texts: list[str]) -> None:
    pairs = pairs_of(tiny_reader, texts)
    fitted = fit_judging(tiny_reader, HeldOut(pairs=pairs))
    assert fitted.inference_temperature == pytest.approx(TRUE, rel=0.25)
    assert (fitted.plausibility_temperature, fitted.label_temperature) == (1.0, 1.0)
    two = [
        PairExample(p.premise, p.hypothesis, NOT_ENTAILED if p.label != ENTAILMENT else p.label)
        for p in pairs
    ]
    of_two = fit_judging(tiny_reader, HeldOut(pairs=two)).inference_temperature
    assert of_two == pytest.approx(TRUE, rel=0.35)


def test_statements_fit_inference_with_the_pairs_but_not_alone(
    tiny_reader: Reader, texts: list[str]
) -> None:
    pairs = pairs_of(tiny_reader, texts)
    half = len(pairs) // 2
    both = HeldOut(pairs=pairs[:half], statements=pairs[half:])
    fitted = fit_judging(tiny_reader, both)
    assert fitted == fit_judging(tiny_reader, HeldOut(pairs=pairs))
    assert fitted != fit_judging(tiny_reader, HeldOut(pairs=pairs[:half]))
    known = tiny_reader.manifest.calibration
    assert fit_judging(tiny_reader, HeldOut(statements=pairs)) == known


def test_few_examples_change_nothing(tiny_reader: Reader, texts: list[str]) -> None:
    few = pairs_of(tiny_reader, texts)[: LEAST - 1]
    spans = [SpanExample("Who?", "", text, -1, -1) for text in texts[: LEAST - 1]]
    known = tiny_reader.manifest.calibration
    assert fit_judging(tiny_reader, HeldOut(pairs=few)) == known
    assert fit_reading(tiny_reader, spans) == known
    unanswered = [SpanExample("Who?", "", text, -1, -1) for text in texts[:LEAST]]
    assert fit_reading(tiny_reader, unanswered) == known  # nothing to tell apart


def test_choices_and_claims_share_a_temperature_and_labels_have_their_own(
    judging_reader: Reader, texts: list[str]
) -> None:
    reader = judging_reader
    logits = reader.plausibility([""] * (2 * COUNT), texts)
    right = drawn(logits.reshape(COUNT, 2))
    choices = [
        ChoiceExample(("", ""), (texts[2 * number], texts[2 * number + 1]), at)
        for number, at in enumerate(right)
    ]
    true = drawn(np.stack([np.zeros(2 * COUNT), logits], axis=1))
    claims = [ClaimExample("", text, bool(at)) for text, at in zip(texts, true, strict=True)]
    names = reader.manifest.labels
    said = drawn(np.log(reader.label(texts)))
    labelled = [TextExample(text, names[at]) for text, at in zip(texts, said, strict=True)]
    strange = TextExample("owl", "a label that it has not learnt")
    held_out = HeldOut(choices=choices, claims=claims, texts=[*labelled, strange])
    fitted = fit_judging(reader, held_out)
    assert fitted.plausibility_temperature == pytest.approx(TRUE, rel=0.25)
    assert fitted.label_temperature == pytest.approx(TRUE, rel=0.35)
    assert fitted.inference_temperature == 1.0


def test_answers_are_fitted_to_whether_they_are_right(
    tiny_reader: Reader, texts: list[str]
) -> None:
    asked, passages = ["Who?"] * COUNT, [("", text) for text in texts[:COUNT]]
    readings = tiny_reader.read(asked, passages, count=1)
    margins = features(tiny_reader, asked, passages, readings)[:, 0]
    middle = float(np.median(margins))
    spans = [
        SpanExample("Who?", "", text, reading.spans[0].start, reading.spans[0].end)
        if margin > middle
        else SpanExample("Who?", "", text, -1, -1)
        for text, reading, margin in zip(texts[:COUNT], readings, margins, strict=True)
    ]
    fitted = fit_reading(tiny_reader, spans)
    reader = tiny_reader.calibrated(fitted)
    chances = answerable(reader, features(reader, asked, passages, readings))
    assert ((chances > 0.5) == (margins > middle)).mean() > 0.95
    assert sorted(fitted.answerable_weights) == sorted(FEATURES)
    assert fitted.answer_weights["margin"] > 0  # every answer that is there is marked right
    assert fitted.answer_weights["similarity"] == 0  # nothing is known of it here
    assert fitted.inference_temperature == tiny_reader.manifest.calibration.inference_temperature
    known = replace(Calibration(), answer_weights={"margin": 0.3, "similarity": 8.0})
    alone = fit_reading(tiny_reader.calibrated(known), spans, answers=False)
    assert alone.answer_weights == known.answer_weights
    assert alone.answerable_weights == fitted.answerable_weights


def test_a_calibration_without_temperatures() -> None:
    hot = Calibration(
        answer_bias=2.0,
        inference_temperature=3.0,
        plausibility_temperature=4.0,
        label_temperature=5.0,
    )
    assert uncalibrated(hot) == Calibration(answer_bias=2.0)


@pytest.fixture(scope="module")
def judging_reader(backbone_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """Give a reader with every head, which has learnt nothing."""
    import torch
    from transformers import AutoTokenizer

    from wherefrom.pipeline.checkpoint import save_reader
    from wherefrom.pipeline.networks import add_heads, new_network
    from wherefrom.pipeline.reader_manifest import ReaderManifest

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(11)
        network = new_network(str(backbone_folder), dropout=0.0)
        add_heads(network, plausibility=True, labels=3)
        assert network.plausibility is not None
        assert network.labels is not None
        torch.nn.init.normal_(network.plausibility.weight, std=1.5)
        torch.nn.init.normal_(network.labels.weight, std=1.5)
    folder = tmp_path_factory.mktemp("judging") / "reader"
    tokenizer = AutoTokenizer.from_pretrained(backbone_folder)
    manifest = ReaderManifest("judging", "", 64, labels=("a", "b", "c"))
    save_reader(folder, network.eval(), tokenizer, manifest)
    return Reader.open(folder, device="cpu")
