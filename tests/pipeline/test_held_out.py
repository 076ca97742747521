"""Test what is put aside to calibrate on."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.draws import draw_batches
from wherefrom.pipeline.examples import TAUGHT, ClaimExample, PairExample, SpanExample
from wherefrom.pipeline.held_out import HeldOut, group, held_share, part, split
from wherefrom.pipeline.prompt import PromptBuilder
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.sources import Evaluation, PairSource
from wherefrom.pipeline.squad import SquadQuestion


def test_what_shares_a_premise_is_on_one_side_and_comes_once() -> None:
    pairs = [
        PairExample(f"Premise {number}.", f"Claim {claim}.", claim)
        for number in range(2_000)
        for claim in range(2)
    ]
    kept: list[PairExample] = []
    learnt = part([*pairs, *pairs], 0.1, kept)
    assert not {group(pair) for pair in learnt} & {group(pair) for pair in kept}
    assert len(kept) == len(set(kept))
    assert len(kept) == pytest.approx(0.1 * len(pairs), rel=0.2)
    assert len(learnt) + 2 * len(kept) == 2 * len(pairs)
    again: list[PairExample] = []
    part([*reversed(pairs)], 0.1, again)
    assert set(again) == set(kept)  # neither order nor chance decides


def test_pairs_without_a_label_are_neither_learnt_nor_calibrated_on() -> None:
    pairs = [PairExample(f"Premise {number}", "x", number % 2) for number in range(100)]
    kept: list[PairExample] = []
    learnt = part(pairs, 0.5, kept)
    taught = [replace(pair, label=TAUGHT) for pair in pairs]
    assert kept
    nothing: list[PairExample] = []
    assert [p.premise for p in part(taught, 0.5, nothing)] == [p.premise for p in learnt]
    assert nothing == []


def test_groups() -> None:
    assert group(SpanExample("Who?", "t", "An owl, asleep.", 0, 2)) == "an owl asleep"
    assert group(SquadQuestion("1", "Who?", "t", "An owl, asleep.", ())) == "an owl asleep"
    assert group(ClaimExample("seen", "An owl.", True)) == "an owl"


@given(st.lists(st.text(max_size=3), max_size=30))
def test_none_and_all(texts: list[str]) -> None:
    assert split(texts, 0.0, str) == (texts, [])
    assert split(texts, 1.0, str) == ([], texts)


def test_files_serve_a_head_in_place_of_what_is_learnt() -> None:
    recipe = Recipe(encoder="e", spans=(), pairs=(), calibration_share=0.25)
    tasks = ("spans", "pairs", "choices", "claims", "texts")
    assert [held_share(recipe, task) for task in tasks] == [0.25] * 5
    files = (Evaluation("a", "yes_no"), Evaluation("b", "claims"))
    some = replace(recipe, calibrate=files)
    assert [held_share(some, task) for task in tasks] == [0.25, 0.0, 0.0, 0.0, 0.25]
    assert HeldOut() == HeldOut([], [], [], [], [])


def test_what_is_held_out_is_not_learnt_and_stands_in_no_file_that_is(
    tmp_path: Path, write_pairs: Callable[..., Path], tiny_builder: PromptBuilder
) -> None:
    rows = [(f"Owl {number} sleeps.", "An owl sleeps.", "neutral", "s") for number in range(300)]
    write_pairs(tmp_path / "p.jsonl", rows)
    source = PairSource("p.jsonl", {}, {})
    recipe = Recipe(encoder="e", spans=(), pairs=(source,), calibration_share=0.2)
    held_out = HeldOut()
    batches, counts = draw_batches(recipe, tmp_path, tiny_builder, held_out=held_out)
    assert counts["pair_items"] == sum(len(batch) for batch in batches)
    assert counts["pair_items"] + len(held_out.pairs) == 300
    assert 30 < len(held_out.pairs) < 90
    same = replace(recipe, calibrate=(Evaluation("p.jsonl", "pairs"),))
    with pytest.raises(UsageError, match=r"stand in evaluation files too: 300 in p\.jsonl"):
        draw_batches(same, tmp_path, tiny_builder)
