"""Put what a knowledge base holds into training examples: evidence, and what only looks like it.

A reader that learns with the evidence it will be shown, useless pieces included, learns to leave
those alone: Yoran, Wolfson, Ram and Berant, "Making Retrieval-Augmented Language Models Robust to
Irrelevant Context", ICLR 2024, arXiv:2310.01558. Passages without the answer that a retriever takes
for good are the hard negatives of Karpukhin et al., "Dense Passage Retrieval", EMNLP 2020,
arXiv:2004.04906, section 3.2.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from wherefrom.indexes.knowledge import Knowledge
from wherefrom.kb.progress import NoProgress, Progress
from wherefrom.pipeline.examples import ChoiceExample, ClaimExample, SpanExample
from wherefrom.pipeline.plausibility import retrieved_premises
from wherefrom.pipeline.retrieval import retrieve
from wherefrom.pipeline.squad import SquadQuestion

CHUNK = 64  # questions that are searched for together
MORE = 5  # passages looked at for each distractor that is wanted
BARE_SHARE = 0.25  # of the examples stay without evidence, as a question about nothing known is
STAGE = "retrieve for training"


def distractors(
    knowledge: Knowledge,
    questions: Sequence[SquadQuestion],
    count: int,
    *,
    progress: Progress | None = None,
) -> list[SpanExample]:
    """Return, for each question, up to `count` passages found for it that lack its answer."""
    progress = progress or NoProgress()
    made: list[SpanExample] = []
    progress.start(STAGE, total=len(questions))
    for first in range(0, len(questions), CHUNK):
        part = questions[first : first + CHUNK]
        asked = [question.question for question in part]
        ranked = retrieve(knowledge, asked, k=count * MORE, retriever=knowledge.best_retriever)
        for question, evidence in zip(part, ranked, strict=True):
            answers = [text.lower() for text, _ in question.answers]
            useless = [
                item
                for item in evidence
                if item.text.strip() not in question.context
                and not any(answer in item.text.lower() for answer in answers)
            ]
            made.extend(
                SpanExample(question.question, item.title, item.text, -1, -1)
                for item in useless[:count]
            )
        progress.advance(STAGE, len(part))
    progress.finish(STAGE)
    return made


def choices_with_evidence(
    knowledge: Knowledge,
    questions: Sequence[str],
    examples: Sequence[ChoiceExample],
    rng: random.Random,
    *,
    progress: Progress | None = None,
) -> list[ChoiceExample]:
    """Return the examples of questions with what is found for them; BARE_SHARE stay as they are."""
    asked = zip(questions, (example.statements for example in examples), strict=True)
    return [
        example if found is None else replace(example, premises=tuple(found))
        for example, found in zip(
            examples, _mostly_retrieved(knowledge, list(asked), rng, progress), strict=True
        )
    ]


def claims_with_evidence(
    knowledge: Knowledge,
    examples: Sequence[ClaimExample],
    rng: random.Random,
    *,
    progress: Progress | None = None,
) -> list[ClaimExample]:
    """Return claims with what is found for them; BARE_SHARE of them stay as they are."""
    asked = [("", (example.claim,)) for example in examples]
    return [
        example if found is None else replace(example, premise=found[0])
        for example, found in zip(
            examples, _mostly_retrieved(knowledge, asked, rng, progress), strict=True
        )
    ]


def _mostly_retrieved(
    knowledge: Knowledge,
    asked: Sequence[tuple[str, Sequence[str]]],
    rng: random.Random,
    progress: Progress | None,
) -> Iterator[list[str] | None]:
    """Yield the premises of each question's statements, None for BARE_SHARE of the questions."""
    progress = progress or NoProgress()
    progress.start(STAGE, total=len(asked))
    for first in range(0, len(asked), CHUNK):
        part = asked[first : first + CHUNK]
        is_bare = [rng.random() < BARE_SHARE for _ in part]
        wanted = [one for one, bare in zip(part, is_bare, strict=True) if not bare]
        found = iter(retrieved_premises(knowledge, wanted))
        for bare in is_bare:
            yield None if bare else next(found)
        progress.advance(STAGE, len(part))
    progress.finish(STAGE)
