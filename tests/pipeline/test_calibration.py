"""Test that fitting finds what the data were made with, and what it writes into the folder."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from wherefrom.indexes.build import build
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.indexes.options import BuildOptions
from wherefrom.kb.errors import RecordError, SourceError, UsageError
from wherefrom.pipeline.answering import Answerer
from wherefrom.pipeline.calibration import (
    KnownQuestion,
    Observations,
    calibrate,
    fit_answers,
    observe,
    read_known_questions,
)
from wherefrom.pipeline.decision import FEATURES, probability
from wherefrom.pipeline.matching import says_the_same
from wherefrom.pipeline.reader_manifest import Calibration, read_manifest
from wherefrom.pipeline.reading import find_candidates
from wherefrom.pipeline.retrieval import retrieve

KNOWN = [
    KnownQuestion("When did the wall fall?", ("1989",)),
    KnownQuestion("What is the capital of France?", ("Paris", "the city of Paris")),
    KnownQuestion("Who was born in Ulm?", ("Einstein",)),
    KnownQuestion("What is the price of gold?", ()),
]


def test_known_questions(tmp_path: Path) -> None:
    path = tmp_path / "known.jsonl"
    path.write_text(
        '{"question": "Who?", "answers": ["é", "b"], "id": 3}\n\n{"question": "Why?"}\n'
    )
    assert read_known_questions(path) == [
        KnownQuestion("Who?", ("é", "b")),
        KnownQuestion("Why?", ()),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{}", 'there is no "question"'),
        ('{"question": ""}', "the question is "),
        ('{"question": 3}', "the question is a number"),
        ('{"question": "q", "answers": "a"}', "the answers are a string"),
        ('{"question": "q", "answers": [1]}', "the answers are "),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "known.jsonl"
    path.write_text('{"question": "Who?"}\n' + line + "\n")
    with pytest.raises(RecordError, match=f"known.jsonl, line 2: {message}"):
        read_known_questions(path)
    path.write_text("\n \n")
    with pytest.raises(SourceError, match=r"known.jsonl holds only blank lines"):
        read_known_questions(path)


def made(count: int, weights: np.ndarray, bias: float) -> Observations:
    """Draw candidates whose truth follows from their features by known weights."""
    rng = np.random.default_rng(11)
    features = rng.normal(size=(count, len(FEATURES)))
    chances = 1 / (1 + np.exp(-(features @ weights + bias)))
    return Observations(features, rng.random(count) < chances, np.arange(count))


def test_the_fit_finds_the_weights_that_made_the_data() -> None:
    weights, bias = np.array([1.5, 0.2, 0.8, 0.6, 0.3, -1.2]), -0.7
    before = Calibration(answer_threshold=0.4, inference_temperature=1.3)
    fitted = fit_answers(made(20_000, weights, bias), before)
    assert list(fitted.answer_weights) == list(FEATURES)
    found = np.array(list(fitted.answer_weights.values()))
    np.testing.assert_allclose(found, weights, atol=0.08)
    assert fitted.answer_bias == pytest.approx(bias, abs=0.08)
    assert (fitted.answer_threshold, fitted.inference_temperature) == (0.4, 1.3)


def test_what_counts_against_its_own_meaning_is_left_out() -> None:
    weights = np.array([1.5, -0.8, 0.0, 0.6, 0.3, 0.9])
    fitted = fit_answers(made(20_000, weights, -0.7), Calibration()).answer_weights
    assert fitted["relevance"] == fitted["echo"] == 0.0
    assert fitted["margin"] == pytest.approx(1.1, abs=0.3)  # what is left out adds noise


def test_fitted_probabilities_mean_what_they_say() -> None:
    observed = made(20_000, np.resize([2.0, 0.5, 0.0, 1.0, 0.0, -0.5], len(FEATURES)), -1.0)
    fitted = fit_answers(observed, Calibration())
    chances = np.array(
        [probability(row, fitted.answer_weights, fitted.answer_bias) for row in observed.features]
    )
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        inside = (chances >= low) & (chances < low + 0.2)
        assert observed.right[inside].mean() == pytest.approx(chances[inside].mean(), abs=0.04)


def test_the_probability_is_that_the_best_candidate_of_a_question_is_right() -> None:
    """Each question has one candidate by chance right and four, far behind it, that never are."""
    rng = np.random.default_rng(3)
    questions = np.repeat(np.arange(4_000), 5)
    first = np.arange(len(questions)) % 5 == 0
    features = rng.normal(scale=0.5, size=(len(questions), len(FEATURES)))
    features[:, 0] += np.where(first, 6.0, -6.0)
    right = first & (rng.random(len(questions)) < 0.7)
    fitted = fit_answers(Observations(features, right, questions), Calibration())
    chances = [
        probability(row, fitted.answer_weights, fitted.answer_bias) for row in features[first]
    ]
    assert np.mean(chances) == pytest.approx(right[first].mean(), abs=0.03)


@pytest.mark.parametrize("right", [True, False])
def test_nothing_to_tell_apart_is_refused(right: bool) -> None:
    observed = Observations(np.ones((3, len(FEATURES))), np.full(3, right), np.arange(3))
    count = 3 if right else 0
    with pytest.raises(UsageError, match=f"of 3 candidate answers {count} are right; some must"):
        fit_answers(observed, Calibration())
    empty = Observations(np.ones((0, len(FEATURES))), np.zeros(0, dtype=bool), np.arange(0))
    with pytest.raises(UsageError, match="of 0 candidate answers 0 are right"):
        fit_answers(empty, Calibration())


def test_every_candidate_is_observed(knowledge: Knowledge, tiny_reader_folder: Path) -> None:
    answerer = Answerer(knowledge, reader=tiny_reader_folder, device="cpu")
    seen = []
    found = observe(answerer, KNOWN, k=6, advance=lambda: seen.append(1))
    assert len(seen) == len(KNOWN)
    assert found.features.shape == (len(found.right), len(FEATURES))
    assert np.isfinite(found.features).all()
    assert found.question.tolist() == sorted(found.question.tolist())
    assert set(found.question.tolist()) == {0, 1, 2, 3}
    assert not found.right[found.question == 3].any()  # nothing answers it
    relevance = found.features[:, FEATURES.index("relevance")]
    assert len(set(relevance[found.question == 0])) > 1  # of several passages


def test_what_is_not_answered_by_words_of_the_evidence_is_not_observed(
    knowledge: Knowledge, tiny_reader_folder: Path
) -> None:
    answerer = Answerer(knowledge, reader=tiny_reader_folder, device="cpu")
    others = [
        KnownQuestion("Is Paris the capital of France?", ("yes",)),
        KnownQuestion("Which city was founded first, Paris or Berlin?", ("Paris",)),
    ]
    found, alone = observe(answerer, [*KNOWN, *others]), observe(answerer, KNOWN)
    assert found.features.tolist() == alone.features.tolist()
    assert found.question.tolist() == alone.question.tolist()


def test_a_candidate_is_right_if_it_says_a_known_answer(
    knowledge: Knowledge, tiny_reader_folder: Path
) -> None:
    answerer = Answerer(knowledge, reader=tiny_reader_folder, device="cpu")
    question = KNOWN[0].question
    (evidence,) = retrieve(knowledge, [question])
    candidates = find_candidates(answerer.reader, question, evidence)
    known = KnownQuestion(question, (candidates[1].text, candidates[-1].text))
    found = observe(answerer, [known])
    wanted = [says_the_same(candidate.text, known.answers) for candidate in candidates]
    assert found.right.tolist() == wanted
    assert any(wanted)
    assert not all(wanted)


def test_a_reader_is_calibrated_in_its_folder(
    tmp_path: Path,
    write_jsonl: Callable[..., str],
    tiny_encoder_folder: Path,
    tiny_reader_folder: Path,
) -> None:
    folder = Path(shutil.copytree(tiny_reader_folder, tmp_path / "reader"))
    texts = ["Paris", "1989", "Owls"]  # whatever it has learnt, it marks the only word
    documents = [{"id": text, "title": "", "text": text} for text in texts]
    options = BuildOptions(encoder=str(tiny_encoder_folder))
    build(tmp_path / "my.kb", [write_jsonl(documents)], options=options)
    known = [KnownQuestion("Which city?", ("Paris",)), KnownQuestion("Which year?", ("1989",))]
    before = read_manifest(folder)
    found = calibrate(folder, tmp_path / "my.kb", known)
    after = read_manifest(folder)
    assert after.calibration == found.calibration != before.calibration
    assert set(after.calibration.answer_weights) == set(FEATURES)
    assert (found.questions, found.answered) == (2, 2)
    assert after.weights_sha256 == before.weights_sha256
    assert json.loads((folder / "reader.json").read_text())["training"] == before.training
