"""Measure nDCG@10 of each retriever on NFCorpus, through a knowledge base.

    python -m wherefrom.benchmarks.retrieval_nfcorpus --data beir/nfcorpus --out nfcorpus.json

A document ranks where its best passage does. Settings were chosen on the dev judgements; the test
judgements are for reporting. Intervals are 95 % bootstrap intervals over the queries.
"""

import argparse
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from wherefrom.benchmarks.provenance import write_result
from wherefrom.indexes.build import build
from wherefrom.indexes.knowledge import Knowledge

RETRIEVERS = ("dense", "sparse", "hybrid", "graph")
PASSAGES = 100  # per query, so that ten documents are among them
RESAMPLES = 2_000


def rank_documents(knowledge: Knowledge, passage_ids: Iterable[str]) -> dict[str, float]:
    """Order documents by their best passage: {document id: falling score}."""
    documents = dict.fromkeys(knowledge.passage(name).document_id for name in passage_ids)
    return {name: 1.0 / rank for rank, name in enumerate(documents, start=1)}


def measure(data: Path, folder: Path) -> dict[str, Any]:
    """Build a knowledge base of the corpus in `folder` and evaluate each retriever on it."""
    build(folder, [f"beir:{data}"])
    knowledge = Knowledge.open(folder)
    lines = (data / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    questions = {record["_id"]: record["text"] for record in map(json.loads, lines)}
    results: dict[str, Any] = {}
    for split in ("dev", "test"):
        judgements = read_judgements(data / "qrels" / f"{split}.tsv")
        asked = [name for name in questions if name in judgements]
        results[split] = {"queries": len(asked)}
        for retriever in RETRIEVERS:
            found = knowledge.search(
                [questions[name] for name in asked], PASSAGES, retriever=retriever
            )
            run = {
                name: rank_documents(knowledge, (hit.passage_id for hit in hits))
                for name, hits in zip(asked, found, strict=True)
            }
            results[split][retriever] = evaluate(judgements, run)
    return {"benchmark": "retrieval_nfcorpus", "measure": "nDCG@10", **results}


def read_judgements(file: Path) -> dict[str, dict[str, int]]:
    """Read BEIR's judgements: query, document, grade; the first line names the columns."""
    judgements: dict[str, dict[str, int]] = {}
    for line in file.read_text(encoding="utf-8").splitlines()[1:]:
        query, document, grade = line.split("\t")
        judgements.setdefault(query, {})[document] = int(grade)
    return judgements


def evaluate(
    judgements: dict[str, dict[str, int]], run: dict[str, dict[str, float]]
) -> dict[str, Any]:
    """Return the mean nDCG@10 over all judged queries with its interval."""
    import ir_measures
    from ir_measures import nDCG

    values = [each.value for each in ir_measures.iter_calc([nDCG @ 10], judgements, run)]
    values += [0.0] * (len(judgements) - len(values))  # queries for which nothing was found
    drawn = np.random.default_rng(0).choice(values, (RESAMPLES, len(values))).mean(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return {"value": float(np.mean(values)), "low": float(low), "high": float(high)}


def main() -> None:
    """Read the command line, measure, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_result(chosen.out, measure(chosen.data, Path(folder) / "nfcorpus.kb"))


if __name__ == "__main__":
    main()
