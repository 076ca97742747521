"""Compare the steps a second of `wherefrom train` with those of a bare PyTorch loop.

    python -m wherefrom.benchmarks.training_speed --out results/training_speed.json
    python -m wherefrom.benchmarks.training_speed --encoder FOLDER --pairs-in-a-step 512 --out ...

Both train the same network from the same weights on the same batches of inference pairs, which are
made from templates, with the same optimiser and kind of numbers; both are timed from their first
step to their last, in turns, on a GPU where there is one. The bare loop keeps no checkpoint, logs
nothing, clips the gradient as `train` does, and has the same schedule.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from transformers import AutoTokenizer, get_scheduler

from wherefrom.benchmarks.encoding import dense_weights
from wherefrom.benchmarks.provenance import write_result
from wherefrom.indexes.hardware import choose_number_type
from wherefrom.indexes.model_folder import find_model_folder
from wherefrom.pipeline.batches import Item, collate
from wherefrom.pipeline.draws import draw_batches
from wherefrom.pipeline.networks import new_network
from wherefrom.pipeline.prompt import PromptBuilder
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.training import train

ENCODER = "sentence-transformers/all-MiniLM-L6-v2"


def measure(
    *, steps: int, rounds: int, encoder: str = ENCODER, pair_batch: int = 32
) -> dict[str, Any]:
    """Time both in turns, once unmeasured, then `rounds` times.

    `tflops` are the products of the dense layers in training, 6 for each weight and token (padding
    is counted, attention is not), in 10^12 a second.
    """
    recipe = Recipe(
        encoder=encoder,
        spans=(),
        pairs=(),
        pair_batch=pair_batch,
        overlap_pairs=pair_batch * steps,
        save_steps=10 * steps,
    )
    tokenizer = AutoTokenizer.from_pretrained(find_model_folder(encoder).path)
    builder = PromptBuilder(tokenizer.backend_tokenizer, max_tokens=recipe.max_tokens)
    batches, _ = draw_batches(recipe, Path(), builder)
    seconds: dict[str, list[float]] = {"train": [], "bare": []}
    for number in range(rounds + 1):
        with tempfile.TemporaryDirectory() as folder:
            taken = {
                "train": train(recipe, Path(), Path(folder)).seconds,
                "bare": bare_loop(recipe, batches),
            }
        if number:
            for name, found in taken.items():
                seconds[name].append(found)
    medians = {name: statistics.median(found) for name, found in seconds.items()}
    pairs, tokens = sum(map(len, batches)), sum(collate(batch)["ids"].numel() for batch in batches)
    weights = dense_weights(new_network(encoder, dropout=recipe.dropout).encoder)
    return {
        "benchmark": "training_speed",
        "encoder": Path(encoder).name,
        "steps": len(batches),
        "pairs_in_a_step": recipe.pair_batch,
        "tokens_in_a_pair": tokens / pairs,
        "seconds": seconds,
        "steps_per_second": {name: len(batches) / found for name, found in medians.items()},
        "pairs_per_second": {name: pairs / found for name, found in medians.items()},
        "tflops": {name: 6 * weights * tokens / found / 1e12 for name, found in medians.items()},
        "ratio": medians["bare"] / medians["train"],
    }


def bare_loop(recipe: Recipe, batches: list[list[Item]]) -> float:
    """Train on the batches and return the seconds that it took."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    network = new_network(recipe.encoder, dropout=recipe.dropout).to(device).train()
    optimiser = torch.optim.AdamW(
        network.parameters(),
        lr=recipe.learning_rate,
        weight_decay=recipe.weight_decay,
        fused=True,
    )
    warmup = round(recipe.warmup_share * len(batches))
    schedule = get_scheduler(
        "warmup_stable_decay",
        optimiser,
        num_warmup_steps=warmup,
        num_training_steps=len(batches),
        scheduler_specific_kwargs={"num_decay_steps": round(recipe.decay_share * len(batches))},
    )
    in_bf16 = choose_number_type(device) == torch.bfloat16
    start = time.perf_counter()
    for batch in batches:
        tensors = {name: tensor.to(device) for name, tensor in collate(batch).items()}
        with torch.autocast(device, torch.bfloat16, enabled=in_bf16):
            loss = network(**tensors)["loss"]
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad()
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


def main() -> None:
    """Read the command line, measure, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--encoder", default=ENCODER)
    parser.add_argument("--pairs-in-a-step", type=int, default=32)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    found = measure(
        steps=chosen.steps,
        rounds=chosen.rounds,
        encoder=chosen.encoder,
        pair_batch=chosen.pairs_in_a_step,
    )
    write_result(chosen.out, found)


if __name__ == "__main__":
    main()
