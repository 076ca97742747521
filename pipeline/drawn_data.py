"""What a run has drawn, before it begins: how often each label, and how many texts are cut.

A label that is rare is hardly learnt, and where there is but one, nothing is.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.batches import ChoiceItem, Item
from wherefrom.pipeline.draws import Examples, Made
from wherefrom.pipeline.examples import INFERENCE_LABELS, NOT_ENTAILED, NOT_ENTAILMENT, TAUGHT
from wherefrom.pipeline.prompt import Prompt

RARE = 0.05  # a label below this share of its task's examples is told
CUT = 0.1  # so are prompts that fill the budget, above this share
FEW = 20  # examples of which one label may be by chance
ANSWERED, UNANSWERED, TAUGHT_NAME = "answer", "no answer", "taught"
_INFERENCE = {
    **dict(enumerate(INFERENCE_LABELS)),
    TAUGHT: TAUGHT_NAME,
    NOT_ENTAILED: NOT_ENTAILMENT,
}
_ENOUGH = {"spans": ANSWERED, "pairs": TAUGHT_NAME}  # labels that need no other beside them

Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class DrawnData:
    """By task: the examples of each label, and the share of prompts that fill `max_tokens`."""

    labels: Counts
    full: Mapping[str, float]
    max_tokens: int

    @property
    def record(self) -> dict[str, Any]:
        """Return what a manifest says of it."""
        return {"labels_drawn": self.labels, "full_prompts": self.full}

    def concerns(self) -> list[str]:
        """Say in sentences what may go wrong."""
        told = []
        for task, counts in self.labels.items():
            total = sum(counts.values())
            told += [
                f"{task}: only {count:,} of {total:,} examples are {label!r}; a label so rare is "
                "hardly learnt"
                for label, count in counts.items()
                if count < RARE * total
            ]
        told += [
            f"{task}: {share:.0%} of the prompts fill max_tokens = {self.max_tokens}, so their "
            "texts may be cut; raise it if what matters stands at the end"
            for task, share in self.full.items()
            if share > CUT
        ]
        return told


def label_counts(examples: Examples) -> dict[str, dict[str, int]]:
    """Count the labels of each task that has examples."""
    labels = {
        "spans": (UNANSWERED if each.start < 0 else ANSWERED for each in examples.spans),
        "pairs": (_INFERENCE[each.label] for each in examples.pairs),
        "choices": (f"choice {each.right + 1}" for each in examples.choices),
        "claims": ("true" if each.true else "false" for each in examples.claims),
        "texts": (each.label for each in examples.texts),
    }
    counts = {task: dict(sorted(Counter(found).items())) for task, found in labels.items()}
    return {task: found for task, found in counts.items() if found}


def require_labels(counts: Counts) -> None:
    """Refuse a task of which FEW examples or more have one label: nothing is learnt from it.

    Raises
    ------
    UsageError
        If there is one.
    """
    for task, found in counts.items():
        (first, count), *others = found.items()
        if not others and count >= FEW and first != _ENOUGH.get(task):
            raise UsageError(
                f"all {count:,} {task} are {first!r}: nothing is learnt from one label; add "
                "examples of others"
            )


def full_prompts(made: Sequence[Made], max_tokens: int) -> dict[str, float]:
    """Return by task the share of prompts that take all of the tokens that there are."""
    full = {}
    for each in made:
        lengths = [len(prompt.ids) for item in each.items for prompt in _prompts(item)]
        if lengths:
            task = f"{each.name.removesuffix('_items')}s"
            full[task] = round(sum(one >= max_tokens for one in lengths) / len(lengths), 4)
    return full


def _prompts(item: Item) -> Iterator[Prompt]:
    if isinstance(item, ChoiceItem):
        yield from item.prompts
    else:
        yield item.prompt
