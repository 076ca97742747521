"""Test that a run which several processes share learns what one process learns."""

import math
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from wherefrom.pipeline.processes import first_process_first, is_first_process, process_count
from wherefrom.pipeline.reader_manifest import read_manifest

RECIPE = """
encoder = "{encoder}"
seed = 5
max_tokens = 64
span_batch = 4
pair_batch = 4
learning_rate = 0.001
save_steps = 2
max_steps = 2

[[spans]]
file = "train.json"

[[pairs]]
file = "train.jsonl"

[[evaluate]]
file = "dev.jsonl"
task = "pairs"
"""
TOGETHER = 2
COMMAND = """
import sys
import torch
from wherefrom.command import run
from wherefrom.pipeline import training

training.choose_number_type = lambda device: torch.float32
torch.nn.Dropout.forward = lambda self, features: features  # it would draw otherwise
sys.exit(run(sys.argv[1:]))
"""


def test_a_process_alone_is_the_first_and_waits_for_none() -> None:
    assert (process_count(), is_first_process()) == (1, True)
    with first_process_first():
        pass


@pytest.mark.slow
def test_two_processes_learn_what_one_learns_from_batches_twice_as_large(
    tmp_path: Path, backbone_folder: Path, write_squad, write_pairs, pairs
) -> None:
    write_squad(tmp_path / "train.json")
    write_pairs(tmp_path / "train.jsonl")
    write_pairs(tmp_path / "dev.jsonl", [(f"{p} Yes.", *rest) for p, *rest in pairs])
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(RECIPE.format(encoder=backbone_folder.as_posix()))
    accumulated = tmp_path / "accumulated.toml"
    accumulated.write_text(f"accumulate = {TOGETHER}\n{recipe.read_text()}")
    (tmp_path / "command.py").write_text(COMMAND)
    together = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(TOGETHER)]
    told = [
        trained(tmp_path, [], accumulated, "alone"),
        trained(tmp_path, together, recipe, "shared"),
    ]
    assert [text.count("sha256") for text in told] == [1, 1]  # the first process alone tells
    alone, shared = (read_manifest(tmp_path / name) for name in ("alone", "shared"))
    assert alone.training["steps"] == shared.training["steps"] == 2
    first = load_file(backbone_folder / "model.safetensors")
    ends = [weights(tmp_path / name, alone.training["steps"]) for name in ("alone", "shared")]
    moved = distance(first, ends[0])
    assert moved > 0.1
    assert distance(*ends) < 0.05 * moved


def trained(folder: Path, launcher: list[str], recipe: Path, out: str) -> str:
    """Train in processes of their own, and return what they told."""
    words = [sys.executable, *launcher, str(folder / "command.py"), "train", str(recipe)]
    words += ["--data", str(folder), "--out", str(folder / out)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def weights(folder: Path, steps: int) -> dict[str, torch.Tensor]:
    """Return the encoder's weights of the last checkpoint."""
    found = load_file(folder / "checkpoints" / f"checkpoint-{steps}" / "model.safetensors")
    return {name.removeprefix("encoder."): weight for name, weight in found.items()}


def distance(one: dict[str, torch.Tensor], two: dict[str, torch.Tensor]) -> float:
    shared = one.keys() & two.keys()
    assert len(shared) > 10
    return math.sqrt(sum(float((one[name] - two[name]).square().sum()) for name in shared))
