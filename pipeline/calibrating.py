"""Fit the probabilities of a reader that was just trained, on examples that it has not learnt.

The file of `wherefrom.pipeline.calibration` fits answers to a knowledge base; here no other data
are needed than a recipe's: of answers to a given passage, and of all that is judged.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wherefrom.pipeline import answerability
from wherefrom.pipeline.calibration import Observations, fit_answers
from wherefrom.pipeline.decision import FEATURES
from wherefrom.pipeline.examples import (
    ENTAILMENT,
    NOT_ENTAILED,
    PairExample,
    SpanExample,
    TextExample,
)
from wherefrom.pipeline.held_out import HeldOut, group
from wherefrom.pipeline.matching import says_the_same
from wherefrom.pipeline.reader import Reader, Reading
from wherefrom.pipeline.reader_manifest import Calibration
from wherefrom.pipeline.temperature import Scaling, fit_scaling, fit_temperature

LEAST = 50  # examples of a task; with fewer its probabilities stay as they are


def uncalibrated(calibration: Calibration) -> Calibration:
    """Return a calibration under which every head that judges shows what it says itself."""
    return replace(
        calibration,
        inference_temperature=1.0,
        inference_temperature_weights=(),
        inference_biases=(),
        plausibility_temperature=1.0,
        label_temperature=1.0,
    )


def fit(reader: Reader, held_out: HeldOut, *, answers: bool = True) -> Calibration:
    """Return the reader's calibration with all that can be fitted to what was held out.

    The reader's own must be as `uncalibrated` returns it; `answers` as `fit_reading` takes it.
    """
    known = fit_judging(reader, held_out)
    return fit_reading(reader.calibrated(known), held_out.spans, answers=answers)


def fit_judging(reader: Reader, held_out: HeldOut) -> Calibration:
    """Return the reader's calibration with the temperatures that fit what was held out.

    Those of a head with fewer than LEAST examples stay as they are.

    Parameters
    ----------
    reader
        Its calibration must be as `uncalibrated` returns it.
    held_out
        What it has not learnt.
    """
    fitted = reader.manifest.calibration
    if len(held_out.pairs) >= LEAST:
        scaling = _inference(reader, [*held_out.pairs, *held_out.statements])
        fitted = replace(
            fitted,
            inference_temperature=scaling.temperature,
            inference_temperature_weights=scaling.weights,
            inference_biases=scaling.biases,
        )
    if len(held_out.choices) + len(held_out.claims) >= LEAST:
        fitted = replace(fitted, plausibility_temperature=_plausibility(reader, held_out))
    if len(held_out.texts) >= LEAST:
        fitted = replace(fitted, label_temperature=_labels(reader, held_out.texts))
    return fitted


def fit_reading(
    reader: Reader, examples: Sequence[SpanExample], *, answers: bool = True
) -> Calibration:
    """Return the reader's calibration with what fits answers to passages that were held out.

    The probability of an answer is that it says what is right; that a passage answers the question
    at all has one of its own. `wherefrom calibrate` fits the first one better, to a knowledge base.
    Where there are fewer than LEAST examples, or all are alike, the calibration stays as it is.
    Without `answers` only the latter is fitted: that of answers is known already.
    """
    known = reader.manifest.calibration
    answered = np.array([each.start >= 0 for each in examples], dtype=np.bool_)
    if len(examples) < LEAST or answered.all() or not answered.any():
        return known
    asked = [each.question for each in examples]
    passages = [(each.title, each.text) for each in examples]
    readings = reader.read(asked, passages, count=1)
    found = answerability.features(reader, asked, passages, readings)
    weights, bias = _answerable(found, answered)
    fitted = replace(known, answerable_weights=weights, answerable_bias=bias)
    right = np.array(
        [_is_right(*each) for each in zip(examples, readings, strict=True)], dtype=np.bool_
    )
    if not answers or right.all() or not right.any():
        return fitted
    columns = np.zeros((len(examples), len(FEATURES)))
    for name in set(FEATURES) & set(answerability.FEATURES):
        columns[:, FEATURES.index(name)] = found[:, answerability.FEATURES.index(name)]
    return fit_answers(Observations(columns, right, np.arange(len(examples))), fitted)


def _is_right(example: SpanExample, reading: Reading) -> bool:
    if example.start < 0 or not reading.spans:
        return False
    best, text = reading.spans[0], example.text
    return says_the_same(text[best.start : best.end], [text[example.start : example.end]])


def _answerable(
    features: NDArray[np.float64], answered: NDArray[np.bool_]
) -> tuple[dict[str, float], float]:
    """Fit how probable it is that a passage answers, by logistic regression (Platt, 1999)."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1.0, max_iter=1000).fit(features, answered)
    weights = np.round(model.coef_[0], 4).tolist()
    named = dict(zip(answerability.FEATURES, weights, strict=True))
    return named, round(float(model.intercept_[0]), 4)


def _inference(reader: Reader, pairs: Sequence[PairExample]) -> Scaling:
    logits, features = reader.inference_logits(
        [each.premise for each in pairs], [each.hypothesis for each in pairs]
    )
    labels = np.array([each.label for each in pairs])
    right = labels[:, None] == np.arange(logits.shape[1])
    right |= (labels[:, None] == NOT_ENTAILED) & (np.arange(logits.shape[1]) != ENTAILMENT)
    return fit_scaling(logits, right, features, [group(each) for each in pairs])


def _plausibility(reader: Reader, held_out: HeldOut) -> float:
    """Fit one temperature to choices and claims, whose head is one."""
    parts = []
    if held_out.choices:
        widest = max(len(each.statements) for each in held_out.choices)
        logits = reader.plausibility(
            [premise for each in held_out.choices for premise in each.premises],
            [statement for each in held_out.choices for statement in each.statements],
        )
        rows = np.full((len(held_out.choices), widest), -np.inf)
        first = 0
        for row, each in enumerate(held_out.choices):
            rows[row, : len(each.statements)] = logits[first : first + len(each.statements)]
            first += len(each.statements)
        right = np.array([each.right for each in held_out.choices])
        parts.append((rows, right[:, None] == np.arange(widest)))
    if held_out.claims:
        said = reader.plausibility(
            [each.premise for each in held_out.claims], [each.claim for each in held_out.claims]
        )
        true = np.array([each.true for each in held_out.claims])
        parts.append(
            (np.stack([np.zeros(len(said)), said], axis=1), np.stack([~true, true], axis=1))
        )
    return fit_temperature(parts)


def _labels(reader: Reader, texts: Sequence[TextExample]) -> float:
    """Fit texts whose label the reader knows."""
    numbers = {label: number for number, label in enumerate(reader.manifest.labels)}
    known = [each for each in texts if each.label in numbers]
    said = reader.label([each.text for each in known])
    right = np.array([numbers[each.label] for each in known])
    return fit_temperature([(_logits(said), right[:, None] == np.arange(len(numbers)))])


def _logits(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.log(np.clip(probabilities, 1e-12, None))
