"""Test the training of a retriever on a toy language: queries say English, passages French."""

import json
from collections.abc import Callable, Iterable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file

from wherefrom.indexes.build import build
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.indexes.model_folder import find_model_folder
from wherefrom.indexes.options import BuildOptions
from wherefrom.kb.errors import ModelError, UsageError
from wherefrom.pipeline.retriever_manifest import RetrieverManifest, read_retriever_manifest
from wherefrom.pipeline.train_retriever import CHECKPOINTS, train_retriever

COLOURS = {"red": "rouge", "green": "vert", "blue": "bleu", "white": "blanc", "black": "noir"}
ANIMALS = {"dog": "chien", "cat": "chat", "horse": "cheval", "bird": "oiseau", "fish": "poisson"}
PAIRS = list(product(COLOURS, ANIMALS))
HELD_OUT = PAIRS[::4]  # seven; each of the words is learnt with others
SETTINGS = "seed = 5\nbatch = 6\nlearning_rate = 0.005\nsave_steps = 10\nmax_tokens = 16\n"


def line(colour: str, animal: str, query: str = "where is the {} {}") -> dict[str, Any]:
    passage = f"le {ANIMALS[animal]} {COLOURS[colour]} est ici"
    return {"query": query.format(colour, animal), "positive": passage}


def write_lines(file: Path, lines: Iterable[dict[str, Any]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(each) + "\n" for each in lines))


def recipe_text(encoder: Path, more: str = "", share: float = 8) -> str:
    return (
        f'kind = "retriever"\nencoder = "{encoder.as_posix()}"\n{SETTINGS}{more}\n'
        f'[[queries]]\nfile = "train.jsonl"\nshare = {share}\n'
        '[[evaluate]]\nfile = "held_out.jsonl"\n[[evaluate]]\nfile = "elsewhere.jsonl"\n'
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give what is learnt, what is held out of it, and queries on something else."""
    folder = tmp_path_factory.mktemp("toy")
    write_lines(folder / "train.jsonl", (line(*pair) for pair in PAIRS if pair not in HELD_OUT))
    write_lines(folder / "held_out.jsonl", (line(*pair) for pair in HELD_OUT))
    numbers = ("one", "two", "three", "four", "five", "six", "seven")
    elsewhere = ({"query": f"{n} owls?", "positive": f"{n} owls hunt"} for n in numbers)
    write_lines(folder / "elsewhere.jsonl", elsewhere)
    return folder


@pytest.fixture(scope="module")
def trained(
    data: Path, tiny_encoder_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, RetrieverManifest]:
    """Train once for all tests of the folder; give it with its manifest."""
    place = tmp_path_factory.mktemp("trained")
    (place / "recipe.toml").write_text(recipe_text(tiny_encoder_folder))
    return place / "out", train_retriever(place / "recipe.toml", data, place / "out", name="Toy")


@pytest.fixture
def attempt(
    data: Path, tiny_encoder_folder: Path, tmp_path: Path
) -> Callable[..., RetrieverManifest]:
    """Give a function that trains by a recipe with more in it."""

    def run(
        more: str = "",
        *,
        share: float = 8,
        out: str = "out",
        resume: bool = False,
        encoder: Path = tiny_encoder_folder,
        folder: Path = data,
    ) -> RetrieverManifest:
        (tmp_path / "recipe.toml").write_text(recipe_text(encoder, more, share))
        return train_retriever(tmp_path / "recipe.toml", folder, tmp_path / out, resume=resume)

    return run


def test_held_out_queries_find_more(trained: tuple[Path, RetrieverManifest]) -> None:
    measures = trained[1].training["measures"]
    assert list(measures) == ["held_out.jsonl", "elsewhere.jsonl"]
    held_out = measures["held_out.jsonl"]
    print(measures, trained[1].training["seconds"], trained[1].training["steps"])
    assert held_out["recall@1"]["after"] > held_out["recall@1"]["before"] + 0.3
    assert held_out["nDCG@10"]["low"] > 0
