"""Take layers out of an encoder.

Which: by their place (the uppermost, which changes a trained encoder least: Sajjad, Dalvi, Durrani
and Nakov, "On the Effect of Dropping Layers of Pre-trained Transformer Models", Computer Speech &
Language 77, 2023, arXiv:2004.03844), or one after the other the one whose absence costs least loss.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from wherefrom.kb.errors import UsageError


def layer_stack(encoder: nn.Module) -> tuple[str, nn.ModuleList]:
    """Return the name and the module of an encoder's stack of layers.

    Raises
    ------
    UsageError
        If there is none to be told apart.
    """
    config: Any = encoder.config
    wanted = getattr(config, "num_hidden_layers", None)
    for name, module in encoder.named_modules():
        if isinstance(module, nn.ModuleList) and len(module) == wanted:
            return name, module
    raise UsageError(
        f"an encoder of the kind {config.model_type} has no stack of layers to be told apart"
    )


def drop_layers(
    encoder: nn.Module, adapters: Iterable[dict[str, Tensor]], layers: Sequence[int]
) -> None:
    """Take layers out of an encoder, and out of its adapters, in place.

    Parameters
    ----------
    encoder
        An encoder of transformers; its configuration is changed, too.
    adapters
        Of each the matrices that are added to the encoder's, by name.
    layers
        Their numbers from 0, the one next to the embeddings; some of the layers must be left.
    """
    name, stack = layer_stack(encoder)
    kept = [number for number in range(len(stack)) if number not in layers]
    parent = encoder.get_submodule(name.rpartition(".")[0])
    setattr(parent, name.rpartition(".")[2], nn.ModuleList(stack[number] for number in kept))
    config: Any = encoder.config
    config.num_hidden_layers = len(kept)
    kinds = getattr(config, "layer_types", None)
    if isinstance(kinds, list) and len(kinds) == len(stack):
        config.layer_types = [kinds[number] for number in kept]
    for adapter in adapters:
        of_layers = [key for key in adapter if key.startswith(f"{name}.")]
        for key, matrix in [(key, adapter.pop(key)) for key in of_layers]:
            number, _, rest = key.removeprefix(f"{name}.").partition(".")
            if int(number) in kept:
                adapter[f"{name}.{kept.index(int(number))}.{rest}"] = matrix


def least_needed(encoders: Sequence[nn.Module], count: int, loss: Callable[[], float]) -> list[int]:
    """Return the layers whose absence costs least, found one after the other.

    Parameters
    ----------
    encoders
        Those through which the loss goes; in all of them the same layers are left out.
    count
        How many layers, fewer than there are.
    loss
        Measures the loss of the encoders as they are now.

    Returns
    -------
    list
        Their numbers, rising.
    """
    gone: list[int] = []
    stacks = [layer_stack(encoder) for encoder in encoders]
    places = [
        (encoder.get_submodule(name.rpartition(".")[0]), name.rpartition(".")[2], stack)
        for encoder, (name, stack) in zip(encoders, stacks, strict=True)
    ]

    def show(without: Sequence[int]) -> None:
        for parent, name, stack in places:
            kept = [layer for number, layer in enumerate(stack) if number not in without]
            setattr(parent, name, nn.ModuleList(kept))

    try:
        for _ in range(count):
            costs = {}
            for number in range(len(stacks[0][1])):
                if number not in gone:
                    show([*gone, number])
                    with torch.inference_mode():
                        costs[number] = loss()
            gone.append(min(costs, key=lambda number: costs[number]))
    finally:
        show([])
    return sorted(gone)
