"""Test training runs of a few steps: they learn, and a killed one goes on as if it had not been."""

import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    DistilBertConfig,
    DistilBertModel,
    TrainingArguments,
)

from wherefrom.kb.errors import SourceError, UsageError
from wherefrom.pipeline import training
from wherefrom.pipeline.batches import (
    Item,
    PairItem,
    SpanItem,
    collate,
)
from wherefrom.pipeline.draws import draw_batches
from wherefrom.pipeline.heads import ReaderNetwork
from wherefrom.pipeline.networks import new_network
from wherefrom.pipeline.prompt import PromptBuilder
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.sources import PairSource, SpanSource
from wherefrom.pipeline.training import train

Killed = Callable[[int], AbstractContextManager[None]]


def weights(network: ReaderNetwork) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


def mean_loss(network: ReaderNetwork, batches: list[list[Item]]) -> float:
    with torch.no_grad():
        losses = [float(network(**collate(batch))["loss"]) for batch in batches]
    return sum(losses) / len(losses)


@pytest.fixture(scope="module")
def undisturbed(
    recipe: Recipe, data: Path, tmp_path_factory: pytest.TempPathFactory
) -> training.TrainedReader:
    return train(recipe, data, tmp_path_factory.mktemp("runs") / "undisturbed")


def test_a_run_that_is_killed_and_resumed_ends_with_the_same_weights(
    recipe: Recipe,
    data: Path,
    tmp_path: Path,
    undisturbed: training.TrainedReader,
    killed_after: Killed,
) -> None:
    with killed_after(7):
        train(recipe, data, tmp_path)
    assert [path.name for path in tmp_path.glob("checkpoint-*")] == ["checkpoint-4"]
    with killed_after(5):  # steps after the fourth: the checkpoint of the eighth is there
        train(recipe, data, tmp_path, resume=True)
    resumed = train(recipe, data, tmp_path, resume=True)
    assert resumed.steps == undisturbed.steps == recipe.max_steps
    for name, tensor in weights(undisturbed.network).items():
        assert torch.equal(resumed.network.state_dict()[name], tensor), name


def test_processes_that_load_batches_as_beside_a_gpu_change_nothing(
    recipe: Recipe, data: Path, tmp_path: Path, undisturbed: training.TrainedReader
) -> None:
    plain = training._arguments

    def with_loaders(*asked: Any) -> TrainingArguments:
        arguments = plain(*asked)
        arguments.dataloader_num_workers = training.LOADERS
        return arguments

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "_arguments", with_loaders)
        loaded = train(recipe, data, tmp_path)
    for name, tensor in weights(undisturbed.network).items():
        assert torch.equal(loaded.network.state_dict()[name], tensor), name


def test_the_seed_decides(recipe: Recipe, data: Path, tmp_path: Path) -> None:
    first, same, other = (
        train(replace(recipe, seed=seed, max_steps=2), data, tmp_path / str(number)).network
        for number, seed in enumerate((7, 7, 8))
    )
    for name, tensor in first.state_dict().items():
        assert torch.equal(same.state_dict()[name], tensor)
    assert not torch.equal(other.span.weight, first.span.weight)


def test_what_a_run_says_of_itself(recipe: Recipe, undisturbed: training.TrainedReader) -> None:
    assert undisturbed.steps == recipe.max_steps
    assert undisturbed.items["span_items"] >= 24  # eight questions, three times
    assert undisturbed.items["pair_items"] >= 18  # six pairs and twelve statements
    assert undisturbed.seconds > 0
    assert not undisturbed.network.training
    assert {p.device.type for p in undisturbed.network.parameters()} == {"cpu"}
    assert undisturbed.tokenizer("Paris")["input_ids"][0] == undisturbed.tokenizer.cls_token_id


def test_the_loss_falls(recipe: Recipe, data: Path, tmp_path: Path, backbone_folder: Path) -> None:
    longer = replace(
        recipe,
        spans=(SpanSource("spans.json", share=20.0),),
        negatives=0.0,
        statements=0,
        pairs=(PairSource("pairs.jsonl.gz", {"one": 12.0, "two": 12.0}, {}),),
        max_steps=0,
    )
    trained = train(longer, data, tmp_path)
    builder = PromptBuilder(trained.tokenizer.backend_tokenizer, max_tokens=64)
    batches, _ = draw_batches(longer, data, builder)
    spans = [batch for batch in batches if isinstance(batch[0], SpanItem)]
    pairs = [batch for batch in batches if isinstance(batch[0], PairItem)]
    fresh = new_network(str(backbone_folder), dropout=0.0).eval()
    assert mean_loss(trained.network, spans) < 0.5 * mean_loss(fresh, spans)
    assert mean_loss(trained.network, pairs) < 0.7 * mean_loss(fresh, pairs)


def test_batches_are_drawn_before_and_each_is_of_one_task(
    recipe: Recipe, data: Path, tiny_builder: PromptBuilder
) -> None:
    batches, counts = draw_batches(recipe, data, tiny_builder)
    kinds = [{type(item) for item in batch} for batch in batches]
    assert all(len(kind) == 1 for kind in kinds)
    assert kinds != sorted(kinds, key=str)  # the tasks take turns
    assert sum(len(batch) for batch in batches) == sum(counts.values())
    random.seed(99)  # the run's own generator decides, no other
    again, _ = draw_batches(recipe, data, tiny_builder)
    assert [[item.prompt.ids.tolist() for item in batch] for batch in again] == [
        [item.prompt.ids.tolist() for item in batch] for batch in batches
    ]


def test_the_batches_keep_the_order_in_which_they_were_drawn(
    recipe: Recipe,
    data: Path,
    tmp_path: Path,
    tiny_builder: PromptBuilder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[list[list[int]]] = []
    collate_one = training._collate_one

    def note(features: list[list[Item]]) -> dict[str, torch.Tensor]:
        seen.append([item.prompt.ids.tolist() for item in features[0]])
        return collate_one(features)

    monkeypatch.setattr(training, "_collate_one", note)
    train(recipe, data, tmp_path)
    drawn, _ = draw_batches(recipe, data, tiny_builder)
    wanted = [[item.prompt.ids.tolist() for item in batch] for batch in drawn]
    assert seen[: recipe.max_steps] == wanted[: recipe.max_steps]


def test_nothing_to_resume(recipe: Recipe, data: Path, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(UsageError, match=f"nothing to resume: {folder} holds no checkpoint"):
            train(recipe, data, folder, resume=True)


def test_checkpoints_are_not_overwritten(recipe: Recipe, data: Path, tmp_path: Path) -> None:
    (tmp_path / "checkpoint-4").mkdir()
    (tmp_path / "checkpoint-4" / "trainer_state.json").write_text("{}")
    with pytest.raises(UsageError, match="holds checkpoints of a run; resume it or name another"):
        train(recipe, data, tmp_path)


def test_data_that_are_missing(recipe: Recipe, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"spans.json does not exist"):
        train(recipe, tmp_path, tmp_path / "out")


def _targets(batches: list[list[Item]]) -> list[tuple[float, ...]]:
    return [item.target for batch in batches for item in batch if isinstance(item, PairItem)]


@pytest.mark.parametrize("dropout", [0.0, 0.25])
def test_the_dropout_of_the_encoder_is_the_recipes(backbone_folder: Path, dropout: float) -> None:
    network = new_network(str(backbone_folder), dropout=dropout)
    found = {m.p for m in network.encoder.modules() if isinstance(m, torch.nn.Dropout)}
    assert found == {dropout}
    assert not [name for name in network.state_dict() if "pooler" in name]


def test_an_encoder_without_a_pooling_layer_can_learn(
    recipe: Recipe, data: Path, tmp_path: Path, backbone_folder: Path
) -> None:
    folder = tmp_path / "distilbert"
    config = DistilBertConfig(vocab_size=256, dim=32, n_layers=1, n_heads=2, hidden_dim=64)
    DistilBertModel(config).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).write_bytes((backbone_folder / name).read_bytes())
    small = replace(recipe, encoder=str(folder), max_steps=2)
    trained = train(small, data, tmp_path / "out")
    assert trained.network.encoder.config.model_type == "distilbert"


@pytest.mark.parametrize("adversary", ["fgm", "freelb"])
def test_a_run_against_an_adversary_learns_and_goes_on_after_a_kill(
    recipe: Recipe, data: Path, tmp_path: Path, adversary: str, killed_after: Killed
) -> None:
    chosen = replace(recipe, adversary=adversary, max_steps=6)
    whole = train(chosen, data, tmp_path / "whole").network.state_dict()
    plain = train(replace(chosen, adversary="none"), data, tmp_path / "plain").network.state_dict()
    assert not torch.equal(whole["span.weight"], plain["span.weight"])
    with killed_after(5):
        train(chosen, data, tmp_path / "killed")
    resumed = train(chosen, data, tmp_path / "killed", resume=True).network.state_dict()
    for name, tensor in whole.items():
        assert torch.equal(resumed[name], tensor), name


def test_smoothed_labels_are_less_sure(
    recipe: Recipe, data: Path, tiny_builder: PromptBuilder
) -> None:
    batches, _ = draw_batches(replace(recipe, label_smoothing=0.3), data, tiny_builder)
    for target in _targets(batches):
        assert sorted(target) == pytest.approx([0.1, 0.1, 0.8])


def test_a_run_without_a_single_example_is_refused(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    nothing = replace(recipe, spans=(SpanSource("spans.json", share=0.0),), pairs=(), statements=0)
    with pytest.raises(UsageError, match="the recipe draws no example from its data"):
        train(nothing, data, tmp_path)


def test_batches_that_accumulate_make_one_step(
    recipe: Recipe, data: Path, tmp_path: Path, undisturbed: training.TrainedReader
) -> None:
    """Two batches a step: half the steps over the same batches, and other weights."""
    trained = train(replace(recipe, accumulate=2, max_steps=5), data, tmp_path)
    assert trained.steps == 5
    assert trained.items == undisturbed.items
    before, after = weights(undisturbed.network), weights(trained.network)
    assert any(not torch.equal(before[name], after[name]) for name in before)
    assert train(replace(recipe, accumulate=4, max_steps=0), data, tmp_path / "4").steps > 1


@pytest.mark.parametrize("name", ["tensorboard", "wandb"])
def test_a_report_needs_its_package(recipe: Recipe, data: Path, tmp_path: Path, name: str) -> None:
    if find_spec(name) is not None:
        pytest.skip(f"{name} is installed")
    with pytest.raises(UsageError, match=f"report_to is {name}, which is not installed"):
        train(replace(recipe, report_to=name), data, tmp_path)
