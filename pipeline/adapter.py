"""Let judging learn without touching the encoder: what it adds is of low rank, and kept apart.

To each weight matrix W of the encoder is added up · down, of a rank far below that of W. Only these
two learn, and only the heads that judge whole prompts use the sum. So what the encoder does for
spans and relevance stays as it is, to the bit, and the addition takes a tenth of the encoder's
space. peft makes it learn, or `wherefrom.pipeline.extraction`; to run it, a sum is enough.

Inference has one, which other heads that judge share; plausibility may have one of its own, so that
it can be learnt without touching inference.

Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022, arXiv:2106.09685.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.checkpoint import INFERENCE

if TYPE_CHECKING:
    from wherefrom.pipeline.heads import ReaderNetwork

SCALE = 32  # peft's lora_alpha: the product is times this over the rank, whatever the rank is
DOWN, UP = ".down", ".up"  # after a matrix's name: (R, in) and (out, R)


def attach_adapter(network: "ReaderNetwork", rank: int, kind: str = "lora") -> None:
    """Put the adapter that is to learn into a network; it and the heads that use it can learn.

    It goes on from what the network has of it already, if there is room for that.

    Parameters
    ----------
    network
        A reader. Whose adapter learns is what its `adapting` says.
    rank
        That of every matrix; with ``adalora`` the mean of all; with ``svd`` as many numbers are
        kept as if each had it.
    kind
        ``lora``; or ``adalora``, which takes ranks from the matrices that need them least
        (`wherefrom.pipeline.adaptive_rank`); or ``svd``: the encoder's matrices learn whole, and
        what they have learnt is cut to the rank (`wherefrom.pipeline.extraction`).

    Raises
    ------
    UsageError
        If the rank is above that of the encoder's matrices, or the network has an adapter of a
        higher one.
    """
    from wherefrom.pipeline.adaptive_rank import adaptive_layers, first_rank
    from wherefrom.pipeline.extraction import learn_whole

    linear = linear_layers(network.encoder)
    highest = min(min(part.in_features, part.out_features) for part in linear.values())
    if rank > highest - (kind == "adalora"):
        limit = "below" if kind == "adalora" else "at most"
        raise UsageError(
            f"adapter_rank is {rank}; with {kind} it must be {limit} the rank of the encoder's "
            f"matrices, {highest}"
        )
    room = {"lora": rank, "adalora": first_rank(rank, highest), "svd": highest}[kind]
    known = network.adapters[network.adapting]
    most = max((len(matrix) for name, matrix in known.items() if name.endswith(DOWN)), default=0)
    if most > room:
        raise UsageError(
            f"adapter_rank is {rank}, with {kind} {room} for each matrix, but the encoder's "
            f"adapter has {most}"
        )
    network.requires_grad_(False)
    if kind == "adalora":
        network.encoder = adaptive_layers(network.encoder, list(linear), rank, room, known)
    elif kind == "svd":
        network.beginning = learn_whole(linear, rank, known)
    else:
        network.encoder = _plain_layers(network.encoder, list(linear), rank, known)
    for head in network.adapting_heads():
        head.requires_grad_(True)


def keep_adapter(network: "ReaderNetwork") -> None:
    """Let the whole of a network learn that has an adapter: encoder, heads, and the adapter.

    What is read goes through the encoder alone, what is judged through the sum, as ever. Of an
    adapter of plausibility's own nothing learns.
    """
    known = network.adapters[INFERENCE]
    rank = max(len(matrix) for name, matrix in known.items() if name.endswith(DOWN))
    network.encoder = _plain_layers(
        network.encoder, list(linear_layers(network.encoder)), rank, known
    )
    network.judging_layers = tuple(_adapted(network.encoder).values())
    network.requires_grad_(True)


@contextmanager
def left_out(layers: Sequence[Any]) -> Iterator[None]:
    """Compute within as if these layers had no adapter."""
    for layer in layers:
        layer._disable_adapters = True  # as peft does it, which would stop them from learning, too
    try:
        yield
    finally:
        for layer in layers:
            layer._disable_adapters = False


def linear_layers(encoder: nn.Module) -> dict[str, nn.Linear]:
    """Return the layers of an encoder that have a weight matrix, by their names."""
    return {name: part for name, part in encoder.named_modules() if isinstance(part, nn.Linear)}


def _plain_layers(
    encoder: nn.Module, names: list[str], rank: int, known: Mapping[str, Tensor]
) -> nn.Module:
    """Put LoRA into an encoder; what is known of an adapter takes the first of its ranks."""
    from peft import LoraConfig, LoraModel

    config = LoraConfig(r=rank, lora_alpha=SCALE, lora_dropout=0.0, target_modules=names)
    adapted = LoraModel(encoder, config, "default")
    with torch.no_grad():
        for name, layer in _adapted(adapted).items():
            if name + DOWN in known:
                down, up = known[name + DOWN], known[name + UP]
                layer.lora_A["default"].weight[: len(down)] = down
                layer.lora_B["default"].weight[:, : len(down)] = up * (rank / SCALE)
    return adapted


def detach_adapter(network: "ReaderNetwork") -> None:
    """Take the adapter out of a network again, and keep it among the network's `adapters`.

    A matrix that has lost all its ranks to others has none.
    """
    from wherefrom.pipeline.adaptive_rank import is_adaptive, learnt_product
    from wherefrom.pipeline.extraction import extract_adapter

    encoder: Any = network.encoder
    if network.beginning is not None:
        network.adapters[network.adapting] = extract_adapter(
            linear_layers(encoder), network.beginning
        )
        network.beginning = None
        return
    adapter = network.adapters[network.adapting] = {}
    for name, layer in _adapted(encoder).items():
        if is_adaptive(encoder):
            up, down = learnt_product(layer)
        else:
            down = layer.lora_A["default"].weight.detach().clone()
            up = layer.lora_B["default"].weight.detach() * layer.scaling["default"]
        if len(down):
            adapter |= {name + DOWN: down, name + UP: up}
    network.encoder = encoder.unload()
    network.judging_layers = ()


def adapter_ranks(adapter: Mapping[str, Tensor]) -> dict[str, float]:
    """Return the lowest, the mean and the highest rank of an adapter's matrices, and their number.

    Matrices that have lost all their ranks are not there, and do not count.
    """
    ranks = [len(matrix) for name, matrix in adapter.items() if name.endswith(DOWN)]
    return {
        "matrices": len(ranks),
        "lowest": min(ranks, default=0),
        "mean": round(sum(ranks) / max(1, len(ranks)), 2),
        "highest": max(ranks, default=0),
    }


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
