"""Test that a run which several processes share learns what one process learns."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from wherefrom.pipeline.processes import first_process_first, is_first_process, process_count
from wherefrom.pipeline.train_reader import train_reader

RECIPE = """
encoder = "{encoder}"
seed = 5
max_tokens = 64
span_batch = 4
pair_batch = 4
learning_rate = 0.001
save_steps = 2

[[spans]]
file = "train.json"

[[pairs]]
file = "train.jsonl"

[[evaluate]]
file = "dev.jsonl"
task = "pairs"
"""
TOGETHER = 2


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
    alone = train_reader(accumulated, tmp_path, tmp_path / "alone")
    words = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    words += ["--nproc-per-node", str(TOGETHER), "--no-python"]
    words += [str(Path(sys.executable).with_name("wherefrom"))]
    words += ["train", str(recipe), "--data", str(tmp_path), "--out", str(tmp_path / "shared")]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.count("weights") == 1  # the first process alone tells
    shared = (tmp_path / "shared" / "checkpoints").glob("checkpoint-*/model.safetensors")
    last = max(shared, key=lambda file: int(file.parent.name.rpartition("-")[2]))
    same = tmp_path / "alone" / "checkpoints" / last.parent.name / last.name
    assert int(last.parent.name.rpartition("-")[2]) == alone.training["steps"] > 2
    for name, weight in load_file(same).items():
        torch.testing.assert_close(load_file(last)[name], weight, atol=2e-4, rtol=1e-3, msg=name)
