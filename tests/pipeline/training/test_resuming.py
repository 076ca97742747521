"""Test that runs go on from whole checkpoints only, and that damage and a full disk are named."""

import errno
import json
from pathlib import Path

import pytest
import torch
from transformers import Trainer

from wherefrom.kb.errors import ModelError, StorageError, TrainingError
from wherefrom.pipeline import resuming, training
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.resuming import last_checkpoint
from wherefrom.pipeline.sources import PairSource
from wherefrom.pipeline.training import train


@pytest.fixture(scope="module")
def recipe(backbone_folder: Path) -> Recipe:
    return Recipe(
        encoder=str(backbone_folder),
        spans=(),
        pairs=(PairSource("pairs.jsonl.gz", {"one": 4, "two": 4}, {}),),
        max_tokens=64,
        pair_batch=4,
        save_steps=2,
    )


@pytest.fixture
def run(recipe: Recipe, data: Path, tmp_path: Path) -> Path:
    """Give the folder of a run of six steps, with the checkpoints of the fourth and the sixth."""
    train(recipe, data, tmp_path / "run")
    assert sorted(path.name for path in (tmp_path / "run").glob("checkpoint-*")) == [
        "checkpoint-4",
        "checkpoint-6",
    ]
    return tmp_path / "run"


def test_what_a_killed_writer_left_is_passed_over(run: Path) -> None:
    assert last_checkpoint(run) == run / "checkpoint-6"
    (run / "checkpoint-6" / resuming.STATE).unlink()
    (run / "checkpoint-x").mkdir()
    assert last_checkpoint(run) == run / "checkpoint-4"
    assert last_checkpoint(run / "nothing here") is None


def test_a_resumed_run_counts_the_seconds_before_it(recipe: Recipe, data: Path, run: Path) -> None:
    clock = run / "checkpoint-6" / resuming.CLOCK
    assert 0 < json.loads(clock.read_text()) < 1000
    clock.write_text("5000.5")
    assert 5000.5 <= train(recipe, data, run, resume=True).seconds < 6000
    clock.unlink()  # as earlier releases left a checkpoint
    assert train(recipe, data, run, resume=True).seconds < 1000


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        (resuming.CLOCK, "cut"),
        (resuming.WEIGHTS, "cut"),
        (resuming.OPTIMIZER, "cut"),
        (resuming.STATE, "cut"),
        (resuming.WEIGHTS, "absent"),
        (resuming.OPTIMIZER, "absent"),
    ],
)
def test_a_damaged_checkpoint_is_named_with_what_to_do(
    recipe: Recipe, data: Path, run: Path, name: str, damage: str
) -> None:
    file = run / "checkpoint-6" / name
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:-50])
    else:
        file.unlink()
    with pytest.raises(
        ModelError, match=r"checkpoint-6 is damaged: .*remove this folder, and --resume goes on"
    ):
        train(recipe, data, run, resume=True)
    for path in (run / "checkpoint-6").iterdir():
        path.unlink()
    (run / "checkpoint-6").rmdir()
    assert train(recipe, data, run, resume=True).steps == 6


def test_a_changed_byte_of_the_optimizer_is_seen(recipe: Recipe, data: Path, run: Path) -> None:
    file = run / "checkpoint-6" / resuming.OPTIMIZER
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))
    with pytest.raises(ModelError, match=r"checkpoint-6 is damaged"):
        train(recipe, data, run, resume=True)


@pytest.mark.parametrize(
    "refusal",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        RuntimeError("PytorchStreamWriter failed writing file data/3: file write failed"),
    ],
)
def test_a_full_disk_leaves_no_half_of_a_checkpoint(
    recipe: Recipe,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    refusal: Exception,
) -> None:
    """The disk is full when the optimizer of the second checkpoint is written."""
    saved = Trainer._save_optimizer_and_scheduler

    def refuse(self: Trainer, folder: str) -> None:
        if folder.endswith("checkpoint-4"):
            raise refusal
        saved(self, folder)

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "_save_optimizer_and_scheduler", refuse)
        with pytest.raises(StorageError, match=r"checkpoint-4 cannot be written: .*free some spa"):
            train(recipe, data, tmp_path)
    assert [path.name for path in tmp_path.glob("checkpoint-*")] == ["checkpoint-2"]
    assert train(recipe, data, tmp_path, resume=True).steps == 6


def test_a_loss_that_is_no_number_stops_the_run(
    recipe: Recipe, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The weights of the third step are spoilt, as a far too high learning rate spoils them."""
    collate_one, drawn = training._collate_one, []

    def spoil(features: list[list[training.Item]]) -> dict[str, torch.Tensor]:
        drawn.append(1)
        batch = collate_one(features)
        if len(drawn) == 3:
            batch["target"] = batch["target"] * float("nan")
        return batch

    monkeypatch.setattr(training, "_collate_one", spoil)
    with pytest.raises(TrainingError, match=r"the loss is nan at step 3: lower learning_rate"):
        train(recipe, data, tmp_path)
    assert [path.name for path in tmp_path.glob("checkpoint-*")] == ["checkpoint-2"]
