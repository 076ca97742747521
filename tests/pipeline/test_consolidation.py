"""Test elastic weights: what the Fisher information is, what the penalty does, and resuming."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from wherefrom.kb.errors import ModelError, UsageError
from wherefrom.pipeline import training
from wherefrom.pipeline.batches import (
    ChoiceItem,
    ClaimItem,
    Item,
    PairItem,
    SpanItem,
    TextItem,
    collate,
)
from wherefrom.pipeline.checkpoint import load_network
from wherefrom.pipeline.consolidation import (
    FISHER,
    Consolidation,
    drawn_labels,
    fisher_information,
)
from wherefrom.pipeline.earlier import Earlier
from wherefrom.pipeline.heads import ReaderNetwork
from wherefrom.pipeline.networks import add_heads
from wherefrom.pipeline.prompt import PromptBuilder
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.sources import PairSource
from wherefrom.pipeline.training import train


@pytest.fixture(scope="module")
def data(
    tmp_path_factory: pytest.TempPathFactory,
    write_pairs: Callable[..., Path],
    write_squad: Callable[..., Path],
) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_pairs(folder / "new.jsonl", [("An owl.", f"{n} birds.", "neutral", "") for n in range(6)])
    write_pairs(folder / "old.jsonl")
    write_squad(folder / "old.json")
    return folder


@pytest.fixture(scope="module")
def recipe(tiny_reader_folder: Path, data: Path) -> Recipe:
    (data / "old.toml").write_text(
        f'encoder = "{tiny_reader_folder.as_posix()}"\n[[pairs]]\nfile = "old.jsonl"\n'
        '[[spans]]\nfile = "old.json"\n'
    )
    return Recipe(
        encoder=str(tiny_reader_folder),
        spans=(),
        pairs=(PairSource("new.jsonl", {"": 8}, {}),),
        earlier=(Earlier(str(data / "old.toml")),),
        consolidation=50.0,
        fisher_examples=12,
        max_tokens=64,
        pair_batch=8,
        learning_rate=2e-3,
        save_steps=2,
    )


@pytest.fixture
def network(tiny_reader_folder: Path) -> ReaderNetwork:
    found = load_network(tiny_reader_folder)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(4)
        add_heads(found, plausibility=True, labels=3)
    return found.eval()


@pytest.fixture
def items(tiny_builder: PromptBuilder) -> list[Item]:
    """Give one item of each task."""
    one, two = tiny_builder.inference(["A dog eats.", "A man sleeps."], ["An animal.", "He runs."])
    (reading,) = tiny_builder.readings(["Who?"], [("", "Paris is old.")])
    return [
        SpanItem(reading, 0, 0),
        PairItem(one, (1.0, 0.0, 0.0)),
        ChoiceItem((one, two), 1),
        ClaimItem(two, True),
        TextItem(two, 2),
    ]


def test_it_is_the_mean_square_of_the_gradients_of_single_examples(
    network: ReaderNetwork, items: list[Item], tmp_path: Path
) -> None:
    found = fisher_information(network, items, tmp_path, seed=3)
    generator = torch.Generator().manual_seed(3)
    wanted = {name: torch.zeros_like(weight) for name, weight in network.named_parameters()}
    for item in items:
        batch = collate([item])
        batch |= drawn_labels(network, batch, generator)
        loss = network(**batch)["loss"]
        weights = [weight for _, weight in network.named_parameters()]
        gradients = torch.autograd.grad(loss, weights, allow_unused=True)
        for name, gradient in zip(wanted, gradients, strict=True):
            if gradient is not None:
                wanted[name] += gradient**2 / len(items)
    assert set(found) == set(wanted)
    for name, weight in wanted.items():
        torch.testing.assert_close(found[name], weight)
    assert all(weight.grad is None for weight in network.parameters())
    assert all(found[name].sum() > 0 for name in ("span.weight", "inference.weight"))


def test_labels_are_drawn_as_often_as_the_network_says(
    network: ReaderNetwork, items: list[Item]
) -> None:
    batch = collate([items[1]] * 500)
    with torch.no_grad():
        chances = network.infer(batch["ids"][:1], batch["mask"][:1], batch["types"][:1]).softmax(-1)
    drawn = drawn_labels(network, batch, torch.Generator().manual_seed(1))["target"]
    assert drawn.sum(1).tolist() == [1.0] * 500
    torch.testing.assert_close(drawn.mean(0), chances[0], atol=0.07, rtol=0)


def test_every_task_gets_labels_that_it_may_have(network: ReaderNetwork, items: list[Item]) -> None:
    generator = torch.Generator().manual_seed(1)
    for item in items:
        batch = collate([item] * 8)
        drawn = drawn_labels(network, batch, generator)
        assert {name: each.shape for name, each in drawn.items()} == {
            name: batch[name].shape for name in drawn
        }
        assert {name: each.dtype for name, each in drawn.items()} == {
            name: batch[name].dtype for name in drawn
        }
        assert torch.isfinite(network(**(batch | drawn))["loss"])
        if isinstance(item, SpanItem):
            assert all(batch["allowed"][row, place] for row, place in enumerate(drawn["start"]))


def test_it_is_kept_and_only_for_what_it_was_computed_from(
    network: ReaderNetwork, items: list[Item], tmp_path: Path
) -> None:
    first = fisher_information(network, items, tmp_path, seed=3)
    file = tmp_path / FISHER
    before = file.stat().st_mtime_ns
    again = fisher_information(network, items, tmp_path, seed=3)
    assert file.stat().st_mtime_ns == before
    assert all(torch.equal(again[name], first[name]) for name in first)
    fewer = fisher_information(network, items[:2], tmp_path, seed=3)
    assert not torch.equal(fewer["inference.weight"], first["inference.weight"])
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(ModelError, match=r"fisher.safetensors is damaged: .* it is computed again"):
        fisher_information(network, items[:2], tmp_path, seed=3)


def test_heads_that_are_fresh_know_nothing(
    network: ReaderNetwork, items: list[Item], tmp_path: Path
) -> None:
    found = fisher_information(network, items, tmp_path, seed=3, fresh=("plausibility", "labels"))
    assert not [name for name in found if name.startswith(("plausibility", "labels"))]
    known = fisher_information(network, items[:2], tmp_path / "2", seed=3)
    torch.testing.assert_close(found["span.weight"], known["span.weight"])
    with pytest.raises(UsageError, match="the earlier recipes ask nothing that the reader has le"):
        fisher_information(network, items[3:], tmp_path, seed=3, fresh=("plausibility", "labels"))


def test_the_penalty_is_half_its_strength_times_importance_times_distance() -> None:
    layer = nn.Linear(2, 1)
    fisher = {"weight": torch.tensor([[3.0, 0.0]])}  # and none for the bias
    penalty = Consolidation(10.0, fisher, layer)
    assert float(penalty(layer).detach()) == 0.0
    with torch.no_grad():
        layer.weight += torch.tensor([[2.0, 7.0]])
        layer.bias += 5
    found = penalty(layer)
    assert float(found.detach()) == pytest.approx(10 / 2 * 3 * 2**2)
    found.backward()
    assert layer.weight.grad is not None
    torch.testing.assert_close(layer.weight.grad, torch.tensor([[10.0 * 3 * 2, 0.0]]))
    assert layer.bias.grad is None


def moved(trained: training.TrainedReader, start: ReaderNetwork, fisher: Any) -> float:
    """Return how far weights went, by how much each counts."""
    after = dict(trained.network.named_parameters())
    with torch.no_grad():
        return sum(
            float((fisher[name] * (after[name] - weight) ** 2).sum())
            for name, weight in start.named_parameters()
        )


def test_weights_that_count_move_less(
    recipe: Recipe, data: Path, tmp_path: Path, tiny_reader_folder: Path
) -> None:
    start = load_network(tiny_reader_folder)
    free = train(replace(recipe, consolidation=1e-9), data, tmp_path / "free")
    held = train(replace(recipe, consolidation=1e4), data, tmp_path / "held")
    file = (tmp_path / "free" / FISHER).read_bytes()
    assert (tmp_path / "held" / FISHER).read_bytes() == file  # one seed, one result
    from safetensors.torch import load

    fisher = load(file)
    assert moved(held, start, fisher) < 0.5 * moved(free, start, fisher)
    assert not torch.equal(held.network.inference.weight, start.inference.weight)


@pytest.mark.parametrize("killed_at", ["the Fisher information", "a step"])
def test_a_run_that_is_killed_and_resumed_ends_with_the_same_weights(
    recipe: Recipe, data: Path, tmp_path: Path, killed_at: str
) -> None:
    whole = train(recipe, data, tmp_path / "whole").network.state_dict()
    seen: list[int] = []
    collate_one = training._collate_one

    def collate_or_die(features: list[list[Item]]) -> dict[str, torch.Tensor]:
        seen.append(1)
        if len(seen) > 3:
            raise KeyboardInterrupt
        return collate_one(features)

    def draw_or_die(
        network: ReaderNetwork, batch: dict[str, torch.Tensor], generator: torch.Generator
    ) -> dict[str, torch.Tensor]:
        seen.append(1)
        if len(seen) > 3:
            raise KeyboardInterrupt
        return drawn_labels(network, batch, generator)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        if killed_at == "a step":
            patch.setattr(training, "_collate_one", collate_or_die)
        else:
            patch.setattr("wherefrom.pipeline.consolidation.drawn_labels", draw_or_die)
        train(recipe, data, tmp_path / "killed")
    assert (tmp_path / "killed" / FISHER).is_file() == (killed_at == "a step")
    resumed = train(recipe, data, tmp_path / "killed", resume=killed_at == "a step")
    for name, weight in whole.items():
        assert torch.equal(resumed.network.state_dict()[name], weight), name


def test_an_encoder_that_is_no_reader_has_nothing_to_keep(
    recipe: Recipe, tmp_path: Path, backbone_folder: Path
) -> None:
    chosen = replace(recipe, encoder=str(backbone_folder))
    with pytest.raises(UsageError, match=r"but the encoder .*backbone is no reader"):
        train(chosen, tmp_path / "no data", tmp_path)


def drawn_from(recipe: Recipe, data: Path, builder: PromptBuilder) -> Sequence[Item]:
    from wherefrom.pipeline.run_batches import draw_run

    return draw_run(recipe, data, builder, teachers=lambda one: None).remembered


def test_examples_are_of_each_task_as_its_share_of_batches(
    recipe: Recipe, data: Path, tiny_builder: PromptBuilder
) -> None:
    chosen = replace(recipe, fisher_examples=60, span_batch=4, pair_batch=2)
    items = drawn_from(chosen, data, tiny_builder)
    spans = sum(isinstance(item, SpanItem) for item in items)
    assert len(items) == pytest.approx(60, abs=1)
    assert spans / len(items) == pytest.approx((10 / 4) / (10 / 4 + 6 / 2), abs=0.02)
