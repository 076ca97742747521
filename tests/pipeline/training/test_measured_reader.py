"""Test what a reader is calibrated and measured on, and what its card says of that."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.model_card import model_card
from wherefrom.pipeline.reader_manifest import ReaderManifest
from wherefrom.pipeline.train_reader import CHECKPOINTS, train_reader

ROBUST = """
[augment]
typos = 0.5
entities = 1
negation = 1
distractors = 1
back_translation = 0.5
synonyms = 0.5
wordnet = "{wordnet}"
translators = ["{there}", "{back}"]

[[calibrate]]
file = "nli/more.jsonl"
task = "pairs"

[[evaluate]]
file = "nli/more.jsonl"
task = "pairs"

[[evaluate]]
file = "qa/dev.json"
task = "spans"
changed = "typos"

[[evaluate]]
file = "qa/squad2.json"
task = "answerable"
"""


@pytest.fixture(scope="module")
def robust(
    place: Path,
    tmp_path_factory: pytest.TempPathFactory,
    write_pairs: Callable[..., Path],
    write_squad: Callable[..., Path],
    save_translator: Callable[..., Path],
    wordnet_folder: Path,
) -> Path:
    """Give a recipe that changes examples in every way, and calibrates on what it measures."""
    folder = tmp_path_factory.mktemp("robust")
    words = "owl dog man city river tower lake wall".split()
    write_pairs(
        place / "data/nli/more.jsonl",
        [
            (f"The {one} is by the {two} {number}.", f"The {one} is old.", label, "s")
            for number, label in enumerate(("entailment", "neutral", "contradiction"))
            for one in words
            for two in words
        ],
    )
    asked = [("Who is Ada Lovelace?", "a poet"), ("Where is Ada Lovelace?", None)]
    write_squad(place / "data/qa/squad2.json", [("Ada", [("Ada Lovelace is a poet.", asked)])])
    text = ROBUST.format(
        wordnet=wordnet_folder.as_posix(),
        there=save_translator(folder / "there", "t5", 1).as_posix(),
        back=save_translator(folder / "back", "marian", 2).as_posix(),
    )
    recipe = (place / "recipe.toml").read_text() + text
    (folder / "recipe.toml").write_text(recipe)
    return folder


@pytest.fixture(scope="module")
def robust_manifest(place: Path, robust: Path) -> ReaderManifest:
    return train_reader(robust / "recipe.toml", place / "data", robust / "out")


def test_a_file_calibrates_and_is_measured_crosswise(
    robust_manifest: ReaderManifest, robust: Path
) -> None:
    record = robust_manifest.training
    metrics = record["metrics"]
    assert record["calibrated_on"]["pairs"] == metrics["nli/more.jsonl"]["accuracy"]["n"] == 192
    assert record["crosswise"] == ["nli/more.jsonl"]
    assert robust_manifest.calibration.inference_temperature != 1.0
    assert set(metrics) == {
        *("qa/dev.json", "nli/dev.jsonl", "nli/more.jsonl"),
        *("qa/dev.json, typos", "qa/squad2.json, answerable"),
    }
    assert set(record["reliability"]) == {
        *("nli/dev.jsonl", "nli/more.jsonl", "qa/squad2.json, answerable"),
    }
    card = (robust / "out" / "README.md").read_text()
    assert f"on {record['calibrated_on']['pairs']} inference pairs" in card
    assert "those of `nli/more.jsonl` are measured crosswise" in card
    assert "![Reliability](reliability.svg)" in card
    assert "n = 192" in (robust / "out" / "reliability.svg").read_text()


def test_the_card_tells_of_statements_that_were_calibrated_on(
    robust_manifest: ReaderManifest,
) -> None:
    training = {**robust_manifest.training, "calibrated_on": {"pairs": 4242, "statements": 1297}}
    card = model_card(replace(robust_manifest, training=training))
    assert "Probabilities are fitted on 4,242 inference pairs, 1,297 statements that are" in card


def test_a_change_is_measured_beside_the_clean_file(robust_manifest: ReaderManifest) -> None:
    metrics = robust_manifest.training["metrics"]
    changed = metrics["qa/dev.json, typos"]
    assert set(changed) == {
        *("exact_match", "exact_match_clean", "exact_match_difference"),
        *("f1", "f1_clean", "f1_difference"),
    }
    lost = changed["f1"]["value"] - changed["f1_clean"]["value"]
    assert changed["f1_difference"]["value"] == pytest.approx(lost)
    assert changed["f1_difference"]["low"] <= lost <= changed["f1_difference"]["high"]
    assert changed["f1"]["n"] == 8  # each question or its paragraph has a word to mistype


def test_every_way_to_change_examples_is_counted(
    robust_manifest: ReaderManifest, robust: Path
) -> None:
    record = robust_manifest.training
    ways = ("synonyms", "entities", "typos", "negation", "distractors", "back_translation")
    counts = {way: record[f"augmented_{way}"] for way in ways}
    assert counts["typos"] >= 7
    assert counts["negation"] >= 2  # "A man is asleep." and "A man is happy."
    assert record["pair_items"] > 6 + counts["negation"]
    assert (robust / "out" / CHECKPOINTS / "translations").is_dir()
    card = (robust / "out" / "README.md").read_text()
    assert f"{counts['typos']} by typos" in card


def test_a_file_too_small_to_calibrate_on_is_refused_before_the_run(
    place: Path, tmp_path: Path
) -> None:
    text = (place / "recipe.toml").read_text()
    calibrate = '[[calibrate]]\nfile = "nli/dev.jsonl"\ntask = "pairs"\n'
    (tmp_path / "recipe.toml").write_text(f"{text}\n{calibrate}")
    message = r"nli/dev.jsonl holds \d examples of pairs; calibrating takes 50 or more"
    with pytest.raises(UsageError, match=message):
        train_reader(tmp_path / "recipe.toml", place / "data", tmp_path / "out")
    assert not (tmp_path / "out").exists()
