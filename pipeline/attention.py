"""Tell an encoder's attention heads apart: weigh them, and take those out that matter least.

How much a head matters is how strongly the loss would change with its output: the mean over
examples of the absolute gradient of the loss by a factor on that output, divided in each layer by
the length of the layer's vector of them. Michel, Levy and Neubig, "Are Sixteen Heads Really Better
than One?", NeurIPS 2019, arXiv:1905.10650, sections 2.3 and 4.1 (all heads ranked together, taken
out at once).
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from wherefrom.kb.errors import UsageError

PARTS = ("query", "key", "value")
DOWN, UP = ".down", ".up"  # of an adapter's matrices, see `wherefrom.pipeline.adapter`
Shape = Sequence[int]


@dataclass(frozen=True, slots=True)
class Attention:
    """The attention of one layer: its name in the encoder, and the modules that hold its heads."""

    name: str  # of the module with query, key and value
    module: Any
    output: str  # of the linear layer that joins the heads
    joined: nn.Linear

    @property
    def width(self) -> int:
        """Return how many features one head has."""
        return int(self.module.attention_head_size)

    @property
    def heads(self) -> int:
        """Return how many heads there are."""
        return int(self.module.query.out_features) // self.width


def attentions(encoder: nn.Module) -> list[Attention]:
    """Return the attention of each layer from the first on; empty where heads cannot be told apart.

    They can be in BERT and in those built like it: RoBERTa, ELECTRA, CamemBERT and others.
    """
    modules = dict(encoder.named_modules())
    found = []
    for name, module in modules.items():
        output = f"{name.removesuffix('self')}output.dense"
        is_one = name.endswith(".attention.self") and hasattr(module, "attention_head_size")
        if is_one and all(hasattr(module, part) for part in PARTS) and output in modules:
            joined = modules[output]
            if isinstance(joined, nn.Linear):
                found.append(Attention(name, module, output, joined))
    return found


def fit_heads(encoder: nn.Module, shapes: Mapping[str, Shape]) -> None:
    """Give each layer of a new encoder as many heads as its stored weights have.

    Parameters
    ----------
    encoder
        As transformers makes it of its configuration, with all heads.
    shapes
        Of the stored weights, by their names in the encoder.
    """
    for one in attentions(encoder):
        rows = shapes.get(f"{one.name}.query.weight", (one.module.query.out_features,))[0]
        if rows != one.module.query.out_features and rows % one.width == 0:
            _keep_heads(one, range(rows // one.width))


def prune_heads(
    encoder: nn.Module, adapters: Collection[dict[str, Tensor]], importance: Tensor, count: int
) -> list[list[int]]:
    """Take out the heads that matter least, but never the last one of a layer.

    Parameters
    ----------
    encoder
        Its attention is changed in place.
    adapters
        Of each the matrices that are added to the encoder's, by name; changed in place, too.
    importance
        Shape (layers, heads), as `head_importance` returns it.
    count
        How many heads, fewer than there are less the number of layers.

    Returns
    -------
    list
        For each layer the numbers of the heads that are taken out, rising.
    """
    layers = attentions(encoder)
    taken: list[list[int]] = [[] for _ in layers]
    order = sorted(
        (float(importance[layer, head]), layer, head)
        for layer, one in enumerate(layers)
        for head in range(one.heads)
    )
    for _, layer, head in order:
        if sum(map(len, taken)) == count:
            break
        if len(taken[layer]) < layers[layer].heads - 1:
            taken[layer].append(head)
    for one, gone in zip(layers, taken, strict=True):
        kept = [head for head in range(one.heads) if head not in gone]
        features = _features(kept, one.width)
        for part in PARTS:
            for adapter in adapters:
                _select(adapter, f"{one.name}.{part}{UP}", features, axis=0)
        for adapter in adapters:
            _select(adapter, f"{one.output}{DOWN}", features, axis=1)
        _keep_heads(one, kept)
    return [sorted(gone) for gone in taken]


def head_importance(
    encoders: Sequence[nn.Module], batches: Sequence[Any], loss: Callable[[Any], Tensor]
) -> Tensor:
    """Return how much each head matters, shape (layers, heads).

    Parameters
    ----------
    encoders
        Those through which the loss may go: the encoder, and the one that judges where an adapter
        makes it another. Layers with fewer heads than others have an importance of 0 for the rest.
    batches
        What the loss is of, one after the other.
    loss
        The mean loss of a batch.

    Raises
    ------
    UsageError
        If the heads of the encoder cannot be told apart.
    """
    require_heads(encoders[0])
    layers = [attentions(encoder) for encoder in encoders]
    total = torch.zeros(len(layers[0]), max(one.heads for one in layers[0]))
    for encoder in encoders:
        encoder.requires_grad_(False)  # of the factors alone a gradient is wanted
    for batch in batches:
        with _factors([one for each in layers for one in each]) as factors:
            torch.autograd.backward(loss(batch))
            for number, factor in enumerate(factors):
                for made in factor:
                    if made.grad is not None:  # a mean of the batch: times its size, of each
                        sums = (made.grad * len(made)).abs().sum(0)
                        total[number % len(total), : len(sums)] += sums
    for encoder in encoders:
        encoder.requires_grad_(True)
    lengths: Tensor = torch.linalg.vector_norm(total, dim=1, keepdim=True)
    return total / lengths.clamp(min=1e-12)


def require_heads(encoder: nn.Module) -> None:
    """Raise UsageError where an encoder's heads cannot be told apart."""
    if not attentions(encoder):
        config: Any = encoder.config
        raise UsageError(
            f"heads of encoders of the kind {config.model_type} cannot be pruned; BERT's, "
            "RoBERTa's and ELECTRA's can"
        )


@contextmanager
def _factors(layers: Sequence[Attention]) -> Iterator[list[list[Tensor]]]:
    """Put a factor of 1 on each head's output of each example; give those that were used."""
    made: list[list[Tensor]] = [[] for _ in layers]

    def hook(number: int, heads: int) -> Callable[..., tuple[Tensor]]:
        def times_one(module: nn.Module, inputs: tuple[Tensor]) -> tuple[Tensor]:
            joined = inputs[0]
            factor = torch.ones(len(joined), heads, requires_grad=True)
            made[number].append(factor)
            parted = joined.view(*joined.shape[:2], heads, -1) * factor[:, None, :, None]
            return (parted.view(joined.shape),)

        return times_one

    hooks = [
        one.joined.register_forward_pre_hook(hook(number, one.heads))
        for number, one in enumerate(layers)
    ]
    try:
        yield made
    finally:
        for each in hooks:
            each.remove()


def _keep_heads(one: Attention, kept: Sequence[int]) -> None:
    """Cut the matrices of a layer's attention down to some of its heads."""
    features = _features(kept, one.width)
    for part in PARTS:
        old = getattr(one.module, part)
        setattr(one.module, part, _linear(old.weight[features], old.bias[features]))
    smaller = _linear(one.joined.weight[:, features], one.joined.bias)
    one.joined.weight, one.joined.in_features = smaller.weight, len(features)
    one.module.num_attention_heads = len(kept)
    one.module.all_head_size = len(features)


def _linear(weight: Tensor, bias: Tensor) -> nn.Linear:
    linear = nn.Linear(weight.shape[1], weight.shape[0])
    linear.weight = nn.Parameter(weight.detach().clone())
    linear.bias = nn.Parameter(bias.detach().clone())
    return linear


def _features(heads: Sequence[int], width: int) -> Tensor:
    """Return the features of heads, in order."""
    starts = torch.tensor(list(heads)) * width
    return (starts[:, None] + torch.arange(width)).flatten()


def _select(matrices: dict[str, Tensor], name: str, features: Tensor, *, axis: int) -> None:
    if name in matrices:
        matrices[name] = matrices[name].index_select(axis, features)
