"""Draw what a run learns from, what it replays of earlier ones, and what it is measured on.

Replay of what was learnt before: Robins, "Catastrophic Forgetting, Rehearsal and Pseudorehearsal",
Connection Science 7 (1995), doi:10.1080/09540099550039318.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from wherefrom.kb.errors import UsageError
from wherefrom.kb.progress import Progress
from wherefrom.pipeline.augmentation import Augmenter
from wherefrom.pipeline.batches import Item
from wherefrom.pipeline.curriculum import repeat
from wherefrom.pipeline.drawn_data import (
    DrawnData,
    full_prompts,
    label_counts,
    require_labels,
)
from wherefrom.pipeline.draws import (
    Examples,
    Made,
    augmented,
    count_items,
    cut_items,
    draw_examples,
    make_items,
)
from wherefrom.pipeline.held_out import HeldOut
from wherefrom.pipeline.leakage import Learnt, evaluated
from wherefrom.pipeline.prompt import PromptBuilder
from wherefrom.pipeline.recipe import Recipe, earlier_recipes
from wherefrom.pipeline.stopping_examples import is_set_aside
from wherefrom.pipeline.teacher import Teacher

Teachers = Callable[[tuple[str, ...]], Teacher | None]  # open what a recipe names as its teacher


@dataclass(frozen=True, slots=True)
class RunBatches:
    """The batches of a run.

    `counts` are the numbers of items of each task that are learnt from, and of leaks that were
    dropped; `replayed` such numbers for each of the recipe's earlier ones. `remembered` are items
    of these that tell which weights count, in the order of the earlier recipes. `data` says what
    the recipe's own examples are like.
    """

    learnt: list[list[Item]]
    set_aside: list[list[Item]]
    counts: dict[str, int]
    replayed: tuple[dict[str, int], ...]
    remembered: list[Item]
    data: DrawnData | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """What all draws of a run have in common."""

    recipe: Recipe
    data: Path
    builder: PromptBuilder
    teachers: Teachers
    labels: Sequence[str]
    known: Mapping[str, str]  # as `wherefrom.pipeline.leakage.evaluated` returns it
    progress: Progress | None


def draw_run(
    recipe: Recipe,
    data: Path,
    builder: PromptBuilder,
    *,
    teachers: Teachers,
    labels: Sequence[str] = (),
    held_out: HeldOut | None = None,
    augmenter: Augmenter | None = None,
    progress: Progress | None = None,
) -> RunBatches:
    """Draw all batches of a run, from the recipe's seed.

    What is not learnt, because probabilities are fitted on it, is added to `held_out`; `augmenter`
    gives changed copies of what is learnt of the recipe's own files.

    A recipe that sets nothing aside and names no earlier one gets the batches of
    `wherefrom.pipeline.draws.draw_batches`.

    Raises
    ------
    UsageError
        If there is nothing to learn from or to set aside, all examples of a task have one label, or
        examples stand in an evaluation file too and are refused.
    """
    known = evaluated((*recipe.evaluate, *recipe.calibrate), data)
    drawing = Drawing(recipe, data, builder, teachers, labels, known, progress)
    rng = random.Random(recipe.seed)
    drawn, leaked = draw_examples(
        recipe, data, rng, known=known, held_out=held_out, progress=progress
    )
    learnt, other_side = _parted(drawn, recipe)
    learnt = augmented(learnt, augmenter, known=known, progress=progress)
    labels_drawn = label_counts(learnt)
    if not recipe.earlier:  # of those examples of other labels are learnt, too
        require_labels(labels_drawn)
    made = _items(drawing, recipe, learnt)
    batches = cut_items(made, rng)
    if not batches:
        raise UsageError(f"the recipe draws no example from its data in {data}; raise a share")
    counts = count_items(made, augmenter) | ({"leaks_dropped": leaked} if leaked else {})
    others = [_replay(drawing, number, len(batches)) for number in range(len(recipe.earlier))]
    for other in others:
        batches += other.learnt
    rng.shuffle(batches)
    aside = _set_aside(drawing, recipe, other_side)
    for other in others:
        aside += other.set_aside
    if recipe.stopping_share and not aside:
        raise UsageError(
            f"stopping_share is {recipe.stopping_share:g}, which is none of the recipe's few "
            "examples; raise it"
        )
    return RunBatches(
        batches,
        aside,
        counts,
        tuple(other.counts for other in others),
        [item for other in others for item in other.remembered],
        DrawnData(labels_drawn, full_prompts(made, builder.max_tokens), builder.max_tokens),
    )


def _replay(drawing: Drawing, number: int, own: int) -> RunBatches:
    """Draw from one of the earlier recipes, beside so many batches of the recipe's own."""
    recipe = drawing.recipe
    earlier = replace(earlier_recipes(recipe)[number], leaks=recipe.leaks)
    rng = random.Random(recipe.seed + 1 + number)
    drawn, _ = draw_examples(
        earlier, drawing.data, rng, known=drawing.known, progress=drawing.progress
    )
    learnt, other_side = _parted(drawn, recipe)
    if not sum(map(len, learnt.lists())):
        raise UsageError(f"[[earlier]] {recipe.earlier[number].recipe} draws no example")
    new = 1 - sum(each.replay for each in recipe.earlier)
    wanted = own * recipe.earlier[number].replay / new
    made = _items(drawing, earlier, _sampled(learnt, wanted, _sizes(recipe), rng))
    some = _sampled(other_side, wanted * recipe.stopping_share, _sizes(recipe), rng)
    remembered: list[Item] = []
    if recipe.consolidation:
        few = _few(learnt, recipe.fisher_examples / len(recipe.earlier), _sizes(recipe), rng)
        remembered = [item for each in _items(drawing, earlier, few) for item in each.items]
    return RunBatches(
        cut_items(made, rng),
        _set_aside(drawing, earlier, some),
        count_items(made),
        (),
        remembered,
    )


def _parted(examples: Examples, recipe: Recipe) -> tuple[Examples, Examples]:
    """Return the examples that a run learns from, and those that it is measured on as it goes."""

    def aside(example: Learnt) -> bool:
        return is_set_aside(example, recipe.stopping_share, recipe.seed)

    if not recipe.stopping_share:
        return examples, Examples([], [], [], [], [])
    return examples.where(lambda each: not aside(each)), examples.where(aside)


def _items(drawing: Drawing, of: Recipe, examples: Examples) -> list[Made]:
    """Make the items of examples of one recipe, in batches as large as the run's are."""
    return make_items(
        examples,
        drawing.recipe,
        drawing.builder,
        teacher=drawing.teachers(of.teacher),
        labels=drawing.labels,
        progress=drawing.progress,
    )


def _set_aside(drawing: Drawing, of: Recipe, examples: Examples) -> list[list[Item]]:
    """Make batches of examples to measure on: each example once, however often it is shown."""
    once = Examples(*(list(dict.fromkeys(each)) for each in examples.lists()))
    return cut_items(_items(drawing, of, once), random.Random(drawing.recipe.seed))


def _sizes(recipe: Recipe) -> tuple[int, ...]:
    """Return how many examples make a batch, in the order of `Examples.lists`."""
    pairs = recipe.pair_batch
    return (recipe.span_batch, pairs, recipe.choice_batch, pairs, pairs)


def _sampled(
    examples: Examples, batches: float, sizes: Sequence[int], rng: random.Random
) -> Examples:
    """Draw what makes so many batches, of each task as large a part as it is of all batches."""
    every = sum(len(each) / size for each, size in zip(examples.lists(), sizes, strict=True))
    share = batches / every if every else 0.0
    return Examples(*(repeat(each, share, rng) for each in examples.lists()))


def _few(examples: Examples, count: float, sizes: Sequence[int], rng: random.Random) -> Examples:
    """Draw so many examples, of each task as many as its part of all batches says."""
    every = sum(len(each) / size for each, size in zip(examples.lists(), sizes, strict=True))
    shares = [count / every / size for size in sizes]
    lists = zip(examples.lists(), shares, strict=True)
    return Examples(*(repeat(each, share, rng) for each, share in lists))
