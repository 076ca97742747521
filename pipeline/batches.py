"""Cut examples into batches of one task and of like length, and turn them into tensors."""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wherefrom.pipeline.examples import (
    NOT_ENTAILED,
    ChoiceExample,
    ClaimExample,
    PairExample,
    SpanExample,
    TextExample,
)
from wherefrom.pipeline.prompt import NO_OFFSET, Prompt, PromptBuilder
from wherefrom.pipeline.span_shares import Shares, SpanShares, on_tokens
from wherefrom.pipeline.teacher import Asked, Pair

WIDTH_STEP = 16  # padded widths are multiples of this
POOL_BATCHES = 50  # lengths are sorted within so many batches: little padding, still random


@dataclass(frozen=True, slots=True)
class SpanItem:
    """A prompt with its answer's token positions; 0 and 0 mean no answer.

    What a teacher `said`, the probabilities of tokens to be the start and to be the end, counts in
    their place.
    """

    prompt: Prompt
    start: int
    end: int
    said: tuple[Shares, Shares] | None = None


@dataclass(frozen=True, slots=True)
class PairItem:
    """A prompt with the probabilities that its inference shall have, as INFERENCE_LABELS.

    With `either`, neutral and contradiction are equally right, and the probabilities do not count.
    """

    prompt: Prompt
    target: tuple[float, ...]
    either: bool = False


@dataclass(frozen=True, slots=True)
class ChoiceItem:
    """A prompt for each choice of one question, and the place of the right one.

    What a teacher `said`, the probabilities of all choices, counts in its place.
    """

    prompts: tuple[Prompt, ...]
    right: int
    said: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimItem:
    """A prompt of a claim, and the probability that it is true."""

    prompt: Prompt
    true: float


@dataclass(frozen=True, slots=True)
class TextItem:
    """A prompt of a text, and the number of its label."""

    prompt: Prompt
    label: int


Item = SpanItem | PairItem | ChoiceItem | ClaimItem | TextItem


def span_items(
    examples: Sequence[SpanExample],
    builder: PromptBuilder,
    said: Mapping[Asked, SpanShares] | None = None,
) -> list[SpanItem]:
    """Make the items of span examples: the window that holds the answer, or else the first one.

    What a teacher `said` counts for those that are taught.
    """
    once = list(dict.fromkeys(examples))  # many are shown several times
    prompts = builder.readings(
        [example.question for example in once], [(example.title, example.text) for example in once]
    )
    windows: dict[int, list[Prompt]] = {}
    for prompt in prompts:
        windows.setdefault(prompt.source, []).append(prompt)
    items: dict[SpanExample, SpanItem] = {}
    for number, example in enumerate(once):
        placed = ((prompt, _place(prompt, example)) for prompt in windows[number])
        held = next(((prompt, place) for prompt, place in placed if place), None)
        if example.start < 0:
            held = (windows[number][0], (0, 0))
        if held is None:
            continue
        shares = on_tokens(said[example.asked], held[0]) if said and example.taught else None
        items[example] = SpanItem(held[0], *held[1], shares)
    return [items[example] for example in examples if example in items]


def pair_items(
    examples: Sequence[PairExample], targets: NDArray[np.float32], builder: PromptBuilder
) -> list[PairItem]:
    """Make the items of inference examples; `targets` (N, 3) are their probabilities."""
    prompts = _shown([(example.premise, example.hypothesis) for example in examples], builder)
    return [
        PairItem(prompt, tuple(row), example.label == NOT_ENTAILED)
        for prompt, row, example in zip(prompts, targets.tolist(), examples, strict=True)
    ]


def choice_items(
    examples: Sequence[ChoiceExample],
    builder: PromptBuilder,
    said: Mapping[Pair, float] | None = None,
) -> list[ChoiceItem]:
    """Make the items of questions with choices: each choice's statement after its premise.

    The logits that a teacher `said` of statements count for those that are taught.
    """
    pairs = [tuple(zip(each.premises, each.statements, strict=True)) for each in examples]
    prompts = iter(_shown([pair for each in pairs for pair in each], builder))
    items = []
    for example, each in zip(examples, pairs, strict=True):
        shares: tuple[float, ...] = ()
        if said and example.taught:
            logits = torch.tensor([said[pair] for pair in each], dtype=torch.float64)
            shares = tuple(logits.softmax(0).tolist())
        items.append(ChoiceItem(tuple(next(prompts) for _ in each), example.right, shares))
    return items


def claim_items(
    examples: Sequence[ClaimExample],
    builder: PromptBuilder,
    said: Mapping[Pair, float] | None = None,
) -> list[ClaimItem]:
    """Make the items of claims, each after its premise; `said` is as in `choice_items`."""
    prompts = _shown([(e.premise, e.claim) for e in examples], builder)
    chances = [
        1 / (1 + math.exp(-said[e.premise, e.claim])) if said and e.taught else float(e.true)
        for e in examples
    ]
    return [ClaimItem(prompt, true) for prompt, true in zip(prompts, chances, strict=True)]


def text_items(
    examples: Sequence[TextExample], labels: Sequence[str], builder: PromptBuilder
) -> list[TextItem]:
    """Make the items of texts; `labels` are all that there are, in the order of the head."""
    prompts = builder.texts([example.text for example in examples])
    return [
        TextItem(prompt, labels.index(example.label))
        for prompt, example in zip(prompts, examples, strict=True)
    ]


def cut_batches(items: Sequence[Item], size: int, rng: random.Random) -> list[list[Item]]:
    """Shuffle items of one task and cut them into batches of like length, in random order."""
    order = list(items)
    rng.shuffle(order)
    batches: list[list[Item]] = []
    pool = size * POOL_BATCHES
    for first in range(0, len(order), pool):
        part = sorted(order[first : first + pool], key=_length)
        batches.extend(part[at : at + size] for at in range(0, len(part), size))
    rng.shuffle(batches)
    return batches


def padded_width(prompts: Sequence[Prompt]) -> int:
    """Return the longest prompt's length, rounded up: few shapes mean few kernels to compile."""
    longest = max(len(prompt.ids) for prompt in prompts)
    return -(-longest // WIDTH_STEP) * WIDTH_STEP


def padded(prompts: Sequence[Prompt]) -> dict[str, Tensor]:
    """Pad prompts to `padded_width`: ids, mask and types, each (B, T) int64.

    Padding is id 0, whichever token that is: the mask hides it.
    """
    width = padded_width(prompts)
    ids = torch.zeros((len(prompts), width), dtype=torch.long)
    mask = torch.zeros((len(prompts), width), dtype=torch.long)
    types = torch.zeros((len(prompts), width), dtype=torch.long)
    for row, prompt in enumerate(prompts):
        length = len(prompt.ids)
        ids[row, :length] = torch.from_numpy(prompt.ids)
        types[row, :length] = torch.from_numpy(prompt.types)
        mask[row, :length] = 1
    return {"ids": ids, "mask": mask, "types": types}


def allowed_tokens(prompts: Sequence[Prompt]) -> Tensor:
    """Return (B, T) booleans: where a span may start or end, the first token included."""
    width = padded_width(prompts)
    allowed = torch.zeros((len(prompts), width), dtype=torch.bool)
    for row, prompt in enumerate(prompts):
        allowed[row, : len(prompt.ids)] = torch.from_numpy(prompt.starts != NO_OFFSET)
    allowed[:, 0] = True
    return allowed


def collate(batch: Sequence[Item]) -> dict[str, Tensor]:
    """Turn a batch of one task into the network's arguments."""
    prompts = [prompt for item in batch for prompt in prompts_of(item)]
    tensors = padded(prompts)
    spans = [item for item in batch if isinstance(item, SpanItem)]
    if spans:
        tensors["allowed"] = allowed_tokens(prompts)
        width = tensors["ids"].shape[1]
        tensors["start"] = _span_targets([_end(item, 0) for item in spans], width)
        tensors["end"] = _span_targets([_end(item, 1) for item in spans], width)
    pairs = [item for item in batch if isinstance(item, PairItem)]
    if pairs:
        tensors["target"] = torch.tensor([item.target for item in pairs])
        tensors["either"] = torch.tensor([item.either for item in pairs])
    choices = [item for item in batch if isinstance(item, ChoiceItem)]
    if choices:
        tensors["places"] = _places([len(item.prompts) for item in choices])
        tensors["right"] = _choice_targets(choices)
    claims = [item for item in batch if isinstance(item, ClaimItem)]
    if claims:
        tensors["true"] = torch.tensor([float(item.true) for item in claims])
    texts = [item for item in batch if isinstance(item, TextItem)]
    if texts:
        tensors["label"] = torch.tensor([item.label for item in texts])
    return tensors


def _shown(pairs: Sequence[Pair], builder: PromptBuilder) -> list[Prompt]:
    """Return the prompt of each premise and statement; those that come several times are one."""
    once = list(dict.fromkeys(pairs))
    prompts = builder.inference([pair[0] for pair in once], [pair[1] for pair in once])
    made = dict(zip(once, prompts, strict=True))
    return [made[pair] for pair in pairs]


def _end(item: SpanItem, which: int) -> int | Shares:
    """Return the token of an item's start (0) or end (1), or what a teacher said of all tokens."""
    return (item.start, item.end)[which] if item.said is None else item.said[which]


def _span_targets(ends: Sequence[int | Shares], width: int) -> Tensor:
    """Return the tokens (B,), or, where a teacher said something of one, probabilities (B, T)."""
    if all(isinstance(each, int) for each in ends):
        return torch.tensor(ends)
    targets = torch.zeros(len(ends), width)
    for row, each in enumerate(ends):
        for token, share in ((each, 1.0),) if isinstance(each, int) else each:
            targets[row, token] += share
    return targets


def _choice_targets(items: Sequence[ChoiceItem]) -> Tensor:
    """Return the right choices (Q,), or, as with spans, probabilities (Q, C)."""
    if not any(item.said for item in items):
        return torch.tensor([item.right for item in items])
    targets = torch.zeros(len(items), max(len(item.prompts) for item in items))
    for row, item in enumerate(items):
        if item.said:
            targets[row, : len(item.said)] = torch.tensor(item.said)
        else:
            targets[row, item.right] = 1.0
    return targets


def prompts_of(item: Item) -> tuple[Prompt, ...]:
    """Return what an item shows the encoder."""
    return item.prompts if isinstance(item, ChoiceItem) else (item.prompt,)


def _length(item: Item) -> int:
    """Return the number of tokens of an item's longest prompt."""
    return max(len(prompt.ids) for prompt in prompts_of(item))


def _places(counts: Sequence[int]) -> Tensor:
    """Number the rows of questions with so many choices: (Q, C), -1 where one has fewer.

    Examples
    --------
    >>> _places([2, 3]).tolist()
    [[0, 1, -1], [2, 3, 4]]
    """
    places = torch.full((len(counts), max(counts)), -1)
    first = 0
    for row, count in enumerate(counts):
        places[row, :count] = torch.arange(first, first + count)
        first += count
    return places


def _place(prompt: Prompt, example: SpanExample) -> tuple[int, int] | None:
    """Return the first and last token of the answer, or None where the window lacks it."""
    inside = (prompt.starts != NO_OFFSET) & (prompt.starts < example.end)
    covered = np.flatnonzero(inside & (prompt.ends > example.start))
    if not len(covered) or prompt.starts[covered[0]] > example.start:
        return None
    if prompt.ends[covered[-1]] < example.end:
        return None
    return int(covered[0]), int(covered[-1])
