"""Draw the batches of a whole run before it starts, from the recipe's seed."""

import random
from collections.abc import Sequence
from pathlib import Path

from wherefrom.kb.errors import UsageError
from wherefrom.kb.progress import Progress
from wherefrom.pipeline.augmentation import Augmenter
from wherefrom.pipeline.batches import (
    Item,
    choice_items,
    claim_items,
    cut_batches,
    pair_items,
    span_items,
    text_items,
)
from wherefrom.pipeline.curriculum import (
    choice_examples,
    claim_examples,
    pair_examples,
    span_examples,
    text_examples,
)
from wherefrom.pipeline.held_out import HeldOut, held_share, part
from wherefrom.pipeline.labelled_texts import read_texts
from wherefrom.pipeline.leakage import Kind, evaluated, without_leaks
from wherefrom.pipeline.prompt import PromptBuilder
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.teacher import Teacher, targets


def draw_batches(
    recipe: Recipe,
    data: Path,
    builder: PromptBuilder,
    *,
    teacher: Teacher | None = None,
    labels: Sequence[str] = (),
    held_out: HeldOut | None = None,
    augmenter: Augmenter | None = None,
    progress: Progress | None = None,
) -> tuple[list[list[Item]], dict[str, int]]:
    """Draw the whole run's batches; return them with the number of items of each task.

    What is not learnt, because probabilities are fitted on it, is added to `held_out`; `augmenter`
    gives changed copies of the rest.

    Raises
    ------
    UsageError
        If examples stand in an evaluation file too, and the recipe does not drop them.
    """
    rng = random.Random(recipe.seed)
    known = evaluated((*recipe.evaluate, *recipe.calibrate), data)
    aside = held_out or HeldOut()
    leaked = 0

    def learnt(task: str, examples: Sequence[Kind]) -> list[Kind]:
        nonlocal leaked
        clean, found = without_leaks(examples, known, recipe.leaks)
        leaked += found
        own: list[Kind] = getattr(aside, task)
        kept: list[Kind] = part(clean, held_share(recipe, task), own)
        copies: list[Kind] = augmenter.more(kept, progress=progress) if augmenter else []
        made, _ = without_leaks(copies, known, "drop")
        return kept + made

    spans = span_items(
        learnt("spans", span_examples(recipe, data, rng, progress=progress)), builder
    )
    examples = learnt("pairs", pair_examples(recipe, data, rng))
    wanted = targets(examples, teacher, progress=progress)
    wanted += recipe.label_smoothing * (1 / wanted.shape[1] - wanted)
    pairs = pair_items(examples, wanted, builder)
    choices = choice_items(
        learnt("choices", choice_examples(recipe, data, rng, progress=progress)), builder
    )
    claims = claim_items(
        learnt("claims", claim_examples(recipe, data, rng, progress=progress)), builder
    )
    texts = text_items(learnt("texts", text_examples(recipe, data, rng)), labels, builder)
    drawn: list[tuple[str, Sequence[Item], int]] = [
        ("span_items", spans, recipe.span_batch),
        ("pair_items", pairs, recipe.pair_batch),
        ("choice_items", choices, recipe.choice_batch),
        ("claim_items", claims, recipe.pair_batch),
        ("text_items", texts, recipe.pair_batch),
    ]
    batches = [batch for _, items, size in drawn for batch in cut_batches(items, size, rng)]
    rng.shuffle(batches)
    counts = {name: len(items) for name, items, _ in drawn if items}
    counts |= dict(augmenter.counts) if augmenter else {}
    return batches, counts | ({"leaks_dropped": leaked} if leaked else {})


def text_labels(recipe: Recipe, data: Path) -> tuple[str, ...]:
    """Return the labels of a recipe's texts, in order.

    Raises
    ------
    UsageError
        If there are texts, but fewer than two labels among them.
    """
    files = [data / source.file for source in recipe.texts]
    labels = tuple(sorted({example.label for file in files for example in read_texts(file)}))
    if files and len(labels) < 2:
        raise UsageError(f"{files[0]}: texts need two labels or more, found {list(labels)}")
    return labels
