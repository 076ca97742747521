"""Test the network's losses and what padding does to its outputs: nothing."""

import math
from collections.abc import Callable

import pytest
import torch

from wherefrom.pipeline.batches import collate, padded, span_items
from wherefrom.pipeline.examples import SpanExample
from wherefrom.pipeline.heads import ReaderNetwork
from wherefrom.pipeline.prompt import PromptBuilder


@pytest.fixture(scope="module")
def network(make_network: Callable[..., ReaderNetwork]) -> ReaderNetwork:
    return make_network()


def test_shapes(network: ReaderNetwork, tiny_builder: PromptBuilder) -> None:
    tensors = padded(tiny_builder.reading("who?", [("", "an owl"), ("", "a tower in a city")]))
    with torch.no_grad():
        outputs, inference = network.read(**tensors), network.infer(**tensors)
    assert outputs.start.shape == outputs.end.shape == tensors["ids"].shape
    assert outputs.relevance.shape == (2,)
    assert inference.shape == (2, 3)


def test_padding_changes_nothing(network: ReaderNetwork, tiny_builder: PromptBuilder) -> None:
    prompts = tiny_builder.reading("who?", [("", "an owl"), ("", "tower " * 30)])
    length = len(prompts[0].ids)
    with torch.no_grad():
        alone, together = network.read(**padded(prompts[:1])), network.read(**padded(prompts))
        judged = network.infer(**padded(prompts[:1])), network.infer(**padded(prompts))
    torch.testing.assert_close(together.start[0, :length], alone.start[0, :length])
    torch.testing.assert_close(together.relevance[0], alone.relevance[0])
    torch.testing.assert_close(judged[1][0], judged[0][0])


def test_the_span_loss_is_cross_entropy_over_the_allowed_tokens(
    network: ReaderNetwork, tiny_builder: PromptBuilder
) -> None:
    text = "Paris is the capital"
    batch = collate(span_items([SpanExample("who?", "city", text, 0, 5)], tiny_builder))
    with torch.no_grad():
        outputs = network.read(batch["ids"], batch["mask"], batch["types"])
        loss = float(network(**batch)["loss"])
    places = torch.nonzero(batch["allowed"][0]).flatten()
    wanted = 0.0
    for logits, place in ((outputs.start[0], batch["start"]), (outputs.end[0], batch["end"])):
        chances = torch.softmax(logits[places].double(), 0)
        wanted -= math.log(float(chances[places.tolist().index(int(place))])) / 2
    wanted += 0.5 * math.log(1 + math.exp(-float(outputs.relevance[0])))
    assert loss == pytest.approx(wanted, rel=1e-4)


def test_a_batch_without_labels_is_refused(network: ReaderNetwork) -> None:
    ids = torch.ones((1, 4), dtype=torch.long)
    with pytest.raises(ValueError, match="either target, or allowed, start and end"):
        network(ids, ids, ids)
