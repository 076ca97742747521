"""Labels nobody trained for: what the inference head says of each."""

import numpy as np
import pytest

from wherefrom.kb.errors import QuestionError, UsageError
from wherefrom.pipeline.classifying import HYPOTHESIS, classify
from wherefrom.pipeline.reader import Reader

TEXTS = ["A man runs in the park.", "The bank fell."]
LABELS = ["sports", "money", "food"]


def judged(reader: Reader, hypothesis: str) -> np.ndarray:
    """Return (texts, labels, 3) what the reader says of each pair by itself."""
    pairs = [(text, hypothesis.replace("{}", label)) for text in TEXTS for label in LABELS]
    found = np.array([reader.infer([text], [claim])[0] for text, claim in pairs])
    return found.reshape(len(TEXTS), len(LABELS), 3)


@pytest.mark.parametrize("hypothesis", [HYPOTHESIS, "{} or {}?"])
def test_one_label_of_several(tiny_reader, hypothesis):
    entailed = judged(tiny_reader, hypothesis)[..., 0]
    found = classify(tiny_reader, TEXTS, LABELS, hypothesis=hypothesis)
    for one, text, row in zip(found, TEXTS, entailed / entailed.sum(1, keepdims=True), strict=True):
        assert one.text == text
        assert list(one.probabilities) == LABELS
        assert list(one.probabilities.values()) == pytest.approx(row.tolist(), abs=2e-3)
        assert sum(one.probabilities.values()) == pytest.approx(1)
        assert one.label == max(one.probabilities, key=lambda name: one.probabilities[name])


def test_several_labels_stand_alone(tiny_reader):
    said = judged(tiny_reader, HYPOTHESIS)
    wanted = said[..., 0] / (said[..., 0] + said[..., 2])
    found = classify(tiny_reader, TEXTS, LABELS, several=True)
    for one, row in zip(found, wanted, strict=True):
        assert list(one.probabilities.values()) == pytest.approx(row.tolist(), abs=2e-3)
    (alone,) = classify(tiny_reader, TEXTS[:1], LABELS[:1], several=True)
    assert alone.probabilities == pytest.approx({"sports": wanted[0, 0]}, abs=2e-3)


def test_nothing_to_classify(tiny_reader):
    assert classify(tiny_reader, [], LABELS) == []


@pytest.mark.parametrize(
    ("labels", "options", "message"),
    [
        (["a"], {}, "two labels or more, got 1"),
        ([], {"several": True}, "needs a label, got 0"),
        (["a", " "], {}, "a label is empty"),
        (["a", "b", "a"], {}, "the label 'a' stands twice"),
        (["a", "b"], {"hypothesis": "It is."}, "no {} for the label"),
        (["a", "b " * 99], {}, "label 2 of 2 is too long for the reader"),
    ],
)
def test_labels_that_cannot_be(tiny_reader, labels, options, message):
    with pytest.raises(UsageError, match=message):
        classify(tiny_reader, TEXTS, labels, **options)


def test_an_empty_text_is_named(tiny_reader):
    with pytest.raises(QuestionError, match="text 2 of 2 is empty"):
        classify(tiny_reader, ["x", "\n"], LABELS)
