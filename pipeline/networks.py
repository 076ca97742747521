"""Make the network that learns from an encoder or a reader, and change what of it learns."""

from collections.abc import Collection
from copy import deepcopy
from typing import Any

import torch
from transformers import AutoConfig, AutoModel

from wherefrom.indexes.model_folder import find_model_folder
from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.backbone import learning_attention, require_encoder, without_pooler
from wherefrom.pipeline.checkpoint import INFERENCE, PLAUSIBILITY, load_network
from wherefrom.pipeline.heads import ReaderNetwork
from wherefrom.pipeline.reader_manifest import MANIFEST, read_manifest


def new_network(encoder: str, *, dropout: float) -> ReaderNetwork:
    """Load an encoder (a folder, a name, or the packaged default) and put fresh heads on it.

    The folder of a reader gives its heads too: training goes on from there. `dropout` is that of
    every layer of the encoder.

    Raises
    ------
    ModelError
        If it is no encoder, or cannot be loaded.
    """
    folder = find_model_folder(encoder).path
    if (folder / MANIFEST).is_file():
        network = load_network(folder)
    else:
        config = AutoConfig.from_pretrained(folder)
        require_encoder(config, encoder)
        network = ReaderNetwork(
            AutoModel.from_pretrained(
                folder,
                **without_pooler(config),
                dtype=torch.float32,
                attn_implementation=learning_attention(),
            )
        )
    for module in network.encoder.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = dropout
    return network


def is_reader(encoder: str) -> bool:
    """Tell whether what a recipe calls its encoder is a reader."""
    return (find_model_folder(encoder).path / MANIFEST).is_file()


def known_labels(encoder: str) -> tuple[str, ...]:
    """Return the labels of texts that an encoder knows, which only a reader may."""
    return read_manifest(find_model_folder(encoder).path).labels if is_reader(encoder) else ()


def part_plausibility(network: ReaderNetwork) -> None:
    """Let plausibility learn by an adapter of its own; all else stays as it is.

    If it has shared that of inference, it goes on from there.
    """
    network.adapting = PLAUSIBILITY
    if network.plausibility_in is None:
        network.plausibility_in = deepcopy(network.inference_in)
        if network.plausibility is not None:
            network.adapters[PLAUSIBILITY] = dict(network.adapters[INFERENCE])


def add_heads(network: ReaderNetwork, *, plausibility: bool, labels: int) -> None:
    """Put fresh heads on a network for what it has not learnt; other labels make a fresh head."""
    width = network.inference.in_features
    if plausibility and network.plausibility is None:
        network.plausibility = torch.nn.Linear(width, 1)
    if labels:
        network.labels = torch.nn.Linear(width, labels)


def require_same_shape(
    network: ReaderNetwork, other: ReaderNetwork, *, adapted: bool = False
) -> None:
    """Raise UsageError where the weights of two networks cannot be blended.

    `adapted` is for those whose adapters have no part in it; otherwise `other` may have none.
    """
    shapes, others = (
        {name: weight.shape for name, weight in one.state_dict().items()}
        for one in (network, other)
    )
    if shapes != others or (any(other.adapters.values()) and not adapted):
        raise UsageError("kept_from names a reader of another shape than the one that is trained")


def blend(
    network: torch.nn.Module,
    other: torch.nn.Module,
    share: float,
    *,
    names: Collection[str] | None = None,
) -> None:
    """Move weights, all or those of `names`, by a share of the way to those of another network.

    Both are of the same shape.
    """
    others = other.state_dict()
    with torch.no_grad():
        for name, weight in network.state_dict().items():
            if names is None or name in names:
                weight.lerp_(others[name], share)


def require_same_beginning(network: ReaderNetwork, other: ReaderNetwork) -> None:
    """Raise UsageError where what two networks judge by cannot be blended.

    The encoders must be the same but for what is judged by, of which `network` has begun to learn
    its matrices whole.
    """
    encoders = dict(network.encoder.state_dict()), other.encoder.state_dict()
    if network.beginning is not None:
        encoders[0].update({f"{n}.weight": m for n, m in network.beginning.matrices.items()})
    other.adapting = network.adapting
    heads = _shapes_of_heads(network), _shapes_of_heads(other)
    same = encoders[0].keys() == encoders[1].keys() and all(
        torch.equal(weight, encoders[1][name]) for name, weight in encoders[0].items()
    )
    if not same or heads[0] != heads[1]:
        raise UsageError(
            "kept_from names a reader of another encoder; with adapter_rank it must come from the "
            "same one by adapters alone"
        )


def _shapes_of_heads(network: ReaderNetwork) -> list[torch.Size]:
    heads = network.adapting_heads()
    return [weight.shape for head in heads for weight in head.state_dict().values()]


def blend_judging(network: ReaderNetwork, other: ReaderNetwork, share: float) -> None:
    """Move what a network has learnt to judge by a share of the way to what another judges by.

    Its matrices have learnt whole and are not an adapter yet; see `require_same_beginning`.
    """
    from wherefrom.pipeline.adapter import with_adapter

    sums = with_adapter(other.encoder.state_dict(), other.adapters[network.adapting])
    with torch.no_grad():
        for name, weight in network.encoder.state_dict().items():
            weight.lerp_(sums[name], share)
    for own, others in zip(network.adapting_heads(), other.adapting_heads(), strict=True):
        blend(own, others, share)


def freeze_layers(encoder: torch.nn.Module, count: int) -> None:
    """Keep an encoder's weights as they are, but for its layers from `count` on.

    Raises
    ------
    UsageError
        If it has no more than `count` layers, or they are not to be found.
    """
    config: Any = encoder.config
    wanted = getattr(config, "num_hidden_layers", None)
    stacks = [
        module
        for module in encoder.modules()
        if isinstance(module, torch.nn.ModuleList) and len(module) == wanted
    ]
    if not stacks or count >= len(stacks[0]):
        found = f"{len(stacks[0])} layers" if stacks else "no stack of layers to be told apart"
        raise UsageError(f"frozen_layers is {count}, but the encoder has {found}")
    encoder.requires_grad_(False)
    for layer in stacks[0][count:]:
        layer.requires_grad_(True)
