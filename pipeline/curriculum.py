"""Turn a recipe's files into the examples of one training run, drawn with the recipe's seed."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from wherefrom.indexes.knowledge import Knowledge
from wherefrom.kb.errors import UsageError
from wherefrom.kb.progress import Progress
from wherefrom.kb.triples import read_triples
from wherefrom.pipeline.claims import read_claims, read_yes_no
from wherefrom.pipeline.data_file import data_file
from wherefrom.pipeline.examples import (
    INFERENCE_LABELS,
    TAUGHT,
    ChoiceExample,
    ClaimExample,
    PairExample,
    SpanExample,
    TextExample,
)
from wherefrom.pipeline.exchanges import exchanged
from wherefrom.pipeline.fact_choices import CHOICES, fact_choices
from wherefrom.pipeline.inference_pairs import read_pairs
from wherefrom.pipeline.injected import (
    choices_with_evidence,
    claims_with_evidence,
    distractors,
)
from wherefrom.pipeline.labelled_texts import read_texts
from wherefrom.pipeline.multiple_choice import as_example, read_choices
from wherefrom.pipeline.overlap_pairs import overlap_pairs
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.sources import FACT_SUFFIXES, JudgedSource, PairSource, SpanSource
from wherefrom.pipeline.squad import SquadQuestion, as_span, read_squad
from wherefrom.pipeline.statement_pairs import statement_pairs
from wherefrom.pipeline.tries import tried
from wherefrom.pipeline.unanswerable import unanswerable_questions

UNTITLED_SHARE = 0.2  # of the span examples are shown without their title
Example = TypeVar("Example")
Taught = TypeVar("Taught", SpanExample, ChoiceExample, ClaimExample)


def span_examples(
    recipe: Recipe, data: Path, rng: random.Random, *, progress: Progress | None = None
) -> list[SpanExample]:
    """Draw the span examples: each source's share, negatives from its articles, changed questions.

    Where a source names a knowledge base, passages found there for its questions come last.
    """
    drawn: list[SpanExample] = []
    for source in recipe.spans:
        questions = questions_of(source, data)
        chosen = repeat(questions, source.share, rng)
        own = [_positive(question, rng) for question in chosen if question.answers]
        own += [as_span(question) for question in chosen if not question.answers]
        wanted = round(recipe.negatives * len(chosen))
        own += negatives(questions, wanted, rng)
        if recipe.unanswerable:
            changed = round(recipe.unanswerable * len(chosen))
            own += unanswerable_questions(questions, changed, rng)
        if source.retrieved and chosen:
            count = source.distractors
            own += distractors(_opened(source.retrieved), chosen, count, progress=progress)
        drawn += _as_taught(own) if source.taught else own
    return drawn


def pair_examples(recipe: Recipe, data: Path, rng: random.Random) -> list[PairExample]:
    """Draw the inference examples: each source's share, then those that are made."""
    drawn: list[PairExample] = []
    for source in recipe.pairs:
        drawn.extend(_pairs(source, data, rng))
    if recipe.statements:
        pool = [q for source in recipe.spans for q in questions_of(source, data) if q.title]
        drawn.extend(statement_pairs(pool, recipe.statements, rng))
    if recipe.overlap_pairs:
        drawn.extend(pair for _, pair in overlap_pairs(recipe.overlap_pairs, "training", rng))
    for plain in recipe.yes_no:
        drawn.extend(repeat(list(read_yes_no(data_file(data, plain.file))), plain.share, rng))
    return drawn


def choice_examples(
    recipe: Recipe, data: Path, rng: random.Random, *, progress: Progress | None = None
) -> list[ChoiceExample]:
    """Draw the questions with choices, with evidence where a source names a knowledge base.

    Of a file of facts, questions are made.
    """
    drawn: list[ChoiceExample] = []
    for source in recipe.choices:
        if source.file.endswith(FACT_SUFFIXES):
            made = _fact_choices(source, data, rng)
            drawn.extend(_as_taught(made) if source.taught else made)
            continue
        questions = repeat(list(read_choices(data_file(data, source.file))), source.share, rng)
        examples = [as_example(question) for question in questions]
        if source.retrieved:
            asked = [question.question for question in questions]
            examples = choices_with_evidence(
                _opened(source.retrieved), asked, examples, rng, progress=progress
            )
        drawn.extend(_as_taught(examples) if source.taught else examples)
    return drawn


def claim_examples(
    recipe: Recipe, data: Path, rng: random.Random, *, progress: Progress | None = None
) -> list[ClaimExample]:
    """Draw the claims, with evidence where a source names a knowledge base."""
    drawn: list[ClaimExample] = []
    for source in recipe.claims:
        examples = repeat(list(read_claims(data_file(data, source.file))), source.share, rng)
        if source.retrieved:
            known = _opened(source.retrieved)
            examples = claims_with_evidence(known, examples, rng, progress=progress)
        drawn.extend(_as_taught(examples) if source.taught else examples)
    return drawn


def text_examples(recipe: Recipe, data: Path, rng: random.Random) -> list[TextExample]:
    """Draw the labelled texts."""
    return [
        example
        for source in recipe.texts
        for example in repeat(list(read_texts(data_file(data, source.file))), source.share, rng)
    ]


def repeat(items: Sequence[Example], share: float, rng: random.Random) -> list[Example]:
    """Return every item floor(share) times, and a random sample for the fraction.

    Examples
    --------
    >>> drawn = repeat(["a", "b"], 1.5, random.Random(0))
    >>> sorted([drawn.count("a"), drawn.count("b")])
    [1, 2]
    """
    whole = int(share)
    return list(items) * whole + rng.sample(list(items), round((share - whole) * len(items)))


def _as_taught(examples: Sequence[Taught]) -> list[Taught]:
    return [replace(example, taught=True) for example in examples]


def _fact_choices(source: JudgedSource, data: Path, rng: random.Random) -> list[ChoiceExample]:
    facts = list(read_triples(data_file(data, source.file), source.file))
    made = fact_choices(facts, repeat(facts, source.share, rng), rng)
    if source.share and not made:
        raise UsageError(
            f"no question can be made of {source.file}: it takes {CHOICES} facts with one relation"
        )
    return made


def _opened(folder: str) -> Knowledge:
    knowledge = Knowledge.open(Path(folder))
    knowledge.remember_vectors()
    return knowledge


def questions_of(source: SpanSource, data: Path) -> list[SquadQuestion]:
    """Read the questions of a recipe's span file."""
    return read_squad(data_file(data, source.file), tokenised=source.tokenised)


def _positive(question: SquadQuestion, rng: random.Random) -> SpanExample:
    text, start = question.answers[0]
    title = "" if rng.random() < UNTITLED_SHARE else question.title
    return SpanExample(question.question, title, question.context, start, start + len(text))


def negatives(
    questions: Sequence[SquadQuestion], count: int, rng: random.Random
) -> list[SpanExample]:
    """Pair questions with another paragraph of their article (else of any) without the answer."""
    paragraphs: dict[str, list[str]] = defaultdict(list)
    for question in questions:
        if question.context not in paragraphs[question.title][-1:]:
            paragraphs[question.title].append(question.context)
    made: list[SpanExample] = []
    answered = [question for question in questions if question.answers]
    tries = 0
    while answered and len(made) < count:
        tries = tried(tries, len(made), count, "paragraphs without the answer")
        question = rng.choice(answered)
        other = rng.choice(questions)
        text, title = other.context, other.title
        if len(paragraphs[question.title]) > 1 and rng.random() < 0.8:
            text, title = rng.choice(paragraphs[question.title]), question.title
        if any(answer.lower() in text.lower() for answer, _ in question.answers):
            continue
        made.append(SpanExample(question.question, title, text, -1, -1))
    return made


def _pairs(source: PairSource, data: Path, rng: random.Random) -> list[PairExample]:
    groups: dict[tuple[str, int], list[PairExample]] = defaultdict(list)
    for name, example in read_pairs(data_file(data, source.file), sources=source.shares or None):
        groups[name, example.label].append(example)
    known = {name for name, _ in groups}
    for name in [*source.shares, *(key.rpartition("/")[0] for key in source.label_shares)]:
        if name not in known:
            raise UsageError(f"{source.file} has no source {name!r}; it has {sorted(known)}")
    drawn: list[PairExample] = []
    for (name, label), examples in groups.items():
        share = source.shares.get(name, 0.0) if source.shares else 1.0
        if label in range(len(INFERENCE_LABELS)):
            share *= source.label_shares.get(f"{name}/{INFERENCE_LABELS[label]}", 1.0)
        drawn.extend(repeat(examples, share, rng))
    if source.taught:
        drawn = [replace(example, label=TAUGHT) for example in drawn]
        drawn.extend(exchanged(drawn, source.exchanges, rng))
    return drawn
