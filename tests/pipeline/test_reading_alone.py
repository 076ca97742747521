"""Test that a reader learns to read, and what it judges stays nearly as it is."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from wherefrom.indexes import hardware
from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.adapter import attach_adapter, detach_adapter, linear_layers
from wherefrom.pipeline.batches import padded
from wherefrom.pipeline.checkpoint import INFERENCE, PLAUSIBILITY, load_network, save_reader
from wherefrom.pipeline.heads import ReaderNetwork
from wherefrom.pipeline.reader_manifest import ReaderManifest, read_manifest
from wherefrom.pipeline.reading_alone import keep_judging, learn_to_read
from wherefrom.pipeline.recipe import Recipe, read_recipe
from wherefrom.pipeline.sources import PairSource
from wherefrom.pipeline.train_reader import train_reader
from wherefrom.pipeline.training import train

WIDTH = 32  # of the tiny reader, and so the highest rank of its matrices
RANK = 4


@pytest.fixture(autouse=True)
def in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "choose_number_type", lambda device: torch.float32)


def move(network: ReaderNetwork, size: float, seed: int) -> None:
    """Move what may learn as learning might."""
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        for weight in network.parameters():
            if weight.requires_grad:
                weight += torch.randn_like(weight) * size


@pytest.fixture
def make_adapted(make_network: Callable[..., ReaderNetwork]) -> Callable[[int], ReaderNetwork]:
    def make(rank: int) -> ReaderNetwork:
        network = make_network()
        attach_adapter(network, rank, "svd")
        move(network, 0.05, 3)
        detach_adapter(network)
        return network

    return make


def judged(network: ReaderNetwork, builder: Any) -> torch.Tensor:
    """Return what a network judges by its encoder and the adapter of inference."""
    attach_adapter(network, WIDTH, "svd")
    prompts = builder.inference(["a tower", "Paris"], ["a city", "the capital of France"])
    with torch.inference_mode():
        said = network.eval().infer(**padded(prompts)).clone()
    detach_adapter(network)
    return said


def read(network: ReaderNetwork, builder: Any) -> torch.Tensor:
    prompts = builder.readings(["Where is it?"], [("Paris", "It is in France.")])
    with torch.inference_mode():
        return network.eval().read(**padded(prompts)).start.clone()


def test_at_full_rank_what_is_judged_stays(
    make_adapted: Callable[[int], ReaderNetwork], tiny_builder: Any
) -> None:
    network = make_adapted(WIDTH)
    before, words = judged(network, tiny_builder), read(network, tiny_builder)
    weights = {name: weight.clone() for name, weight in network.state_dict().items()}
    learn_to_read(network)
    move(network, 0.05, 4)
    keep_judging(network)
    assert (read(network, tiny_builder) - words).abs().max() > 0.1
    torch.testing.assert_close(judged(network, tiny_builder), before, rtol=1e-3, atol=1e-3)
    matrices = {f"encoder.{name}.weight" for name in linear_layers(network.encoder)}
    heads = {f"{head}.{part}" for head in ("span", "relevance") for part in ("weight", "bias")}
    for name, weight in network.state_dict().items():
        assert torch.equal(weight, weights[name]) == (name not in matrices | heads), name


def test_the_adapter_takes_no_more_room_and_follows_what_was_learnt(
    make_adapted: Callable[[int], ReaderNetwork], tiny_builder: Any
) -> None:
    network = make_adapted(RANK)
    before = judged(network, tiny_builder)
    old = dict(network.adapters[INFERENCE])
    learn_to_read(network)
    move(network, 0.01, 4)
    keep_judging(network)
    new = network.adapters[INFERENCE]
    assert sum(map(torch.numel, new.values())) <= sum(map(torch.numel, old.values()))
    near = (judged(network, tiny_builder) - before).abs().max()
    network.adapters[INFERENCE] = old
    assert near < (judged(network, tiny_builder) - before).abs().max()


def test_a_reader_without_an_adapter_is_refused(make_network: Callable[..., ReaderNetwork]) -> None:
    with pytest.raises(UsageError, match=r"keeps_judging .* adapter_rank first"):
        learn_to_read(make_network())


@pytest.fixture
def judge_folder(
    tiny_reader_folder: Path,
    write_squad: Callable[..., Path],
    write_pairs: Callable[..., Path],
    tmp_path: Path,
) -> Path:
    """Return the folder of a reader with an adapter, beside the data that `spans_recipe` names."""
    write_squad(tmp_path / "spans.json")
    write_pairs(tmp_path / "pairs.jsonl")
    pairs = Recipe(
        encoder=str(tiny_reader_folder),
        spans=(),
        pairs=(PairSource("pairs.jsonl", {}, {}),),
        max_tokens=64,
        adapter="svd",
        adapter_rank=WIDTH,
        learning_rate=1e-3,
        max_steps=3,
    )
    learnt = train(pairs, tmp_path, tmp_path / "first")
    save_reader(tmp_path / "judge", learnt.network, learnt.tokenizer, ReaderManifest("j", "", 64))
    return tmp_path / "judge"


@pytest.fixture
def spans_recipe(judge_folder: Path, tmp_path: Path) -> Path:
    """Return the file of a recipe by which that reader learns to read alone."""
    file = tmp_path / "spans.toml"
    file.write_text(
        f"encoder = {str(judge_folder)!r}\nkeeps_judging = true\nmax_tokens = 64\n"
        "max_steps = 4\nlearning_rate = 1e-3\n[[spans]]\nfile = 'spans.json'\n"
        "[[evaluate]]\nfile = 'pairs.jsonl'\ntask = 'pairs'\n"
    )
    return file


def test_a_trained_reader_reads_otherwise_and_judges_as_before(
    judge_folder: Path, spans_recipe: Path, tmp_path: Path
) -> None:
    train_reader(spans_recipe, tmp_path, tmp_path / "reader")
    assert read_manifest(tmp_path / "reader").training["keeps_judging"] is True
    before, after = load_network(judge_folder), load_network(tmp_path / "reader")
    moved = [
        name
        for name, weight in before.encoder.state_dict().items()
        if not torch.equal(weight, after.encoder.state_dict()[name])
    ]
    assert moved
    assert all(name.removesuffix(".weight") in linear_layers(before.encoder) for name in moved)
    assert after.adapters[INFERENCE].keys() == before.adapters[INFERENCE].keys()
    assert not after.adapters[PLAUSIBILITY]
    assert "made anew to judge as before" in (tmp_path / "reader/README.md").read_text()


def test_half_of_what_is_read_by_may_be_what_it_was(
    judge_folder: Path, spans_recipe: Path, tmp_path: Path
) -> None:
    recipe = read_recipe(spans_recipe)
    kept = replace(recipe, kept=0.5, kept_from=str(judge_folder))
    before = load_network(judge_folder).state_dict()
    new = train(recipe, tmp_path, tmp_path / "new").network.state_dict()
    mean = train(kept, tmp_path, tmp_path / "mean").network
    for name, weight in mean.state_dict().items():
        torch.testing.assert_close(weight, (before[name] + new[name]) / 2, msg=name)
    assert not torch.equal(new["span.weight"], before["span.weight"])
    assert mean.adapters[INFERENCE]


def test_what_is_kept_comes_from_a_reader_of_the_same_shape(
    spans_recipe: Path, tmp_path: Path, judging_reader_folder: Path
) -> None:
    recipe = replace(read_recipe(spans_recipe), kept=0.5, kept_from=str(judging_reader_folder))
    with pytest.raises(UsageError, match="kept_from names a reader of another shape"):
        train(recipe, tmp_path, tmp_path / "out")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("frozen_layers = 1\n", "keeps_judging does not go with frozen_layers"),
        ("statements = 4\n", "found statements"),
        ("[[pairs]]\nfile = 'pairs.jsonl'\n", r"\[\[spans\]\] alone are learnt, found \[\[pairs"),
    ],
)
def test_what_would_change_what_is_judged_is_refused(more: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / "spans.toml"
    file.write_text(
        f"encoder = 'reader'\nkeeps_judging = true\n{more}[[spans]]\nfile = 'spans.json'\n"
    )
    with pytest.raises(UsageError, match=told):
        read_recipe(file)
