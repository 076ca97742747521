"""The data by whose loss the parts of a reader are weighed before some are taken out."""

from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path

from torch import Tensor

from wherefrom.pipeline.adapter import with_adapter
from wherefrom.pipeline.batches import PairItem, SpanItem, collate, pair_items, span_items
from wherefrom.pipeline.examples import SpanExample
from wherefrom.pipeline.heads import ReaderNetwork
from wherefrom.pipeline.measuring import examples_of
from wherefrom.pipeline.prompt import PromptBuilder
from wherefrom.pipeline.sources import Evaluation
from wherefrom.pipeline.squad import SquadQuestion
from wherefrom.pipeline.teacher import targets

BATCH = 16  # examples of a batch
TASKS = ("spans", "pairs")
Batch = dict[str, Tensor]


def weighing_batches(
    entries: Sequence[Evaluation], data: Path, builder: PromptBuilder, *, most: int
) -> list[Batch]:
    """Return the batches of files of questions and of pairs, `most` examples of each file."""
    batches: list[Batch] = []
    for entry in entries:
        examples = examples_of(entry, data, most=most)
        items: list[SpanItem | PairItem] = []
        if entry.task == "spans":
            items.extend(span_items([_span(question) for question in examples], builder))
        else:
            items.extend(pair_items(examples, targets(examples, None), builder))
        items.sort(key=lambda item: -len(item.prompt.ids))
        parts = (items[first : first + BATCH] for first in range(0, len(items), BATCH))
        batches.extend(collate(part) for part in parts)
    return batches


def batch_loss(network: ReaderNetwork, batch: Batch) -> Tensor:
    """Return the mean loss of one batch."""
    loss: Tensor = network(**batch)["loss"]
    return loss


def mean_loss(network: ReaderNetwork, batches: Sequence[Batch]) -> float:
    """Return the mean loss of all examples."""
    sizes = [len(batch["ids"]) for batch in batches]
    losses = [float(batch_loss(network, batch)) * len(batch["ids"]) for batch in batches]
    return sum(losses) / sum(sizes)


def judging(network: ReaderNetwork) -> ReaderNetwork:
    """Return a copy of a network that judges as it does when it runs, with its adapters added."""
    network = deepcopy(network).eval()
    for whose, adapter in network.adapters.items():
        if adapter:
            encoder = deepcopy(network.encoder)
            encoder.load_state_dict(with_adapter(network.encoder.state_dict(), adapter))
            setattr(network, f"{whose}_encoder", encoder)
    return network


def _span(question: SquadQuestion) -> SpanExample:
    text, start = question.answers[0]
    return SpanExample(
        question.question, question.title, question.context, start, start + len(text)
    )
