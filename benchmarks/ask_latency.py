"""Time `ask`, warm, with ten passages a question.

python -m wherefrom.benchmarks.ask_latency --kb starter.kb --out results/ask_latency.json
"""

import argparse
import json
import statistics
import time
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from wherefrom.benchmarks.provenance import write_result
from wherefrom.pipeline.answering import Answerer

QUESTIONS = "starter_questions.jsonl"
WARM_UP = 5
PASSAGES = 10


def measure(answerer: Answerer, *, rounds: int) -> dict[str, Any]:
    """Ask every starter question `rounds` times, one at a time."""
    text = files("wherefrom.benchmarks").joinpath(QUESTIONS).read_text(encoding="utf-8")
    questions = [json.loads(line)["question"] for line in text.splitlines()]
    for question in questions[:WARM_UP]:
        answerer.ask(question, k=PASSAGES)
    seconds: list[float] = []
    parts: dict[str, list[float]] = {}
    for _ in range(rounds):
        for question in questions:
            start = time.perf_counter()
            answer = answerer.ask(question, k=PASSAGES)
            seconds.append(time.perf_counter() - start)
            for part, value in answer.timing_seconds.items():
                parts.setdefault(part, []).append(value)
    low, high = np.quantile(seconds, [0.05, 0.95]).tolist()
    return {
        "benchmark": "ask_latency",
        "passages": PASSAGES,
        "questions": len(questions),
        "rounds": rounds,
        "milliseconds": {
            "median": 1000 * statistics.median(seconds),
            "percentile_5": 1000 * low,
            "percentile_95": 1000 * high,
        },
        "median_milliseconds_of": {
            part: 1000 * statistics.median(values) for part, values in parts.items()
        },
    }


def main() -> None:
    """Read the command line, measure, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kb", type=Path, required=True)
    parser.add_argument("--reader", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    answerer = Answerer.open(chosen.kb, reader=chosen.reader)
    write_result(chosen.out, measure(answerer, rounds=chosen.rounds))


if __name__ == "__main__":
    main()
