"""Test what a run draws: its own batches as ever, and so many of earlier recipes among them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.batches import Item
from wherefrom.pipeline.draws import draw_batches
from wherefrom.pipeline.earlier import Earlier
from wherefrom.pipeline.prompt import PromptBuilder
from wherefrom.pipeline.recipe import Recipe, read_recipe
from wherefrom.pipeline.run_batches import RunBatches, draw_run
from wherefrom.pipeline.sources import Evaluation, PairSource


@pytest.fixture(scope="module")
def data(
    tmp_path_factory: pytest.TempPathFactory,
    write_pairs: Callable[..., Path],
    write_squad: Callable[..., Path],
) -> Path:
    folder = tmp_path_factory.mktemp("data")
    labels = ("neutral", "entailment")
    pairs = [(f"{n} owls.", f"{n} birds.", labels[n % 2], "a") for n in range(120)]
    write_pairs(folder / "new.jsonl", pairs)
    write_pairs(folder / "old.jsonl")
    write_squad(folder / "old.json")
    (folder / "old.toml").write_text(
        'encoder = "e"\nnegatives = 0\n[[pairs]]\nfile = "old.jsonl"\n'
        '[[spans]]\nfile = "old.json"\n'
    )
    return folder


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    return Recipe(
        encoder="e",
        spans=(),
        pairs=(PairSource("new.jsonl", {}, {}),),
        max_tokens=64,
        calibration_share=0.0,
        span_batch=2,
        pair_batch=4,
    )


def drawn(recipe: Recipe, data: Path, builder: PromptBuilder) -> RunBatches:
    return draw_run(recipe, data, builder, teachers=lambda one: None)


def shown(batches: list[list[Item]]) -> list[list[bytes]]:
    return [[item.prompt.ids.tobytes() for item in batch] for batch in batches]


def test_without_an_earlier_recipe_the_batches_are_as_ever(
    recipe: Recipe, data: Path, tiny_builder: PromptBuilder
) -> None:
    batches, counts = draw_batches(recipe, data, tiny_builder)
    run = drawn(recipe, data, tiny_builder)
    assert shown(run.learnt) == shown(batches)
    assert (run.counts, run.replayed, run.set_aside, run.remembered) == (counts, (), [], [])


@pytest.mark.parametrize("share", [0.25, 0.5])
def test_the_share_of_batches_is_of_the_earlier_recipe_in_its_proportions(
    recipe: Recipe, data: Path, tiny_builder: PromptBuilder, share: float
) -> None:
    chosen = replace(recipe, earlier=(Earlier(str(data / "old.toml"), share),))
    run = drawn(chosen, data, tiny_builder)
    own = len(drawn(recipe, data, tiny_builder).learnt)
    wanted = own * share / (1 - share)
    assert len(run.learnt) - own == pytest.approx(wanted, abs=2)
    (counts,) = run.replayed
    spans, pairs = counts["span_items"] / 2, counts["pair_items"] / 4  # in batches
    assert spans / (spans + pairs) == pytest.approx((8 / 2) / (8 / 2 + 6 / 4), abs=0.03)
    assert run.counts == {"pair_items": 120}
    kinds = [type(batch[0]).__name__ for batch in run.learnt]
    assert kinds != sorted(kinds) and kinds != sorted(kinds, reverse=True)  # they take turns
    assert shown(drawn(chosen, data, tiny_builder).learnt) == shown(run.learnt)


def test_several_earlier_recipes_share_the_steps(
    recipe: Recipe, data: Path, tiny_builder: PromptBuilder
) -> None:
    (data / "pairs.toml").write_text('encoder = "e"\n[[pairs]]\nfile = "old.jsonl"\n')
    both = (Earlier(str(data / "old.toml"), 0.25), Earlier(str(data / "pairs.toml"), 0.25))
    run = drawn(replace(recipe, earlier=both), data, tiny_builder)
    assert len(run.learnt) == pytest.approx(60, abs=3)
    assert "span_items" in run.replayed[0] and "span_items" not in run.replayed[1]


def test_what_is_evaluated_on_is_not_replayed(
    recipe: Recipe, data: Path, tiny_builder: PromptBuilder
) -> None:
    chosen = replace(
        recipe,
        earlier=(Earlier(str(data / "old.toml"), 0.5),),
        evaluate=(Evaluation("old.jsonl", "pairs"),),
    )
    with pytest.raises(UsageError, match=r"some stand in evaluation files too: 6 in old\.jsonl"):
        drawn(chosen, data, tiny_builder)
    run = drawn(replace(chosen, leaks="drop"), data, tiny_builder)
    assert set(run.replayed[0]) == {"span_items"}


def test_an_earlier_recipe_without_examples_is_named(
    recipe: Recipe, data: Path, tiny_builder: PromptBuilder
) -> None:
    (data / "empty.toml").write_text(
        'encoder = "e"\n[[pairs]]\nfile = "old.jsonl"\nshares = {one = 0}\n'
    )
    chosen = replace(recipe, earlier=(Earlier(str(data / "empty.toml"), 0.5),))
    with pytest.raises(UsageError, match=r"\[\[earlier\]\] .*empty.toml draws no example"):
        drawn(chosen, data, tiny_builder)


def test_what_an_earlier_recipe_evaluates_is_evaluated_and_its_own_earlier_ones_are_not_read(
    data: Path, tmp_path: Path
) -> None:
    (tmp_path / "first.toml").write_text(
        f'encoder = "e"\nconsolidation = 3\n[[pairs]]\nfile = "p"\n'
        f'[[earlier]]\nrecipe = "{(tmp_path / "second.toml").as_posix()}"\n'
        '[[evaluate]]\nfile = "dev"\ntask = "pairs"\n[[evaluate]]\nfile = "own"\ntask = "claims"\n'
    )
    (tmp_path / "second.toml").write_text(
        f'encoder = "e"\n[[claims]]\nfile = "c"\n[[evaluate]]\nfile = "own"\ntask = "texts"\n'
        f'[[earlier]]\nrecipe = "{(tmp_path / "first.toml").as_posix()}"\nreplay = 0.2\n'
    )
    found = read_recipe(tmp_path / "second.toml")
    assert found.earlier == (Earlier(str(tmp_path / "first.toml"), 0.2),)
    assert found.evaluate == (Evaluation("own", "texts"), Evaluation("dev", "pairs"))
