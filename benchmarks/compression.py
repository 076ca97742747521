"""Measure what each step costs and saves that makes the bundled reader smaller and faster.

    python -m wherefrom.benchmarks.compression --data DATA --out results/compression.json

The steps, and what is measured after each, stand in models/compression.toml, or in another recipe
there (`--recipe compression_int8.toml`). The drawing is written
beside the result, as SVG. With `--readers` the readers stay there, and a run that was stopped goes
on.
"""

import argparse
from pathlib import Path
from typing import Any

from wherefrom.benchmarks.packaged_recipe import packaged_recipe
from wherefrom.benchmarks.provenance import write_result
from wherefrom.pipeline.compression import PLOT, compress

RECIPE = "compression.toml"


def measure(recipe: Path, data: Path, readers: Path) -> dict[str, Any]:
    """Carry out a recipe and return its frontier; readers and drawing go to a folder."""
    return {"benchmark": "compression", **compress(recipe, data, readers).as_json()}


def main() -> None:
    """Read the command line, measure, and write the result and its drawing."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--recipe", default=RECIPE, help="its name in models/")
    parser.add_argument("--readers", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    with packaged_recipe(chosen.recipe, chosen.readers) as (recipe, folder):
        write_result(chosen.out, measure(recipe, chosen.data, folder))
        drawing = (folder / PLOT).read_bytes()
    chosen.out.with_suffix(".svg").write_bytes(drawing)


if __name__ == "__main__":
    main()
