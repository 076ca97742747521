"""Test the network's losses and what padding does to its outputs: nothing."""

import math
from collections.abc import Callable

import pytest
import torch

from wherefrom.pipeline.batches import (
    choice_items,
    claim_items,
    collate,
    padded,
    pair_items,
    span_items,
    text_items,
)
from wherefrom.pipeline.examples import (
    NOT_ENTAILED,
    ChoiceExample,
    ClaimExample,
    PairExample,
    SpanExample,
    TextExample,
)
from wherefrom.pipeline.heads import ReaderNetwork
from wherefrom.pipeline.prompt import PromptBuilder
from wherefrom.pipeline.teacher import targets


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


@pytest.fixture(scope="module")
def judging(make_network: Callable[..., ReaderNetwork]) -> ReaderNetwork:
    """Give a network with every head that a reader need not have."""
    network = make_network()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(4)
        network.plausibility = torch.nn.Linear(32, 1)
        network.labels = torch.nn.Linear(32, 3)
    return network


def chances(logits: torch.Tensor) -> list[float]:
    odds = [math.exp(float(logit)) for logit in logits]
    return [each / sum(odds) for each in odds]


def loss_of(network: ReaderNetwork, batch: dict[str, torch.Tensor]) -> float:
    with torch.no_grad():
        return float(network(**batch)["loss"])


def test_what_is_only_known_not_to_be_entailed_may_be_either_of_the_others(
    judging: ReaderNetwork, tiny_builder: PromptBuilder
) -> None:
    examples = [PairExample("an owl", "a bird", NOT_ENTAILED), PairExample("a city", "a tower", 0)]
    batch = collate(pair_items(examples, targets(examples, None), tiny_builder))
    with torch.no_grad():
        one, two = judging.infer(batch["ids"], batch["mask"], batch["types"])
    wanted = -math.log(chances(one)[1] + chances(one)[2]) - math.log(chances(two)[0])
    assert loss_of(judging, batch) == pytest.approx(wanted / 2, rel=1e-4)


def test_choices_of_one_question_compete_with_each_other_alone(
    judging: ReaderNetwork, tiny_builder: PromptBuilder
) -> None:
    examples = [
        ChoiceExample(("", ""), ("an owl", "a tower"), 1),
        ChoiceExample(("a city", "", "the sea"), ("an owl", "a river", "a tower"), 0),
    ]
    batch = collate(choice_items(examples, tiny_builder))
    with torch.no_grad():
        logits = judging.plausible(batch["ids"], batch["mask"], batch["types"])
    wanted = -math.log(chances(logits[:2])[1]) - math.log(chances(logits[2:])[0])
    assert loss_of(judging, batch) == pytest.approx(wanted / 2, rel=1e-4)


def test_claims_and_texts(judging: ReaderNetwork, tiny_builder: PromptBuilder) -> None:
    claims = [ClaimExample("", "an owl is a bird", True), ClaimExample("a", "b", False)]
    batch = collate(claim_items(claims, tiny_builder))
    with torch.no_grad():
        yes, no = judging.plausible(batch["ids"], batch["mask"], batch["types"]).tolist()
    wanted = math.log(1 + math.exp(-yes)) + math.log(1 + math.exp(no))
    assert loss_of(judging, batch) == pytest.approx(wanted / 2, rel=1e-4)
    texts = [TextExample("an owl", "c"), TextExample("a tower in a city", "a")]
    batch = collate(text_items(texts, ["a", "b", "c"], tiny_builder))
    with torch.no_grad():
        one, two = judging.label(batch["ids"], batch["mask"], batch["types"])
    wanted = -math.log(chances(one)[2]) - math.log(chances(two)[0])
    assert loss_of(judging, batch) == pytest.approx(wanted / 2, rel=1e-4)


def test_a_head_that_is_not_there(network: ReaderNetwork) -> None:
    ids = torch.ones((1, 4), dtype=torch.long)
    for asked in (network.plausible, network.label):
        with pytest.raises(ValueError, match="the network has no head for this"):
            asked(ids, ids, ids)


def test_a_batch_without_labels_is_refused(network: ReaderNetwork) -> None:
    ids = torch.ones((1, 4), dtype=torch.long)
    with pytest.raises(ValueError, match="the labels of one task"):
        network(ids, ids, ids)
