"""Test how probable it is that a claim holds, and what is fitted to claims that are known."""

import json
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
from numpy.typing import NDArray

from wherefrom.benchmarks.judge_claims import measure
from wherefrom.command import run
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.answering import Answerer
from wherefrom.pipeline.examples import ClaimExample
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.reader_manifest import Calibration, read_manifest
from wherefrom.pipeline.records import Check
from wherefrom.pipeline.truth import (
    FEATURES,
    LEAST,
    fit_claims,
    require_enough,
    truth_features,
    truths,
)


def checked(claim: str, supported: float = 0.0, refuted: float = 0.0) -> Check:
    chances = {
        "supported": supported,
        "refuted": refuted,
        "undecided": 1 - supported - refuted,
    }
    return Check(claim, max(chances, key=lambda name: chances[name]), chances)  # type: ignore[arg-type]


def drawn(weights: NDArray[np.float64], bias: float) -> tuple[NDArray[np.float64], list[bool]]:
    """Draw 90,000 claims that hold by known weights of their features."""
    rng = np.random.default_rng(3)
    rows = np.column_stack([rng.random((90_000, 2)), rng.normal(size=90_000)])
    true = rng.random(90_000) < 1 / (1 + np.exp(-(rows @ weights + bias)))
    return rows, true.tolist()


def test_the_fit_finds_the_weights_that_made_the_data() -> None:
    before = Calibration(claim_cosine=0.3)
    found = fit_claims(*drawn(np.array([2.0, -1.5, 0.8]), 0.4), before)
    assert list(found.claim_weights) == list(FEATURES)
    np.testing.assert_allclose(list(found.claim_weights.values()), [2.0, -1.5, 0.8], atol=0.15)
    assert found.claim_bias == pytest.approx(0.4, abs=0.1)
    assert found == replace(before, claim_weights=found.claim_weights, claim_bias=found.claim_bias)


def test_what_counts_against_its_own_meaning_is_left_out() -> None:
    found = fit_claims(*drawn(np.array([2.0, 1.0, 0.8]), 0.0), Calibration())
    assert found.claim_weights["refuted"] == 0.0
    assert found.claim_weights["supported"] == pytest.approx(2.0, abs=0.2)


def test_without_evidence_plausibility_decides(judging_reader_folder: Path) -> None:
    reader = Reader.open(judging_reader_folder, device="cpu")
    claims = ["Paris is old.", "Rome is not a river."]
    rows = truth_features(reader, [checked(claim) for claim in claims])
    logits = reader.plausibility(["", ""], claims)
    assert logits[0] != logits[1]
    np.testing.assert_allclose(rows, np.column_stack([[0, 0], [0, 0], logits]), atol=1e-6)
    found = truths(reader, [checked(claim) for claim in claims])
    np.testing.assert_allclose(found, 1 / (1 + np.exp(-logits)), atol=1e-6)


def test_a_reader_without_plausibility_goes_by_the_evidence(tiny_reader: Reader) -> None:
    claims = [checked("a", 0.6, 0.1), checked("b"), checked("c", 0.2, 0.3)]
    assert np.sign(truths(tiny_reader, claims) - 0.5).tolist() == [1, 0, -1]
    assert truths(tiny_reader, []).shape == (0,)
    assert checked("a", 0.6).verdict == "supported"


def test_too_few_claims_or_claims_of_one_kind_are_refused() -> None:
    claims = [ClaimExample("", f"claim {n}", n % 2 == 0) for n in range(LEAST)]
    require_enough(claims)
    with pytest.raises(UsageError, match=f"to {LEAST - 1} claims, 25 of them true; {LEAST} are"):
        require_enough(claims[: LEAST - 1])
    with pytest.raises(UsageError, match="60 of them true"):
        require_enough([ClaimExample("", f"claim {n}", true=True) for n in range(60)])


def test_the_command_fits_claims_and_leaves_all_else(
    judging_reader_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    cities_kb: Path,
) -> None:
    reader, kb = tmp_path / "reader", cities_kb
    copytree(judging_reader_folder, reader)
    cities = ("Paris", "Berlin", "Tokyo", "Rome")
    file = tmp_path / "claims.jsonl"
    lines = [
        {"claim": f"{city} is {word}.", "label": word == "old"}
        for city in cities
        for word in ("old", "new", "wet", "dry", "far")
        for _ in range(3)
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    before = read_manifest(reader).calibration
    capsys.readouterr()
    assert run(["calibrate", str(reader), str(kb), "--claims", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    after = read_manifest(reader).calibration
    assert after == replace(before, claim_weights=after.claim_weights, claim_bias=after.claim_bias)
    assert after.claim_bias < 0  # one in five holds
    assert (told["questions"], told["choices"], told["claims"]) == (0, 0, len(lines))
    assert told["calibration"]["claim_weights"] == after.claim_weights
    opened = Reader.open(reader, device="cpu")
    checks = [checked(line["claim"]) for line in lines[:5]]
    assert (truths(opened, checks) < 0.5).all()
    assert run(["calibrate", str(reader), str(kb), "--claims", str(file)]) == 0
    assert "weights of claims" in capsys.readouterr().out


def test_evidence_is_compared_crosswise(knowledge: Knowledge, judging_reader_folder: Path) -> None:
    answerer = Answerer(knowledge, reader=judging_reader_folder, device="cpu")
    claims = [
        ClaimExample("", f"Paris was {word} in {year}.", true=word == "old")
        for word in ("old", "new")
        for year in range(1900, 1930)
    ]
    found = measure(answerer, claims)
    assert found["accuracy"].keys() == {"none", "retrieved", "shuffled"}
    assert {each["n"] for each in found["accuracy"].values()} == {60}
    for arm in ("none", "shuffled"):
        mean = found["accuracy"]["retrieved"]["value"] - found["accuracy"][arm]["value"]
        assert found[f"retrieved_less_{arm}"]["value"] == pytest.approx(mean)
    assert found["passages_shown"] > 0
