"""Adversaries move embeddings so far and no farther, to where the loss is higher."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from wherefrom.pipeline.adversary import Adversary, MovedEmbeddings
from wherefrom.pipeline.batches import collate, pair_items, span_items
from wherefrom.pipeline.examples import PairExample, SpanExample
from wherefrom.pipeline.networks import freeze_layers, new_network
from wherefrom.pipeline.teacher import targets

PAIRS = [PairExample("Paris is old.", "It is old.", 0), PairExample("A dog.", "A cat eats it.", 2)]
SPANS = [SpanExample("Where?", "Paris", "Paris is the capital of France.", 0, 5)]
FGM, FREELB = Adversary("fgm", 0.1, 3), Adversary("freelb", 0.1, 3)


@pytest.fixture
def batches(tiny_builder):
    pairs = pair_items(PAIRS, targets(PAIRS, None), tiny_builder)
    return {"pairs": collate(pairs), "spans": collate(span_items(SPANS, tiny_builder))}


@pytest.fixture
def network(backbone_folder: Path):
    torch.manual_seed(3)
    return new_network(str(backbone_folder), dropout=0.0).eval()


def clean_loss(network, batch) -> float:
    with torch.no_grad():
        return float(network(**batch)["loss"])


def losses(network, adversary: Adversary, batch) -> list[float]:
    found = []
    with MovedEmbeddings(network.encoder, adversary, batch["mask"]) as moved:
        for _ in range(adversary.turns):
            loss = network(**batch)["loss"]
            loss.backward()
            moved.go_on()
            found.append(float(loss.detach()))
    return found


@pytest.mark.parametrize("task", ["pairs", "spans"])
@pytest.mark.parametrize("adversary", [FGM, FREELB])
def test_a_move_makes_the_loss_higher(network, batches, adversary, task):
    clean = clean_loss(network, batches[task])
    found = losses(network, adversary, batches[task])
    assert len(found) == adversary.turns
    if adversary is FGM:
        assert found[0] == pytest.approx(clean, rel=1e-5)
    assert found[-1] > clean
    assert clean_loss(network, batches[task]) == pytest.approx(clean, rel=1e-6)  # no hook left


@pytest.mark.parametrize("size", [0.01, 0.3])
@pytest.mark.parametrize("kind", ["fgm", "freelb"])
def test_no_move_is_longer_than_allowed(kind, size):
    generator = torch.Generator().manual_seed(1)
    embedded = torch.randn((3, 5, 4), generator=generator)
    mask = torch.ones((3, 5), dtype=torch.long)
    mask[0, 2:] = 0
    adversary = Adversary(kind, size, 4)
    allowed = size * (embedded * mask.unsqueeze(-1)).flatten(1).norm(dim=1)
    move = adversary.first(embedded, mask)
    for _ in range(6):
        gradient = torch.randn(embedded.shape, generator=generator) * mask.unsqueeze(-1)
        move = adversary.moved(move, gradient, embedded, mask)
        length = move.flatten(1).norm(dim=1)
        assert (length <= allowed * 1.0001).all()
        assert (move[0, 2:] == 0).all()  # padding stays
    assert (length > 0.3 * allowed).all()


def test_frozen_embeddings_can_be_moved(network, batches):
    freeze_layers(network.encoder, 1)
    assert losses(network, FGM, batches["pairs"])[1] > 0


def test_without_size_nothing_moves(network, batches):
    clean, moved = losses(network, replace(FGM, size=0.0), batches["pairs"])
    assert moved == pytest.approx(clean, rel=1e-6)
