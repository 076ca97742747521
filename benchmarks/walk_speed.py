"""Time one walk over a graph of passages, over a million random edges, and from a large hub.

    python -m wherefrom.benchmarks.walk_speed --corpus 2wiki_corpus.jsonl --out walk_speed.json

A walk begins at twenty random nodes and follows the rules of the retriever `graph`. The passages of
the corpus are encoded by a cheap encoder: their vectors settle only which entity an ambiguous name
means. A million edges are also turned into chances in a process of its own, whose memory is
watched, beside one that only makes the edges. Bars: 10 ms on the corpus, 100 ms and 1.5 GiB for a
million edges.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wherefrom.benchmarks.cheap_encoder import save_cheap_encoder
from wherefrom.benchmarks.provenance import write_result
from wherefrom.benchmarks.watched import watch
from wherefrom.indexes.build import build
from wherefrom.indexes.graph_search import DEFAULT_RULES
from wherefrom.indexes.opened import Opened
from wherefrom.indexes.options import BuildOptions
from wherefrom.indexes.walk import Transitions, transitions, walk

if TYPE_CHECKING:
    from scipy.sparse import csr_array

STARTS = 20
BARS = {"corpus_milliseconds": 10, "random_milliseconds": 100, "building_peak_mib": 1536}
CHILD = "import sys; from wherefrom.benchmarks.walk_speed import {0}; {0}(*map(int, sys.argv[1:]))"


def measure(
    corpus: Path | None, folder: Path, *, nodes: int, edges: int, neighbours: int, rounds: int
) -> dict[str, Any]:
    """Time all walks, the one over a corpus where there is one, which is built in `folder`."""
    made, built = (
        watch([sys.executable, "-c", CHILD.format(function), str(nodes), str(edges)])
        for function in ("random_edges", "random_transitions")
    )
    return {
        "benchmark": "walk_speed",
        "restart": DEFAULT_RULES.restart,
        "tolerance": DEFAULT_RULES.tolerance,
        "starts": STARTS,
        "bars": BARS,
        "corpus": None if corpus is None else walked_corpus(corpus, folder, rounds),
        "random": timed(random_transitions(nodes, edges), rounds),
        "hub": timed(hub_transitions(neighbours), rounds, places=np.zeros(1, dtype=np.int64)),
        "building": {
            "seconds": built.seconds,
            "peak_mib": built.peak_mib,
            "edges_alone_peak_mib": made.peak_mib,
        },
    }


def walked_corpus(corpus: Path, folder: Path, rounds: int) -> dict[str, Any]:
    """Build a knowledge base of JSON lines and time a walk over its graph."""
    save_cheap_encoder(folder / "encoder")
    options = BuildOptions(encoder=str(folder / "encoder"))
    build(folder / "corpus.kb", [f"jsonl:{corpus}"], options=options)
    graph, edges = Opened.open(folder / "corpus.kb").graph_and_edges()
    found = timed(edges.chances, rounds)
    return {"passages": graph.passages, "entities": graph.entities, **found}


def timed(
    chances: Transitions, rounds: int, *, places: NDArray[np.int64] | None = None
) -> dict[str, Any]:
    """Return how long a walk takes that begins at some nodes, by default random ones."""
    random = np.random.default_rng(0)
    times = []
    for _ in range(rounds):
        home = np.zeros(len(chances))
        home[random.integers(0, len(chances), STARTS) if places is None else places] = 1.0
        started = time.perf_counter()
        walk(chances, home, restart=DEFAULT_RULES.restart, tolerance=DEFAULT_RULES.tolerance)
        times.append(1000 * (time.perf_counter() - started))
    return {
        "nodes": len(chances),
        "edges": int(chances.incoming.nnz),
        "milliseconds": {"median": statistics.median(times), "each_round": times},
    }


def random_edges(nodes: int, edges: int) -> "csr_array":
    """Make so many edges between random nodes, of random weights; those drawn twice are joined."""
    from scipy.sparse import csr_array

    random = np.random.default_rng(0)
    ends = random.integers(0, nodes, edges), random.integers(0, nodes, edges)
    return csr_array((random.uniform(0.1, 1.0, edges), ends), shape=(nodes, nodes))


def random_transitions(nodes: int, edges: int) -> Transitions:
    """Make the chances of a step along random edges."""
    return transitions(random_edges(nodes, edges))


def hub_transitions(neighbours: int) -> Transitions:
    """Make the chances of a step between node 0 and so many neighbours, in both directions."""
    from scipy.sparse import csr_array

    hub, leaves = np.zeros(neighbours, dtype=np.int64), np.arange(1, neighbours + 1)
    ends = np.concatenate([hub, leaves]), np.concatenate([leaves, hub])
    size = neighbours + 1
    return transitions(csr_array((np.ones(2 * neighbours), ends), shape=(size, size)))


def main() -> None:
    """Read the command line, measure, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--corpus", type=Path, help="JSON lines with id, title and text")
    parser.add_argument("--nodes", type=int, default=100_000)
    parser.add_argument("--edges", type=int, default=1_000_000)
    parser.add_argument("--neighbours", type=int, default=1_000_000, help="of the hub")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = measure(
            chosen.corpus,
            Path(folder),
            nodes=chosen.nodes,
            edges=chosen.edges,
            neighbours=chosen.neighbours,
            rounds=chosen.rounds,
        )
    write_result(chosen.out, result)


if __name__ == "__main__":
    main()
