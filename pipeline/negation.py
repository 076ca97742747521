"""Deny a statement, by a small set of rules, where it is sure what its denial says.

Naik, Ravichander, Sadeh, Rose and Neubig, "Stress Test Evaluation for Natural Language Inference",
COLING 2018, arXiv:1806.00692, add negations that change nothing; here they change the meaning, and
so the label: what is entailed makes a contradiction of its denial, and what is neutral stays so.
"""

import re

from wherefrom.pipeline.denial import affirmed
from wherefrom.pipeline.statement import CONJUNCTIONS

_DENIED = ("is", "was", "are", "were", "can", "could", "will", "would")
_UNSURE = frozenset(  # words under which "not" may say something else than the contrary
    (
        *CONJUNCTIONS,
        *"and or but nor than as unless until although though since before after so".split(),
        *"some any all every each both either neither many most more several few fewer".split(),
        *"no none nothing nobody never nowhere not cannot hardly rarely seldom barely".split(),
        *"only even still already yet also too just always often sometimes usually".split(),
        *"what how why whom someone somebody something anyone anybody anything".split(),
        *"everyone everybody everything may might must should maybe perhaps possibly".split(),
        *"probably there at least about half".split(),
        *"one two three four five six seven eight nine ten".split(),
    )
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SENTENCE = re.compile(r"^\w[^.?!;:]*\.?$")
_LONGEST_WORDS = 20
_NOT = re.compile(
    r"\b(?:is|was|are|were|does|did|do|could|will|would|has|have|had) not\b|\bcannot\b"
)


def denied(statement: str) -> str | None:
    """Return what says the contrary of a statement, None where no rule is sure.

    A statement is one sentence in which one verb can be denied and no word makes "not" ambiguous
    ("all", "only", "because"). One that has a single "not" is denied by leaving it out.

    Examples
    --------
    >>> denied("The tower was built in 1889."), denied("A penguin can fly")
    ('The tower was not built in 1889.', 'A penguin cannot fly')
    >>> denied("The tower is not old."), denied("All towers are old."), denied("Is it old?")
    ('The tower is old.', None, None)
    """
    text = statement.strip()
    if not _SENTENCE.match(text):
        return None
    words = [found.group().lower() for found in _WORD.finditer(text)]
    negations = _NOT.findall(text)
    if len(negations) == 1 and negations[0].partition(" ")[0] not in ("does", "did", "do"):
        plain = affirmed(text)
        rest = {word.lower() for word in _WORD.findall(plain)}
        return None if rest & _UNSURE else plain
    if len(words) > _LONGEST_WORDS or _UNSURE.intersection(words):
        return None
    if any(word.endswith(("n't", "n’t", "'s", "'re")) for word in words):
        return None
    verbs = [found for found in _WORD.finditer(text) if found.group() in _DENIED]
    if len(verbs) != 1 or verbs[0].start() == 0:
        return None
    verb = verbs[0]
    negation = "cannot" if verb.group() == "can" else f"{verb.group()} not"
    return text[: verb.start()] + negation + text[verb.end() :]
