"""Draw the examples and batches of a whole run before it starts, from the recipe's seed."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
from wherefrom.pipeline.data_file import data_file
from wherefrom.pipeline.examples import (
    ChoiceExample,
    ClaimExample,
    PairExample,
    SpanExample,
    TextExample,
)
from wherefrom.pipeline.held_out import HeldOut, held_share, part
from wherefrom.pipeline.labelled_texts import read_texts
from wherefrom.pipeline.leakage import Kind, Learnt, evaluated, without_leaks
from wherefrom.pipeline.prompt import PromptBuilder
from wherefrom.pipeline.recipe import Recipe, earlier_recipes
from wherefrom.pipeline.teacher import Teacher, said_of


@dataclass(frozen=True, slots=True)
class Examples:
    """Examples by their task, each in the order in which they were drawn."""

    spans: Sequence[SpanExample]
    pairs: Sequence[PairExample]
    choices: Sequence[ChoiceExample]
    claims: Sequence[ClaimExample]
    texts: Sequence[TextExample]

    def lists(self) -> tuple[Sequence[Any], ...]:
        """Return the examples of each task, in the order of the fields."""
        return (self.spans, self.pairs, self.choices, self.claims, self.texts)

    def where(self, wanted: Callable[[Learnt], bool]) -> "Examples":
        """Return those that are wanted."""
        return Examples(*([each for each in some if wanted(each)] for some in self.lists()))


@dataclass(frozen=True, slots=True)
class Made:
    """The items of one task: what a manifest calls them, and how many make a batch."""

    name: str
    items: Sequence[Item]
    size: int


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
    """Draw the batches of a recipe's own files; return them with the number of items of each task.

    What is not learnt, because probabilities are fitted on it, is added to `held_out`; `augmenter`
    gives changed copies of the rest.

    Raises
    ------
    UsageError
        If examples stand in an evaluation file too, and the recipe does not drop them.
    """
    rng = random.Random(recipe.seed)
    known = evaluated((*recipe.evaluate, *recipe.calibrate), data)
    examples, leaked = draw_examples(
        recipe, data, rng, known=known, held_out=held_out, progress=progress
    )
    learnt = augmented(examples, augmenter, known=known, progress=progress)
    made = make_items(learnt, recipe, builder, teacher=teacher, labels=labels, progress=progress)
    batches = cut_items(made, rng)
    rng.shuffle(batches)
    return batches, count_items(made, augmenter) | ({"leaks_dropped": leaked} if leaked else {})


def draw_examples(
    recipe: Recipe,
    data: Path,
    rng: random.Random,
    *,
    known: Mapping[str, str],
    held_out: HeldOut | None = None,
    progress: Progress | None = None,
) -> tuple[Examples, int]:
    """Draw a recipe's examples; return them with the number of those left out.

    Left out, or refused, as the recipe's `leaks` says, are those whose content is `known` from an
    evaluation file (`wherefrom.pipeline.leakage`). Left out, too, and added to `held_out`, are
    those on which probabilities are fitted.

    Raises
    ------
    UsageError
        If there are any, and they are refused.
    """
    aside = held_out or HeldOut()
    leaked = 0

    def learnt(task: str, examples: Sequence[Kind]) -> list[Kind]:
        nonlocal leaked
        clean, found = without_leaks(examples, known, recipe.leaks)
        leaked += found
        own: list[Kind] = getattr(aside, task)
        kept: list[Kind] = part(clean, held_share(recipe, task), own)
        return kept

    examples = Examples(
        spans=learnt("spans", span_examples(recipe, data, rng, progress=progress)),
        pairs=learnt("pairs", pair_examples(recipe, data, rng)),
        choices=learnt("choices", choice_examples(recipe, data, rng, progress=progress)),
        claims=learnt("claims", claim_examples(recipe, data, rng, progress=progress)),
        texts=learnt("texts", text_examples(recipe, data, rng)),
    )
    return examples, leaked


def augmented(
    examples: Examples,
    augmenter: Augmenter | None,
    *,
    known: Mapping[str, str],
    progress: Progress | None = None,
) -> Examples:
    """Add changed copies to examples that are learnt, but for those whose content is `known`."""
    if augmenter is None:
        return examples
    copies = (augmenter.more(each, progress=progress) for each in examples.lists())
    clean = (without_leaks(each, known, "drop")[0] for each in copies)
    return Examples(*([*own, *new] for own, new in zip(examples.lists(), clean, strict=True)))


def make_items(
    examples: Examples,
    recipe: Recipe,
    builder: PromptBuilder,
    *,
    teacher: Teacher | None = None,
    labels: Sequence[str] = (),
    progress: Progress | None = None,
) -> list[Made]:
    """Make the items of examples, as large in batches as the recipe says."""
    spans, pairs, choices, claims, texts = examples.lists()
    said = said_of(spans, pairs, choices, claims, teacher, progress=progress)
    wanted = said.pairs + recipe.label_smoothing * (1 / said.pairs.shape[1] - said.pairs)
    return [
        Made("span_items", span_items(spans, builder, said.spans), recipe.span_batch),
        Made("pair_items", pair_items(pairs, wanted, builder), recipe.pair_batch),
        Made(
            "choice_items", choice_items(choices, builder, said.plausibility), recipe.choice_batch
        ),
        Made("claim_items", claim_items(claims, builder, said.plausibility), recipe.pair_batch),
        Made("text_items", text_items(texts, labels, builder), recipe.pair_batch),
    ]


def cut_items(made: Sequence[Made], rng: random.Random) -> list[list[Item]]:
    """Cut the items of each task into batches, those of a task together."""
    return [batch for each in made for batch in cut_batches(each.items, each.size, rng)]


def count_items(made: Sequence[Made], augmenter: Augmenter | None = None) -> dict[str, int]:
    """Return the number of items of each task that has any, and of changed copies among them."""
    counts = {each.name: len(each.items) for each in made if each.items}
    return counts | (dict(augmenter.counts) if augmenter else {})


def text_labels(recipe: Recipe, data: Path) -> tuple[str, ...]:
    """Return the labels of a recipe's texts and of those of its earlier recipes, in order.

    Raises
    ------
    UsageError
        If there are texts, but fewer than two labels among them.
    """
    recipes = (recipe, *earlier_recipes(recipe))
    files = [data_file(data, source.file) for each in recipes for source in each.texts]
    labels = tuple(sorted({example.label for file in files for example in read_texts(file)}))
    if files and len(labels) < 2:
        raise UsageError(f"{files[0]}: texts need two labels or more, found {list(labels)}")
    return labels
