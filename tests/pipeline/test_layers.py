"""Test that layers leave an encoder with all that belongs to them."""

from collections.abc import Callable
from copy import deepcopy

import pytest
import torch
from transformers import BertConfig, DistilBertConfig, MPNetConfig, RobertaConfig

from wherefrom.pipeline.heads import ReaderNetwork
from wherefrom.pipeline.layers import drop_layers, layer_stack, least_needed

SMALL = {"vocab_size": 256, "hidden_size": 32, "num_attention_heads": 2, "intermediate_size": 64}
CONFIGS = [
    BertConfig(**SMALL, num_hidden_layers=3, initializer_range=0.3),
    RobertaConfig(**SMALL, num_hidden_layers=3, pad_token_id=0, initializer_range=0.3),
    MPNetConfig(**SMALL, num_hidden_layers=3, pad_token_id=0, initializer_range=0.3),
    DistilBertConfig(vocab_size=256, dim=32, n_layers=3, n_heads=2, hidden_dim=64),
]
IDS = torch.tensor([[2, 9, 11, 30, 3]])
MakeNetwork = Callable[..., ReaderNetwork]


def hidden(encoder: torch.nn.Module) -> torch.Tensor:
    with torch.inference_mode():
        return encoder(input_ids=IDS, attention_mask=torch.ones_like(IDS)).last_hidden_state


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.model_type)
def test_the_others_are_left_and_load_again(make_network: MakeNetwork, config: object) -> None:
    network = make_network(deepcopy(config))
    name, stack = layer_stack(network.encoder)
    weights = [layer.state_dict() for layer in stack]
    adapter = {f"{name}.{n}.query.up": torch.full((1,), float(n)) for n in (2, 1, 0)}
    before = hidden(network.encoder)
    drop_layers(network.encoder, [adapter], [1])
    left = layer_stack(network.encoder)[1]
    assert len(left) == network.encoder.config.num_hidden_layers == 2
    for layer, number in zip(left, (0, 2), strict=True):
        for key, weight in layer.state_dict().items():
            assert torch.equal(weight, weights[number][key])
    assert {key: float(matrix) for key, matrix in adapter.items()} == {
        f"{name}.0.query.up": 0.0,
        f"{name}.1.query.up": 2.0,
    }
    assert not torch.allclose(hidden(network.encoder), before)
    again = make_network(network.encoder.config)
    again.load_state_dict(network.state_dict())
    assert torch.equal(hidden(again.encoder), hidden(network.encoder))


def test_the_layers_that_are_needed_least_are_found_one_after_the_other(
    make_network: MakeNetwork,
) -> None:
    encoder = make_network(BertConfig(**SMALL, num_hidden_layers=4)).encoder
    whole = layer_stack(encoder)[1]
    costs = {0: 5.0, 1: 1.0, 2: 3.0, 3: 2.0}  # of leaving a layer out
    seen: list[tuple[int, ...]] = []

    def loss() -> float:
        shown = encoder.encoder.layer
        gone = tuple(n for n, layer in enumerate(whole) if not any(layer is one for one in shown))
        seen.append(gone)
        hidden(encoder)  # it runs without them
        return sum(costs[number] for number in gone)

    assert least_needed([encoder], 2, loss) == [1, 3]
    assert seen == [(0,), (1,), (2,), (3,), (0, 1), (1, 2), (1, 3)]
    assert list(encoder.encoder.layer) == list(whole)
