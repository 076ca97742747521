"""Test the training of a retriever on a toy language: queries say English, passages French."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from wherefrom.indexes.build import build
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.indexes.model_folder import find_model_folder
from wherefrom.indexes.options import BuildOptions
from wherefrom.kb.errors import ModelError, TrainingError, UsageError
from wherefrom.pipeline.change import change_in_words
from wherefrom.pipeline.retriever_manifest import RetrieverManifest, read_retriever_manifest
from wherefrom.pipeline.retriever_report import verdict
from wherefrom.pipeline.train_retriever import CHECKPOINTS, train_retriever

ANIMALS = {"dog": "chien", "cat": "chat", "horse": "cheval", "bird": "oiseau", "fish": "poisson"}
FOODS = {"bread": "pain", "milk": "lait", "cheese": "fromage", "apple": "pomme", "salt": "sel"}
WORDS = ANIMALS | FOODS
ASKED = ("where is the {}", "find the {}", "show me a {}", "a {} please")
SAID = ("le {} est ici", "voici le {}", "un {} pour vous", "il y a un {}")
HELD_OUT = ("who has my {}", "mon {} est perdu")  # of both, words that are not learnt
SETTINGS = "seed = 5\nbatch = 8\nlearning_rate = 0.01\nmax_tokens = 16\n"

Attempt = Callable[..., dict[str, Any]]


def lines(asked: Iterable[str], said: Iterable[str]) -> list[dict[str, Any]]:
    """Ask for each word in each way; what says it in any way is relevant."""
    return [
        {"query": form.format(word), "positive": [other.format(meant) for other in said]}
        for form in asked
        for word, meant in WORDS.items()
    ]


def write_lines(file: Path, lines: Iterable[dict[str, Any]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(each) + "\n" for each in lines))


def recipe_text(encoder: Path, more: str = "", share: float = 3) -> str:
    return (
        f'kind = "retriever"\nencoder = "{encoder.as_posix()}"\n{SETTINGS}{more}\n'
        f'[[queries]]\nfile = "train.jsonl"\nshare = {share}\n'
        '[[evaluate]]\nfile = "held_out.jsonl"\n[[evaluate]]\nfile = "elsewhere.jsonl"\n'
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give what is learnt, what is held out of it, and queries on something else."""
    folder = tmp_path_factory.mktemp("toy")
    write_lines(folder / "train.jsonl", lines(ASKED, SAID))
    write_lines(folder / "held_out.jsonl", lines(HELD_OUT[:1], HELD_OUT[1:]))
    numbers = ("one", "two", "three", "four", "five", "six", "seven")
    elsewhere = ({"query": f"{n} owls?", "positive": f"{n} owls hunt"} for n in numbers)
    write_lines(folder / "elsewhere.jsonl", elsewhere)
    return folder


@pytest.fixture(scope="module")
def calm_encoder_folder(
    tmp_path_factory: pytest.TempPathFactory, tiny_encoder_folder: Path
) -> Path:
    """Give the tiny encoder with quiet layers: its vectors begin as sums of those of its words."""
    import torch
    from sentence_transformers import SentenceTransformer

    folder = tmp_path_factory.mktemp("calm") / "encoder"
    model = SentenceTransformer(str(tiny_encoder_folder), device="cpu")
    network = model[0].auto_model
    with torch.no_grad():
        for name, weight in network.named_parameters():
            if weight.ndim == 2 and "word_embeddings" not in name:
                weight *= 0.02
    network.config.hidden_dropout_prob = network.config.attention_probs_dropout_prob = 0.0
    model.save(str(folder), create_model_card=False)
    return folder


@pytest.fixture(scope="module")
def trained(
    data: Path, calm_encoder_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, RetrieverManifest]:
    """Train once for all tests of the folder; give it with its manifest."""
    place = tmp_path_factory.mktemp("trained")
    (place / "recipe.toml").write_text(recipe_text(calm_encoder_folder))
    return place / "out", train_retriever(place / "recipe.toml", data, place / "out", name="Toy")


@pytest.fixture
def attempt(data: Path, calm_encoder_folder: Path, tmp_path: Path) -> Attempt:
    """Give a function that trains by a recipe with more in it, and returns the weights."""

    def run(
        more: str = "",
        *,
        share: float = 3,
        out: str = "out",
        resume: bool = False,
        encoder: Path = calm_encoder_folder,
        folder: Path = data,
    ) -> dict[str, Any]:
        (tmp_path / "recipe.toml").write_text(recipe_text(encoder, more, share))
        train_retriever(tmp_path / "recipe.toml", folder, tmp_path / out, resume=resume)
        return load_file(tmp_path / out / "model.safetensors")

    return run


def test_held_out_queries_find_more(trained: tuple[Path, RetrieverManifest]) -> None:
    measures = trained[1].training["measures"]
    assert list(measures) == ["held_out.jsonl", "elsewhere.jsonl"]
    held_out = measures["held_out.jsonl"]
    assert held_out["recall@1"]["after"] > held_out["recall@1"]["before"] + 0.3
    assert held_out["nDCG@10"]["low"] > 0
    assert verdict(measures).startswith("better on held_out.jsonl (nDCG@10 +0.")


def test_the_folder_builds_a_knowledge_base(
    trained: tuple[Path, RetrieverManifest], write_jsonl: Callable[..., str], tmp_path: Path
) -> None:
    out, manifest = trained
    found_folder = find_model_folder(str(out))
    assert found_folder.plain
    assert found_folder.max_tokens == 128  # the encoder's own, not that of the training
    assert json.loads((out / "tokenizer.json").read_text())["truncation"] is None
    documents = [{"id": w, "title": "", "text": f"mon {WORDS[w]} est perdu"} for w in WORDS]
    options = BuildOptions(encoder=str(out))
    build(tmp_path / "my.kb", [write_jsonl(documents)], options=options)
    knowledge = Knowledge.open(tmp_path / "my.kb")
    asked = [f"who has my {word}" for word in WORDS]
    found = knowledge.search(asked, 1, retriever="dense")
    first = [knowledge.passage(hits[0].passage_id).document_id for hits in found]
    right = sum(a == b for a, b in zip(first, WORDS, strict=True)) / len(WORDS)
    assert right == manifest.training["measures"]["held_out.jsonl"]["recall@1"]["after"]


def test_checkpoints_are_no_part_of_the_encoder(
    trained: tuple[Path, RetrieverManifest], tmp_path: Path
) -> None:
    shutil.copytree(trained[0], tmp_path / "out")
    assert list((tmp_path / "out" / CHECKPOINTS).glob("checkpoint-*/model.safetensors"))
    shutil.rmtree(tmp_path / "out" / CHECKPOINTS)
    found = find_model_folder(str(tmp_path / "out")).weights_sha256()
    assert found == trained[1].weights_sha256


def test_the_manifest_says_what_it_was_made_of(
    trained: tuple[Path, RetrieverManifest], data: Path, calm_encoder_folder: Path
) -> None:
    out, manifest = trained
    record = manifest.training
    assert read_retriever_manifest(out) == manifest
    assert (manifest.name, record["seed"], record["leaks_dropped"]) == ("Toy", 5, 0)
    assert (record["queries"], record["examples"]) == (40, 160)
    assert record["encoder"] == calm_encoder_folder.as_posix()
    assert record["encoder_sha256"] == find_model_folder(str(calm_encoder_folder)).weights_sha256()
    names = ("elsewhere.jsonl", "held_out.jsonl", "train.jsonl")
    hashes = {name: hashlib.sha256((data / name).read_bytes()).hexdigest() for name in names}
    assert record["data_sha256"] == hashes
    assert "sentence-transformers" in record["packages"]
    card = (out / "README.md").read_text()
    assert "\n# Toy\n" in card
    assert f"In short: {verdict(record['measures'])}." in card
    for name in names[:2]:
        assert f"| `{name}` | {record['measures'][name]['nDCG@10']['n']} | " in card
        assert change_in_words(record["measures"][name]["recall@5"]) in card


def test_a_trained_encoder_can_be_trained_on(
    trained: tuple[Path, RetrieverManifest], attempt: Attempt, tmp_path: Path
) -> None:
    attempt("max_steps = 1\nhard_negatives = 0", encoder=trained[0])
    record = read_retriever_manifest(tmp_path / "out").training
    assert (record["encoder"], record["encoder_sha256"]) == ("Toy", trained[1].weights_sha256)
    assert record["encoder_training"] == trained[1].training


def test_a_resumed_run_ends_as_an_undisturbed_one(attempt: Attempt, tmp_path: Path) -> None:
    settings = "max_steps = 6\nsave_steps = 3"
    whole = attempt(settings)
    with pytest.raises(UsageError, match="holds checkpoints of a run; resume it"):
        attempt(settings)
    shutil.copytree(tmp_path / "out" / CHECKPOINTS, tmp_path / "again" / CHECKPOINTS)
    shutil.rmtree(tmp_path / "again" / CHECKPOINTS / "checkpoint-6")
    again = attempt(settings, out="again", resume=True)
    assert all((again[name] == weight).all() for name, weight in whole.items())
    with pytest.raises(UsageError, match="nothing to resume"):
        attempt(settings, out="nowhere", resume=True)
    assert not (tmp_path / "nowhere").exists()


def test_an_adapter_is_merged_into_the_weights(attempt: Attempt, calm_encoder_folder: Path) -> None:
    before = load_file(calm_encoder_folder / "model.safetensors")
    after = attempt("adapter_rank = 2\nmax_steps = 3\nsave_steps = 2")
    assert before.keys() == after.keys()
    changed = {name for name in before if (before[name] != after[name]).any()}
    assert changed
    assert all(name.endswith("weight") and before[name].ndim == 2 for name in changed)
    assert "embeddings.word_embeddings.weight" in before.keys() - changed


def test_a_mini_batch_changes_nothing_but_the_memory(
    attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = "wherefrom.pipeline.retriever_training.choose_number_type"
    monkeypatch.setattr(exact, lambda device: torch.float32)  # in bf16 sums depend on their order
    settings = "max_steps = 3\nhard_negatives = 2"
    at_once = attempt(settings)
    in_parts = attempt(f"{settings}\nmini_batch = 3", out="parts")
    for name, weight in at_once.items():
        assert np.allclose(weight, in_parts[name], atol=2e-3), name


def test_queries_that_are_evaluated_on_are_refused_or_dropped(
    attempt: Attempt, data: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(data, folder)
    leaks = lines(ASKED[:1], SAID[:1])[:3]
    write_lines(
        folder / "held_out.jsonl", [each | {"query": f"{each['query']}?"} for each in leaks]
    )
    message = (
        r"train.jsonl: of 40 queries 3 are evaluated on too \(the first, 'where is the dog', in"
    )
    with pytest.raises(UsageError, match=message):
        attempt(folder=folder)
    assert not (tmp_path / "out").exists()
    attempt('leaks = "drop"\nmax_steps = 1', folder=folder)
    record = read_retriever_manifest(tmp_path / "out").training
    assert (record["leaks_dropped"], record["queries"]) == (3, 37)


def test_what_is_wrong_is_said_before_anything_is_trained(
    attempt: Attempt, tiny_reader_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken").mkdir()
    with pytest.raises(UsageError, match="is the folder of a reader; a retriever needs an encoder"):
        attempt(encoder=tiny_reader_folder)
    with pytest.raises(ModelError, match="encoder 'no such encoder'"):
        attempt(encoder=Path("no such encoder"))
    with pytest.raises(ModelError, match="broken"):
        attempt(encoder=tmp_path / "broken")
    with pytest.raises(UsageError, match=r"names held_out\.jsonl, which is not in the data"):
        attempt(folder=tmp_path)
    with pytest.raises(
        UsageError, match="hard_negatives is 37, but of 40 passages only 36 are not"
    ):
        attempt("hard_negatives = 37")
    with pytest.raises(UsageError, match="draws no batch from its queries"):
        attempt(share=0)
    assert not (tmp_path / "out").exists()


def test_what_an_encoder_wants_before_texts_is_shown_and_kept(
    attempt: Attempt, calm_encoder_folder: Path, tmp_path: Path
) -> None:
    settings = "max_steps = 1\nhard_negatives = 0"
    without = attempt(settings)
    shutil.copytree(calm_encoder_folder, tmp_path / "prompted")
    file = tmp_path / "prompted" / "config_sentence_transformers.json"
    prompts = {"query": "query: ", "document": "passage: "}
    file.write_text(json.dumps(json.loads(file.read_text()) | {"prompts": prompts}))
    shown = attempt(settings, encoder=tmp_path / "prompted", out="shown")
    assert any((without[name] != weight).any() for name, weight in shown.items())
    folder = find_model_folder(str(tmp_path / "shown"))
    assert (folder.query_prefix, folder.passage_prefix) == ("query: ", "passage: ")


def test_a_loss_that_is_no_number_stops_the_run(
    attempt: Attempt, calm_encoder_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(calm_encoder_folder, tmp_path / "broken")
    weights = load_file(tmp_path / "broken" / "model.safetensors")
    weights["encoder.layer.0.output.dense.bias"][0] = float("nan")
    save_file(weights, tmp_path / "broken" / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(TrainingError, match="the loss is nan at step 1: lower learning_rate"):
        attempt("hard_negatives = 0", encoder=tmp_path / "broken")
