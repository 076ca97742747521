"""Test which examples of files a reader is calibrated on."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.calibration_data import (
    STATEMENTS,
    calibration_examples,
    require_calibratable,
)
from wherefrom.pipeline.examples import PairExample, SpanExample
from wherefrom.pipeline.held_out import HeldOut, in_first_half
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.sources import Evaluation

ASKED = [("Where is it?", "by the lake"), ("When was it?", None)]


@pytest.fixture
def data(tmp_path: Path, write_squad: Callable[..., Path]) -> Path:
    paragraphs = [(f"Owl {number} sleeps by the lake.", ASKED) for number in range(60)]
    write_squad(tmp_path / "qa.json", [("Owls", paragraphs)])
    return tmp_path


def recipe() -> Recipe:
    calibrate = (Evaluation("qa.json", "spans"),)
    return Recipe(encoder="e", spans=(), pairs=(), calibrate=calibrate)


def pairs(count: int) -> list[PairExample]:
    return [PairExample(f"Dog {number} barks.", "It barks.", 0) for number in range(count)]


@pytest.fixture
def answered(tmp_path: Path, write_squad: Callable[..., Path]) -> Path:
    paragraphs = [
        (
            f"Owl {number} sleeps by lake {number}. It hunts at night.",
            [("Where does the owl sleep?", f"by lake {number}"), ("When does it hunt?", "night")],
        )
        for number in range(60)
    ]
    write_squad(tmp_path / "qa.json", [("Owls", paragraphs)])
    return tmp_path


def test_questions_without_an_answer_count_as_well(data: Path) -> None:
    found = calibration_examples(recipe(), data, HeldOut()).spans
    assert len(found) == 120
    assert found[1] == SpanExample("When was it?", "Owls", "Owl 0 sleeps by the lake.", -1, -1)
    assert found[0].text[found[0].start : found[0].end] == "by the lake"


def test_a_small_file_is_refused(data: Path, write_pairs: Callable[..., Path]) -> None:
    write_pairs(data / "p.jsonl")
    few = Recipe(encoder="e", spans=(), pairs=(), calibrate=(Evaluation("p.jsonl", "pairs"),))
    with pytest.raises(UsageError, match=r"p\.jsonl holds 6 examples of pairs; calibrating takes"):
        require_calibratable(few, data)
    require_calibratable(recipe(), data)


def test_statements_go_with_pairs(answered: Path) -> None:
    held_out = calibration_examples(recipe(), answered, HeldOut(pairs=pairs(800)))
    assert held_out.pairs == pairs(800)
    found = held_out.statements
    assert 0.6 * STATEMENTS * 800 < len(found) <= STATEMENTS * 800 + 2
    assert len(set(found)) == len(found)
    assert all(pair.premise.startswith("Owls: ") for pair in found)
    assert {pair.label for pair in found} == {0, 1, 2}
    assert {in_first_half(pair) for pair in found} == {True, False}


def test_pairs_of_files_take_statements_wherever_they_stand(
    answered: Path, write_pairs: Callable[..., Path]
) -> None:
    write_pairs(
        answered / "p.jsonl", [(p.premise, p.hypothesis, "neutral", "s") for p in pairs(180)]
    )
    both = (*recipe().calibrate, Evaluation("p.jsonl", "pairs"))
    for calibrate in (both, both[::-1]):
        found = calibration_examples(replace(recipe(), calibrate=calibrate), answered, HeldOut())
        assert len(found.pairs) == 180
        assert 3 <= len(found.statements) <= 7


def test_the_seed_draws_statements(answered: Path) -> None:
    def statements(seed: int) -> list[PairExample]:
        held_out = HeldOut(pairs=pairs(400))
        return calibration_examples(replace(recipe(), seed=seed), answered, held_out).statements

    assert statements(1) == statements(1)
    assert statements(1) != statements(2)


def test_no_statement_without_pairs(answered: Path) -> None:
    assert calibration_examples(recipe(), answered, HeldOut()).statements == []


def test_no_statement_where_paragraphs_have_one_answer(data: Path) -> None:
    assert calibration_examples(recipe(), data, HeldOut(pairs=pairs(400))).statements == []


def test_pairs_alone_stay_alone(answered: Path) -> None:
    alone = replace(recipe(), calibrate=())
    assert calibration_examples(alone, answered, HeldOut(pairs=pairs(400))).statements == []
