"""Judge statements by sentences that may say what does not hold, as negated facts do.

A small reader hardly hears "not". So the sentence that a fact denies is put to it in the place of
the fact, and the statement without its negation: where the one entails the other, the fact refutes
the statement, or supports it where the statement denies the same.
"""

import re
from collections.abc import Sequence

from wherefrom.pipeline.quoted import Quoted
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.verdict import Verification, verify

_NEGATIONS = (
    (re.compile(r"\bcan(?:not|['’]t|\s+not)\b", re.IGNORECASE), "can"),
    (re.compile(r"\bwon['’]t\b", re.IGNORECASE), "will"),
    (re.compile(r"n['’]t\b", re.IGNORECASE), ""),
    (re.compile(r"\s+(?:not|never)\b", re.IGNORECASE), ""),
)


def verify_quoted(
    reader: Reader, quoted: Sequence[Quoted], statements: Sequence[str]
) -> list[Verification]:
    """Judge each statement by its own quoted sentence."""
    premises = [one.denied or one.premise for one in quoted]
    claims = [
        affirmed(statement) if one.denied else statement
        for one, statement in zip(quoted, statements, strict=True)
    ]
    return [
        _of_denial(verification, statement) if one.denied else verification
        for one, statement, verification in zip(
            quoted, statements, verify(reader, premises, claims), strict=True
        )
    ]


def affirmed(statement: str) -> str:
    """Return a statement without its negation, as it is where it has none.

    Examples
    --------
    >>> affirmed("A penguin cannot fly."), affirmed("Whales aren't fish."), affirmed("It is old.")
    ('A penguin can fly.', 'Whales are fish.', 'It is old.')
    """
    for pattern, without in _NEGATIONS:
        statement = pattern.sub(without, statement)
    return statement


def _of_denial(agreed: Verification, statement: str) -> Verification:
    """Turn how far a statement agrees with what is denied into a verdict on the statement."""
    if affirmed(statement) != statement:  # it denies the same
        return Verification(agreed.supported, 0.0, 1 - agreed.supported)
    return Verification(0.0, agreed.supported, 1 - agreed.supported)
