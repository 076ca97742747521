"""Make questions with choices of facts: one end of a fact is asked for, among those of others.

Source: Ma, Ilievski, Francis, Bisk, Nyberg and Oltramari, "Knowledge-driven Data Construction for
Zero-shot Evaluation in Commonsense Question Answering", AAAI 2021, arXiv:2011.03863.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from wherefrom.kb.fact_words import fact_sentence
from wherefrom.kb.records import Triple
from wherefrom.pipeline.examples import ChoiceExample

CHOICES = 5  # as in CommonsenseQA
TRIES = 20  # draws for each wrong choice, before a fact is passed over
ENDS = ("head", "tail")


def fact_choices(
    facts: Sequence[Triple], asked: Sequence[Triple], rng: random.Random
) -> list[ChoiceExample]:
    """Make one example of each fact that is asked, except where too few others share its relation.

    Parameters
    ----------
    facts
        All that is known: a choice that makes one of them true is never a wrong one.
    asked
        Some of them, each as often as an example is to be made of it. Head or tail is asked for,
        either as often.
    rng
        Draws the end, the wrong choices (those of facts with the same relation, frequent ones more
        often), and the place of the right one.

    Examples
    --------
    >>> deeds = {"bird": "fly", "fish": "swim", "cat": "purr", "dog": "bark", "cow": "moo"}
    >>> facts = [Triple(animal, "CapableOf", deed) for animal, deed in deeds.items()]
    >>> (made,) = fact_choices(facts, facts[:1], random.Random(1))
    >>> made.statements[made.right], len(made.statements)
    ('bird can fly.', 5)
    """
    known = {_said(fact) for fact in facts}
    alike: dict[tuple[str, bool], list[Triple]] = defaultdict(list)
    for fact in facts:
        alike[fact.relation, fact.negated].append(fact)
    made = []
    for fact in asked:
        wrong = _wrong(fact, alike[fact.relation, fact.negated], known, rng)
        if len(wrong) == CHOICES - 1:
            right = rng.randrange(CHOICES)
            statements = [*wrong[:right], fact_sentence(fact), *wrong[right:]]
            made.append(ChoiceExample(("",) * CHOICES, tuple(statements), right))
    return made


def _wrong(
    fact: Triple,
    alike: Sequence[Triple],
    known: set[tuple[str, str, bool, str]],
    rng: random.Random,
) -> list[str]:
    """Draw up to CHOICES - 1 sentences, all different, that no fact says."""
    end = rng.choice(ENDS)
    drawn: dict[str, None] = {}
    for _ in range(TRIES * CHOICES):
        other = replace(fact, **{end: getattr(rng.choice(alike), end)})
        if _said(other) not in known:
            drawn[fact_sentence(other)] = None
        if len(drawn) == CHOICES - 1:
            break
    return list(drawn)


def _said(fact: Triple) -> tuple[str, str, bool, str]:
    return (fact.head, fact.relation, fact.negated, fact.tail)
