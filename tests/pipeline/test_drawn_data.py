"""Test what is said of a run's examples before its first step."""

from collections.abc import Callable
from pathlib import Path

import pytest

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.drawn_data import DrawnData, label_counts, require_labels
from wherefrom.pipeline.draws import Examples
from wherefrom.pipeline.examples import (
    CONTRADICTION,
    ENTAILMENT,
    NOT_ENTAILED,
    TAUGHT,
    ChoiceExample,
    ClaimExample,
    PairExample,
    SpanExample,
    TextExample,
)
from wherefrom.pipeline.train_reader import train_reader

RECIPE = """
encoder = "{encoder}"
max_tokens = 32
max_steps = 1
calibration_share = 0

[[pairs]]
file = "pairs.jsonl"
"""


def of(**lists) -> Examples:
    names = ("spans", "pairs", "choices", "claims", "texts")
    return Examples(**{name: lists.get(name, []) for name in names})


def test_labels_are_counted_by_task() -> None:
    pairs = [PairExample("p", "h", label) for label in (ENTAILMENT, TAUGHT, TAUGHT, NOT_ENTAILED)]
    found = label_counts(
        of(
            spans=[SpanExample("q", "t", "text", start, 0) for start in (-1, 0, 0)],
            pairs=pairs,
            choices=[ChoiceExample(("", ""), ("a", "b"), 1)],
            claims=[ClaimExample("", "c", True)],
            texts=[TextExample("t", "good")],
        )
    )
    assert found == {
        "spans": {"answer": 2, "no answer": 1},
        "pairs": {"entailment": 1, "not_entailment": 1, "taught": 2},
        "choices": {"choice 2": 1},
        "claims": {"true": 1},
        "texts": {"good": 1},
    }


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"claims": {"true": 20}}, "all 20 claims are 'true': nothing is learnt from one label"),
        ({"pairs": {"neutral": 1000}}, "all 1,000 pairs are 'neutral'"),
        ({"choices": {"choice 1": 30}}, "all 30 choices are 'choice 1'"),
        ({"spans": {"no answer": 30}}, "all 30 spans are 'no answer'"),
        ({"claims": {"true": 19}}, None),
        ({"spans": {"answer": 90}, "pairs": {"taught": 90}}, None),
        ({"claims": {"true": 90, "false": 1}}, None),
    ],
)
def test_one_label_alone_is_refused(counts: dict[str, dict[str, int]], told: str | None) -> None:
    if told is None:
        require_labels(counts)
        return
    with pytest.raises(UsageError, match=told):
        require_labels(counts)


def test_rare_labels_and_cut_texts_are_told() -> None:
    labels = {"pairs": {"contradiction": 4, "entailment": 96}, "texts": {"a": 5, "b": 95}}
    data = DrawnData(labels, {"pairs": 0.11, "texts": 0.1}, 64)
    first, second = data.concerns()
    assert first.startswith("pairs: only 4 of 100 examples are 'contradiction'; ")
    assert second.startswith("pairs: 11% of the prompts fill max_tokens = 64, ")


def test_a_run_tells_and_records_what_it_drew(
    tmp_path: Path, backbone_folder: Path, write_pairs: Callable[..., Path]
) -> None:
    premise = "A man sleeps in the sun, and a dog sleeps beside him. " * 5
    rows = [(premise, f"A man number {n} sleeps.", "entailment", "one") for n in range(29)]
    write_pairs(tmp_path / "pairs.jsonl", rows)
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(RECIPE.format(encoder=backbone_folder.as_posix()))
    with pytest.raises(UsageError, match="all 29 pairs are 'entailment'"):
        train_reader(recipe, tmp_path, tmp_path / "out")
    write_pairs(tmp_path / "pairs.jsonl", [*rows, ("Rain.", "Sun.", "contradiction", "one")])
    told: list[str] = []
    manifest = train_reader(recipe, tmp_path, tmp_path / "out", tell=told.append)
    assert [line.partition(":")[0] for line in told] == ["pairs", "pairs"]
    assert "only 1 of 30 examples are 'contradiction'" in told[0]
    assert "97% of the prompts fill max_tokens = 32" in told[1]
    assert manifest.training["labels_drawn"] == {"pairs": {"contradiction": 1, "entailment": 29}}
    assert manifest.training["full_prompts"] == {"pairs": pytest.approx(29 / 30, abs=1e-4)}


def test_labels_are_those_of_the_head() -> None:
    pair = PairExample("p", "h", CONTRADICTION)
    assert label_counts(of(pairs=[pair])) == {"pairs": {"contradiction": 1}}
