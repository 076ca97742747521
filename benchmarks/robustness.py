"""Measure what small changes of the input cost a reader, and how far its probabilities hold.

    python -m wherefrom.benchmarks.robustness --data DATA --out results/robustness.json

`DATA` holds qa/squad_dev_a.json, qa/squad2_dev_a.json, nli/mnli_dev_a.jsonl and
nli/snli_dev_a.jsonl. None of them was trained on. Changed are examples drawn with a fixed seed,
each measured clean and changed. The probabilities are measured as they are stored, and, of the last
three files, crosswise: each half of the passages or premises under what the other half fits.
"""

import argparse
import random
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from wherefrom.benchmarks.provenance import write_result
from wherefrom.pipeline.bundled import bundled_reader
from wherefrom.pipeline.calibration_data import calibration_examples
from wherefrom.pipeline.cross_fitting import CrossFitted, cross_fit
from wherefrom.pipeline.held_out import HeldOut
from wherefrom.pipeline.measuring import examples_of, measure_changed, measured
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.sources import Evaluation

SAMPLE = 1_000  # examples of a file that are changed
CHANGED = tuple(
    Evaluation(file, task, way)
    for file, task, ways in (
        ("qa/squad_dev_a.json", "spans", ("typos", "entities", "distractors")),
        ("nli/mnli_dev_a.jsonl", "pairs", ("typos", "entities", "negation")),
    )
    for way in ways
)
FITTED = (
    Evaluation("nli/mnli_dev_a.jsonl", "pairs"),
    Evaluation("nli/snli_dev_a.jsonl", "pairs"),
    Evaluation("qa/squad2_dev_a.json", "answerable"),
)


def measure(
    reader: Reader,
    data: Path,
    *,
    sample: int = SAMPLE,
    changed: Sequence[Evaluation] = CHANGED,
    fitted: Sequence[Evaluation] = FITTED,
) -> dict[str, Any]:
    """Return the measures of changed examples, and those of files as stored and crosswise."""
    under = {
        entry.name: measure_changed(reader, _sampled(examples_of(entry, data), sample), entry)
        for entry in changed
    }
    calibrate = tuple(replace(one, task=_calibrating(one.task)) for one in fitted)
    recipe = Recipe(encoder="", spans=(), pairs=(), calibrate=calibrate)
    crossed = cross_fit(reader, calibration_examples(recipe, data, HeldOut()))
    return {
        "benchmark": "robustness",
        "reader": reader.manifest.weights_sha256[:16],
        "sample": sample,
        "changed": under,
        "as_stored": _files(reader, data, fitted, None),
        "crosswise": _files(reader, data, fitted, crossed),
    }


def _sampled(examples: Sequence[Any], count: int) -> list[Any]:
    return random.Random(0).sample(list(examples), min(count, len(examples)))


def _calibrating(task: str) -> str:
    return "spans" if task == "answerable" else task


def _files(
    reader: Reader, data: Path, files: Sequence[Evaluation], crossed: CrossFitted | None
) -> dict[str, Any]:
    """Measure files, with their bins."""
    found = {entry.name: measured(reader, data, entry, crossed=crossed) for entry in files}
    return {
        name: {**one.measures, "bins": [asdict(each) for each in one.bins]}
        for name, one in found.items()
    }


def main() -> None:
    """Read the command line, measure, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--reader", type=Path)
    parser.add_argument("--sample", type=int, default=SAMPLE)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    reader = Reader.open(chosen.reader or bundled_reader())
    write_result(chosen.out, measure(reader, chosen.data, sample=chosen.sample))


if __name__ == "__main__":
    main()
