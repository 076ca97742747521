"""Train one small reader in several ways, and say what each is worth beside plain training.

    python -m wherefrom.benchmarks.training_ways --data DATA --out results/training_ways.json

`DATA` holds nli/cad_nli_train.jsonl, the pairs that are learnt, and nli/snli_dev_a.jsonl, on which
each reader is measured. The encoder is the packaged one, its heads begin untrained, and each way is
trained with the same seeds.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from typing import Any

from wherefrom.benchmarks.provenance import write_result
from wherefrom.indexes.model_folder import find_model_folder
from wherefrom.pipeline.train_reader import train_reader

LEARNT, MEASURED = "nli/cad_nli_train.jsonl", "nli/snli_dev_a.jsonl"
WAYS: Mapping[str, Mapping[str, str]] = {
    "plain": {},
    "dropout": {"dropout": "0.1"},
    "R-Drop": {"dropout": "0.1", "r_drop": "1.0"},
    "label smoothing": {"label_smoothing": "0.1"},
    "LoRA": {"adapter_rank": "16", "learning_rate": "1e-3"},
    "AdaLoRA": {"adapter_rank": "16", "adapter": '"adalora"', "learning_rate": "1e-3"},
}
SEEDS = (1, 2, 3)


def recipe_of(way: Mapping[str, str], seed: int) -> str:
    """Return the recipe of a way in TOML."""
    keys = {"max_tokens": "64", "learning_rate": "1.5e-4", "save_steps": "10000", **way}
    encoder = find_model_folder(None).path.as_posix()
    lines = [f'encoder = "{encoder}"', f"seed = {seed}"]
    lines += [f"{name} = {value}" for name, value in keys.items()]
    return "\n".join(
        [
            *lines,
            f'[[pairs]]\nfile = "{LEARNT}"',
            f'[[evaluate]]\nfile = "{MEASURED}"\ntask = "pairs"\n',
        ]
    )


def measure(
    data: Path,
    folder: Path,
    *,
    ways: Mapping[str, Mapping[str, str]] = WAYS,
    seeds: Sequence[int] = SEEDS,
) -> dict[str, Any]:
    """Train each way with each seed, and return what each run was worth and their means."""
    found: dict[str, dict[str, Any]] = {}
    for name, way in ways.items():
        runs = [_trained(recipe_of(way, seed), data, folder / f"{name}-{seed}") for seed in seeds]
        told = {key: mean(run[key] for run in runs) for key in runs[0]}
        found[name] = {"recipe": dict(way), "runs": runs, "mean": told}
        print(f"{name}: {told}", flush=True)
    return {"benchmark": "training_ways", "seeds": list(seeds), "ways": found}


def _trained(recipe: str, data: Path, out: Path) -> dict[str, float]:
    out.mkdir(parents=True)
    file = out / "recipe.toml"
    file.write_text(recipe, encoding="utf-8")
    training = train_reader(file, data, out / "reader").training
    measures = training["metrics"][MEASURED]
    return {
        "steps": training["steps"],
        "seconds": training["seconds"],
        "accuracy": measures["accuracy"]["value"],
        "calibration_error": measures["calibration_error"]["value"],
    }


def main() -> None:
    """Read the command line, measure, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--only", nargs="+", choices=list(WAYS), default=list(WAYS))
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    ways = {name: WAYS[name] for name in chosen.only}
    with TemporaryDirectory() as folder:
        found = measure(chosen.data, Path(folder), ways=ways, seeds=chosen.seeds)
    write_result(chosen.out, found)


if __name__ == "__main__":
    main()
