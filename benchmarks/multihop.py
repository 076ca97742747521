"""Measure how many of the documents that a question needs are found, and what finds them.

    python -m wherefrom.benchmarks.multihop --data DIR --pool 2wiki --out multihop_2wiki.json

Recall@k is the share of the documents that a question needs which are among the first k hits; a hit
counts by its document. Beside the four retrievers stand the steps from hybrid to graph:

- `mentions`: fused hits, and the passages about what the question names, as a walk begins;
- `walk`: the walk from there over mentions, without the question's weighing of edges;
- `graph`: the walk with it.

`differences` holds what each adds, paired by question. All intervals are 95 % bootstrap intervals
over the questions. `--untitled` leaves out the titles of all documents: then only what their first
sentences call them tells what they are about.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wherefrom.benchmarks.pools import POOLS, OpenedPool, open_pool, write_untitled
from wherefrom.benchmarks.provenance import write_result
from wherefrom.indexes.build import build
from wherefrom.indexes.encoder import Encoder
from wherefrom.indexes.fusion import reciprocal_rank_fusion
from wherefrom.indexes.graph_search import WalkRules, start_of, walk_from
from wherefrom.indexes.knowledge import FUSION_DEPTH, RETRIEVERS, Knowledge
from wherefrom.indexes.opened import Opened
from wherefrom.indexes.options import BuildOptions
from wherefrom.indexes.records import Hit
from wherefrom.indexes.remembering_encoder import RememberingEncoder
from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.interval import mean_with_interval

DEPTHS = (2, 5, 10)  # hits among which documents are looked for
STEPS = {"mentions": WalkRules(restart=1.0), "walk": WalkRules(preference=0.0)}
DIFFERENCES = (
    ("graph", "hybrid"),
    ("hybrid", "dense"),
    ("hybrid", "sparse"),
    ("mentions", "hybrid"),
    ("walk", "mentions"),
    ("graph", "walk"),
)

Recalls = NDArray[np.float64]  # (questions, depths)


def measure(
    name: str,
    data: Path,
    folder: Path,
    *,
    untitled: bool = False,
    kb: Path | None = None,
    encoder: Encoder | None = None,
) -> dict[str, Any]:
    """Measure a pool by its name, on a knowledge base that exists or one that is built in `folder`.

    Raises
    ------
    UsageError
        If the knowledge base that exists does not hold as many documents as the pool.
    """
    pool = open_pool(POOLS[name], data)
    if kb is None:
        kb = folder / "pool.kb"
        source = data / POOLS[name].corpus
        if untitled:
            source = folder / "untitled.jsonl"
            write_untitled(POOLS[name], data, source)
        build(kb, [f"jsonl:{source}"], options=BuildOptions(encoder=encoder))
    knowledge = Knowledge.open(kb, encoder=encoder)
    if knowledge.info.documents != len(pool.documents):
        raise UsageError(
            f"{kb} holds {knowledge.info.documents} documents, the pool {len(pool.documents)}"
        )
    recalls, seconds = retrieved(knowledge, pool)
    recalls |= walked(kb, knowledge.encoder, pool)
    return {
        "benchmark": "multihop",
        "pool": name,
        "untitled": untitled,
        "documents": len(pool.documents),
        "questions": len(pool.questions),
        "encoder": knowledge.encoder.fingerprint.reference,
        "recall": {arm: summary(found) for arm, found in recalls.items()},
        "differences": {
            f"{more} - {less}": summary(recalls[more] - recalls[less]) for more, less in DIFFERENCES
        },
        "milliseconds_per_question": {
            arm: 1000 * total / len(pool.questions) for arm, total in seconds.items()
        },
    }


def retrieved(
    knowledge: Knowledge, pool: OpenedPool
) -> tuple[dict[str, Recalls], dict[str, float]]:
    """Return the recalls of every retriever, and the seconds that each took for all questions."""
    recalls, seconds = {}, {}
    texts = [question.text for question in pool.questions]
    for retriever in RETRIEVERS:
        knowledge.search(texts[:1], max(DEPTHS), retriever=retriever)  # opens what it needs
        started = time.perf_counter()
        hits = knowledge.search(texts, max(DEPTHS), retriever=retriever)
        seconds[retriever] = time.perf_counter() - started
        recalls[retriever] = recalls_of(hits, pool)
    return recalls, seconds


def walked(kb: Path, encoder: Encoder, pool: OpenedPool) -> dict[str, Recalls]:
    """Return the recalls of the steps between hybrid and graph."""
    opened = Opened.open(kb)
    graph, edges = opened.graph_and_edges()
    remembering = RememberingEncoder(encoder)
    texts = [question.text for question in pool.questions]
    vectors = encoder.encode_queries(texts)
    pairs = zip(
        opened.dense_hits(vectors, FUSION_DEPTH),
        opened.sparse_hits(texts, FUSION_DEPTH),
        strict=True,
    )
    fused = [reciprocal_rank_fusion(pair) for pair in pairs]
    named = opened.named(texts, vectors)
    starts = [
        start_of(graph, entities, vector, hits)
        for entities, vector, hits in zip(named, vectors, fused, strict=True)
    ]
    found = {}
    for step, rules in STEPS.items():
        rankings = walk_from(graph, edges, remembering, starts, fused, max(DEPTHS), rules=rules)
        found[step] = recalls_of([ranking.hits for ranking in rankings], pool)
    return found


def recalls_of(rankings: Sequence[Sequence[Hit]], pool: OpenedPool) -> Recalls:
    """Return for each question the share of what it needs in the first hits, at each depth."""
    rows = []
    for question, hits in zip(pool.questions, rankings, strict=True):
        known = [pool.documents[hit.passage_id.rpartition("#")[0]] for hit in hits]
        gold = question.gold
        rows.append([len(gold & set(known[:depth])) / len(gold) for depth in DEPTHS])
    return np.array(rows)


def summary(values: Recalls) -> dict[str, dict[str, float]]:
    """Return the mean at each depth with its interval."""
    return {
        f"@{depth}": mean_with_interval(column.tolist())
        for depth, column in zip(DEPTHS, values.T, strict=True)
    }


def main() -> None:
    """Read the command line, measure, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of the pools")
    parser.add_argument("--pool", choices=sorted(POOLS), required=True)
    parser.add_argument("--kb", type=Path, help="made of the pool; built for the moment if absent")
    parser.add_argument("--untitled", action="store_true", help="leave out the titles")
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = measure(
            chosen.pool, chosen.data, Path(folder), untitled=chosen.untitled, kb=chosen.kb
        )
    write_result(chosen.out, result)


if __name__ == "__main__":
    main()
