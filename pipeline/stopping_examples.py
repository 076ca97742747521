"""Choose the examples that a run is measured on as it goes, and does not learn from.

What is said once more of the same text is on the same side: all questions on a paragraph, and all
hypotheses of a premise, are learnt from, or none is.
"""

import hashlib

from wherefrom.pipeline.examples import (
    ChoiceExample,
    ClaimExample,
    PairExample,
    SpanExample,
    TextExample,
)
from wherefrom.pipeline.leakage import Learnt, bare_words

_DIGITS = 8  # bytes of the digest that decides


def is_set_aside(example: Learnt, share: float, seed: int) -> bool:
    """Tell whether an example is among the share (0 to 1) that is not learnt from.

    It depends on the words of its text, without case and punctuation, and on the seed alone.

    Examples
    --------
    >>> one = PairExample("A man sleeps.", "He is tired.", 1)
    >>> two = PairExample("A man sleeps", "He runs.", 2)
    >>> {is_set_aside(one, 0.5, seed) == is_set_aside(two, 0.5, seed) for seed in range(20)}
    {True}
    >>> sum(is_set_aside(one, 0.5, seed) for seed in range(100))
    50
    """
    key = f"{seed}\n{bare_words(_text(example))}".encode()
    found = int.from_bytes(hashlib.blake2b(key, digest_size=_DIGITS).digest())
    return found < share * float(256**_DIGITS)


def _text(example: Learnt) -> str:
    """Return what an example is about."""
    match example:
        case SpanExample():
            return example.text
        case PairExample():
            return example.premise
        case ChoiceExample():
            return " ".join(sorted(example.statements))
        case ClaimExample():
            return example.claim
        case TextExample():
            return example.text
