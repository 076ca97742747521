"""Hold the weights that earlier tasks need near to where these left them: elastic weights.

To the loss of the new task is added, over all weights, λ/2 · F · (θ − θ*)²: θ* are the weights that
a reader learns on from, and F, the diagonal of the Fisher information, says how much each counts
for what the reader knew.

Kirkpatrick et al., "Overcoming catastrophic forgetting in neural networks", PNAS 114 (2017),
arXiv:1612.00796. F is the mean square of the gradient of an example's loss, whose labels are drawn
from what the reader itself says (not those of the data: Kunstner, Balles and Hennig, "Limitations
of the Empirical Fisher Approximation", NeurIPS 2019, arXiv:1905.12558). The loss of a span has one
term for its relevance, which follows from the span that is drawn, as it does in training.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from wherefrom.kb.durable import make_folder, replaced_file
from wherefrom.kb.errors import ModelError, UsageError
from wherefrom.kb.progress import NoProgress, Progress
from wherefrom.pipeline.batches import ChoiceItem, ClaimItem, Item, TextItem, collate, prompts_of
from wherefrom.pipeline.heads import ReaderNetwork

FISHER = "fisher.safetensors"  # beside the checkpoints
STAGE = "weigh what is known"
_HEADS = {ChoiceItem: "plausibility", ClaimItem: "plausibility", TextItem: "labels"}  # that may be
_OF = "of"  # what the file says that it was computed from

Weights = dict[str, Tensor]


class Consolidation:
    """What a run adds to its loss for leaving the weights that earlier tasks need.

    Parameters
    ----------
    strength
        λ; each weight's F is that of one example.
    fisher
        F, by the name of a weight; a weight without one is free.
    network
        Where the weights are now, which is θ*.
    """

    def __init__(self, strength: float, fisher: Mapping[str, Tensor], network: nn.Module) -> None:
        self._strength = strength
        self._fisher = dict(fisher)
        held = network.named_parameters()
        self._start = {name: weight.detach().clone() for name, weight in held if name in fisher}

    def __call__(self, network: nn.Module) -> Tensor:
        """Return the penalty of a network's weights."""
        found = [
            (
                self._on("_fisher", name, weight) * (weight - self._on("_start", name, weight)) ** 2
            ).sum()
            for name, weight in network.named_parameters()
            if name in self._fisher and weight.requires_grad
        ]
        total: Tensor = torch.stack(found).sum()
        return self._strength / 2 * total

    def _on(self, kind: str, name: str, weight: Tensor) -> Tensor:
        """Return what is known of a weight, on its device from now on."""
        known: Weights = getattr(self, kind)
        known[name] = known[name].to(weight.device)
        return known[name]


def fisher_information(
    network: ReaderNetwork,
    items: Sequence[Item],
    folder: Path,
    *,
    seed: int,
    fresh: Sequence[str] = (),
    progress: Progress | None = None,
) -> Weights:
    """Return how much each weight of a reader counts for what it says of some items.

    It is kept in `folder` and read from there by a run that is resumed; what was computed from
    other weights or items is computed anew.

    Parameters
    ----------
    network
        The reader; it is left as it is.
    items
        One example each, drawn from what it has learnt.
    folder
        Where `FISHER` is.
    seed
        Of the draws of labels.
    fresh
        Heads that the reader has not learnt; they know nothing that could be kept.
    progress
        Hears of each item.

    Raises
    ------
    UsageError
        If no item asks anything that the reader has learnt.
    ModelError
        If what is kept is damaged.
    StorageError
        If the disk refuses to keep it.
    """
    items = [item for item in items if _HEADS.get(type(item)) not in fresh]
    if not items:
        raise UsageError(
            "consolidation: the earlier recipes ask nothing that the reader has learnt"
        )
    source = _digest(network, items, seed)
    kept = _read(folder / FISHER, source)
    if kept is not None:
        return kept
    told = progress or NoProgress()
    told.start(STAGE, total=len(items))
    weights = {
        name: weight
        for name, weight in network.named_parameters()
        if weight.requires_grad and name.partition(".")[0] not in fresh
    }
    found = {name: torch.zeros_like(each) for name, each in weights.items()}
    generator = torch.Generator().manual_seed(seed)
    device = next(network.parameters()).device
    learning = network.training
    network.eval()
    for item in items:
        tensors = {name: tensor.to(device) for name, tensor in collate([item]).items()}
        tensors |= drawn_labels(network, tensors, generator)
        network.zero_grad()
        network(**tensors)["loss"].backward()
        for name, weight in weights.items():
            if weight.grad is not None:
                found[name].addcmul_(weight.grad, weight.grad, value=1 / len(items))
        told.advance(STAGE, 1)
    network.zero_grad()
    network.train(learning)
    told.finish(STAGE)
    _write(folder / FISHER, found, source)
    return found


@torch.no_grad()
def drawn_labels(
    network: ReaderNetwork, batch: Mapping[str, Tensor], generator: torch.Generator
) -> Weights:
    """Draw the labels of a batch from the probabilities that a network gives them.

    Parameters
    ----------
    network
        A reader.
    batch
        Of one task, as `wherefrom.pipeline.batches.collate` makes it.
    generator
        On the CPU.

    Returns
    -------
    dict
        The labels of the batch's task, by the names that they have in the batch.
    """
    prompts = (batch["ids"], batch["mask"], batch["types"])

    def draw(logits: Tensor) -> Tensor:
        chances = torch.softmax(logits.float().cpu(), dim=-1)
        return torch.multinomial(chances, 1, generator=generator).squeeze(-1).to(logits.device)

    if "target" in batch:
        chosen = functional.one_hot(draw(network.infer(*prompts)), batch["target"].shape[1])
        return {"target": chosen.float(), "either": torch.zeros_like(batch["either"])}
    if "places" in batch:
        logits = network.plausible(*prompts)[batch["places"].clamp(min=0)]
        return {"right": draw(logits.masked_fill(batch["places"] < 0, -1e4))}
    if "true" in batch:
        logit = network.plausible(*prompts)
        return {"true": draw(torch.stack([torch.zeros_like(logit), logit], dim=-1)).float()}
    if "label" in batch:
        return {"label": draw(network.label(*prompts))}
    said, barred = network.read(*prompts), ~batch["allowed"]
    return {
        "start": draw(said.start.masked_fill(barred, -1e4)),
        "end": draw(said.end.masked_fill(barred, -1e4)),
    }


def _digest(network: ReaderNetwork, items: Sequence[Item], seed: int) -> str:
    """Return a hash of what the Fisher information is computed from."""
    digest = hashlib.sha256(str(seed).encode())
    for name, weight in network.named_parameters():
        digest.update(f"{name} {weight.requires_grad}".encode())
        digest.update(weight.detach().cpu().contiguous().numpy().tobytes())
    for item in items:
        digest.update(type(item).__name__.encode())
        for prompt in prompts_of(item):
            digest.update(prompt.ids.tobytes())
    return digest.hexdigest()


def _read(file: Path, source: str) -> Weights | None:
    """Read what is kept, if it was computed from this source."""
    from safetensors import SafetensorError, safe_open

    if not file.is_file():
        return None
    try:
        with safe_open(file, framework="pt") as kept:
            if (kept.metadata() or {}).get(_OF) != source:
                return None
            return {name: kept.get_tensor(name) for name in kept.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise ModelError(
            f"{file} is damaged: {error}; remove it, and it is computed again"
        ) from error


def _write(file: Path, fisher: Weights, source: str) -> None:
    from safetensors.torch import save_file

    make_folder(file.parent)
    with replaced_file(file) as temporary:
        save_file({name: each.cpu() for name, each in fisher.items()}, temporary, {_OF: source})
