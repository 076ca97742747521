"""Test that the mean of the last checkpoints' weights is taken."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.averaging import averaged_weights, mean_weights
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.sources import PairSource
from wherefrom.pipeline.training import train


@pytest.fixture(scope="module")
def recipe(backbone_folder: Path) -> Recipe:
    return Recipe(
        encoder=str(backbone_folder),
        spans=(),
        pairs=(PairSource("pairs.jsonl.gz", {"one": 8, "two": 8}, {}),),
        max_tokens=64,
        pair_batch=8,
        learning_rate=2e-3,
        averaged=3,
        max_steps=5,
        save_steps=1,
    )


def test_the_weights_are_the_mean_of_the_last_checkpoints(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    trained = train(recipe, data, tmp_path).network.state_dict()
    steps = [load_file(tmp_path / f"checkpoint-{step}" / "model.safetensors") for step in (3, 4, 5)]
    assert not (tmp_path / "checkpoint-2").exists()
    for name, weight in trained.items():
        torch.testing.assert_close(weight, sum(each[name] for each in steps) / 3)
    assert not torch.equal(steps[0]["inference.weight"], steps[2]["inference.weight"])
    again = train(recipe, data, tmp_path, resume=True).network.state_dict()
    assert all(torch.equal(weight, trained[name]) for name, weight in again.items())
    with pytest.raises(UsageError, match=r"averaged is 4, but .* holds 3 whole checkpoints"):
        averaged_weights(tmp_path, 4)


def test_more_checkpoints_than_there_will_be_are_refused(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    message = "averaged is 3, but a run of 5 steps with save_steps = 4 writes 2 checkpoints"
    with pytest.raises(UsageError, match=message):
        train(replace(recipe, save_steps=4), data, tmp_path)
    assert not list(tmp_path.glob("checkpoint-*"))


def test_what_cannot_be_averaged_is_the_last_ones() -> None:
    found = mean_weights(
        [
            {"w": torch.tensor([1.0, 2.0]), "n": torch.tensor(1)},
            {"w": torch.tensor([3.0, 0.0]), "n": torch.tensor(4)},
        ]
    )
    assert found["w"].tolist() == [2.0, 1.0]
    assert int(found["n"]) == 4
