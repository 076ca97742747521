"""Measure probabilities on the very examples that they are fitted on, and not be flattered by it.

The examples are halved. What the reader says of each half is measured under the calibration that
is fitted to the other one; what is stored is fitted to both. Halving alone would waste half of the
examples for fitting, and half for measuring.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wherefrom.pipeline.calibrating import fit, uncalibrated
from wherefrom.pipeline.held_out import HALF, HeldOut, group, in_first_half, split
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.reader_manifest import Calibration
from wherefrom.pipeline.scores import Scores

Score = Callable[[Reader, Sequence[Any]], Scores]


@dataclass(frozen=True, slots=True)
class CrossFitted:
    """What the halves of the examples fit: each calibration knows nothing of the other half."""

    by_first: Calibration
    by_second: Calibration

    def score(
        self, score: Score, reader: Reader, examples: Sequence[Any], *, like: Sequence[Any] = ()
    ) -> Scores:
        """Score each half of some examples under what the other half fitted; the order is kept.

        Parameters
        ----------
        score
            Scores what a reader says of examples, which may be none.
        reader, examples
            Who is asked what.
        like
            The examples that say which half each one belongs to, where others than themselves do:
            what they were before they were changed.
        """
        first = np.array([in_first_half(each) for each in like or examples], dtype=np.bool_)
        parts = [
            (rows, score(reader.calibrated(known), [examples[row] for row in rows.tolist()]))
            for known, rows in (
                (self.by_second, np.flatnonzero(first)),
                (self.by_first, np.flatnonzero(~first)),
            )
            if len(rows)
        ]
        order = np.argsort(np.concatenate([rows for rows, _ in parts]))

        def joined(values: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
            return np.concatenate(list(values))[order]

        names = parts[0][1].values
        chances = [found.chances for _, found in parts if found.chances is not None]
        return Scores(
            {name: joined([found.values[name] for _, found in parts]) for name in names},
            joined(chances) if chances else None,
        )


def cross_fit(reader: Reader, examples: HeldOut) -> CrossFitted:
    """Fit a reader's probabilities to each half of some examples."""
    bare = reader.calibrated(uncalibrated(reader.manifest.calibration))
    first, second = _halves(examples)
    return CrossFitted(fit(bare, first), fit(bare, second))


def _halves(examples: HeldOut) -> tuple[HeldOut, HeldOut]:
    first, second = HeldOut(), HeldOut()
    for field in fields(HeldOut):
        stay, aside = split(getattr(examples, field.name), HALF, group)
        setattr(first, field.name, aside)
        setattr(second, field.name, stay)
    return first, second
