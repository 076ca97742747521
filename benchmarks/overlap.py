"""Measure a reader on pairs whose hypothesis has no word of its own: half are not entailed.

    python -m wherefrom.benchmarks.overlap --out results/overlap.json

The pairs are made from templates (`wherefrom.pipeline.overlap_pairs`) with the words for measuring,
for several seeds. Two answers count: entailed or not. A reader that takes shared words for support
is right on all that are entailed, and on nothing else.
"""

import argparse
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from wherefrom.benchmarks.provenance import write_result
from wherefrom.pipeline.bundled import bundled_reader
from wherefrom.pipeline.examples import ENTAILMENT
from wherefrom.pipeline.interval import mean_with_interval
from wherefrom.pipeline.overlap_pairs import KINDS, overlap_pairs
from wherefrom.pipeline.reader import Reader

PAIRS = 5_000


def measure(reader: Reader, *, pairs: int, seeds: Sequence[int]) -> dict[str, Any]:
    """Return accuracy over all pairs, and over those of each kind that are entailed or not."""
    kinds, wanted, right = [], [], []
    for seed in seeds:
        made = overlap_pairs(pairs, "measuring", random.Random(seed))
        found = reader.infer([p.premise for _, p in made], [p.hypothesis for _, p in made])
        entailed = np.array([pair.label == ENTAILMENT for _, pair in made])
        kinds += [kind for kind, _ in made]
        wanted.append(entailed)
        right.append((found.argmax(axis=1) == ENTAILMENT) == entailed)
    kind_of, entailed = np.array(kinds), np.concatenate(wanted)
    values = np.concatenate(right).astype(float)
    groups = {
        f"{kind}, {said}": (kind_of == kind) & (entailed == (said == "entailed"))
        for said in ("entailed", "not entailed")
        for kind in KINDS
    }
    chosen = {"all": np.ones(len(values), dtype=bool), "not entailed": ~entailed, **groups}
    return {
        "benchmark": "overlap",
        "reader": reader.manifest.weights_sha256[:16],
        "pairs": pairs,
        "seeds": list(seeds),
        "accuracy": {
            name: mean_with_interval(values[rows].tolist()) for name, rows in chosen.items()
        },
        "accuracy_each_seed": [float(part.mean()) for part in right],
    }


def main() -> None:
    """Read the command line, measure, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--reader", type=Path)
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    reader = Reader.open(chosen.reader or bundled_reader())
    write_result(chosen.out, measure(reader, pairs=chosen.pairs, seeds=chosen.seeds))


if __name__ == "__main__":
    main()
