"""Change examples as typing errors, other names, denials and distractor sentences change them.

What is learnt (`wherefrom.pipeline.augmentation`) and what is measured come from here.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from wherefrom.pipeline.distractor_sentences import (
    Borrowed,
    between_sentences,
    borrowed,
    distractor_sentence,
)
from wherefrom.pipeline.edits import Editable, rewritten
from wherefrom.pipeline.examples import (
    CONTRADICTION,
    ENTAILMENT,
    NEUTRAL,
    ClaimExample,
    PairExample,
    SpanExample,
    TextExample,
)
from wherefrom.pipeline.interval import mean_with_interval
from wherefrom.pipeline.name_swaps import Shape, name_edits, names_by_shape, swapped_words
from wherefrom.pipeline.negation import denied
from wherefrom.pipeline.scores import Measures, Scores
from wherefrom.pipeline.squad import SquadQuestion
from wherefrom.pipeline.typos import typos

Changing = Callable[[Any, random.Random], Any]  # an example's changed copy, None where none is made
Asked = TypeVar("Asked", SpanExample, SquadQuestion)
DENIED = {ENTAILMENT: CONTRADICTION, NEUTRAL: NEUTRAL}  # what the denial of such a pair is


def change_of(way: str, examples: Sequence[Any]) -> Changing:
    """Return what changes an example by `typos`, `entities`, `negation` or `distractors`.

    `examples` are those that names and answers are borrowed from.
    """
    match way:
        case "typos":
            return with_typos
        case "negation":
            return lambda one, rng: contradicted(one)
        case "entities":
            known = names_by_shape(text for each in examples for text in texts_of(each))
            return lambda one, rng: with_other_names(one, known, rng)
        case _:
            others = borrowed(
                (each.question, answer) for each in examples for answer in _answers(each)
            )
            return lambda one, rng: with_distractor(one, others, rng)


def changed_examples(
    examples: Sequence[Any], way: str, *, fits: Callable[[str], bool] = lambda question: True
) -> tuple[list[Any], list[Any]]:
    """Return the examples that can be changed, as they are and changed; always the same ones.

    What `fits` says is too long a question is left out.
    """
    rng = random.Random(way)
    change = change_of(way, examples)
    both = [(each, change(each, rng)) for each in examples]
    changed = [
        (before, after)
        for before, after in both
        if after is not None and (not isinstance(after, SquadQuestion) or fits(after.question))
    ]
    return [before for before, _ in changed], [after for _, after in changed]


def lost(before: Scores, after: Scores) -> Measures:
    """Return the measures of changed examples, and how far each is from that of the clean ones.

    The interval of a difference is that of the mean over examples, which are the same in both.
    """
    found: Measures = {}
    for name, values in after.values.items():
        clean = np.asarray(before.values[name])
        found[name] = mean_with_interval(values.tolist())
        found[f"{name}_clean"] = mean_with_interval(clean.tolist())
        found[f"{name}_difference"] = mean_with_interval((values - clean).tolist())
    return found


def with_typos(example: Editable, rng: random.Random) -> Editable | None:
    """Return an example with typing errors, none of them in an answer."""
    return rewritten(example, lambda text: typos(text, rng))


def with_other_names(
    example: Editable, known: Mapping[Shape, Sequence[str]], rng: random.Random
) -> Editable | None:
    """Return an example with other proper names, in its answers too; None where it has none."""
    swapped = swapped_words(texts_of(example), known, rng)
    return rewritten(example, lambda text: name_edits(text, swapped), names=True)


def contradicted(pair: PairExample) -> PairExample | None:
    """Return a pair with its hypothesis denied and the label that this makes, where rules fit."""
    hypothesis = denied(pair.hypothesis)
    if hypothesis is None or pair.label not in DENIED:
        return None
    return PairExample(pair.premise, hypothesis, DENIED[pair.label])


def with_distractor(example: Asked, others: Borrowed, rng: random.Random) -> Asked | None:
    """Return a question whose passage holds one sentence more, that only looks like its answer."""
    text = example.text if isinstance(example, SpanExample) else example.context
    answers = _answers(example)
    if not answers:
        return None
    sentence = distractor_sentence(example.question, answers, text, others, rng)
    if sentence is None:
        return None
    edit = between_sentences(text, sentence, rng)
    return rewritten(example, lambda one: [edit] if one == text else [])


def texts_of(
    example: SpanExample | SquadQuestion | PairExample | ClaimExample | TextExample,
) -> tuple[str, ...]:
    """Return every text of an example."""
    match example:
        case SpanExample():
            return example.asked
        case SquadQuestion():
            return (example.question, example.title, example.context)
        case PairExample():
            return (example.premise, example.hypothesis)
        case ClaimExample():
            return (example.claim,)
        case TextExample():
            return (example.text,)


def _answers(example: SpanExample | SquadQuestion) -> list[str]:
    if isinstance(example, SquadQuestion):
        return [answer for answer, _ in example.answers]
    return [example.text[example.start : example.end]] if example.start >= 0 else []
