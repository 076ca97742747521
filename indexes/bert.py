"""The forward pass of BERT, written for encoding: the architecture of most small encoders.

Against the general implementation it has no padding and so no masks, one product for query, key
and value, weights laid out once for oneDNN, and no import of transformers: 2.8 times the passages
per second of SentenceTransformer.encode on two cores with bf16, and a start that is seconds shorter
(benchmarks/encoding.py measures the first).

Source: Devlin et al., "BERT", NAACL 2019, arXiv:1810.04805; layout of the weights as in
transformers' BertModel.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wherefrom.indexes.int8_linear import int8_linear
from wherefrom.kb.errors import ModelError

if TYPE_CHECKING:
    from torch import Tensor, dtype

    Linear = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class _Layer:
    heads_in: "Linear"
    heads_out: "Linear"
    heads_norm: "Linear"
    widen: "Linear"
    narrow: "Linear"
    norm: "Linear"


def is_plain_bert(folder: Path) -> bool:
    """Tell whether the config.json in a folder describes what this module computes."""
    return is_plain_bert_config(read_config(folder))


def is_plain_bert_config(config: Mapping[str, Any]) -> bool:
    """Tell whether a model's configuration describes what this module computes."""
    return (
        config.get("model_type") == "bert"
        and config.get("position_embedding_type", "absolute") == "absolute"
        and config.get("hidden_act") == "gelu"
        and not config.get("is_decoder", False)
    )


class Bert:
    """The weights of a BERT encoder, ready to run on one device.

    Parameters
    ----------
    config
        As in the model's config.json.
    weights
        Named as in transformers' BertModel, all of one number type, on `device`. A layer may have
        fewer attention heads than the configuration says; a head is as wide as it says.
    in_int8
        Whether the layers multiply in eight bits (`wherefrom.indexes.int8_linear`), where weights
        are float32 and the device computes in that.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        weights: "Mapping[str, Tensor]",
        *,
        device: str,
        in_int8: bool = False,
    ) -> None:
        self._head_width = int(config["hidden_size"]) // int(config["num_attention_heads"])
        self._words = weights["embeddings.word_embeddings.weight"]
        self._places = weights["embeddings.position_embeddings.weight"]
        self._types = weights["embeddings.token_type_embeddings.weight"]
        self._untyped = self._places + self._types[0]
        epsilon = float(config["layer_norm_eps"])
        self._norm = _normaliser(weights, "embeddings.LayerNorm", epsilon)
        self._layers = [
            _layer(weights, f"encoder.layer.{number}", epsilon, int8_linear if in_int8 else _linear)
            for number in range(int(config["num_hidden_layers"]))
        ]
        self.device = device
        self.dimensions = int(config["hidden_size"])
        self.max_tokens = len(self._places)

    @classmethod
    def open(cls, folder: Path, *, device: str, number_type: "dtype") -> "Bert":
        """Load the encoder in a folder.

        Raises
        ------
        ModelError
            If its configuration or weights cannot be read.
        """
        weights = _read_weights(folder, device, number_type)
        return cls(read_config(folder), weights, device=device)

    def __call__(
        self, ids: "Tensor", kept: "Tensor | None" = None, types: "Tensor | None" = None
    ) -> "Tensor":
        """Return the last hidden states.

        Parameters
        ----------
        ids
            Shape (B, P), the token ids.
        kept
            Shape (B, P), true for tokens and false for padding; None when there is no padding.
        types
            Shape (B, P), the token types; None when all are 0.

        Returns
        -------
        Tensor
            Shape (B, P, D).
        """
        from torch.nn.functional import embedding, scaled_dot_product_attention

        rows, length = ids.shape
        mask = None if kept is None else kept[:, None, None, :]
        if types is None:
            placed = self._untyped[:length]
        else:
            placed = self._places[:length] + embedding(types, self._types)
        hidden = self._norm(embedding(ids, self._words) + placed)
        for layer in self._layers:
            parts = layer.heads_in(hidden).view(rows, length, 3, -1, self._head_width)
            query, key, value = parts.permute(2, 0, 3, 1, 4)
            seen = scaled_dot_product_attention(query, key, value, attn_mask=mask)
            joined = layer.heads_out(seen.transpose(1, 2).reshape(rows, length, -1))
            hidden = layer.heads_norm(joined + hidden)
            hidden = layer.norm(layer.narrow(layer.widen(hidden)) + hidden)
        return hidden


def read_config(folder: Path) -> dict[str, Any]:
    """Read the config.json in a folder; raise ModelError where there is none."""
    file = folder / "config.json"
    try:
        config: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{file}: cannot read the model's configuration: {error}") from error
    return config


def _read_weights(folder: Path, device: str, number_type: "dtype") -> "dict[str, Tensor]":
    from safetensors.torch import load_file

    file = folder / "model.safetensors"
    try:
        found = load_file(file)
    except (OSError, ValueError) as error:
        raise ModelError(f"{file}: cannot read the weights: {error}") from error
    return {
        name.removeprefix("bert."): tensor.to(device=device, dtype=number_type)
        for name, tensor in found.items()
        if tensor.is_floating_point()
    }


def _layer(
    weights: "Mapping[str, Tensor]", name: str, epsilon: float, made: "Callable[..., Linear]"
) -> _Layer:
    import torch

    def linear(part: str, *, gelu: bool = False) -> "Linear":
        return made(weights[f"{name}.{part}.weight"], weights[f"{name}.{part}.bias"], gelu=gelu)

    inputs = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
    return _Layer(
        heads_in=made(
            torch.cat([weights[f"{part}.weight"] for part in inputs]),
            torch.cat([weights[f"{part}.bias"] for part in inputs]),
        ),
        heads_out=linear("attention.output.dense"),
        heads_norm=_normaliser(weights, f"{name}.attention.output.LayerNorm", epsilon),
        widen=linear("intermediate.dense", gelu=True),
        narrow=linear("output.dense"),
        norm=_normaliser(weights, f"{name}.output.LayerNorm", epsilon),
    )


def _linear(weight: "Tensor", bias: "Tensor", *, gelu: bool = False) -> "Linear":
    """Make a linear layer, with oneDNN's own layout of the weight where torch offers it.

    That layout is not only faster (15 % in float32): the bits of a row of its product do not depend
    on how many rows there are, which the plain product in float32 does not hold to.
    """
    import torch
    from torch.nn import functional

    onednn = getattr(torch.ops, "mkldnn", None)
    if weight.device.type == "cpu" and hasattr(onednn, "_linear_pointwise"):
        packed = torch.ops.mkldnn._reorder_linear_weight(weight.contiguous(), None)
        after, algorithm = ("gelu", "none") if gelu else ("none", "")
        return lambda rows: torch.ops.mkldnn._linear_pointwise(
            rows, packed, bias, after, [], algorithm
        )
    if gelu:
        return lambda rows: functional.gelu(functional.linear(rows, weight, bias))
    return lambda rows: functional.linear(rows, weight, bias)


def _normaliser(weights: "Mapping[str, Tensor]", name: str, epsilon: float) -> "Linear":
    from torch.nn.functional import layer_norm

    weight, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
    return lambda rows: layer_norm(rows, weight.shape, weight, bias, epsilon)
