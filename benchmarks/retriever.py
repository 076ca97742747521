"""Train a retriever for one domain, and measure what it gains there and costs elsewhere.

    python -m wherefrom.benchmarks.retriever --data DATA --out results/retriever.json

The recipe is models/retriever.toml. With `--folder` the encoder stays there, and a run that was
stopped goes on.
"""

import argparse
from pathlib import Path
from typing import Any

from wherefrom.benchmarks.packaged_recipe import packaged_recipe
from wherefrom.benchmarks.provenance import write_result
from wherefrom.pipeline.resuming import last_checkpoint
from wherefrom.pipeline.train_reader import CHECKPOINTS
from wherefrom.pipeline.train_retriever import train_retriever

RECIPE = "retriever.toml"


def measure(recipe: Path, data: Path, folder: Path) -> dict[str, Any]:
    """Train by a recipe and return what its manifest says of the run."""
    resume = last_checkpoint(folder / CHECKPOINTS) is not None
    training = train_retriever(recipe, data, folder, resume=resume).training
    told = ("steps", "seconds", "data_sha256", "measures")
    return {"benchmark": "retriever", **{name: training[name] for name in told}}


def main() -> None:
    """Read the command line, measure, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--folder", type=Path, help="for the encoder, which is kept")
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    with packaged_recipe(RECIPE, chosen.folder) as (recipe, folder):
        write_result(chosen.out, measure(recipe, chosen.data, folder))


if __name__ == "__main__":
    main()
