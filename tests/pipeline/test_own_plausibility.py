"""Test that plausibility is learnt by an adapter of its own, and nothing else is touched."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer, DistilBertConfig

from wherefrom.indexes import hardware
from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.adapter import UP, attach_adapter, detach_adapter
from wherefrom.pipeline.batches import padded
from wherefrom.pipeline.checkpoint import (
    ADAPTERS,
    INFERENCE,
    PLAUSIBILITY,
    load_network,
    load_reader,
    save_reader,
)
from wherefrom.pipeline.heads import ReaderNetwork
from wherefrom.pipeline.layers import drop_layers
from wherefrom.pipeline.networks import add_heads, part_plausibility
from wherefrom.pipeline.prompt import PromptBuilder
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.reader_manifest import ReaderManifest, read_manifest, write_manifest
from wherefrom.pipeline.train_reader import train_reader
from wherefrom.pipeline.weighing import judging

PREMISES = ["Paris is the capital.", "", "An owl sleeps."]
CLAIMS = ["Paris is a city.", "An owl reads.", "It is awake."]
OTHER = DistilBertConfig(vocab_size=256, dim=32, n_layers=2, n_heads=2, hidden_dim=160)
ADAPTED = "adapter_rank = 4\nmax_steps = 6\n"
CHOICES = '[[choices]]\nfile = "choices.jsonl"\nshare = 9\n'
CLAIMED = '[[claims]]\nfile = "claims.jsonl"\nshare = 6\n'
PAIRS = '[[pairs]]\nfile = "pairs.jsonl"\n'
Train = Callable[..., Path]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, write_pairs: Callable[..., Path]) -> Path:
    folder = tmp_path_factory.mktemp("plausible")
    choices = [
        {
            "question": f"Where is the {thing}?",
            "choices": [{"label": "A", "text": "Paris"}, {"label": "B", "text": "Berlin"}],
            "answerKey": "AB"[number % 2],
        }
        for number, thing in enumerate("tower wall river owl".split())
    ]
    claims = [{"claim": f"{city} is old.", "label": city == "Paris"} for city in ("Paris", "Ulm")]
    for name, records in (("choices.jsonl", choices), ("claims.jsonl", claims)):
        (folder / name).write_text("".join(json.dumps(one) + "\n" for one in records))
    write_pairs(folder / "pairs.jsonl")
    return folder


@pytest.fixture(scope="module")
def base(
    tmp_path_factory: pytest.TempPathFactory,
    backbone_folder: Path,
    make_network: Callable[..., ReaderNetwork],
) -> Path:
    """Give a reader with an adapter of inference and a calibration, but no plausibility."""
    folder = tmp_path_factory.mktemp("base") / "reader"
    network = make_network()
    attach_adapter(network, 4)
    stir(network)
    detach_adapter(network)
    tokenizer = AutoTokenizer.from_pretrained(backbone_folder)
    manifest = save_reader(folder, network.eval(), tokenizer, ReaderManifest("base", "", 64))
    calibration = Reader.open(folder).manifest.calibration
    fitted = calibration.__class__(inference_temperature=1.7, answer_bias=-2.0)
    write_manifest(
        folder,
        ReaderManifest("base", manifest.weights_sha256, 64, calibration=fitted),
    )
    return folder


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Train:
    """Give a function that trains from an encoder by a recipe's text, and returns the folder."""

    def made(encoder: Path, text: str, rate: float = 5e-3) -> Path:
        folder = tmp_path_factory.mktemp("run")
        recipe = folder / "recipe.toml"
        recipe.write_text(
            f'encoder = "{encoder.as_posix()}"\nmax_tokens = 64\npair_batch = 4\n'
            f"choice_batch = 4\nlearning_rate = {rate}\ncalibration_share = 0\n{text}"
        )
        train_reader(recipe, data, folder / "out")
        return folder / "out"

    return made


@pytest.fixture(scope="module")
def own(base: Path, trained: Train) -> Path:
    """Give a reader whose plausibility was learnt by an adapter of its own."""
    return trained(base, "packed = true\n" + ADAPTED + CHOICES + CLAIMED)


def stir(network: ReaderNetwork) -> None:
    """Move the matrices that learn as learning might."""
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(3)
        for weight in network.encoder.parameters():
            if weight.requires_grad:
                weight += torch.randn_like(weight) * 0.05


def test_reading_and_inference_stay_to_the_bit(base: Path, own: Path) -> None:
    before, after = Reader.open(base), Reader.open(own)
    evidence = [("Paris", "Paris is the capital of France.")]
    assert before.read(["What?"], evidence) == after.read(["What?"], evidence)
    assert np.array_equal(before.infer(PREMISES, CLAIMS), after.infer(PREMISES, CLAIMS))
    assert not before.has_plausibility
    assert np.ptp(after.plausibility(PREMISES, CLAIMS)) > 0
    known = after.manifest.calibration
    assert (known.inference_temperature, known.answer_bias) == (1.7, -2.0)


def test_it_is_stored_apart_and_recorded(base: Path, own: Path) -> None:
    old, new = load_network(base), load_network(own)
    for name, matrix in old.adapters[INFERENCE].items():
        assert torch.equal(new.adapters[INFERENCE][name], matrix)
    learnt = [one for name, one in new.adapters[PLAUSIBILITY].items() if name.endswith(UP)]
    assert len(learnt) == 12
    assert all(matrix.abs().sum() > 0 for matrix in learnt)
    weights = gzip.decompress((own / "model.safetensors.gz").read_bytes())
    assert ADAPTERS[PLAUSIBILITY].encode() in weights
    record = read_manifest(own).training
    assert record["adapter_of"] == "plausibility"
    assert record["adapter_ranks"]["matrices"] == 12
    assert "Plausibility has an adapter (lora) of 12 matrices" in (own / "README.md").read_text()


def test_choices_are_learnt(own: Path) -> None:
    reader = Reader.open(own)
    said = reader.plausibility([""] * 2, ["Paris is old.", "Ulm is old."])
    assert said[0] > said[1]


def test_it_goes_on_from_what_it_is(own: Path, trained: Train) -> None:
    """With a tiny learning rate what it says hardly changes."""
    again = trained(own, ADAPTED + CLAIMED, 1e-9)
    old, new = Reader.open(own), Reader.open(again)
    np.testing.assert_allclose(
        new.plausibility(PREMISES, CLAIMS), old.plausibility(PREMISES, CLAIMS), atol=0.05
    )
    assert np.array_equal(old.infer(PREMISES, CLAIMS), new.infer(PREMISES, CLAIMS))


def test_what_has_shared_the_adapter_of_inference_goes_on_from_there(
    base: Path, trained: Train
) -> None:
    shared = trained(base, ADAPTED + CLAIMED + PAIRS)
    network = load_network(shared)
    assert network.plausibility_in is None
    assert not network.adapters[PLAUSIBILITY]
    parted = trained(shared, ADAPTED + CLAIMED, 1e-9)
    old, new = Reader.open(shared), Reader.open(parted)
    np.testing.assert_allclose(
        new.plausibility(PREMISES, CLAIMS), old.plausibility(PREMISES, CLAIMS), atol=0.05
    )
    assert load_network(parted).adapters[PLAUSIBILITY]


def test_inference_learns_on_without_it(own: Path, trained: Train) -> None:
    """In an adapter or whole; what plausibility has of its own is carried over."""
    for text in (ADAPTED + PAIRS, "max_steps = 3\n" + PAIRS):
        after = trained(own, text)
        old, new = load_network(own), load_network(after)
        for name, matrix in old.adapters[PLAUSIBILITY].items():
            torch.testing.assert_close(new.adapters[PLAUSIBILITY][name], matrix, atol=1e-2, rtol=0)
        one, two = Reader.open(own), Reader.open(after)
        assert abs(one.infer(PREMISES, CLAIMS) - two.infer(PREMISES, CLAIMS)).max() > 1e-4
        if text.startswith("adapter_rank"):
            said = one.plausibility(PREMISES, CLAIMS)
            assert np.array_equal(said, two.plausibility(PREMISES, CLAIMS))


@pytest.mark.parametrize("text", [ADAPTED + CLAIMED + PAIRS, CLAIMED])
def test_learning_it_with_other_things_is_refused(own: Path, trained: Train, text: str) -> None:
    with pytest.raises(UsageError, match=r"plausibility has an adapter of its own in .*: learn"):
        trained(own, text)


@pytest.mark.parametrize("config", [None, OTHER], ids=["bert", "distilbert"])
def test_what_is_loaded_computes_as_what_has_learnt(
    tmp_path: Path,
    backbone_folder: Path,
    make_network: Callable[..., ReaderNetwork],
    monkeypatch: pytest.MonkeyPatch,
    config: DistilBertConfig | None,
) -> None:
    monkeypatch.setattr(hardware, "choose_number_type", lambda device: torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(backbone_folder)
    network = make_network(config)
    part_plausibility(network)
    add_heads(network, plausibility=True, labels=0)
    attach_adapter(network, 32, "svd")
    stir(network)
    prompts = PromptBuilder(tokenizer.backend_tokenizer, max_tokens=64).inference(PREMISES, CLAIMS)
    with torch.inference_mode():
        wanted = network.eval().plausible(**padded(prompts))
        detach_adapter(network)
        plain = network.plausible(**padded(prompts))
        torch.testing.assert_close(
            judging(network).plausible(**padded(prompts)), wanted, rtol=1e-4, atol=1e-4
        )
        save_reader(tmp_path, network, tokenizer, ReaderManifest("own", "", 64), storage="float32")
        loaded = load_reader(tmp_path, device="cpu").network
        found = loaded.plausible(**padded(prompts))
    assert (plain - wanted).abs().max() > 1e-3
    torch.testing.assert_close(found, wanted, rtol=1e-3, atol=1e-3)


def test_it_loses_the_layers_that_the_encoder_loses(own: Path) -> None:
    network = load_network(own)
    drop_layers(network.encoder, network.adapters.values(), [0])
    names = [name for name in network.adapters[PLAUSIBILITY] if name.startswith("encoder.layer")]
    assert len(names) == 12  # six products of two matrices
    assert all(name.startswith("encoder.layer.0.") for name in names)
    assert len(network.adapters[INFERENCE]) == 12
