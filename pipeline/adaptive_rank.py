"""Let an adapter's matrices share their ranks out: those that need them more keep more.

Each product is written as P · Λ · Q, as a singular value decomposition is; the importance of each
singular value is watched while learning, and the least important of all matrices together become 0,
until those that are left are as many as asked for.

Zhang et al., "AdaLoRA: Adaptive Budget Allocation for Parameter-Efficient Fine-Tuning", ICLR 2023,
arXiv:2303.10512. peft does it; what it forgets of a run that is killed is kept here.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import TrainerCallback

from wherefrom.kb.errors import ModelError, UsageError
from wherefrom.pipeline.adapter import DOWN, SCALE, UP

ROOM = 1.5  # times the rank that is asked for, which each matrix begins with; the paper's
SPREAD = 0.5  # weight of what keeps P and Q orthogonal; peft's
CHANGES = 100  # about so often ranks are taken away
ALLOCATION = "ranks.safetensors"  # in a checkpoint: what the allocation of ranks knows
_NONE = 1e-5  # peft adds it to the number of ranks


def first_rank(rank: int, highest: int) -> int:
    """Return the rank that each matrix begins with, where their mean shall become `rank`.

    Examples
    --------
    >>> first_rank(8, 384), first_rank(1, 384), first_rank(30, 32)
    (12, 2, 32)
    """
    return min(max(rank + 1, round(ROOM * rank)), highest)


def adaptive_layers(
    encoder: nn.Module, names: list[str], rank: int, first: int, known: Mapping[str, Tensor]
) -> nn.Module:
    """Put AdaLoRA into the layers of an encoder that are named; `schedule` must follow.

    What is known of an adapter, by the names of `wherefrom.pipeline.adapter`, takes the first of
    its ranks, as its singular value decomposition.
    """
    from peft import AdaLoraConfig, AdaLoraModel

    config = AdaLoraConfig(
        init_r=first,
        target_r=rank,
        total_step=1,
        lora_alpha=SCALE,
        lora_dropout=0.0,
        orth_reg_weight=SPREAD,
        target_modules=names,
    )
    make: Any = AdaLoraModel
    adapted: nn.Module = make(encoder, config, "default")
    with torch.no_grad():
        for name in names:
            if name + DOWN in known:
                layer = adapted.get_submodule(f"model.{name}")
                _set_product(layer, known[name + UP], known[name + DOWN])
    return adapted


def _set_product(layer: Any, up: Tensor, down: Tensor) -> None:
    """Let a layer begin with a product (out, R) · (R, in)."""
    left, values, right = torch.linalg.svd(up @ down, full_matrices=False)
    count = len(down)
    layer.lora_B["default"][:, :count] = left[:, :count]
    layer.lora_A["default"][:count] = right[:count]
    layer.lora_E["default"][:count, 0] = values[:count] / _factor(layer)


def learnt_product(layer: Any) -> tuple[Tensor, Tensor]:
    """Return the two matrices (out, R) and (R, in) of a layer; R are the ranks that it kept."""
    values = layer.lora_E["default"].detach()
    kept = values[:, 0] != 0
    down = layer.lora_A["default"].detach()[kept] * values[kept]
    up = layer.lora_B["default"].detach()[:, kept] * _factor(layer)
    return up.clone(), down.clone()


def is_adaptive(encoder: nn.Module) -> bool:
    """Tell whether an encoder has an adapter of this kind."""
    from peft import AdaLoraModel

    return isinstance(encoder, AdaLoraModel)


def schedule(encoder: nn.Module, steps: int, warmup: int, decay: int) -> None:
    """Say when ranks are taken away: after the warm-up, before the learning rate falls.

    Raises
    ------
    UsageError
        If there is no step in between.
    """
    if warmup >= steps - decay:
        raise UsageError(
            f"the run has {steps} steps: adalora needs some between the first {warmup}, over which "
            f"the learning rate rises, and the last {decay}, over which it falls"
        )
    config = _allocator(encoder).peft_config
    config.total_step, config.tinit, config.tfinal = steps, warmup, decay
    config.deltaT = max(1, steps // CHANGES)


def orthogonality(encoder: nn.Module) -> Tensor:
    """Return how far P and Q of all layers are from having orthogonal vectors of length 1."""
    far = []
    for name, weight in encoder.named_parameters():
        if "lora_A" in name or "lora_B" in name:
            rows = weight if "lora_A" in name else weight.T
            unit = torch.eye(len(rows), device=rows.device)
            far.append(torch.linalg.matrix_norm(rows @ rows.T - unit))
    return SPREAD * torch.stack(far).mean()


class Allocating(TrainerCallback):
    """Let ranks be taken away after each step of the optimizer, before gradients are forgotten."""

    def __init__(self, encoder: nn.Module) -> None:
        self._encoder: Any = encoder

    def on_optimizer_step(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        """Take note of the gradients, and take ranks away where it is time to."""
        self._encoder.update_and_allocate(state.global_step + 1)


def save_allocation(encoder: nn.Module, checkpoint: Path) -> None:
    """Write into a checkpoint how important each number has been, and which ranks are kept."""
    from safetensors.torch import save_file

    allocator = _allocator(encoder)
    tensors = {f"importance {name}": each for name, each in allocator.exp_avg_ipt.items()}
    tensors |= {f"uncertainty {name}": each for name, each in allocator.exp_avg_unc.items()}
    pattern = allocator.peft_config.rank_pattern or {}
    tensors |= {f"kept {name}": torch.tensor(each) for name, each in pattern.items()}
    checkpoint.mkdir(parents=True, exist_ok=True)
    save_file({name: each.cpu() for name, each in tensors.items()}, checkpoint / ALLOCATION)


def load_allocation(encoder: nn.Module, checkpoint: Path) -> None:
    """Go on from what `save_allocation` wrote.

    Raises
    ------
    ModelError
        If it is not there, or damaged.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        tensors = load_file(checkpoint / ALLOCATION)
    except (OSError, SafetensorError) as error:
        raise ModelError(
            f"the checkpoint {checkpoint} is damaged: {error}; remove this folder, and --resume "
            "goes on from the one before it"
        ) from error
    allocator = _allocator(encoder)
    device = next(encoder.parameters()).device
    pattern: dict[str, list[bool]] = {}
    for key, each in tensors.items():
        kind, _, name = key.partition(" ")
        if kind == "kept":
            pattern[name] = each.tolist()
        elif kind == "importance":
            allocator.exp_avg_ipt[name] = each.to(device)
            allocator.ipt[name] = torch.zeros_like(each, device=device)
        else:
            allocator.exp_avg_unc[name] = each.to(device)
    allocator.peft_config.rank_pattern = pattern or None


def _allocator(encoder: nn.Module) -> Any:
    adapted: Any = encoder
    return adapted.rankallocator


def _factor(layer: Any) -> float:
    """Return what a layer's product is multiplied by when it is added."""
    return float(layer.scaling["default"]) / (float(layer.ranknum["default"]) + _NONE)
