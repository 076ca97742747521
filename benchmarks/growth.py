"""Measure how the cost of indexing and of searching grows with the number of passages.

    python -m wherefrom.benchmarks.growth --out results/growth.json

Dense indexes hold made vectors, as encoding a million passages would take hours: normalised, drawn
around a thousand centres, so that they lie in clusters as those of real texts do. BM25 indexes made
texts of a hundred words, whose words are drawn from the starter articles. Each index is made in a
process of its own and searched in another, whose memory is watched; pages of mapped files count
while they are resident. A query is one call of one query, with its time as median and 95th
percentile; of approximate indexes the share of the ten nearest that they find is told, too. On
the disk an approximate index needs the flat one beside it, which is not counted again. The drawing
is written beside the result, as SVG.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wherefrom.benchmarks.made_text import write_made_documents
from wherefrom.benchmarks.panels import curves_panel, drawing
from wherefrom.benchmarks.provenance import write_result
from wherefrom.benchmarks.watched import MIB, bytes_below, watch_call
from wherefrom.indexes.approximate import ApproximateIndex, open_approximate, write_approximate
from wherefrom.indexes.dense import FlatIndex, open_flat, write_flat
from wherefrom.indexes.dense_kind import ApproximateKind, Hnsw, IvfFlat, IvfPq
from wherefrom.indexes.sparse import SparseIndex, write_sparse

SIZES = (1_000, 10_000, 100_000, 1_000_000)
FLAT, HNSW, BM25 = "flat", "hnsw", "bm25"
APPROXIMATE: dict[str, ApproximateKind] = {HNSW: Hnsw(), "ivf-flat": IvfFlat(), "ivf-pq": IvfPq()}
KINDS = (FLAT, *APPROXIMATE, BM25)
MOST_LINKED = 100_000  # vectors in a graph; to link a million takes the better part of an hour
DEPTH = 10
DIMENSIONS = 384  # of the default encoder
CENTRES = 1_000
SPREAD = 0.7  # length of what is added to a centre of length 1
NEAR = 0.3  # length of what is added to a vector to make a query
BLOCK = 16_384
QUERY_WORDS = 6
VECTORS, TEXTS, FOUND = "vectors.faiss", "texts.jsonl", "found.npy"
MAKE = "wherefrom.benchmarks.growth:make_index"
SEARCH = "wherefrom.benchmarks.growth:search_index"
PANELS = {
    "query_milliseconds_median": "a query, milliseconds (median)",
    "seconds_to_add": "to make the index, seconds",
    "searching_peak_mib": "memory of a search, MiB (with mapped pages)",
    "disk_mib": "on disk, MiB",
}


def measure(
    folder: Path, *, sizes: Sequence[int], kinds: Sequence[str], queries: int, most_linked: int
) -> dict[str, Any]:
    """Make and search an index of every kind and size below a folder."""
    points: list[dict[str, Any]] = []
    left_out: dict[str, str] = {}
    for size in sizes:
        place = folder / str(size)
        place.mkdir()
        for kind in [kind for kind in KINDS if kind in kinds]:
            if kind == HNSW and size > most_linked:
                left_out[f"{kind}, {size:,}"] = f"graphs of more than {most_linked:,} vectors"
                continue
            points.append(_point(place, kind, size, queries))
    return {
        "benchmark": "growth",
        "vectors": f"made: {DIMENSIONS} dimensions, around {CENTRES} centres; not of real texts",
        "texts": "made: 98 to 100 words, runs of words of the starter articles; not real texts",
        "queries": queries,
        "k": DEPTH,
        "points": points,
        "left_out": left_out,
    }


def _point(place: Path, kind: str, size: int, queries: int) -> dict[str, Any]:
    """Make one index and search it, each in a process of its own."""
    if kind == BM25:
        write_made_documents(place / TEXTS, "starter", size)
    elif not (place / VECTORS).is_file():
        watch_call(MAKE, place, FLAT, str(size))
    made, making = watch_call(MAKE, place, kind, str(size))
    searched, searching = watch_call(SEARCH, place, kind, str(queries))
    return {
        "kind": kind,
        "passages": size,
        "seconds_to_add": made["seconds"],
        "passages_per_second": size / made["seconds"],
        "indexing_peak_mib": making.peak_mib,
        "searching_peak_mib": searching.peak_mib,
        "disk_mib": made["bytes"] / MIB,
        **searched,
    }


def make_index(place: Path, kind: str, size: str) -> dict[str, float]:
    """Make one index in a folder: how many seconds that took and how large its files are.

    What is indexed is made before the clock runs: texts are there, a flat index is written from
    vectors that are drawn block by block, whose time is taken off.
    """
    import bm25s  # noqa: F401  (before the clock runs)
    import faiss  # noqa: F401

    target = place / _name(kind)
    drawing_seconds = [0.0]
    start = time.perf_counter()
    if kind == BM25:
        write_sparse(target, _texts(place / TEXTS))
    elif kind == FLAT:
        write_flat(target, _timed(made_vectors(int(size)), drawing_seconds), DIMENSIONS)
    else:
        write_approximate(target, open_flat(place / VECTORS), APPROXIMATE[kind])
    seconds = time.perf_counter() - start - drawing_seconds[0]
    return {"seconds": seconds, "bytes": bytes_below(target)}


def search_index(place: Path, kind: str, queries: str) -> dict[str, float]:
    """Search one index, query by query: the times and, if approximate, its recall."""
    told: dict[str, float] = {}
    if kind == BM25:
        asked = _word_queries(place / TEXTS, int(queries))
        times, _ = _times(SparseIndex.open(place / BM25), [[words] for words in asked])
    else:
        exact = open_flat(place / VECTORS)
        near = _near(exact.vectors, int(queries))
        index: FlatIndex | ApproximateIndex = exact
        if kind != FLAT:
            index = open_approximate(place / _name(kind), exact, APPROXIMATE[kind])
        times, rows = _times(index, [near[row : row + 1] for row in range(len(near))])
        told = _recall(place, kind, np.concatenate(rows))
    median, slow = np.quantile(times, [0.5, 0.95]).tolist()
    return told | {"query_milliseconds_median": median, "query_milliseconds_p95": slow}


def made_vectors(count: int, *, seed: int = 0) -> Iterator[NDArray[np.float32]]:
    """Draw normalised vectors around CENTRES centres, in blocks, always the same ones.

    Yields
    ------
    numpy.ndarray
        Shape (n, DIMENSIONS), n at most BLOCK.
    """
    random = np.random.default_rng(seed)
    centres = _unit(random.standard_normal((CENTRES, DIMENSIONS), dtype=np.float32))
    for start in range(0, count, BLOCK):
        size = min(BLOCK, count - start)
        away = _unit(random.standard_normal((size, DIMENSIONS), dtype=np.float32))
        yield _unit(centres[random.integers(0, CENTRES, size)] + np.float32(SPREAD) * away)


def plot(result: dict[str, Any]) -> str:
    """Draw the growth of what a query and an index cost, both axes in powers of ten."""
    points = result["points"]
    kinds = list(dict.fromkeys(point["kind"] for point in points))
    panels = [
        curves_panel(
            {
                kind: [(one["passages"], one[key]) for one in points if one["kind"] == kind]
                for kind in kinds
            },
            x="passages",
            y=name,
        )
        for key, name in PANELS.items()
    ]
    return drawing("How cost grows with passages (made vectors and texts)", panels, legend=kinds)


def _name(kind: str) -> str:
    return {BM25: BM25, FLAT: VECTORS}.get(kind, f"vectors.{kind}.faiss")


def _times(index: Any, queries: Sequence[Any]) -> tuple[list[float], list[NDArray[np.int64]]]:
    """Ask queries one by one: milliseconds of each, and the rows that were found."""
    index.search(queries[0], DEPTH)  # warm
    times, rows = [], []
    for query in queries:
        start = time.perf_counter()
        found = index.search(query, DEPTH)
        times.append(1000 * (time.perf_counter() - start))
        rows.append(getattr(found, "rows", np.empty((0, DEPTH), dtype=np.int64)))
    return times, rows


def _recall(place: Path, kind: str, rows: NDArray[np.int64]) -> dict[str, float]:
    """Compare what was found with what the flat index found, where that was searched."""
    if kind == FLAT:
        np.save(place / FOUND, rows)
    if kind == FLAT or not (place / FOUND).is_file():
        return {}
    nearest = np.load(place / FOUND)
    shares = [
        len(set(a) & set(b)) / DEPTH for a, b in zip(rows.tolist(), nearest.tolist(), strict=True)
    ]
    return {f"recall_at_{DEPTH}": float(np.mean(shares))}


def _near(vectors: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Draw queries near vectors that are there."""
    random = np.random.default_rng(1)
    chosen = np.array(vectors[np.sort(random.integers(0, len(vectors), count))])
    away = _unit(random.standard_normal(chosen.shape, dtype=np.float32))
    return _unit(chosen + np.float32(NEAR) * away)


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    found: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return found.astype(np.float32)


def _texts(file: Path) -> Iterator[str]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def _word_queries(file: Path, count: int) -> list[str]:
    """Take a run of words from the first so many texts."""
    found: list[str] = []
    for text in _texts(file):
        words = text.split()
        start = (7 * len(found)) % (len(words) - QUERY_WORDS)
        found.append(" ".join(words[start : start + QUERY_WORDS]))
        if len(found) == count:
            break
    return found


def _timed(blocks: Iterator[Any], spent: list[float]) -> Iterator[Any]:
    """Hand blocks on and add up in `spent[0]` the seconds that making them took."""
    while True:
        start = time.perf_counter()
        block = next(blocks, None)
        spent[0] += time.perf_counter() - start
        if block is None:
            return
        yield block


def main() -> None:
    """Read the command line, measure, and write the result and its drawing."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of passages")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--most-linked", type=int, default=MOST_LINKED, help="vectors of a graph")
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = measure(
            Path(folder),
            sizes=chosen.sizes,
            kinds=chosen.kinds,
            queries=chosen.queries,
            most_linked=chosen.most_linked,
        )
    write_result(chosen.out, result)
    chosen.out.with_suffix(".svg").write_text(plot(result), encoding="utf-8")


if __name__ == "__main__":
    main()
