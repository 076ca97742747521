"""The nouns of the index layer: small frozen values, no I/O."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage and the score that one index, or a fusion of several, gave it."""

    passage_id: str
    score: float
