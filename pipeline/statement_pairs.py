"""Make pairs of the form that is verified: a sentence after its title, and a statement."""

import random
from collections import defaultdict
from collections.abc import Sequence

from wherefrom.kb.sentences import split_sentences
from wherefrom.pipeline.examples import CONTRADICTION, ENTAILMENT, NEUTRAL, PairExample
from wherefrom.pipeline.squad import SquadQuestion
from wherefrom.pipeline.statement import as_statement, titled
from wherefrom.pipeline.tries import in_vain, tried


def statement_pairs(
    questions: Sequence[SquadQuestion], count: int, rng: random.Random, *, fewer: bool = False
) -> list[PairExample]:
    """Make statements from questions: right, with another answer, or beside the wrong sentence.

    Parameters
    ----------
    questions
        Those whose paragraph has another question with an answer are drawn from, with replacement.
    count
        How many pairs; the last draw may make up to two more.
    rng
        What draws.
    fewer
        Whether fewer will do where the questions yield next to none.

    Raises
    ------
    UsageError
        If fewer are found, and will not do.
    """
    by_context: dict[str, list[SquadQuestion]] = defaultdict(list)
    for question in questions:
        if question.answers:
            by_context[question.context].append(question)
    contexts = [context for context, asked in by_context.items() if len(asked) > 1]
    made: list[PairExample] = []
    tries = 0
    while contexts and len(made) < count:
        if fewer and in_vain(tries, len(made)):
            break
        tries = tried(tries, len(made), count, "answers within one sentence")
        question, other = rng.sample(by_context[rng.choice(contexts)], 2)
        made.extend(_made(question, other.answers[0][0], rng))
    return made


def _made(question: SquadQuestion, wrong: str, rng: random.Random) -> list[PairExample]:
    """Make up to three pairs of a question; none where its answer is in no sentence."""
    title, context = question.title, question.context
    answer, start = question.answers[0]
    sentences = split_sentences(context)
    held = [s for s in sentences if s[0] <= start and start + len(answer) <= s[1]]
    bare = [s for s in sentences if answer.lower() not in context[s[0] : s[1]].lower()]
    if not held:
        return []
    premise = titled(title, context[held[0][0] : held[0][1]])
    claim = as_statement(question.question, answer)
    made = [PairExample(premise, claim, ENTAILMENT)]
    if wrong.lower() not in answer.lower() and answer.lower() not in wrong.lower():
        made.append(PairExample(premise, as_statement(question.question, wrong), CONTRADICTION))
    if bare:
        start, end = rng.choice(bare)
        made.append(PairExample(titled(title, context[start:end]), claim, NEUTRAL))
    return made
