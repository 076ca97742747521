"""Test that heads are weighed as Michel et al. weigh them, and cut out with all that is theirs."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer, DistilBertConfig, ElectraConfig, RobertaConfig

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.adapter import DOWN, UP, with_adapter
from wherefrom.pipeline.attention import attentions, head_importance, prune_heads, require_heads
from wherefrom.pipeline.checkpoint import load_network, load_reader, save_reader
from wherefrom.pipeline.heads import ReaderNetwork
from wherefrom.pipeline.reader_manifest import ReaderManifest

SMALL = {"vocab_size": 256, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
OTHERS = [
    ElectraConfig(**SMALL, embedding_size=32, intermediate_size=160),
    RobertaConfig(**SMALL, intermediate_size=160, pad_token_id=0, max_position_embeddings=200),
]
MakeNetwork = Callable[..., ReaderNetwork]
IDS = torch.tensor([[2, 9, 11, 30, 3], [2, 8, 3, 0, 0]])
PROMPTS = {"ids": IDS, "mask": (IDS > 0).long(), "types": torch.zeros_like(IDS)}


def hidden(encoder: torch.nn.Module) -> torch.Tensor:
    with torch.inference_mode():
        found = encoder(input_ids=IDS, attention_mask=PROMPTS["mask"])
    return found.last_hidden_state[PROMPTS["mask"].bool()]


def silence(encoder: torch.nn.Module, layer: int, head: int) -> None:
    """Let a head say nothing, by zeros in the matrix that joins the heads."""
    one = attentions(encoder)[layer]
    with torch.no_grad():
        one.joined.weight[:, head * one.width : (head + 1) * one.width] = 0


@pytest.mark.parametrize("config", [None, *OTHERS], ids=["bert", "electra", "roberta"])
def test_what_is_left_computes_as_if_the_others_said_nothing(
    make_network: MakeNetwork, config: object
) -> None:
    pruned, silent = make_network(config), make_network(config)
    importance = torch.tensor([[0.1, 0.9, 0.3, 0.2], [0.5, 0.6, 0.7, 0.8]])
    heads = attentions(pruned.encoder)[0].heads
    taken = prune_heads(pruned.encoder, [], importance[:, :heads], 1 if heads == 2 else 3)
    assert taken == ([[0], []] if heads == 2 else [[0, 2, 3], []])
    before = hidden(silent.encoder)
    for head in taken[0]:
        silence(silent.encoder, 0, head)
    after = hidden(pruned.encoder)
    torch.testing.assert_close(after, hidden(silent.encoder), rtol=1e-4, atol=1e-5)
    assert float((after - before).abs().max()) > 1e-3


def test_every_layer_keeps_a_head(make_network: MakeNetwork) -> None:
    encoder = make_network(OTHERS[0]).encoder
    importance = torch.tensor([[0.0, 0.1, 0.2, 0.3], [1.0, 2.0, 3.0, 4.0]])
    assert prune_heads(encoder, [], importance, 5) == [[0, 1, 2], [0, 1]]
    assert [one.heads for one in attentions(encoder)] == [1, 2]


def test_a_stored_reader_has_the_heads_that_were_left(
    make_network: MakeNetwork, backbone_folder: Path, tmp_path: Path
) -> None:
    network = make_network()
    prune_heads(network.encoder, [], torch.tensor([[0.2, 0.1], [0.3, 0.4]]), 1)
    tokenizer = AutoTokenizer.from_pretrained(backbone_folder)
    manifest = ReaderManifest("pruned", "", 64)
    save_reader(tmp_path, network, tokenizer, manifest, storage="float32")
    again, loaded = load_network(tmp_path).eval(), load_reader(tmp_path, device="cpu").network
    assert [one.heads for one in attentions(again.encoder)] == [1, 2]
    with torch.inference_mode():
        wanted = network.infer(**PROMPTS)
        torch.testing.assert_close(again.infer(**PROMPTS), wanted, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(loaded.infer(**PROMPTS), wanted, rtol=0.1, atol=0.1)


def test_importance_is_the_gradient_by_a_factor_on_a_head(make_network: MakeNetwork) -> None:
    network = make_network()
    encoder = network.encoder
    batch = {**PROMPTS, "target": torch.tensor([[1.0, 0, 0], [0, 1.0, 0]])}
    batch["either"] = torch.tensor([False, False])

    def loss(one: dict[str, torch.Tensor]) -> torch.Tensor:
        return network(**one)["loss"]

    found = head_importance([encoder], [batch], loss)
    wanted = torch.zeros(2, 2)
    step = 1e-2
    for row in range(2):  # the slow way: differences of the loss of each example
        single = {name: tensor[row : row + 1] for name, tensor in batch.items()}
        for layer, one in enumerate(attentions(encoder)):
            for head in range(2):
                part = slice(head * one.width, (head + 1) * one.width)
                kept = one.joined.weight.detach().clone()
                losses = []
                for factor in (1 + step, 1 - step):
                    with torch.no_grad():
                        one.joined.weight[:, part] = kept[:, part] * factor
                        losses.append(float(loss(single)))
                        one.joined.weight.copy_(kept)
                wanted[layer, head] += abs(losses[0] - losses[1]) / (2 * step)
    wanted /= wanted.norm(dim=1, keepdim=True)
    torch.testing.assert_close(found, wanted, rtol=0.03, atol=0.01)
    assert all(weight.requires_grad and weight.grad is None for weight in encoder.parameters())


def test_an_adapter_loses_the_same_heads(make_network: MakeNetwork) -> None:
    network, summed = make_network(), make_network()
    name = "encoder.layer.0.attention"
    random = torch.Generator().manual_seed(4)
    adapter = {
        f"{module}{side}": torch.randn(shape, generator=random)
        for module in (f"{name}.self.query", f"{name}.self.value", f"{name}.output.dense")
        for side, shape in ((DOWN, (3, 32)), (UP, (32, 3)))
    }
    summed.encoder.load_state_dict(with_adapter(network.encoder.state_dict(), adapter))
    silence(summed.encoder, 0, 1)
    importance = torch.tensor([[0.9, 0.1], [0.8, 0.7]])
    assert prune_heads(network.encoder, [adapter], importance, 1) == [[1], []]
    network.encoder.load_state_dict(with_adapter(network.encoder.state_dict(), adapter))
    torch.testing.assert_close(
        hidden(network.encoder), hidden(summed.encoder), rtol=1e-4, atol=1e-4
    )


def test_heads_that_cannot_be_told_apart(make_network: MakeNetwork) -> None:
    config = DistilBertConfig(vocab_size=256, dim=32, n_layers=2, n_heads=2, hidden_dim=160)
    with pytest.raises(UsageError, match="heads of encoders of the kind distilbert cannot be"):
        require_heads(make_network(config).encoder)
