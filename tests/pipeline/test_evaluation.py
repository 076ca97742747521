"""Test the scoring of a reader against doing it by hand."""

import numpy as np
import pytest

from wherefrom.pipeline.answerability import answerable, features
from wherefrom.pipeline.evaluation import (
    count,
    in_words,
    score_answerable,
    score_pairs,
    score_spans,
    score_yes_no,
)
from wherefrom.pipeline.examples import CONTRADICTION, ENTAILMENT, NOT_ENTAILED, PairExample
from wherefrom.pipeline.matching import word_f1
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.reliability import calibration_error
from wherefrom.pipeline.squad import SquadQuestion


def test_a_reader_is_scored_by_its_best_span(tiny_reader: Reader) -> None:
    contexts = ["Paris is the capital of France", "The tower was built in 1889"]
    readings = tiny_reader.read(["Who?"] * 2, [("", context) for context in contexts], count=1)
    best = [reading.spans[0] for reading in readings]
    said = [c[span.start : span.end] for c, span in zip(contexts, best, strict=True)]
    known = [
        SquadQuestion("1", "Who?", "", contexts[0], ((said[0], best[0].start),)),
        SquadQuestion("2", "Who?", "", contexts[1], (("no such word", 0), (said[1] + " z", 0))),
    ]
    found = score_spans(tiny_reader, known)
    assert found.values["exact_match"].tolist() == [1.0, 0.0]
    f1 = found.values["f1"].tolist()
    assert f1 == [1.0, pytest.approx(word_f1(said[1], [said[1] + " z"]))]
    assert 0 < f1[1] < 1


def test_a_context_without_words_scores_nothing(tiny_reader: Reader) -> None:
    found = score_spans(tiny_reader, [SquadQuestion("1", "Who?", "", "", (("owl", 0),))])
    assert {name: values.tolist() for name, values in found.values.items()} == {
        "exact_match": [0.0],
        "f1": [0.0],
    }


def test_pairs_are_right_where_the_most_probable_label_is(tiny_reader: Reader) -> None:
    premises, claims = ["Paris is old.", "A dog eats.", "東京"], ["It is old.", "It sleeps.", ""]
    labels = tiny_reader.infer(premises, claims).argmax(axis=1).tolist()
    pairs = [PairExample(*pair) for pair in zip(premises, claims, labels, strict=True)]
    found = score_pairs(tiny_reader, pairs).measures()
    assert found["accuracy"] == {"n": 3, "value": 1.0, "low": 1.0, "high": 1.0}
    wrong = PairExample(premises[0], claims[0], (labels[0] + 1) % 3)
    found = score_pairs(tiny_reader, [wrong, *pairs[1:]]).measures()
    assert found["accuracy"]["value"] == pytest.approx(2 / 3)
    sure = tiny_reader.infer(premises, claims).max(axis=1)
    error = calibration_error(sure, np.array([False, True, True]))
    assert found["calibration_error"] == {"n": 3, "value": pytest.approx(error)}


def test_pairs_of_two_classes_are_judged_by_two(tiny_reader: Reader) -> None:
    premises, claims = ["a", "an owl", "the city"], ["a bird", "Paris", "a tower lies there"]
    entailed = tiny_reader.infer(premises, claims)[:, ENTAILMENT]
    labels = [NOT_ENTAILED if chance < 0.5 else ENTAILMENT for chance in entailed]
    labels[0] = ENTAILMENT if labels[0] == NOT_ENTAILED else NOT_ENTAILED
    if NOT_ENTAILED not in labels:
        labels[1] = NOT_ENTAILED
    pairs = [PairExample(*each) for each in zip(premises, claims, labels, strict=True)]
    right = (entailed < 0.5) == (np.array(labels) == NOT_ENTAILED)
    found = score_pairs(tiny_reader, pairs).measures()
    assert found["accuracy"]["value"] == pytest.approx(right.mean())
    sure = np.maximum(entailed, 1 - entailed)
    assert found["calibration_error"]["value"] == pytest.approx(calibration_error(sure, right))


def test_yes_is_what_is_rather_entailed_than_contradicted(tiny_reader: Reader) -> None:
    premises, claims = ["an owl", "the city", "a"], ["is it a bird", "is it old", "b"]
    found = tiny_reader.infer(premises, claims)
    labels = [
        ENTAILMENT if row[ENTAILMENT] > row[CONTRADICTION] else CONTRADICTION for row in found
    ]
    pairs = [PairExample(*each) for each in zip(premises, claims, labels, strict=True)]
    assert score_yes_no(tiny_reader, pairs).measures()["accuracy"]["value"] == 1.0
    wrong = [PairExample(p.premise, p.hypothesis, 2 - p.label) for p in pairs[:1]]
    measured = score_yes_no(tiny_reader, [*wrong, *pairs[1:]]).measures()
    assert measured["accuracy"]["value"] == pytest.approx(2 / 3)


def test_spans_are_measured_with_their_intervals(tiny_reader: Reader) -> None:
    known = [SquadQuestion("1", "Who?", "", "Paris is old.", (("no such word", 0),))] * 2
    found = score_spans(tiny_reader, known).measures()
    zero = {"n": 2, "value": 0.0, "low": 0.0, "high": 0.0}
    assert found["exact_match"] == zero
    assert count(found) == 2
    assert in_words(found).startswith("exact match 0.0 % [0.0, 0.0], f1 ")


def test_an_abstention_is_right_where_there_is_no_answer(tiny_reader: Reader) -> None:
    context = "Paris"  # whatever the reader has learnt, it marks the only word
    (reading,) = tiny_reader.read(["Who?"], [("", context)], count=1)
    said = context[reading.spans[0].start : reading.spans[0].end]
    asked = [
        SquadQuestion("1", "Who?", "", context, ()),
        SquadQuestion("2", "Who?", "", context, ((said, reading.spans[0].start),)),
    ]
    seen = features(tiny_reader, ["Who?"], [("", context)], [reading])
    chance = float(answerable(tiny_reader, seen)[0])
    found = score_answerable(tiny_reader, asked)
    answers = chance >= 0.5
    assert found.values["accuracy"].tolist() == [float(not answers), float(answers)]
    assert found.values["exact_match"].tolist() == [float(not answers), float(answers)]
    assert found.values["f1"].tolist() == found.values["exact_match"].tolist()
    assert found.chances is not None
    assert found.chances.tolist() == pytest.approx([max(chance, 1 - chance)] * 2)
    assert set(found.measures()) == {"exact_match", "f1", "accuracy", "calibration_error"}
