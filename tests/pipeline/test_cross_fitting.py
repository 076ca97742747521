"""Test that no example is measured under probabilities that were fitted to it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from wherefrom.pipeline.calibrating import uncalibrated
from wherefrom.pipeline.cross_fitting import CrossFitted, cross_fit
from wherefrom.pipeline.examples import PairExample
from wherefrom.pipeline.held_out import HeldOut, in_first_half
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.reader_manifest import Calibration
from wherefrom.pipeline.scores import Scores

FIRST, SECOND = 2.0, 3.0  # temperatures by which a score tells which calibration it was under
PAIRS = [
    PairExample(f"The owl {number} sleeps.", "It is awake.", number % 3) for number in range(300)
]


def told(reader: Reader, examples: Sequence[PairExample]) -> Scores:
    """Score an example by the calibration that it is judged under, and by what it is."""
    under = np.full(len(examples), reader.manifest.calibration.inference_temperature)
    return Scores({"label": np.array([float(each.label) for each in examples])}, under)


@pytest.fixture
def crossed() -> CrossFitted:
    return CrossFitted(
        Calibration(inference_temperature=FIRST), Calibration(inference_temperature=SECOND)
    )


def test_each_half_is_scored_under_the_other_and_the_order_is_kept(
    tiny_reader: Reader, crossed: CrossFitted
) -> None:
    found = crossed.score(told, tiny_reader, PAIRS)
    assert found.values["label"].tolist() == [float(pair.label) for pair in PAIRS]
    assert found.chances is not None
    wanted = [SECOND if in_first_half(pair) else FIRST for pair in PAIRS]
    assert found.chances.tolist() == wanted
    assert len(set(wanted)) == 2


def test_changed_examples_stay_in_the_half_of_what_they_were(
    tiny_reader: Reader, crossed: CrossFitted
) -> None:
    changed = [replace(pair, premise=pair.premise.replace("owl", "owk")) for pair in PAIRS]
    found = crossed.score(told, tiny_reader, changed, like=PAIRS)
    plain = crossed.score(told, tiny_reader, PAIRS)
    assert found.chances is not None and plain.chances is not None
    assert found.chances.tolist() == plain.chances.tolist()
    assert [in_first_half(a) for a in PAIRS] != [in_first_half(a) for a in changed]


def test_one_half_alone_is_scored(tiny_reader: Reader, crossed: CrossFitted) -> None:
    some = [pair for pair in PAIRS if in_first_half(pair)]
    found = crossed.score(told, tiny_reader, some)
    assert found.chances is not None
    assert set(found.chances.tolist()) == {SECOND}


def test_a_half_fits_nothing_of_the_other(tiny_reader: Reader) -> None:
    """In the second half the labels become those that the reader holds for likeliest."""
    shipped = tiny_reader.manifest.calibration
    found = cross_fit(tiny_reader, HeldOut(pairs=list(PAIRS)))
    likeliest = tiny_reader.infer([p.premise for p in PAIRS], [p.hypothesis for p in PAIRS])
    others = [
        pair if in_first_half(pair) else replace(pair, label=label)
        for pair, label in zip(PAIRS, likeliest.argmax(axis=1).tolist(), strict=True)
    ]
    again = cross_fit(tiny_reader, HeldOut(pairs=others))
    assert again.by_first == found.by_first
    assert again.by_second.inference_temperature < found.by_second.inference_temperature
    assert found.by_first != uncalibrated(shipped)
    assert tiny_reader.manifest.calibration == shipped
