"""Test what is fitted to known choices: the weights that made them, and what a reader says."""

import json
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
from numpy.typing import NDArray

from wherefrom.benchmarks.choose_facts import ARMS, measure
from wherefrom.command import run
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.answering import Answerer
from wherefrom.pipeline.choice_weights import LEAST, KnownChoice, fit_choices, observe_choices
from wherefrom.pipeline.choosing import FEATURES, option_logits
from wherefrom.pipeline.multiple_choice import ChoiceQuestion
from wherefrom.pipeline.reader_manifest import read_manifest
from wherefrom.pipeline.records import Option

CITIES = {"France": "Paris", "Germany": "Berlin", "Japan": "Tokyo", "Italy": "Rome"}


def drawn(weights: NDArray[np.float64], count: int = 8_000) -> list[KnownChoice]:
    """Draw questions of three to five choices, right by known weights of their features."""
    rng = np.random.default_rng(5)
    known = []
    for _ in range(count):
        rows = rng.normal(size=(rng.integers(3, 6), len(FEATURES)))
        odds = np.exp(rows @ weights)
        known.append(KnownChoice(rows, int(rng.choice(len(rows), p=odds / odds.sum()))))
    return known


def test_the_fit_finds_the_weights_that_made_the_data() -> None:
    weights = np.array([1.2, -0.7, 0.5, 0.2, 1.5, 0.4])
    found = fit_choices(drawn(weights))
    assert list(found) == list(FEATURES)
    np.testing.assert_allclose(list(found.values()), weights, atol=0.06)


def test_features_of_any_scale_are_fitted_alike() -> None:
    known = drawn(np.array([1.0, -0.5, 0.3, 0.2, 1.0, 0.3]))
    scales = np.array([1.0, 1.0, 100.0, 1.0, 0.01, 1.0])
    large = [KnownChoice(each.rows * scales, each.right) for each in known]
    found, scaled = (np.array(list(fit_choices(some).values())) for some in (known, large))
    np.testing.assert_allclose(scaled * scales, found, rtol=0.02)


def test_what_counts_against_its_own_meaning_is_left_out() -> None:
    found = fit_choices(drawn(np.array([-0.6, 0.4, 0.5, 0.2, 1.5, 0.0])))
    assert found["entailment"] == found["contradiction"] == 0.0
    assert found["plausibility"] == pytest.approx(1.3, abs=0.3)


def test_a_feature_that_is_always_the_same_says_nothing() -> None:
    known = drawn(np.array([1.0, -0.5, 0.5, 0.0, 0.0, 0.3]))
    flat = [KnownChoice(each.rows * [1, 1, 1, 0, 0, 1], each.right) for each in known]
    found = fit_choices(flat)
    assert found["span"] == found["plausibility"] == 0.0
    assert found["entailment"] == pytest.approx(1.0, abs=0.1)


def test_few_questions_are_refused() -> None:
    known = drawn(np.ones(len(FEATURES)), LEAST - 1)
    with pytest.raises(UsageError, match=f"to {LEAST - 1} questions; {LEAST} are needed"):
        fit_choices(known)


def asked(count: int) -> list[ChoiceQuestion]:
    """Give questions of which each is another one, and whose first city is right."""
    cities = list(CITIES.values())
    return [
        ChoiceQuestion(
            f"What is the capital of {country}, asked {number} times?",
            tuple(Option(city, city) for city in cities),
            cities.index(city),
        )
        for number in range(count // len(CITIES))
        for country, city in CITIES.items()
    ]


def test_what_is_observed_is_what_choose_weighs(
    knowledge: Knowledge, tiny_reader_folder: Path
) -> None:
    answerer = Answerer(knowledge, reader=tiny_reader_folder, device="cpu")
    question = asked(4)[1]
    (known,) = observe_choices(answerer, [question])
    assert known.rows.shape == (len(CITIES), len(FEATURES))
    logits = option_logits(known.rows, answerer.reader.manifest.calibration.choice_weights)
    chosen = answerer.choose(question.question, question.options)
    odds = np.exp(logits - logits.max())
    assert list(chosen.probabilities.values()) == pytest.approx((odds / odds.sum()).tolist())
    assert known.right == 1


def test_evidence_is_compared_crosswise(knowledge: Knowledge, tiny_reader_folder: Path) -> None:
    answerer = Answerer(knowledge, reader=tiny_reader_folder, device="cpu")
    found = measure(answerer, asked(160))
    assert found["accuracy"].keys() == set(ARMS)
    assert {each["n"] for each in found["accuracy"].values()} == {160}
    assert 0.15 < found["accuracy"]["none"]["value"] < 0.35  # of four
    first, second = found["weights"]
    assert first != second
    of_all = fit_choices(observe_choices(answerer, asked(160)))
    assert of_all not in (first, second)


def written(folder: Path, questions: list[ChoiceQuestion]) -> Path:
    lines = (
        {
            "question": each.question,
            "choices": [{"label": one.label, "text": one.text} for one in each.options],
            "answerKey": each.options[each.right].label,
        }
        for each in questions
    )
    path = folder / "choices.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def test_the_command_fits_choices_and_leaves_answers(
    tiny_reader_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    cities_kb: Path,
) -> None:
    reader, kb = tmp_path / "reader", cities_kb
    copytree(tiny_reader_folder, reader)
    before = read_manifest(reader).calibration
    file = written(tmp_path, asked(80))
    capsys.readouterr()
    assert run(["calibrate", str(reader), str(kb), "--choices", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    after = read_manifest(reader).calibration
    assert after == replace(before, choice_weights=after.choice_weights)
    assert (told["questions"], told["choices"]) == (0, 80)
    assert told["calibration"]["choice_weights"] == after.choice_weights
    assert sorted(after.choice_weights) == sorted(FEATURES)
    few = written(tmp_path, asked(40))
    assert run(["calibrate", str(reader), str(tmp_path), "--choices", str(few)]) == 2
    assert "to 40 questions; 50 are needed" in capsys.readouterr().err
    file = written(tmp_path, asked(80))
    assert run(["calibrate", str(reader), str(kb), "--choices", str(file)]) == 0
    assert "weights of choices" in capsys.readouterr().out


def test_a_command_without_questions_says_what_to_name(
    tiny_reader_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["calibrate", str(tiny_reader_folder), str(tmp_path)]) == 2
    assert "name --questions, --choices or --claims with a FILE" in capsys.readouterr().err
