"""Let judging learn without touching the encoder: what it adds is of low rank, and kept apart.

To each weight matrix W of the encoder is added up · down, of a rank far below that of W. Only these
two learn, and only the heads that judge whole prompts use the sum. So what the encoder does for
spans and relevance stays as it is, to the bit, and the addition takes a tenth of the encoder's
space. peft makes it learn; to run it, a sum is enough.

Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022, arXiv:2106.09685.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from wherefrom.kb.errors import UsageError

if TYPE_CHECKING:
    from wherefrom.pipeline.heads import ReaderNetwork

SCALE = 32  # peft's lora_alpha: the product is times this over the rank, whatever the rank is
DOWN, UP = ".down", ".up"  # after a matrix's name: (R, in) and (out, R)


def attach_adapter(network: "ReaderNetwork", rank: int) -> None:
    """Put an adapter into a network; all but what finds answers can learn from now on.

    An adapter that the network has already goes on from what it is.

    Raises
    ------
    UsageError
        If the network has an adapter of another rank.
    """
    from peft import LoraConfig, LoraModel

    known = network.adapter
    ranks = {len(matrix) for name, matrix in known.items() if name.endswith(DOWN)}
    if ranks - {rank}:
        raise UsageError(f"adapter_rank is {rank}, but the encoder's adapter has {ranks.pop()}")
    network.requires_grad_(False)
    names = [name for name, part in network.encoder.named_modules() if isinstance(part, nn.Linear)]
    config = LoraConfig(r=rank, lora_alpha=SCALE, lora_dropout=0.0, target_modules=names)
    network.encoder = LoraModel(network.encoder, config, "default")
    for head in (network.inference_in, network.inference, network.plausibility, network.labels):
        if head is not None:
            head.requires_grad_(True)
    if known:
        with torch.no_grad():
            for name, layer in _adapted(network.encoder).items():
                layer.lora_A["default"].weight.copy_(known[name + DOWN])
                layer.lora_B["default"].weight.copy_(known[name + UP] * (rank / SCALE))


def detach_adapter(network: "ReaderNetwork") -> None:
    """Take the adapter out of a network again, and keep it as the network's `adapter`."""
    network.adapter = {}
    encoder: Any = network.encoder
    for name, layer in _adapted(encoder).items():
        network.adapter[name + DOWN] = layer.lora_A["default"].weight.detach().clone()
        up = layer.lora_B["default"].weight.detach() * layer.scaling["default"]
        network.adapter[name + UP] = up
    network.encoder = encoder.unload()


def with_adapter(weights: Mapping[str, Tensor], adapter: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return an encoder's weights with an adapter added; those it leaves alone are not copied.

    Raises
    ------
    KeyError, RuntimeError
        If the adapter is not of this encoder.
    """
    added = dict(weights)
    for name in adapter:
        if name.endswith(DOWN):
            module = name.removesuffix(DOWN)
            added[module + ".weight"] = (
                weights[module + ".weight"] + adapter[module + UP] @ adapter[name]
            )
    return added


def _adapted(encoder: nn.Module) -> dict[str, Any]:
    """Return the layers that an adapter was put into, by their names before it was."""
    from peft.tuners.lora import LoraLayer

    return {
        name.removeprefix("model."): part
        for name, part in encoder.named_modules()
        if isinstance(part, LoraLayer)
    }
