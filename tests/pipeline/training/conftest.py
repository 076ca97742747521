"""What training runs of a few steps begin with: data, a recipe, encoders."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import MPNetConfig, MPNetModel

from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.sources import PairSource, SpanSource

RECIPE = """
encoder = "{encoder}"
seed = 5
max_tokens = 64
span_batch = 4
pair_batch = 4
max_steps = 2
save_steps = 1
known_failures = ["It sees no owls."]

[[spans]]
file = "qa/train.json.gz"

[[pairs]]
file = "nli/train.jsonl"

[[evaluate]]
file = "qa/dev.json"
task = "spans"

[[evaluate]]
file = "nli/dev.jsonl"
task = "pairs"

[licences]
"qa/train.json.gz" = "MIT"
"""


@pytest.fixture(scope="module")
def data(
    tmp_path_factory: pytest.TempPathFactory,
    write_squad: Callable[..., Path],
    write_pairs: Callable[..., Path],
) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_squad(folder / "spans.json")
    write_pairs(folder / "pairs.jsonl.gz")
    return folder


@pytest.fixture(scope="module")
def recipe(backbone_folder: Path) -> Recipe:
    return Recipe(
        encoder=str(backbone_folder),
        spans=(SpanSource("spans.json", share=3.0),),
        pairs=(PairSource("pairs.jsonl.gz", {}, {}),),
        statements=12,
        max_tokens=64,
        span_batch=4,
        pair_batch=4,
        learning_rate=2e-3,
        max_steps=10,
        save_steps=4,
    )


@pytest.fixture(scope="module")
def mpnet_folder(tmp_path_factory: pytest.TempPathFactory, backbone_folder: Path) -> Path:
    """Give the folder of an MPNet of three layers, whose positions are weights of their own."""
    folder = tmp_path_factory.mktemp("tiny") / "mpnet"
    config = MPNetConfig(
        vocab_size=256,
        hidden_size=32,
        num_hidden_layers=3,
        num_attention_heads=2,
        intermediate_size=64,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        MPNetModel(config).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).write_bytes((backbone_folder / name).read_bytes())
    return folder


@pytest.fixture(scope="module")
def place(
    tmp_path_factory: pytest.TempPathFactory,
    backbone_folder: Path,
    write_squad: Callable[..., Path],
    write_pairs: Callable[..., Path],
    articles: list[Any],
    pairs: list[tuple[str, str, str, str]],
) -> Path:
    """Give a folder with a recipe and its data; what is measured on says the same otherwise."""
    folder = tmp_path_factory.mktemp("made")
    write_pairs(folder / "data/nli/train.jsonl")
    write_pairs(folder / "data/nli/dev.jsonl", [(f"{p} Yes.", *rest) for p, *rest in pairs])
    write_squad(folder / "data/qa/train.json.gz")
    others = [(title, [(f"Yes. {text}", qs) for text, qs in texts]) for title, texts in articles]
    write_squad(folder / "data/qa/dev.json", others)
    (folder / "recipe.toml").write_text(RECIPE.format(encoder=backbone_folder.as_posix()))
    return folder


@pytest.fixture(scope="session")
def with_encoder() -> Callable[[str], str]:
    """Give a function that returns the text of the recipe of `place`, with another encoder."""
    return lambda encoder: RECIPE.format(encoder=encoder)
