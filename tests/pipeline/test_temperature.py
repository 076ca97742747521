"""Test that the temperatures which labels were drawn at are found, and no others made up."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from wherefrom.kb.errors import ModelError
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.reader_manifest import read_manifest, write_manifest
from wherefrom.pipeline.temperature import (
    HIGHEST,
    LEAST_OWN,
    LOWEST,
    Scaling,
    fit_scaling,
    fit_temperature,
)

FEATURES = 6


@pytest.mark.parametrize("temperature", [0.7, 1.0, 2.5])
def test_the_temperature_that_made_the_labels_is_found(temperature: float) -> None:
    rng = np.random.default_rng(5)
    logits = rng.normal(scale=3, size=(20_000, 3))
    right = drawn(logits, np.full(20_000, temperature), rng)
    shown = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert fit_temperature([(np.log(shown), right)]) == pytest.approx(temperature, rel=0.06)


def test_two_kinds_of_input_get_temperatures_of_their_own() -> None:
    logits, right, features, wanted = two_kinds(4000)
    found = fit_scaling(logits, right, features, names(4000)).temperatures(features)
    for kind in (0.6, 2.0):
        assert np.median(found[wanted == kind]) == pytest.approx(kind, rel=0.15)
    one = fit_temperature([(logits, right)])
    assert 0.7 < one < 1.7  # which fits neither


def test_many_features_do_not_hide_those_that_tell() -> None:
    """A weight for each of 306 would learn 1,500 examples by heart, and not be kept."""
    logits, right, features, wanted = two_kinds(4500)
    noise = np.random.default_rng(9).normal(size=(4500, 300))
    features = np.concatenate([4 * features, noise], axis=1)
    fitted = fit_scaling(logits[:1500], right[:1500], features[:1500], names(1500))
    found = fitted.temperatures(features[1500:])
    for kind in (0.6, 2.0):
        assert np.median(found[wanted[1500:] == kind]) == pytest.approx(kind, rel=0.2)


def test_where_features_tell_nothing_there_is_one_temperature() -> None:
    rng = np.random.default_rng(6)
    logits = rng.normal(scale=3, size=(1500, 3))
    right = drawn(logits, np.full(1500, 1.5), rng)
    noise = rng.normal(size=(1500, 40))
    found = fit_scaling(logits, right, noise, names(1500))
    assert found == Scaling(fit_temperature([(logits, right)]))


def test_few_examples_have_one_temperature() -> None:
    few = LEAST_OWN - 1
    logits, right, features, _ = two_kinds(few)
    assert fit_scaling(logits, right, features, names(few)).weights == ()
    logits, right, features, _ = two_kinds(LEAST_OWN)
    assert len(fit_scaling(logits, right, features, names(LEAST_OWN)).weights) == FEATURES


def test_a_label_that_is_said_too_seldom_gets_a_bias() -> None:
    logits, right, features, wanted = two_kinds(4000, shift=(0.0, 1.0, -0.5))
    found = fit_scaling(logits, right, features, names(4000)).biases
    assert found == pytest.approx((0.0, 1.0, -0.5), abs=0.2)
    assert len(set(wanted)) == 2


def test_copies_of_an_example_do_not_vouch_for_it() -> None:
    """Each kind of text stands there many times; only whole groups are put aside."""
    rng = np.random.default_rng(8)
    kinds = 30
    features = np.repeat(rng.normal(size=(kinds, 40)), 50, axis=0)
    logits = np.repeat(rng.normal(scale=3, size=(kinds, 3)), 50, axis=0)
    right = np.repeat(drawn(logits[::50], np.full(kinds, 1.0), rng), 50, axis=0)
    groups = [str(number // 50) for number in range(len(logits))]
    assert fit_scaling(logits, right, features, groups).weights == ()
    assert fit_scaling(logits, right, features, names(len(logits))).weights != ()


def test_strange_inputs_go_no_further_than_the_limits() -> None:
    far = np.array([[-100.0], [0.0], [100.0]])
    assert Scaling(1.3, (2.0,)).temperatures(far).tolist() == [LOWEST, 1.3, HIGHEST]


def test_a_reader_gives_each_pair_its_own(tiny_reader: Reader) -> None:
    premises = ["Paris is old.", "The wall fell in 1989.", "An owl sleeps."]
    claims = ["Berlin is old.", "The wall fell.", "An owl is awake."]
    logits, features = tiny_reader.inference_logits(premises, claims)
    weights = tuple(np.linspace(-0.4, 0.3, features.shape[1]).tolist())
    known = tiny_reader.manifest
    biases = (0.0, 0.5, -1.0)
    calibration = replace(
        known.calibration, inference_temperature_weights=weights, inference_biases=biases
    )
    try:
        tiny_reader.manifest = replace(known, calibration=calibration)
        found = tiny_reader.infer(premises, claims)
    finally:
        tiny_reader.manifest = known
    each = Scaling(calibration.inference_temperature, weights).temperatures(features)
    assert np.ptp(each) > 0.01
    odds = np.exp((logits + np.array(biases)) / each[:, None])
    np.testing.assert_allclose(found, odds / odds.sum(axis=1, keepdims=True), rtol=1e-6)


def test_weights_are_kept_in_the_manifest_and_must_fit(
    tiny_reader_folder: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(tiny_reader_folder, tmp_path / "reader"))
    manifest = read_manifest(folder)
    width = Reader.open(folder).inference_logits(["Paris"], ["Paris"])[1].shape[1]
    for count in (width, width - 1):
        own = replace(
            manifest.calibration,
            inference_temperature_weights=(0.5,) * count,
            inference_biases=(0.0, 1.0, 2.0),
        )
        write_manifest(folder, replace(manifest, calibration=own))
        assert read_manifest(folder).calibration == own
        if count == width:
            assert Reader.open(folder).manifest.calibration == own
        else:
            with pytest.raises(
                ModelError, match=rf"reader.json has {count} .*allowed are none, or {width}"
            ):
                Reader.open(folder)


def two_kinds(
    count: int, shift: tuple[float, float, float] = (0.0, 0.0, 0.0)
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
    """Make logits whose labels are drawn at one of two temperatures, which a feature tells."""
    rng = np.random.default_rng(7)
    kind = rng.random(count) < 0.5
    features = rng.normal(size=(count, FEATURES))
    features[:, 2] = np.where(kind, 1.0, -1.0) + rng.normal(scale=0.1, size=count)
    logits = rng.normal(scale=2, size=(count, 3))
    wanted = np.where(kind, 2.0, 0.6)
    return logits, drawn(logits + np.array(shift), wanted, rng), features, wanted


def drawn(
    logits: NDArray[np.float64], each: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Draw a label for each row of logits, at its temperature."""
    odds = np.exp(logits / each[:, None])
    chances = odds / odds.sum(axis=1, keepdims=True)
    labels = (rng.random((len(logits), 1)) > chances.cumsum(axis=1)).sum(axis=1).clip(max=2)
    found: NDArray[np.bool_] = labels[:, None] == np.arange(3)
    return found


def names(count: int) -> list[str]:
    return [str(number) for number in range(count)]
