"""Test that matrices learn whole for judging, and an adapter near to them is what stays."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from wherefrom.indexes import hardware
from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.adapter import (
    DOWN,
    UP,
    adapter_ranks,
    attach_adapter,
    detach_adapter,
)
from wherefrom.pipeline.batches import padded
from wherefrom.pipeline.checkpoint import INFERENCE, load_network, save_reader
from wherefrom.pipeline.heads import ReaderNetwork
from wherefrom.pipeline.reader_manifest import ReaderManifest
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.sources import PairSource
from wherefrom.pipeline.training import train

RANK = 4
WIDTH = 32  # of the tiny reader, and so the highest rank of its matrices
MATRIX = "encoder.layer.0.output.dense"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, write_pairs: Callable[..., Path]) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_pairs(folder / "pairs.jsonl")
    return folder


@pytest.fixture(autouse=True)
def in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "choose_number_type", lambda device: torch.float32)


@pytest.fixture
def recipe(tiny_reader_folder: Path) -> Recipe:
    return Recipe(
        encoder=str(tiny_reader_folder),
        spans=(),
        pairs=(PairSource("pairs.jsonl", {"one": 4, "two": 4}, {}),),
        max_tokens=64,
        pair_batch=4,
        learning_rate=1e-3,
        adapter="svd",
        adapter_rank=RANK,
        max_steps=6,
        save_steps=2,
    )


def judged(network: ReaderNetwork, builder: Any) -> torch.Tensor:
    prompts = builder.inference(["a tower", "Paris"], ["a city", "the capital of France"])
    with torch.inference_mode():
        return network.eval().infer(**padded(prompts))


def changed(network: ReaderNetwork, rank: int) -> ReaderNetwork:
    """Let a network's matrices learn whole, and move them as learning might."""
    attach_adapter(network, rank, "svd")
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(3)
        for name, weight in network.encoder.named_parameters():
            if weight.requires_grad:
                assert name.endswith(".weight") and weight.ndim == 2
                assert "embeddings" not in name
                weight += torch.randn_like(weight) * 0.05
    return network


def test_at_full_rank_the_adapter_judges_as_what_was_learnt(
    make_network: Callable[..., ReaderNetwork], tiny_builder: Any
) -> None:
    network = make_network()
    before = {name: weight.clone() for name, weight in network.state_dict().items()}
    plain = judged(network, tiny_builder)
    learnt = judged(changed(network, WIDTH), tiny_builder)
    detach_adapter(network)
    assert all(torch.equal(weight, before[name]) for name, weight in network.state_dict().items())
    assert (judged(network, tiny_builder) - learnt).abs().max() > 0.1
    attach_adapter(network, WIDTH, "svd")  # which begins with the sums
    torch.testing.assert_close(judged(network, tiny_builder), learnt, rtol=1e-4, atol=1e-4)
    assert not torch.allclose(plain, learnt, atol=0.1)


def test_what_is_kept_is_the_nearest_of_its_rank(
    make_network: Callable[..., ReaderNetwork],
) -> None:
    network = make_network()
    before = network.encoder.get_submodule(MATRIX).weight.detach().clone()
    changed(network, RANK)
    change = network.encoder.get_submodule(MATRIX).weight.detach() - before
    detach_adapter(network)
    up, down = network.adapters[INFERENCE][MATRIX + UP], network.adapters[INFERENCE][MATRIX + DOWN]
    left_out = torch.linalg.svdvals(change)[len(down) :]
    distance = torch.linalg.norm(change - up @ down)
    torch.testing.assert_close(distance, left_out.square().sum().sqrt())  # Eckart and Young


def test_matrices_that_learnt_more_keep_more_ranks_in_the_same_space(
    make_network: Callable[..., ReaderNetwork],
) -> None:
    network = make_network()
    changed(network, RANK)
    with torch.no_grad():
        weight = network.encoder.get_submodule(MATRIX).weight
        weight += weight - network.beginning.matrices[MATRIX]
    detach_adapter(network)
    sizes = {name: matrix.numel() for name, matrix in network.adapters[INFERENCE].items()}
    linear = [part for part in network.encoder.modules() if isinstance(part, torch.nn.Linear)]
    room = RANK * sum(part.in_features + part.out_features for part in linear)
    assert room - 6 * WIDTH < sum(sizes.values()) <= room
    assert len(network.adapters[INFERENCE][MATRIX + DOWN]) > RANK
    assert adapter_ranks(network.adapters[INFERENCE])["lowest"] < RANK


def test_the_encoder_stays_and_only_judging_has_learnt(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    made = train(recipe, data, tmp_path)
    before, after = load_network(Path(recipe.encoder)).state_dict(), made.network.state_dict()
    assert list(before) == list(after)
    differ = {name for name in before if not torch.equal(before[name], after[name])}
    assert differ == {
        f"{head}.{kind}" for head in ("inference_in", "inference") for kind in ("weight", "bias")
    }
    assert made.record["adapter_ranks"] == adapter_ranks(made.network.adapters[INFERENCE])
    assert 0 < made.record["adapter_ranks"]["lowest"] < made.record["adapter_ranks"]["highest"]
    assert made.network.adapters[INFERENCE][MATRIX + UP].abs().max() > 1e-4
    again = train(recipe, data, tmp_path, resume=True).network.adapters[INFERENCE]
    assert all(
        torch.equal(again[name], matrix)
        for name, matrix in made.network.adapters[INFERENCE].items()
    )


def test_a_run_that_is_killed_and_resumed_ends_with_the_same_adapter(
    recipe: Recipe,
    data: Path,
    tmp_path: Path,
    killed_after: Callable[[int], AbstractContextManager[None]],
) -> None:
    whole = train(recipe, data, tmp_path / "whole").network.adapters[INFERENCE]
    with killed_after(3):
        train(recipe, data, tmp_path / "killed")
    resumed = train(recipe, data, tmp_path / "killed", resume=True).network.adapters[INFERENCE]
    assert list(resumed) == list(whole)
    assert all(torch.equal(resumed[name], matrix) for name, matrix in whole.items())


def test_the_mean_of_checkpoints_is_that_of_whole_matrices(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    from safetensors.torch import load_file

    made = train(replace(recipe, adapter_rank=WIDTH, averaged=2), data, tmp_path)
    name = f"encoder.{MATRIX}.weight"
    steps = [load_file(tmp_path / f"checkpoint-{step}" / "model.safetensors") for step in (4, 6)]
    before = load_network(Path(recipe.encoder)).state_dict()[name]
    found = (
        made.network.adapters[INFERENCE][MATRIX + UP]
        @ made.network.adapters[INFERENCE][MATRIX + DOWN]
    )
    wanted = (steps[0][name] + steps[1][name]) / 2 - before
    torch.testing.assert_close(found, wanted, rtol=1e-3, atol=1e-6)


def test_half_of_what_is_judged_by_may_be_that_of_another_run(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    """At full rank the product is the mean of what two seeds have learnt."""
    whole = replace(recipe, adapter_rank=WIDTH)
    runs = []
    for seed in (7, 8):
        made = train(replace(whole, seed=seed), data, tmp_path / f"run{seed}")
        folder = tmp_path / f"reader{seed}"
        save_reader(
            folder, made.network, made.tokenizer, ReaderManifest("r", "", 64), storage="float32"
        )
        runs.append(made.network)
    mixed = replace(whole, seed=8, kept=0.5, kept_from=str(tmp_path / "reader7"))
    found = train(mixed, data, tmp_path / "mixed").network
    one, two, mean = (
        network.adapters[INFERENCE][MATRIX + UP] @ network.adapters[INFERENCE][MATRIX + DOWN]
        for network in (*runs, found)
    )
    torch.testing.assert_close(mean, (one + two) / 2, rtol=1e-3, atol=1e-6)
    assert not torch.allclose(one, two, atol=1e-5)
    heads = [network.inference.weight for network in (*runs, found)]
    torch.testing.assert_close(heads[2], (heads[0] + heads[1]) / 2)
    before = load_network(Path(recipe.encoder)).state_dict()
    name = f"encoder.{MATRIX}.weight"
    assert torch.equal(found.state_dict()[name], before[name])


def test_another_encoder_has_nothing_to_keep(recipe: Recipe, data: Path, tmp_path: Path) -> None:
    other = replace(recipe, adapter_rank=0, adapter="lora", max_steps=1)
    made = train(other, data, tmp_path / "other")
    save_reader(tmp_path / "reader", made.network, made.tokenizer, ReaderManifest("r", "", 64))
    kept = replace(recipe, kept=0.5, kept_from=str(tmp_path / "reader"))
    with pytest.raises(UsageError, match="kept_from names a reader of another encoder"):
        train(kept, data, tmp_path / "run")
