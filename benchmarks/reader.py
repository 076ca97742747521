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
from wherefrom.pipeline.measuring import measure as measure_file
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.sources import Evaluation

FILES = (
    Evaluation("qa/squad_dev_a.json", "spans"),
    Evaluation("nli/mnli_dev_a.jsonl", "pairs"),
    Evaluation("nli/snli_dev_a.jsonl", "pairs"),
)


def measure(reader: Reader, data: Path) -> dict[str, Any]:
    """Return each measure with its interval, by file."""
    return {
        "benchmark": "reader",
        "reader": reader.manifest.weights_sha256[:16],
        **{entry.file: measure_file(reader, data, entry) for entry in FILES},
    }


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
