"""Judge statements by the sentences they are said to rest on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wherefrom.pipeline.examples import CONTRADICTION, ENTAILMENT, NEUTRAL
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.records import VERDICTS, Verdict

SMALLEST = 1e-6  # probabilities are kept this far from 0 and 1 before their logarithm is taken


@dataclass(frozen=True, slots=True)
class Verification:
    """The probabilities of each verdict on one statement, given one sentence; they add up to 1."""

    supported: float
    refuted: float
    undecided: float

    @property
    def verdict(self) -> Verdict:
        """Return the most probable verdict."""
        probabilities = (self.supported, self.refuted, self.undecided)
        return VERDICTS[probabilities.index(max(probabilities))]

    @property
    def denied(self) -> "Verification":
        """Return the verdicts on the contrary of the statement."""
        return Verification(self.refuted, self.supported, self.undecided)

    @property
    def log_odds(self) -> float:
        """Return the log-odds of support."""
        supported = min(max(self.supported, SMALLEST), 1 - SMALLEST)
        return float(np.log(supported / (1 - supported)))


def verify(
    reader: Reader, premises: Sequence[str], statements: Sequence[str]
) -> list[Verification]:
    """Judge each statement by its own premise."""
    if not premises:
        return []
    found = reader.infer(premises, statements)
    order = [ENTAILMENT, CONTRADICTION, NEUTRAL]
    return [Verification(*(float(row[column]) for column in order)) for row in found]
