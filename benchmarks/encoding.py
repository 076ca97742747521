"""Encode the same passages with wherefrom and with SentenceTransformer.encode, in turns.

    python -m wherefrom.benchmarks.encoding --corpus corpus.jsonl --out results/encoding.json

The corpus is a JSONL file with a `text` in each line; passages of about 99 words are cut from it.
Queries are the first words of other passages of the same corpus. `--device cuda` measures a GPU.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wherefrom.benchmarks.provenance import write_result
from wherefrom.indexes.encoder import find_weights, load_encoder

QUERY_WORDS = 9
DEPTH = 10


def draw_passages(corpus: Path, count: int) -> list[str]:
    """Cut passages of 80 to 118 words, 99 on average, from the texts of a corpus."""
    random = np.random.default_rng(0)
    words: list[str] = []
    with corpus.open(encoding="utf-8") as lines:
        for line in lines:
            words += json.loads(line)["text"].split()
            if len(words) >= count * 118:
                break
    passages, start = [], 0
    for size in random.integers(80, 119, count).tolist():
        passages.append(" ".join(words[start : start + size]))
        start += size
    return passages


def same_neighbours(ours: NDArray[np.float32], theirs: NDArray[np.float32], queries: int) -> float:
    """Return the share of the top 10 that two sets of vectors have in common.

    The first `queries` rows of each are queries, the rest passages.
    """
    tops = []
    for vectors in (ours, theirs):
        scores = vectors[:queries] @ vectors[queries:].T
        tops.append(np.argsort(-scores, axis=1, kind="stable")[:, :DEPTH])
    shared = [len(set(a) & set(b)) for a, b in zip(*tops, strict=True)]
    return sum(shared) / (DEPTH * queries)


def measure(
    corpus: Path, *, count: int, rounds: int, queries: int, device: str = "cpu"
) -> dict[str, Any]:
    """Time both encoders on the same passages, in turns, and compare their vectors.

    `tflops` are the products of wherefrom's dense layers, 2 for each weight and token of a passage,
    in 10^12 a second; attention is not counted.
    """
    from sentence_transformers import SentenceTransformer

    passages = draw_passages(corpus, count + queries)
    asked = [" ".join(text.split()[:QUERY_WORDS]) for text in passages[count:]]
    passages = passages[:count]
    encoder = load_encoder(device=device)
    peer = SentenceTransformer(str(find_weights()), device=device)
    encode: dict[str, Callable[[list[str]], Any]] = {
        "wherefrom": encoder.encode,
        "sentence_transformers": lambda texts: peer.encode(texts, show_progress_bar=False),
    }
    rates: dict[str, list[float]] = {name: [] for name in encode}
    vectors = {name: run(passages[:32]) for name, run in encode.items()}  # warm
    for _ in range(rounds):
        for name, run in encode.items():
            start = time.perf_counter()
            vectors[name] = run(passages)
            rates[name].append(count / (time.perf_counter() - start))
    ours, theirs = vectors["wherefrom"], vectors["sentence_transformers"]
    ratios = [a / b for a, b in zip(*rates.values(), strict=True)]
    tokens = peer.tokenizer(passages, truncation=True, max_length=peer.max_seq_length)["input_ids"]
    work = 2 * dense_weights(peer) * sum(map(len, tokens))
    return {
        "benchmark": "encoding",
        "device": device,
        "passages": count,
        "words_per_passage": statistics.mean(len(text.split()) for text in passages),
        "passages_per_second": rates,
        "tflops": work / count * statistics.median(rates["wherefrom"]) / 1e12,
        "ratio_median": statistics.median(ratios),
        "ratio_each_round": ratios,
        "cosine_min": float((ours * theirs).sum(axis=1).min()),
        "queries": queries,
        "same_top_10": same_neighbours(
            np.concatenate([encoder.encode_queries(asked), ours]),
            np.concatenate([encode["sentence_transformers"](asked), theirs]),
            queries,
        ),
        "query_milliseconds": query_milliseconds(asked, encoder.encode_queries),
    }


def dense_weights(model: Any) -> int:
    """Count the weights of a model that meet every token: all but its tables of embeddings."""
    return sum(
        weight.numel() for name, weight in model.named_parameters() if "embeddings" not in name
    )


def query_milliseconds(asked: list[str], run: Callable[[list[str]], Any]) -> dict[str, float]:
    """Time the encoding of one query at a time."""
    times = []
    for query in asked:
        start = time.perf_counter()
        run([query])
        times.append(1000 * (time.perf_counter() - start))
    return {"median": statistics.median(times), "max": max(times)}


def main() -> None:
    """Read the command line, measure, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--passages", type=int, default=512)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    found = measure(
        chosen.corpus,
        count=chosen.passages,
        rounds=chosen.rounds,
        queries=chosen.queries,
        device=chosen.device,
    )
    write_result(chosen.out, found)


if __name__ == "__main__":
    main()
