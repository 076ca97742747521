"""Measure a reader on development data: answers in their gold paragraph, and inference.

    python -m wherefrom.benchmarks.reader --data DATA --out results/reader.json

`DATA` holds qa/squad_dev_a.json, nli/mnli_dev_a.jsonl and nli/snli_dev_a.jsonl. None of them was
trained on.
"""

import argparse
from pathlib import Path
from typing import Any

from wherefrom.benchmarks.provenance import write_result
from wherefrom.pipeline.bundled import bundled_reader
from wherefrom.pipeline.evaluation import measure_pairs, measure_spans
from wherefrom.pipeline.inference_pairs import read_pairs
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.squad import read_squad

SPANS = ("qa/squad_dev_a.json",)
PAIRS = ("nli/mnli_dev_a.jsonl", "nli/snli_dev_a.jsonl")


def measure(reader: Reader, data: Path) -> dict[str, Any]:
    """Return each measure with its interval, by file."""
    result: dict[str, Any] = {
        "benchmark": "reader",
        "reader": reader.manifest.weights_sha256[:16],
    }
    for name in SPANS:
        result[name] = measure_spans(reader, [q for q in read_squad(data / name) if q.answers])
    for name in PAIRS:
        result[name] = measure_pairs(reader, [pair for _, pair in read_pairs(data / name)])
    return result


def main() -> None:
    """Read the command line, measure, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--reader", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    reader = Reader.open(chosen.reader or bundled_reader())
    write_result(chosen.out, measure(reader, chosen.data))


if __name__ == "__main__":
    main()
