"""Train a retriever for one domain, and measure what it gains there and costs elsewhere.

    python -m wherefrom.benchmarks.retriever --data DATA --out results/retriever.json

The recipe is models/retriever.toml. With `--folder` the encoder stays there, and a run that was
stopped goes on.
"""

import argparse
from contextlib import ExitStack
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from wherefrom.benchmarks.provenance import write_result
from wherefrom.pipeline.train_reader import CHECKPOINTS
from wherefrom.pipeline.train_retriever import train_retriever

RECIPES, RECIPE = "wherefrom.models", "retriever.toml"


def measure(recipe: Path, data: Path, folder: Path) -> dict[str, Any]:
    """Train by a recipe and return what its manifest says of the run."""
    resume = any((folder / CHECKPOINTS).glob("checkpoint-*"))
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
    with ExitStack() as stack:
        place = Path(stack.enter_context(TemporaryDirectory())) / "encoder"
        recipe = stack.enter_context(as_file(files(RECIPES) / RECIPE))
        write_result(chosen.out, measure(recipe, chosen.data, chosen.folder or place))


if __name__ == "__main__":
    main()
