"""Test the network's losses and what padding does to its outputs: nothing."""

import math
from collections.abc import Callable
from dataclasses import replace

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


@pytest.mark.parametrize("kind", ["spans", "choices"])
def test_a_teacher_that_is_sure_of_the_labels_teaches_what_they_teach(
    judging: ReaderNetwork, tiny_builder: PromptBuilder, kind: str
) -> None:
    if kind == "spans":
        answered = SpanExample("who?", "city", "Paris is the capital", 0, 5)
        examples = [answered, SpanExample("who?", "", "an owl", -1, -1)]
        plain = span_items(examples, tiny_builder)
        sure = [replace(item, said=(((item.start, 1.0),), ((item.end, 1.0),))) for item in plain]
    else:
        examples = [
            ChoiceExample(("", ""), ("an owl", "a tower"), 1),
            ChoiceExample(("a city", "", "the sea"), ("an owl", "a river", "a tower"), 0),
        ]
        plain = choice_items(examples, tiny_builder)
        sure = [replace(plain[0], said=(0.0, 1.0)), replace(plain[1], said=(1.0, 0.0, 0.0))]
    wanted = loss_of(judging, collate(plain))
    assert wanted > 0.01
    assert loss_of(judging, collate(sure)) == pytest.approx(wanted, rel=1e-5)
    assert loss_of(judging, collate([plain[0], sure[1]])) == pytest.approx(wanted, rel=1e-5)


def test_the_loss_of_taught_spans_is_cross_entropy_with_what_the_teacher_says(
    network: ReaderNetwork, tiny_builder: PromptBuilder
) -> None:
    (item,) = span_items([SpanExample("who?", "", "Paris is the capital", 0, 5)], tiny_builder)
    said = ((0, 0.25), (item.start, 0.75)), ((item.end, 0.5), (item.end + 1, 0.5))
    batch = collate([replace(item, said=said)])
    with torch.no_grad():
        outputs = network.read(batch["ids"], batch["mask"], batch["types"])
    places = torch.nonzero(batch["allowed"][0]).flatten()
    wanted = 0.0
    for logits, shares in ((outputs.start[0], said[0]), (outputs.end[0], said[1])):
        known = dict(zip(places.tolist(), chances(logits[places]), strict=True))
        wanted -= sum(share * math.log(known[token]) for token, share in shares) / 2
    relevance = float(outputs.relevance[0])  # there is an answer with 0.75
    wanted += 0.5 * (math.log(1 + math.exp(-relevance)) + 0.25 * relevance)
    assert loss_of(network, batch) == pytest.approx(wanted, rel=1e-4)


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
