"""Test that AdaLoRA keeps as many ranks as asked for, where they are needed, and is resumed."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from wherefrom.kb.errors import ModelError, UsageError
from wherefrom.pipeline import training
from wherefrom.pipeline.adapter import (
    UP,
    adapter_ranks,
    attach_adapter,
    detach_adapter,
    with_adapter,
)
from wherefrom.pipeline.adaptive_rank import ALLOCATION, orthogonality, schedule
from wherefrom.pipeline.batches import padded
from wherefrom.pipeline.checkpoint import INFERENCE
from wherefrom.pipeline.heads import ReaderNetwork
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.sources import PairSource
from wherefrom.pipeline.training import train

RANK, MATRICES, STEPS = 2, 12, 12  # six matrices in each of two layers


@pytest.fixture(scope="module")
def recipe(tiny_reader_folder: Path) -> Recipe:
    return Recipe(
        encoder=str(tiny_reader_folder),
        spans=(),
        pairs=(PairSource("pairs.jsonl.gz", {"one": 16, "two": 16}, {}),),
        max_tokens=64,
        pair_batch=8,
        learning_rate=2e-2,
        adapter="adalora",
        adapter_rank=RANK,
        max_steps=STEPS,
        save_steps=3,
    )


@pytest.fixture(scope="module")
def whole(
    recipe: Recipe, data: Path, tmp_path_factory: pytest.TempPathFactory
) -> training.TrainedReader:
    return train(recipe, data, tmp_path_factory.mktemp("runs"))


def test_the_ranks_that_are_left_are_as_many_as_asked_for_and_not_alike(
    whole: training.TrainedReader,
) -> None:
    ranks = adapter_ranks(whole.network.adapters[INFERENCE])
    assert whole.record["adapter_ranks"] == ranks
    total = sum(
        m.shape[1] for name, m in whole.network.adapters[INFERENCE].items() if name.endswith(UP)
    )
    assert total == RANK * MATRICES  # they began with half as many more
    assert ranks["lowest"] < ranks["highest"] <= RANK + 1


@pytest.mark.parametrize("step", [5, 11])
def test_a_run_that_is_killed_and_resumed_ends_with_the_same_ranks(
    recipe: Recipe,
    data: Path,
    tmp_path: Path,
    whole: training.TrainedReader,
    step: int,
    killed_after: Callable[[int], AbstractContextManager[None]],
) -> None:
    """Killed while ranks are taken away, and once they are final."""
    with killed_after(step):
        train(recipe, data, tmp_path)
    resumed = train(recipe, data, tmp_path, resume=True)
    assert list(resumed.network.adapters[INFERENCE]) == list(whole.network.adapters[INFERENCE])
    for name, matrix in whole.network.adapters[INFERENCE].items():
        assert torch.equal(resumed.network.adapters[INFERENCE][name], matrix), name


def test_a_checkpoint_without_its_ranks_is_damaged(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    train(replace(recipe, max_steps=6), data, tmp_path)
    (tmp_path / "checkpoint-6" / ALLOCATION).unlink()
    with pytest.raises(ModelError, match=r"checkpoint-6 is damaged: .*remove this folder"):
        train(replace(recipe, max_steps=6), data, tmp_path, resume=True)


def test_what_is_taken_out_computes_as_peft_does(
    make_network: Callable[..., ReaderNetwork], tiny_builder: Any
) -> None:
    network = make_network()
    attach_adapter(network, RANK, "adalora")
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(3)
        for name, weight in network.named_parameters():
            if "lora_" in name:
                weight.normal_(std=0.4)
            if "lora_E" in name:
                weight[0] = 0  # a rank that was taken away
    prompts = tiny_builder.inference(["a tower"], ["a city"])
    with torch.inference_mode():
        wanted = network.eval().infer(**padded(prompts))
    detach_adapter(network)
    assert adapter_ranks(network.adapters[INFERENCE]) == {
        "matrices": MATRICES, "lowest": RANK, "mean": RANK, "highest": RANK
    }  # fmt: skip
    with torch.inference_mode():
        assert (network.infer(**padded(prompts)) - wanted).abs().max() > 0.1
    network.inference_encoder = deepcopy(network.encoder)
    network.inference_encoder.load_state_dict(
        with_adapter(network.encoder.state_dict(), network.adapters[INFERENCE])
    )
    with torch.inference_mode():
        found = network.infer(**padded(prompts))
    torch.testing.assert_close(found, wanted, rtol=1e-3, atol=1e-3)


def test_a_run_of_too_few_steps_is_refused(recipe: Recipe, data: Path, tmp_path: Path) -> None:
    few = replace(recipe, max_steps=1, warmup_share=0.0, decay_share=0.9)
    with pytest.raises(UsageError, match="the run has 1 steps: adalora needs some between the fi"):
        train(few, data, tmp_path)


def test_orthogonal_vectors_of_length_one_cost_nothing(
    make_network: Callable[..., ReaderNetwork],
) -> None:
    network = make_network()
    attach_adapter(network, RANK, "adalora")
    assert float(orthogonality(network.encoder).detach()) > 0.1
    with torch.no_grad():
        for name, weight in network.named_parameters():
            if "lora_A" in name or "lora_B" in name:
                torch.nn.init.orthogonal_(weight)
    assert float(orthogonality(network.encoder).detach()) < 1e-5


def test_the_schedule_is_that_of_the_learning_rate(
    make_network: Callable[..., ReaderNetwork],
) -> None:
    network = make_network()
    attach_adapter(network, RANK, "adalora")
    schedule(network.encoder, 1000, 50, 300)
    allocator: Any = network.encoder
    settings = allocator.rankallocator.peft_config
    assert (settings.tinit, settings.tfinal, settings.total_step) == (50, 300, 1000)
    assert settings.deltaT == 10
