"""Time Knowledge.search_vectors against FAISS called directly on the same vectors, in turns.

python -m wherefrom.benchmarks.search_cost --kb my.kb --out results/search_cost.json
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wherefrom.benchmarks.provenance import write_result
from wherefrom.indexes.dense import open_flat
from wherefrom.indexes.knowledge import Knowledge

DEPTH = 10
BATCHES = (1, 10, 100)


def measure(folder: Path, *, rounds: int) -> dict[str, Any]:
    """Compare both on batches of random unit vectors."""
    import faiss

    knowledge = Knowledge.open(folder)
    parts = [open_flat(file).vectors for file in sorted((folder / "dense").glob("*.faiss"))]
    vectors = np.concatenate(parts)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    results = {}
    for size in BATCHES:
        queries = _queries(vectors, size)
        ours = lambda queries=queries: knowledge.search_vectors(queries, DEPTH)  # noqa: E731
        theirs = lambda queries=queries: index.search(queries, DEPTH)  # noqa: E731
        times = _in_turns([ours, theirs], rounds)
        ratios = [a / b for a, b in zip(*times, strict=True)]
        results[str(size)] = {
            "wherefrom_milliseconds": 1000 * statistics.median(times[0]),
            "faiss_milliseconds": 1000 * statistics.median(times[1]),
            "ratio_of_medians": statistics.median(times[0]) / statistics.median(times[1]),
            "ratio_median": statistics.median(ratios),
        }
    return {
        "benchmark": "search_cost",
        "vectors": len(vectors),
        "dimensions": int(vectors.shape[1]),
        "k": DEPTH,
        "rounds": rounds,
        "queries_per_batch": results,
    }


def _queries(vectors: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """Draw queries near vectors that are there."""
    random = np.random.default_rng(0)
    chosen = vectors[random.integers(0, len(vectors), size)]
    drawn = chosen + random.normal(0, 0.03, chosen.shape)
    queries: NDArray[np.float32] = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return queries.astype(np.float32)


def _in_turns(runs: list[Callable[[], Any]], rounds: int) -> list[list[float]]:
    times: list[list[float]] = [[] for _ in runs]
    for run in runs:
        run()
    for _ in range(rounds):
        for run, kept in zip(runs, times, strict=True):
            start = time.perf_counter()
            run()
            kept.append(time.perf_counter() - start)
    return times


def main() -> None:
    """Read the command line, measure, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kb", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    write_result(chosen.out, measure(chosen.kb, rounds=chosen.rounds))


if __name__ == "__main__":
    main()
