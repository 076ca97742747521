"""Tell true claims of CREAK from false ones: with articles, without, and with those of others.

    python -m wherefrom.benchmarks.judge_claims --data data --kb starter.kb --out judge_claims.json

Every claim is judged three times: from no evidence, from the passages found for it, and from those
found for the next claim. Whether the evidence matters shows in the difference of the last two,
paired by claim. What support, refutation and plausibility count is fitted to the other half of the
claims, in each arm to its own evidence, as `calibrate --claims` fits it.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wherefrom.benchmarks.provenance import write_result
from wherefrom.pipeline.answering import Answerer
from wherefrom.pipeline.checking import check_claim
from wherefrom.pipeline.claims import read_claims
from wherefrom.pipeline.examples import ClaimExample
from wherefrom.pipeline.held_out import in_first_half
from wherefrom.pipeline.interval import mean_with_interval
from wherefrom.pipeline.reader_manifest import Calibration
from wherefrom.pipeline.records import Evidence
from wherefrom.pipeline.retrieval import retrieve
from wherefrom.pipeline.truth import fit_claims, truth_features, truths_of

CLAIMS = "commonsense/creak_dev.jsonl"


def measure(answerer: Answerer, claims: Sequence[ClaimExample]) -> dict[str, Any]:
    """Judge every claim in each arm."""
    texts = [claim.claim for claim in claims]
    found = retrieve(answerer.knowledge, texts, retriever=answerer.chosen(None))
    shown: dict[str, Sequence[Sequence[Evidence]]] = {
        "none": [()] * len(found),
        "retrieved": found,
        "shuffled": [*found[1:], *found[:1]],
    }
    reader, encoder = answerer.reader, answerer.knowledge.encoder
    true = np.array([claim.true for claim in claims])
    first = np.array([in_first_half(claim) for claim in claims])
    right = {}
    for arm, evidence in shown.items():
        checks = [
            check_claim(reader, encoder, text, each)
            for text, each in zip(texts, evidence, strict=True)
        ]
        right[arm] = (_crosswise(truth_features(reader, checks), true, first) > 0.5) == true
    differences = {
        f"retrieved_less_{arm}": right["retrieved"].astype(float) - right[arm]
        for arm in ("shuffled", "none")
    }
    return {
        "benchmark": "judge_claims",
        "reader": reader.manifest.weights_sha256[:16],
        "passages_shown": sum(map(len, found)) / len(found),
        "accuracy": {arm: mean_with_interval(each.astype(float)) for arm, each in right.items()},
        **{name: mean_with_interval(each) for name, each in differences.items()},
    }


def _crosswise(
    rows: NDArray[np.float64], true: NDArray[np.bool_], first: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the probability of each claim, shape (N,), by weights fitted to the other half."""
    chances = np.zeros(len(rows))
    for half in (first, ~first):
        fitted = fit_claims(rows[~half], true[~half].tolist(), Calibration())
        chances[half] = truths_of(rows[half], fitted)
    return chances


def main() -> None:
    """Read the command line, measure, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--kb", type=Path, required=True)
    parser.add_argument("--claims", type=int, help="of the first so many alone")
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    claims = list(read_claims(chosen.data / CLAIMS))[: chosen.claims]
    write_result(chosen.out, measure(Answerer.open(chosen.kb), claims))


if __name__ == "__main__":
    main()
