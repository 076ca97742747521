"""Test that frozen layers keep the encoder's weights, and that all others learn."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import AutoModel

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.heads import ReaderNetwork
from wherefrom.pipeline.networks import freeze_layers, new_network
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.training import train

Killed = Callable[[int], AbstractContextManager[None]]


@pytest.mark.parametrize(
    ("kind", "layers", "frozen"),
    [("backbone", 2, 1), ("mpnet", 3, 2), ("mpnet", 3, 0)],
)
def test_frozen_layers_keep_the_encoders_weights_and_the_others_learn(
    recipe: Recipe,
    data: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    kind: str,
    layers: int,
    frozen: int,
) -> None:
    folder = request.getfixturevalue(f"{kind}_folder")
    chosen = replace(recipe, encoder=str(folder), frozen_layers=frozen, max_steps=4, pair_batch=24)
    trained = train(chosen, data, tmp_path / "out").network
    before = dict(AutoModel.from_pretrained(folder, dtype=torch.float32).named_parameters())
    moved: dict[str, bool] = {}
    for name, tensor in trained.encoder.named_parameters():
        part = next((f"layer.{n}." for n in range(layers) if f"layer.{n}." in name), "other")
        moved[part] = moved.get(part, False) or not torch.equal(tensor, before[name])
    wanted = {f"layer.{number}.": number >= frozen for number in range(layers)}
    assert moved == wanted | {"other": not frozen}  # embeddings, positions and their norms
    assert all(weight.requires_grad == (not frozen) for weight in embeddings(trained))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(chosen.seed)
        fresh = new_network(str(folder), dropout=0.0)
    assert not torch.equal(trained.span.weight, fresh.span.weight)


def embeddings(network: ReaderNetwork) -> list[torch.nn.Parameter]:
    return [weight for name, weight in network.encoder.named_parameters() if "embeddings" in name]


def test_a_run_with_frozen_layers_goes_on_as_if_it_had_not_been_killed(
    recipe: Recipe, data: Path, tmp_path: Path, killed_after: Killed
) -> None:
    chosen = replace(recipe, frozen_layers=1, max_steps=6)
    whole = train(chosen, data, tmp_path / "whole").network
    with killed_after(5):
        train(chosen, data, tmp_path / "killed")
    resumed = train(chosen, data, tmp_path / "killed", resume=True).network
    for name, tensor in whole.state_dict().items():
        assert torch.equal(resumed.state_dict()[name], tensor), name


@pytest.mark.parametrize(("kind", "layers"), [("backbone", 2), ("mpnet", 3)])
def test_as_many_frozen_layers_as_there_are_leave_nothing_to_learn(
    recipe: Recipe,
    data: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    kind: str,
    layers: int,
) -> None:
    folder = request.getfixturevalue(f"{kind}_folder")
    for count in (layers, layers + 1):
        chosen = replace(recipe, encoder=str(folder), frozen_layers=count)
        message = f"frozen_layers is {count}, but the encoder has {layers} layers"
        with pytest.raises(UsageError, match=message):
            train(chosen, data, tmp_path)


def test_an_encoder_whose_layers_cannot_be_told_apart_is_not_frozen() -> None:
    """ALBERT goes through one layer again and again."""
    from transformers import AlbertConfig, AlbertModel

    config = AlbertConfig(
        vocab_size=64,
        embedding_size=16,
        hidden_size=32,
        num_hidden_layers=4,
        num_attention_heads=2,
        intermediate_size=64,
    )
    encoder = AlbertModel(config)
    with pytest.raises(UsageError, match=r"frozen_layers is 1, but the encoder has no stack"):
        freeze_layers(encoder, 1)
    assert all(weight.requires_grad for weight in encoder.parameters())
