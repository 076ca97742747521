"""Test what a reader keeps of its heads when it learns on."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer

from wherefrom.pipeline.checkpoint import load_network, save_reader
from wherefrom.pipeline.heads import ReaderNetwork
from wherefrom.pipeline.networks import add_heads
from wherefrom.pipeline.reader_manifest import ReaderManifest
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.sources import PairSource, PlainSource
from wherefrom.pipeline.training import train


@pytest.mark.parametrize("texts", ["none", "of the same labels", "of others"])
def test_a_reader_that_learns_on_keeps_its_labels_and_their_head(
    tmp_path: Path,
    backbone_folder: Path,
    make_network: Callable[..., ReaderNetwork],
    write_pairs: Callable[..., Path],
    texts: str,
) -> None:
    network = make_network()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        add_heads(network, plausibility=False, labels=2)
    tokenizer = AutoTokenizer.from_pretrained(backbone_folder)
    manifest = ReaderManifest("labelled", "", 64, labels=("cold", "warm"))
    save_reader(tmp_path / "reader", network, tokenizer, manifest)
    write_pairs(tmp_path / "pairs.jsonl")
    labels = ("red", "blue") if texts == "of others" else ("warm", "cold")
    lines = (f'{{"text": "It is {n}.", "label": "{labels[n % 2]}"}}\n' for n in range(4))
    (tmp_path / "texts.jsonl").write_text("".join(lines))
    recipe = Recipe(
        encoder=str(tmp_path / "reader"),
        spans=(),
        pairs=(PairSource("pairs.jsonl", {}, {}),),
        texts=() if texts == "none" else (PlainSource("texts.jsonl"),),
        max_tokens=64,
        learning_rate=1e-6,
        max_steps=1,
    )
    trained = train(recipe, tmp_path, tmp_path / "run")
    known = texts != "of others"
    assert trained.labels == (("cold", "warm") if known else ("blue", "red"))
    stored = load_network(tmp_path / "reader").labels
    assert stored is not None and trained.network.labels is not None
    assert torch.allclose(trained.network.labels.weight, stored.weight, atol=1e-4) == known
