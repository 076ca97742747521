"""Test that a run stops when it gets no better, keeps the best weights, and is resumed."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from wherefrom.kb.errors import ModelError, UsageError
from wherefrom.pipeline import training
from wherefrom.pipeline.batches import Item, collate
from wherefrom.pipeline.early_stopping import has_stopped
from wherefrom.pipeline.examples import PairExample, SpanExample
from wherefrom.pipeline.prompt import PromptBuilder
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.run_batches import RunBatches, draw_run
from wherefrom.pipeline.sources import PairSource, SpanSource
from wherefrom.pipeline.stopping_examples import is_set_aside
from wherefrom.pipeline.training import TrainedReader, train

PATIENCE = 2


@pytest.fixture(scope="module")
def data(data: Path, write_pairs: Callable[..., Path]) -> Path:
    write_pairs(
        data / "pairs.jsonl",
        [(f"{n} owls.", f"{n} birds.", LABELS[n % 3], "a") for n in range(40)],
    )
    return data


LABELS = ("entailment", "neutral", "contradiction")


@pytest.fixture(scope="module")
def recipe(backbone_folder: Path) -> Recipe:
    """Give a recipe that learns its pairs by heart at once: others are soon judged worse."""
    return Recipe(
        encoder=str(backbone_folder),
        spans=(),
        pairs=(PairSource("pairs.jsonl", {"a": 30}, {}),),
        max_tokens=64,
        pair_batch=16,
        learning_rate=5e-3,
        stopping_share=0.3,
        patience=PATIENCE,
        save_steps=4,
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs") / "whole"


@pytest.fixture(scope="module")
def whole(recipe: Recipe, data: Path, place: Path) -> TrainedReader:
    return train(recipe, data, place)


def run_of(recipe: Recipe, data: Path, trained: TrainedReader) -> RunBatches:
    builder = PromptBuilder(trained.tokenizer.backend_tokenizer, max_tokens=64)
    return draw_run(recipe, data, builder, teachers=lambda one: None)


def loss_of(network: torch.nn.Module, batches: list[list[Item]]) -> float:
    with torch.no_grad():
        return sum(float(network(**collate(batch))["loss"]) for batch in batches) / len(batches)


def history(folder: Path, step: int) -> list[tuple[int, float]]:
    state = json.loads((folder / f"checkpoint-{step}" / "trainer_state.json").read_text())
    return [(e["step"], e["eval_loss"]) for e in state["log_history"] if "eval_loss" in e]


def test_it_stops_after_so_many_checkpoints_that_are_no_better(
    recipe: Recipe, data: Path, place: Path, whole: TrainedReader
) -> None:
    run = run_of(recipe, data, whole)
    assert whole.steps < len(run.learnt)
    best = whole.record["best_step"]
    assert whole.steps == best + PATIENCE * recipe.save_steps
    assert has_stopped(place / f"checkpoint-{whole.steps}")
    told = history(place, whole.steps)
    assert [step for step, _ in told] == list(range(4, whole.steps + 1, 4))
    assert min(told, key=lambda each: each[1])[0] == best
    assert dict(told)[best] == pytest.approx(whole.record["stopping_loss"], abs=1e-4)


def test_the_weights_are_those_of_the_best_checkpoint(
    recipe: Recipe, data: Path, place: Path, whole: TrainedReader
) -> None:
    best = load_file(place / f"checkpoint-{whole.record['best_step']}" / "model.safetensors")
    for name, weight in whole.network.state_dict().items():
        assert torch.equal(weight, best[name]), name
    aside = run_of(recipe, data, whole).set_aside
    assert loss_of(whole.network, aside) == pytest.approx(whole.record["stopping_loss"], abs=1e-3)
    assert sum(len(batch) for batch in aside) == whole.record["stopping_items"]


def test_a_run_that_stopped_does_not_go_on(
    recipe: Recipe, data: Path, place: Path, whole: TrainedReader, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(place, tmp_path / "again"))
    again = train(recipe, data, folder, resume=True)
    assert (again.steps, again.record) == (whole.steps, whole.record)
    for name, weight in whole.network.state_dict().items():
        assert torch.equal(again.network.state_dict()[name], weight), name


@pytest.mark.parametrize("past_the_best", [False, True])
def test_a_run_that_is_killed_and_resumed_stops_at_the_same_step(
    recipe: Recipe, data: Path, tmp_path: Path, whole: TrainedReader, past_the_best: bool
) -> None:
    """Also where the patience has begun to run out: the checkpoint knows of it."""
    last = whole.record["best_step"] + (5 if past_the_best else 1)
    drawn, collate_one = 0, training._collate_one

    def collate_or_die(features: list[list[Item]]) -> dict[str, torch.Tensor]:
        nonlocal drawn
        drawn += 1
        if drawn > seen:
            raise KeyboardInterrupt
        return collate_one(features)

    aside = len(run_of(recipe, data, whole).set_aside)
    seen = last + aside * (last // recipe.save_steps)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(training, "_collate_one", collate_or_die)
        train(recipe, data, tmp_path)
    resumed = train(recipe, data, tmp_path, resume=True)
    assert (resumed.steps, resumed.record) == (whole.steps, whole.record)
    for name, weight in whole.network.state_dict().items():
        assert torch.equal(resumed.network.state_dict()[name], weight), name
    assert history(tmp_path, resumed.steps)[-1][0] == whole.steps


def test_a_best_checkpoint_that_was_removed_is_missed(
    recipe: Recipe, data: Path, place: Path, whole: TrainedReader, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(place, tmp_path / "again"))
    shutil.rmtree(folder / f"checkpoint-{whole.record['best_step']}")
    with pytest.raises(ModelError, match=r"is needed, but is not there any more"):
        train(recipe, data, folder, resume=True)


def test_what_is_set_aside_is_not_learnt_and_each_example_once(
    recipe: Recipe, data: Path, whole: TrainedReader
) -> None:
    both = replace(recipe, spans=(SpanSource("spans.json", share=3.0),), stopping_share=0.4)
    run = run_of(both, data, whole)
    shown = [item.prompt.ids.tobytes() for batch in run.learnt for item in batch]
    aside = [item.prompt.ids.tobytes() for batch in run.set_aside for item in batch]
    assert len(aside) == len(set(aside))
    assert {type(batch[0]).__name__ for batch in run.set_aside} == {"SpanItem", "PairItem"}
    assert not set(aside) & set(shown)
    assert len(shown) > 2 * len(set(shown))  # what is learnt is shown as often as before


def test_a_share_that_holds_no_example_is_refused(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    few = replace(recipe, stopping_share=0.001)
    with pytest.raises(UsageError, match=r"stopping_share is 0\.001, which is none of the rec"):
        train(few, data, tmp_path)


def test_examples_of_one_text_are_on_one_side() -> None:
    spans = [SpanExample(f"Who is {n}?", "T", "One text.", 0, 3) for n in range(5)]
    pairs = [PairExample("A premise", f"claim {n}", 0) for n in range(5)]
    for seed in range(20):
        assert len({is_set_aside(each, 0.5, seed) for each in spans}) == 1
        assert len({is_set_aside(each, 0.5, seed) for each in pairs}) == 1
    many = [PairExample(f"premise {n}", "claim", 0) for n in range(2000)]
    assert 0.17 < sum(is_set_aside(each, 0.2, 7) for each in many) / 2000 < 0.23
    assert not any(is_set_aside(each, 0.0, 7) for each in many)
