"""Test what a reader learns from another one: its weights, what it says, and a share of it."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline import training
from wherefrom.pipeline.batches import (
    ChoiceItem,
    ClaimItem,
    Item,
    PairItem,
    SpanItem,
    collate,
)
from wherefrom.pipeline.checkpoint import WEIGHTS
from wherefrom.pipeline.draws import draw_batches
from wherefrom.pipeline.heads import ReaderNetwork
from wherefrom.pipeline.networks import new_network, require_same_shape
from wherefrom.pipeline.prompt import PromptBuilder
from wherefrom.pipeline.quantised import dequantise
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.reader_manifest import read_manifest
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.sources import JudgedSource, PairSource, SpanSource
from wherefrom.pipeline.statement import as_statement
from wherefrom.pipeline.teacher import Teacher
from wherefrom.pipeline.training import train


def mean_loss(network: ReaderNetwork, batches: list[list[Item]]) -> float:
    with torch.no_grad():
        losses = [float(network(**collate(batch))["loss"]) for batch in batches]
    return sum(losses) / len(losses)


def test_a_reader_learns_on_from_its_weights_and_heads(
    recipe: Recipe, data: Path, tmp_path: Path, tiny_reader_folder: Path
) -> None:
    network = new_network(str(tiny_reader_folder), dropout=0.0)
    stored = dequantise(load_file(tiny_reader_folder / WEIGHTS))
    assert {name: tensor.dtype for name, tensor in network.state_dict().items()} == dict.fromkeys(
        stored, torch.float32
    )
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, stored[name]), name
    small = replace(recipe, encoder=str(tiny_reader_folder), max_steps=2)
    trained = train(small, data, tmp_path / "out")
    assert not torch.equal(trained.network.span.weight, stored["span.weight"])
    assert torch.allclose(trained.network.span.weight, stored["span.weight"], atol=0.1)


def test_a_taught_reader_learns_what_its_teacher_says(
    recipe: Recipe, data: Path, tmp_path: Path, tiny_reader_folder: Path
) -> None:
    taught = replace(
        recipe,
        spans=(),
        statements=0,
        teacher=(str(tiny_reader_folder),),
        pairs=(PairSource("pairs.jsonl.gz", {"one": 30, "two": 30}, {}, True, 1),),
        max_steps=0,
    )
    trained = train(taught, data, tmp_path / "out")
    teacher = Teacher((Reader.open(tiny_reader_folder),), tmp_path / "again")
    batches, counts = draw_batches(taught, data, _builder(trained), teacher=teacher)
    assert counts == {"pair_items": 186}  # six pairs thirty times, and six of other hypotheses
    kept = {file.name: file.read_bytes() for file in (tmp_path / "out/teacher").iterdir()}
    assert kept == {file.name: file.read_bytes() for file in (tmp_path / "again").iterdir()}
    fresh = new_network(taught.encoder, dropout=0.0).eval()
    floor = -sum(p * math.log(p) for row in _targets(batches) for p in row) / 186
    assert mean_loss(trained.network, batches) - floor < 0.5 * (mean_loss(fresh, batches) - floor)


def test_spans_choices_and_claims_are_taught_too(
    recipe: Recipe, data: Path, tmp_path: Path, judging_reader_folder: Path
) -> None:
    options = [{"label": label, "text": city} for label, city in (("A", "Paris"), ("B", "Berlin"))]
    asked = {"question": "Where?", "context": "It is old.", "choices": options, "answerKey": "B"}
    claim = {"claim": "Paris is old.", "label": False}
    for name, record in (("choices.jsonl", asked), ("claims.jsonl", claim)):
        (data / name).write_text(json.dumps(record) + "\n")
    taught = replace(
        recipe,
        spans=(SpanSource("spans.json", taught=True),),
        pairs=(),
        choices=(JudgedSource("choices.jsonl", share=2.0, taught=True),),
        claims=(JudgedSource("claims.jsonl", share=2.0, taught=True),),
        statements=0,
        calibration_share=0.0,
        teacher=(str(judging_reader_folder),),
        max_steps=2,
    )
    trained = train(taught, data, tmp_path / "out")
    assert (trained.steps, trained.items["choice_items"], trained.items["claim_items"]) == (2, 2, 2)
    sha256 = read_manifest(judging_reader_folder).weights_sha256[:16]
    kept = {file.name for file in (tmp_path / "out/teacher").iterdir()}
    assert kept == {f"{sha256}.spans.jsonl", f"{sha256}.statements.jsonl"}
    teacher = Teacher((Reader.open(judging_reader_folder),), tmp_path / "out/teacher")
    batches, _ = draw_batches(taught, data, _builder(trained), teacher=teacher)
    items = [item for batch in batches for item in batch]
    assert all(item.said for item in items if isinstance(item, SpanItem))
    pairs = [("It is old.", as_statement("Where?", each["text"])) for each in options]
    one, other, alone = teacher.plausibility([*pairs, ("", "Paris is old.")]).values()
    shares = pytest.approx([_chance(one - other), _chance(other - one)])
    assert [item.said for item in items if isinstance(item, ChoiceItem)] == [shares] * 2
    chances = [item.true for item in items if isinstance(item, ClaimItem)]
    assert chances == [pytest.approx(_chance(alone))] * 2


@pytest.mark.parametrize("kept", [0.25, 1.0])
def test_a_share_of_an_ancestor_is_kept(
    recipe: Recipe, data: Path, tmp_path: Path, tiny_reader_folder: Path, kept: float
) -> None:
    small = replace(recipe, encoder=str(tiny_reader_folder), max_steps=2)
    new = train(small, data, tmp_path / "new").network.state_dict()
    blended = replace(small, kept=kept, kept_from=str(tiny_reader_folder))
    found = train(blended, data, tmp_path / "blended").network.state_dict()
    old = new_network(str(tiny_reader_folder), dropout=0.0).state_dict()
    for name, tensor in found.items():
        wanted = (1 - kept) * new[name] + kept * old[name]
        assert torch.allclose(tensor, wanted, atol=1e-6), name
    assert not torch.allclose(found["span.weight"], new["span.weight"])


def test_readers_of_different_shapes_are_not_blended(
    backbone_folder: Path, mpnet_folder: Path
) -> None:
    one, other = (new_network(str(each), dropout=0.0) for each in (backbone_folder, mpnet_folder))
    with pytest.raises(UsageError, match="a reader of another shape"):
        require_same_shape(one, other)


def _chance(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def _builder(trained: training.TrainedReader) -> PromptBuilder:
    return PromptBuilder(trained.tokenizer.backend_tokenizer, max_tokens=64)


def _targets(batches: list[list[Item]]) -> list[tuple[float, ...]]:
    return [item.target for batch in batches for item in batch if isinstance(item, PairItem)]
