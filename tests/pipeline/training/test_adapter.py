"""Test that an adapter changes inference and nothing else, and survives being stored."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer, DistilBertConfig

from wherefrom.indexes import hardware
from wherefrom.kb.errors import ModelError, UsageError
from wherefrom.pipeline.adapter import (
    DOWN,
    UP,
    attach_adapter,
    detach_adapter,
    keep_adapter,
    with_adapter,
)
from wherefrom.pipeline.batches import padded
from wherefrom.pipeline.checkpoint import (
    ADAPTERS,
    INFERENCE,
    load_network,
    load_reader,
    save_reader,
)
from wherefrom.pipeline.heads import HeadOutputs, PlainBert, ReaderNetwork
from wherefrom.pipeline.prompt import PromptBuilder
from wherefrom.pipeline.reader_manifest import ReaderManifest
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.sources import PairSource, SpanSource
from wherefrom.pipeline.train_reader import train_reader
from wherefrom.pipeline.training import TrainedReader, train

RANK = 4
MakeNetwork = Callable[..., ReaderNetwork]
OTHER = DistilBertConfig(vocab_size=256, dim=32, n_layers=2, n_heads=2, hidden_dim=160)


@pytest.fixture(scope="module")
def data(data: Path, write_pairs: Callable[..., Path]) -> Path:
    write_pairs(data / "dev.jsonl", [("An owl.", "A bird.", "entailment", "")])
    return data


@pytest.fixture(scope="module")
def recipe(tiny_reader_folder: Path) -> Recipe:
    return Recipe(
        encoder=str(tiny_reader_folder),
        spans=(SpanSource("spans.json", share=0.0),),
        pairs=(PairSource("pairs.jsonl.gz", {}, {}),),
        statements=12,
        max_tokens=64,
        pair_batch=4,
        learning_rate=2e-2,
        adapter_rank=RANK,
        max_steps=10,
    )


@pytest.fixture(scope="module")
def trained(recipe: Recipe, data: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainedReader:
    return train(recipe, data, tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def stored(trained: TrainedReader, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("adapted")
    save_reader(folder, trained.network, trained.tokenizer, ReaderManifest("adapted", "", 64))
    return folder


@pytest.fixture
def in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "choose_number_type", lambda device: torch.float32)


def outputs(network: ReaderNetwork, tokenizer: Any) -> tuple[HeadOutputs, torch.Tensor]:
    evidence = [("Paris", "Paris is the capital of France."), ("", "a tower in a city")]
    prompts = PromptBuilder(tokenizer, max_tokens=64).readings(["What?", "Who?"], evidence)
    with torch.inference_mode():
        return network.read(**padded(prompts)), network.infer(**padded(prompts))


def assert_reads_the_same(one: HeadOutputs, two: HeadOutputs) -> None:
    for name in ("start", "end", "relevance"):
        assert torch.equal(getattr(one, name), getattr(two, name))


def perturbed(network: ReaderNetwork, rank: int) -> ReaderNetwork:
    """Put an adapter in that has learnt something, as far as its numbers go."""
    attach_adapter(network, rank)
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(3)
        for name, weight in network.named_parameters():
            if "lora_" in name:
                weight.normal_(std=0.2)
    return network.eval()


def test_learning_changes_no_weight_of_the_encoder_nor_of_the_other_heads(
    trained: TrainedReader, tiny_reader_folder: Path
) -> None:
    before = load_network(tiny_reader_folder).state_dict()
    after = trained.network.state_dict()
    assert list(after) == list(before)
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed == {
        f"{head}.{kind}" for head in ("inference_in", "inference") for kind in ("weight", "bias")
    }
    learnt = [
        matrix for name, matrix in trained.network.adapters[INFERENCE].items() if name.endswith(UP)
    ]
    assert len(learnt) == 12  # six products in each of two layers
    assert all(matrix.abs().sum() > 0 for matrix in learnt)  # they begin at 0


def test_a_stored_reader_finds_answers_as_before_and_judges_otherwise(
    stored: Path, tiny_reader_folder: Path
) -> None:
    before, after = (load_reader(one, device="cpu") for one in (tiny_reader_folder, stored))
    assert isinstance(after.network.inference_encoder, PlainBert)
    (read, judged), (reread, rejudged) = (
        outputs(one.network, one.tokenizer) for one in (before, after)
    )
    assert_reads_the_same(read, reread)
    assert (judged - rejudged).abs().max() > 0.1


@pytest.mark.parametrize("config", [None, OTHER], ids=["bert", "distilbert"])
def test_what_is_loaded_computes_as_peft_does(
    tmp_path: Path, backbone_folder: Path, make_network: MakeNetwork, config: Any, in_float32: None
) -> None:
    tokenizer = AutoTokenizer.from_pretrained(backbone_folder)
    backend = tokenizer.backend_tokenizer
    network = perturbed(make_network(config), RANK)
    _, wanted = outputs(network, backend)
    detach_adapter(network)
    read, plain = outputs(network, backend)
    assert (wanted - plain).abs().max() > 0.1
    save_reader(tmp_path, network, tokenizer, ReaderManifest("adapted", "", 64))
    loaded = load_reader(tmp_path, device="cpu")
    assert (config is None) == isinstance(loaded.network.encoder, PlainBert)
    again, found = outputs(loaded.network, loaded.tokenizer)
    torch.testing.assert_close(found, wanted, rtol=0.05, atol=0.05)  # eight bits lie between
    torch.testing.assert_close(again.relevance, read.relevance, rtol=0.05, atol=0.05)


def test_an_adapter_goes_on_from_what_it_is(make_network: MakeNetwork, tiny_builder: Any) -> None:
    network = perturbed(make_network(), RANK)
    prompts = tiny_builder.inference(["a tower"], ["a city"])
    with torch.inference_mode():
        wanted = network.infer(**padded(prompts))
    detach_adapter(network)
    first = network.adapters[INFERENCE]
    attach_adapter(network, RANK)
    with torch.inference_mode():
        torch.testing.assert_close(network.eval().infer(**padded(prompts)), wanted)
    detach_adapter(network)
    for name, matrix in first.items():
        torch.testing.assert_close(network.adapters[INFERENCE][name], matrix)


@pytest.mark.parametrize("kind", ["lora", "adalora", "svd"])
@pytest.mark.parametrize("rank", [RANK, 2 * RANK])
def test_an_adapter_goes_on_with_as_many_ranks_or_more(
    make_network: MakeNetwork, tiny_builder: Any, kind: str, rank: int
) -> None:
    network = perturbed(make_network(), RANK)
    prompts = tiny_builder.inference(["a tower"], ["a city"])
    detach_adapter(network)
    first = network.adapters[INFERENCE]
    plain = network.state_dict()["encoder.encoder.layer.0.output.dense.weight"]
    attach_adapter(network, rank, kind)
    with torch.inference_mode():
        found = network.eval().infer(**padded(prompts))
    detach_adapter(network)
    wanted = with_adapter({f"{n}.weight": torch.zeros(1) for n in names(first)}, first)
    again = with_adapter(
        {f"{n}.weight": torch.zeros(1) for n in names(first)}, network.adapters[INFERENCE]
    )
    for name, product in wanted.items():
        torch.testing.assert_close(again[name], product, rtol=1e-4, atol=1e-4)
    after = network.state_dict()["encoder.encoder.layer.0.output.dense.weight"]
    assert torch.equal(after, plain)
    with torch.inference_mode():
        assert (network.infer(**padded(prompts)) - found).abs().max() > 0.1


def names(adapter: dict[str, torch.Tensor]) -> list[str]:
    return [name.removesuffix(UP) for name in adapter if name.endswith(UP)]


def test_all_of_a_reader_with_an_adapter_learns_from_what_it_is(
    make_network: MakeNetwork, tiny_builder: Any
) -> None:
    network = perturbed(make_network(), RANK)
    backend = tiny_builder._backend
    _, judged = outputs(network, backend)
    detach_adapter(network)
    read, _ = outputs(network, backend)
    keep_adapter(network)
    found, again = outputs(network.eval(), backend)
    assert_reads_the_same(found, read)
    torch.testing.assert_close(again, judged)
    spans = network.read(**padded(tiny_builder.readings(["Who?"], [("", "a tower")])))
    spans.start.sum().backward()
    learnt = {name for name, weight in network.named_parameters() if weight.grad is not None}
    assert any("query.base_layer.weight" in name for name in learnt)
    assert not any("lora_" in name for name in learnt)
    network.infer(**padded(tiny_builder.inference(["a tower"], ["a city"]))).sum().backward()
    learnt = {name for name, weight in network.named_parameters() if weight.grad is not None}
    assert any("query.lora_A" in name for name in learnt)


def test_a_reader_with_an_adapter_learns_spans_and_pairs(
    recipe: Recipe, stored: Path, data: Path, tmp_path: Path, in_float32: None
) -> None:
    on = replace(
        recipe,
        encoder=str(stored),
        adapter_rank=0,
        spans=(SpanSource("spans.json"),),
        learning_rate=1e-3,
        calibration_share=0,
    )
    made = train(on, data, tmp_path / "run")
    before = load_network(stored)
    name = "encoder.encoder.layer.0.output.dense.weight"
    assert not torch.equal(made.network.state_dict()[name], before.state_dict()[name])
    assert made.network.state_dict().keys() == before.state_dict().keys()
    assert made.network.adapters[INFERENCE].keys() == before.adapters[INFERENCE].keys()
    first = next(iter(before.adapters[INFERENCE]))
    assert not torch.equal(
        made.network.adapters[INFERENCE][first], before.adapters[INFERENCE][first]
    )
    assert made.record["adapter_ranks"]["highest"] == RANK
    folder = tmp_path / "saved"
    save_reader(folder, made.network, made.tokenizer, ReaderManifest("on", "", 64))
    loaded = load_reader(folder, device="cpu")
    assert loaded.network.inference_encoder is not None
    for key in ("averaged", "kept"):
        more = {key: 1, "kept_from": str(stored)}
        with pytest.raises(UsageError, match=f"{key} does not go with .* an adapter"):
            train(replace(on, **more), data, tmp_path / key)


def test_going_on_with_a_lower_rank_is_refused(
    recipe: Recipe, stored: Path, data: Path, tmp_path: Path
) -> None:
    on = replace(recipe, encoder=str(stored))
    message = "adapter_rank is 2, with lora 2 for each matrix, but the encoder's adapter has 4"
    with pytest.raises(UsageError, match=message):
        train(replace(on, adapter_rank=2), data, tmp_path)


@pytest.mark.parametrize(("kind", "rank"), [("lora", 33), ("adalora", 32), ("svd", 33)])
def test_a_rank_above_the_width_is_refused_before_data_are_drawn(
    recipe: Recipe, tmp_path: Path, kind: str, rank: int
) -> None:
    chosen = replace(recipe, adapter=kind, adapter_rank=rank)
    with pytest.raises(UsageError, match=rf"adapter_rank is {rank}; with {kind} .* matrices, 32"):
        train(chosen, tmp_path / "no data", tmp_path)


def test_the_sum_is_that_of_the_product_and_copies_nothing_else() -> None:
    weights = {"a.weight": torch.ones(2, 3), "a.bias": torch.ones(2), "b.weight": torch.ones(2)}
    adapter = {"a" + DOWN: torch.tensor([[1.0, 2.0, 3.0]]), "a" + UP: torch.tensor([[1.0], [10.0]])}
    added = with_adapter(weights, adapter)
    assert added["a.weight"].tolist() == [[2, 3, 4], [11, 21, 31]]
    assert added["b.weight"] is weights["b.weight"]
    assert weights["a.weight"].tolist() == [[1, 1, 1], [1, 1, 1]]


def test_an_adapter_of_another_encoder_is_refused_when_it_is_loaded(
    stored: Path, tmp_path: Path, backbone_folder: Path, make_network: MakeNetwork
) -> None:
    network = make_network()
    network.adapters[INFERENCE] = {
        "strange" + DOWN: torch.ones(4, 32),
        "strange" + UP: torch.ones(32, 4),
    }
    tokenizer = AutoTokenizer.from_pretrained(backbone_folder)
    save_reader(tmp_path, network, tokenizer, ReaderManifest("strange", "", 64))
    with pytest.raises(ModelError, match=r"weights do not fit the configuration: KeyError\('stran"):
        load_reader(tmp_path, device="cpu")


def test_train_keeps_how_answers_were_calibrated_and_records_the_rank(
    tiny_reader_folder: Path, data: Path, tmp_path: Path
) -> None:
    import json
    import shutil

    base = Path(shutil.copytree(tiny_reader_folder, tmp_path / "base"))
    table = json.loads((base / "reader.json").read_text(encoding="utf-8"))
    table["calibration"] |= {"answer_bias": -3.5, "inference_temperature": 9.0}
    (base / "reader.json").write_text(json.dumps(table), encoding="utf-8")
    (tmp_path / "recipe.toml").write_text(
        f"""
encoder = "{base.as_posix()}"
adapter_rank = {RANK}
max_tokens = 64
pair_batch = 4
max_steps = 2
[[pairs]]
file = "pairs.jsonl.gz"
[[evaluate]]
file = "dev.jsonl"
task = "pairs"
""",
        encoding="utf-8",
    )
    manifest = train_reader(tmp_path / "recipe.toml", data, tmp_path / "out")
    assert manifest.calibration.answer_bias == -3.5
    assert 0 < manifest.calibration.inference_temperature != 9.0
    assert manifest.training["adapter_rank"] == RANK
    weights = (tmp_path / "out" / "model.safetensors").read_bytes()
    assert ADAPTERS[INFERENCE].encode() in weights
    assert np.isfinite(manifest.training["metrics"]["dev.jsonl"]["accuracy"]["value"])
