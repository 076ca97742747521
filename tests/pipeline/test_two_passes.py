"""Test R-Drop: the difference of two passes, and that it can be learnt from and resumed."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import torch
from torch.distributions import Bernoulli, Categorical, kl_divergence

from wherefrom.pipeline.batches import Item, PairItem, SpanItem, collate
from wherefrom.pipeline.heads import ReaderNetwork
from wherefrom.pipeline.prompt import PromptBuilder
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.sources import PairSource, SpanSource
from wherefrom.pipeline.training import train
from wherefrom.pipeline.two_passes import difference, loss_of_two_passes


def test_the_difference_is_that_of_torchs_distributions() -> None:
    generator = torch.Generator().manual_seed(2)
    one, other = (torch.randn(5, 3, generator=generator) for _ in range(2))
    yes, no = (torch.randn(5, generator=generator) for _ in range(2))
    p, q = Categorical(logits=one), Categorical(logits=other)
    r, s = Bernoulli(logits=yes), Bernoulli(logits=no)
    wanted = [
        (kl_divergence(a, b).mean() + kl_divergence(b, a).mean()) / 2 for a, b in ((p, q), (r, s))
    ]
    torch.testing.assert_close(difference([one], [other]), wanted[0])
    torch.testing.assert_close(difference([one, yes], [other, no]), sum(wanted) / 2)


def test_without_dropout_it_is_the_loss_of_one_pass(
    make_network: Callable[..., ReaderNetwork], tiny_builder: PromptBuilder
) -> None:
    (pair,) = tiny_builder.inference(["A dog eats."], ["An animal eats."])
    (reading,) = tiny_builder.readings(["Who?"], [("", "Paris is old.")])
    network = make_network()
    items: list[Item] = [PairItem(pair, (0.0, 1.0, 0.0)), SpanItem(reading, 0, 0)]
    for item in items:
        batch = collate([item])
        with torch.no_grad():
            alone = network.eval()(**batch)["loss"]
            torch.testing.assert_close(loss_of_two_passes(network, batch, 5.0), alone)
            found = [loss_of_two_passes(network.train(), batch, w) for w in (0.0, 50.0)]
        assert found[1] > found[0] + 0.01  # dropout drew other features


def test_a_run_learns_otherwise_and_goes_on_after_a_kill(
    tmp_path: Path,
    backbone_folder: Path,
    write_pairs: Callable[..., Path],
    write_squad: Callable[..., Path],
    killed_after: Callable[[int], AbstractContextManager[None]],
) -> None:
    write_pairs(tmp_path / "pairs.jsonl")
    write_squad(tmp_path / "spans.json")
    recipe = Recipe(
        encoder=str(backbone_folder),
        spans=(SpanSource("spans.json"),),
        pairs=(PairSource("pairs.jsonl", {"one": 4, "two": 4}, {}),),
        max_tokens=64,
        pair_batch=4,
        span_batch=4,
        r_drop=4.0,
        max_steps=6,
        save_steps=2,
    )
    whole = train(recipe, tmp_path, tmp_path / "whole").network.state_dict()
    plain = train(replace(recipe, r_drop=0.0), tmp_path, tmp_path / "plain").network.state_dict()
    assert not torch.equal(whole["inference.weight"], plain["inference.weight"])
    with killed_after(4):
        train(recipe, tmp_path, tmp_path / "killed")
    resumed = train(recipe, tmp_path, tmp_path / "killed", resume=True).network.state_dict()
    for name, weight in whole.items():
        assert torch.equal(resumed[name], weight), name
