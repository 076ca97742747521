"""Weigh the sentences of evidence for and against a statement."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.encoder import Encoder
from wherefrom.pipeline.denial import verify_quoted
from wherefrom.pipeline.quoted import Quoted
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.verdict import Verification

STEEPNESS = 16.0  # how fast a sentence's weight rises with its cosine


@dataclass(frozen=True, slots=True)
class Support:
    """One sentence's verdict on a statement, and how much the sentence is about it (0 to 1)."""

    quoted: Quoted
    cosine: float
    weight: float
    verification: Verification

    @property
    def denies(self) -> bool:
        """Tell whether the sentence says what does not hold."""
        return bool(self.quoted.evidence.denies)

    @property
    def supported(self) -> float:
        """Return the probability of support, as far as the sentence is about the statement."""
        return self.weight * self.verification.supported

    @property
    def refuted(self) -> float:
        """Return the probability of the contrary, as far as the sentence is about the statement."""
        return self.weight * self.verification.refuted


@dataclass(frozen=True, slots=True)
class SentenceVectors:
    """Sentences of evidence with their vectors (S, D), so that several statements share them."""

    quoted: Sequence[Quoted]
    vectors: NDArray[np.float32]

    @classmethod
    def of(cls, encoder: Encoder, quoted: Sequence[Quoted]) -> "SentenceVectors":
        """Encode sentences, each after its title."""
        return cls(quoted, encoder.encode([sentence.premise for sentence in quoted]))


def weigh(
    reader: Reader,
    encoder: Encoder,
    statement: str,
    known: SentenceVectors,
    *,
    centre: float,
    count: int = 12,
) -> list[Support]:
    """Judge a statement by the sentences nearest to it, nearest first.

    Parameters
    ----------
    reader, encoder
        Who judges, and who says what is near.
    statement
        A claim.
    known
        The sentences to choose from.
    centre
        The cosine at which a sentence's weight is one half.
    count
        How many sentences are judged at most.
    """
    if not known.quoted:
        return []
    numbers, cosines = nearest(encoder.encode_queries([statement])[0], known, count)
    chosen = [known.quoted[number] for number in numbers]
    verified = verify_quoted(reader, chosen, [statement] * len(chosen))
    weights = 1.0 / (1.0 + np.exp(-STEEPNESS * (cosines - centre)))
    return [
        Support(sentence, float(cosine), float(weight), verification)
        for sentence, cosine, weight, verification in zip(
            chosen, cosines, weights, verified, strict=True
        )
    ]


def nearest(
    vector: NDArray[np.float32], known: SentenceVectors, count: int
) -> tuple[list[int], NDArray[np.float32]]:
    """Return the places of the sentences nearest to a statement, nearest first, and their cosines.

    `vector` (D,) is the statement's; at most `count` sentences are returned.
    """
    cosines = known.vectors @ vector
    numbers: list[int] = np.argsort(-cosines, kind="stable")[:count].tolist()
    return numbers, cosines[numbers]
