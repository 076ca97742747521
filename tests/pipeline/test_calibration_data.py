"""Test which examples of files a reader is calibrated on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.calibration_data import calibration_examples, require_calibratable
from wherefrom.pipeline.examples import SpanExample
from wherefrom.pipeline.held_out import HeldOut
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
