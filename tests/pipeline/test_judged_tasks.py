"""Test readers that learn choices, claims, yes/no questions and texts: from files to measures."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from wherefrom.indexes.encoder import Encoder
from wherefrom.kb.errors import ModelError, UsageError
from wherefrom.pipeline.checkpoint import INFERENCE, load_network
from wherefrom.pipeline.choosing import choose_option
from wherefrom.pipeline.classifying import classify_as_trained
from wherefrom.pipeline.measuring import measure
from wherefrom.pipeline.plausibility import premises
from wherefrom.pipeline.quoted import sentences
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.reader_manifest import ReaderManifest, read_manifest
from wherefrom.pipeline.records import Evidence, Option
from wherefrom.pipeline.sources import Evaluation
from wherefrom.pipeline.statement import as_statement
from wherefrom.pipeline.support import SentenceVectors
from wherefrom.pipeline.train_reader import train_reader

QUESTION = "What is the capital?"
CITIES = ("Paris", "Berlin", "the city", "a tower")
FILES: dict[str, list[dict[str, Any]]] = {
    "choices.jsonl": [
        {
            "question": question,
            "choices": [{"label": "AB"[at], "text": text} for at, text in enumerate(texts)],
            "answerKey": "A" if texts[0] in CITIES[:2] else "B",
        }
        for question in (QUESTION, "Which city is old?")
        for texts in (CITIES[:3:2], CITIES[3:0:-2], CITIES[2::-2], CITIES[1::2])
    ],
    "claims.jsonl": [
        {"claim": f"{subject} is the capital.", "label": subject in CITIES[:2]}
        for subject in CITIES * 3
    ],
    "yes_no.jsonl": [
        {"question": "is it the capital", "passage": f"{subject} is it.", "answer": at % 2 == 0}
        for at, subject in enumerate(CITIES * 2)
    ],
    "texts.jsonl": [
        {"text": f"{word} lies on the Seine", "label": label}
        for word, label in zip(CITIES * 3, ("city", "city", "thing", "thing") * 3, strict=True)
    ],
}
RECIPE = """
encoder = "{encoder}"
max_tokens = 64
pair_batch = 4
choice_batch = 4
learning_rate = 5e-3
decay_share = 0.0
calibration_share = 0
{adapter}
[[choices]]
file = "choices.jsonl"
share = 12
[[claims]]
file = "claims.jsonl"
share = 8
[[yes_no]]
file = "yes_no.jsonl"
share = 8
[[texts]]
file = "texts.jsonl"
share = 8
""" + "".join(f'[[evaluate]]\nfile = "dev/{name}"\ntask = "{name[:-6]}"\n' for name in FILES)
SAID = ("question", "claim", "passage", "text")  # what examples for measuring say in other words


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("judged")
    (folder / "dev").mkdir()
    for name, records in FILES.items():
        write_lines(folder / name, records)
        write_lines(folder / "dev" / name, [in_other_words(record) for record in records])
    return folder


def write_lines(path: Path, records: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


def in_other_words(record: dict[str, Any]) -> dict[str, Any]:
    return {key: f"{value} now" if key in SAID else value for key, value in record.items()}


@pytest.fixture(scope="module")
def folder(data: Path, backbone_folder: Path) -> Path:
    """Train on all four tasks at once; give the reader's folder."""
    recipe = data / "recipe.toml"
    recipe.write_text(RECIPE.format(encoder=backbone_folder.as_posix(), adapter=""))
    train_reader(recipe, data, data / "out")
    return data / "out"


@pytest.fixture(scope="module")
def reader(folder: Path) -> Reader:
    return Reader.open(folder, device="cpu")


@pytest.fixture(scope="module")
def manifest(folder: Path) -> ReaderManifest:
    return read_manifest(folder)


def test_each_task_is_learnt_and_measured(
    manifest: ReaderManifest, reader: Reader, data: Path
) -> None:
    metrics = manifest.training["metrics"]
    assert set(metrics) == {f"dev/{name}" for name in FILES}
    for name, records in FILES.items():
        assert metrics[f"dev/{name}"]["accuracy"]["n"] == len(records)
        assert 0 <= metrics[f"dev/{name}"]["calibration_error"]["value"] <= 1
    learnt = {
        name: measure(reader, data, Evaluation(name, name.removesuffix(".jsonl")))["accuracy"]
        for name in FILES
    }
    for name in ("choices.jsonl", "claims.jsonl", "texts.jsonl"):
        assert learnt[name]["value"] == 1.0
    assert learnt["yes_no.jsonl"]["value"] >= 0.5


def test_the_manifest_and_the_card_say_what_was_learnt(
    folder: Path, manifest: ReaderManifest
) -> None:
    assert manifest.labels == ("city", "thing")
    record = manifest.training
    assert (record["choice_items"], record["claim_items"], record["text_items"]) == (96, 96, 96)
    assert record["pair_items"] == 64
    assert "span_items" not in record
    assert manifest.calibration.choice_weights == {"plausibility": 1.0}
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "one for how plausible a statement is, and one for the labels city, thing." in card
    assert "64 inference pairs, 96 questions with choices, 96 claims and 96 labelled texts" in card


def test_plausibility_chooses(
    reader: Reader, word_encoder: Encoder, make_evidence: Callable[..., Evidence]
) -> None:
    options = [Option("A", "a tower"), Option("B", "Paris")]
    assert choose_option(reader, word_encoder, QUESTION, options, [[], [], []]).choice == "B"
    shown = make_evidence("The tower was built in 1889.")
    found = choose_option(reader, word_encoder, QUESTION, options, [[shown]] * 3)
    statements = [as_statement(QUESTION, option.text) for option in options]
    known = SentenceVectors.of(word_encoder, sentences([shown]))
    logits = reader.plausibility(premises(word_encoder, statements, known), statements)
    odds = np.exp(logits - logits.max())
    assert found.probabilities == pytest.approx(
        dict(zip("AB", (odds / odds.sum()).tolist(), strict=True))
    )


def test_texts_get_their_own_labels(reader: Reader) -> None:
    found = classify_as_trained(reader, ["Paris lies on the Seine", "a tower lies on the Seine"])
    assert [each.label for each in found] == ["city", "thing"]
    for each in found:
        assert sum(each.probabilities.values()) == pytest.approx(1)
        assert each.probabilities[each.label] == max(each.probabilities.values())
    with pytest.raises(UsageError, match="text 2 of 2 is empty"):
        classify_as_trained(reader, ["a", " "])


def test_a_label_that_the_reader_does_not_know_counts_as_wrong(
    reader: Reader, tmp_path: Path
) -> None:
    (tmp_path / "texts").write_text('{"text": "Paris lies on the Seine", "label": "river"}\n')
    found = measure(reader, tmp_path, Evaluation("texts", "texts"))
    assert found["accuracy"]["value"] == 0.0


def test_a_reader_that_has_not_learnt_it_says_so(tiny_reader: Reader) -> None:
    assert not tiny_reader.has_plausibility
    with pytest.raises(ModelError, match="tiny has no plausibility head; train one with"):
        tiny_reader.plausibility(["a"], ["b"])
    with pytest.raises(ModelError, match="tiny has no labels of its own; train it with"):
        tiny_reader.label(["a"])


def test_texts_of_one_label_are_refused(tmp_path: Path, backbone_folder: Path) -> None:
    (tmp_path / "t.jsonl").write_text('{"text": "a", "label": "x"}\n')
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(f'encoder = "{backbone_folder.as_posix()}"\n[[texts]]\nfile = "t.jsonl"\n')
    with pytest.raises(UsageError, match=r"texts need two labels or more, found \['x'\]"):
        train_reader(recipe, tmp_path, tmp_path / "out")


def test_an_adapter_learns_all_of_it_and_the_reader_goes_on(
    folder: Path, data: Path, tmp_path: Path, reader: Reader
) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(
        RECIPE.format(encoder=folder.as_posix(), adapter="adapter_rank = 4\nmax_steps = 3")
    )
    train_reader(recipe, data, tmp_path / "out")
    before, after = load_network(folder), load_network(tmp_path / "out")
    assert after.adapters[INFERENCE]
    assert torch.equal(after.span.weight, before.span.weight)
    evidence = [("", "Paris is the capital.")]
    again = Reader.open(tmp_path / "out", device="cpu")
    assert again.read(["What?"], evidence) == reader.read(["What?"], evidence)
    assert abs(again.plausibility([""], ["a"]) - reader.plausibility([""], ["a"])).max() > 1e-4
