"""Index the same articles and search the same questions with wherefrom and its peers, in turns.

    python -m wherefrom.benchmarks.peers --out results/peers.json

All run the weights of all-MiniLM-L6-v2 on the CPU, each at its own defaults, every round of each
in a process of its own. What is measured: articles indexed per second, from texts in memory to an
index that can be asked (wherefrom also writes its index to the disk), the time of one question, its
encoding included, the most memory that the process held (imports and model included), and what the
index takes on the disk once it is saved. FAISS and bm25s alone show what half of the work costs.
wherefrom cuts articles into passages of 100 words and encodes all of them; its peers take an
article as one text and encode as many tokens of it as the model reads at once. Of each question
the article that it is about is known: how often that is among the first ten shows that all of them
really search. Where a peer is ahead, the result says so; a table (Markdown) and a drawing (SVG) are
written beside it.

Peers are not dependencies: those that cannot be imported are left out, and the result says why.
All of them: `pip install txtai haystack-ai sentence-transformers-haystack`. haystack reports its
use to its makers unless HAYSTACK_TELEMETRY_ENABLED=False is set.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from wherefrom.benchmarks.panels import bars_panel, drawing
from wherefrom.benchmarks.peer_systems import SYSTEMS, Article, System, absent, versions
from wherefrom.benchmarks.provenance import write_result
from wherefrom.benchmarks.watched import MIB, bytes_below, watch_call
from wherefrom.kb.source import read_source

DEPTH = 10
OURS = "wherefrom"
ROUND = "wherefrom.benchmarks.peers:run_round"
MEASURES = {  # of each what it is called, and whether more is better
    "articles_per_second": ("articles indexed a second", True),
    "search_milliseconds_median": ("a search, milliseconds (median)", False),
    "search_milliseconds_p95": ("a search, milliseconds (95th percentile)", False),
    "article_in_first_10": ("share of articles among the first ten", True),
    "peak_mib": ("memory at most, MiB", False),
    "disk_mib": ("on disk, MiB", False),
}
WHY = (
    "wherefrom encodes every word of an article, in passages of 100 words, keeps the texts, the "
    "graph and what verifies both, and writes to the disk; peers encode as much of an article as "
    "the model reads at once, and FAISS or bm25s alone do half of the work"
)


def draw(articles: int, questions: int) -> tuple[list[Article], list[tuple[str, str]]]:
    """Take starter articles evenly, and ask for some of them: (question, id of its article)."""
    found = list(read_source("starter"))
    chosen = [found[number * len(found) // articles] for number in range(articles)]
    asked = [chosen[number * articles // questions] for number in range(questions)]
    return (
        [Article(one.id, one.title, one.text) for one in chosen],
        [(f"What is {one.title}?", one.id) for one in asked],
    )


def measure(
    systems: Sequence[System], *, articles: int, questions: int, rounds: int
) -> dict[str, Any]:
    """Index and search with every system that is here, `rounds` times in turns."""
    here = [system for system in systems if absent(system) is None]
    kept: dict[str, list[dict[str, float]]] = {system.name: [] for system in here}
    for _ in range(rounds):
        for system in here:
            kept[system.name].append(_one_round(system, articles, questions))
    return {
        "benchmark": "peers",
        "articles": articles,
        "questions": questions,
        "rounds": rounds,
        "systems": {
            system.name: {
                "what": system.what,
                "versions": versions(system),
                **{key: _median(kept[system.name], key) for key in kept[system.name][0]},
                "each_round": kept[system.name],
            }
            for system in here
        },
        "left_out": {s.name: why for s in systems if (why := absent(s)) is not None},
        "ahead": {"peers": ahead(kept), "why": WHY},
    }


def ahead(rounds: Mapping[str, Sequence[Mapping[str, float]]]) -> list[str]:
    """Say in words in which measures a peer is ahead of wherefrom, by the medians of all rounds.

    Examples
    --------
    >>> ours = [{"articles_per_second": 40.0}]
    >>> ahead({"wherefrom": ours, "peer": [{"articles_per_second": 50.0}]})
    ['peer is ahead, articles indexed a second: 50 against 40, in 1 of 1 rounds']
    """
    if OURS not in rounds:
        return []
    told = []
    for peer in [name for name in rounds if name != OURS]:
        for key, (name, more) in MEASURES.items():
            pairs = [
                (theirs[key], ours[key])
                for theirs, ours in zip(rounds[peer], rounds[OURS], strict=True)
                if key in ours
            ]
            if not pairs:
                continue
            wins = [theirs > ours if more else theirs < ours for theirs, ours in pairs]
            theirs, ours = (statistics.median(side) for side in zip(*pairs, strict=True))
            if theirs > ours if more else theirs < ours:
                told.append(
                    f"{peer} is ahead, {name}: {theirs:.3g} against {ours:.3g}, in {sum(wins)} of "
                    f"{len(wins)} rounds"
                )
    return told


def as_table(result: Mapping[str, Any]) -> str:
    """Return a table in Markdown, and below it where a peer is ahead."""
    lines = [["system", *(name for name, _ in MEASURES.values())], ["---"] * (1 + len(MEASURES))]
    lines += [
        [f"{name} ({found['what']})", *(f"{found[key]:.3g}" for key in MEASURES)]
        for name, found in result["systems"].items()
    ]
    table = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    told = "".join(f"- {line}\n" for line in result["ahead"]["peers"] or ["No peer is ahead."])
    return f"{table}\n{told}\n{result['ahead']['why']}.\n"


def plot(result: Mapping[str, Any]) -> str:
    """Draw each measure of all systems, as bars."""
    panels = [
        bars_panel({name: one[key] for name, one in result["systems"].items()}, what=what)
        for key, (what, _) in MEASURES.items()
    ]
    title = f"The same {result['articles']:,} articles and {result['questions']:,} questions"
    return drawing(title, panels)


def _one_round(system: System, articles: int, questions: int) -> dict[str, float]:
    """Return the figures of one round, which a process of its own makes."""
    with tempfile.TemporaryDirectory() as folder:
        words = (system.name, str(articles), str(questions))
        told, watched = watch_call(ROUND, Path(folder), *words)
    return {**told, "peak_mib": watched.peak_mib}


def run_round(folder: Path, name: str, articles: str, questions: str) -> dict[str, float]:
    """Index and search with one system in a folder, and return its figures.

    The model is loaded and warm before the clock runs.
    """
    (system,) = (one for one in SYSTEMS if one.name == name)
    texts, asked = draw(int(articles), int(questions))
    work, saved = folder / "work", folder / "saved"
    work.mkdir()
    saved.mkdir()
    index = system.prepare(work)
    start = time.perf_counter()
    made = index(texts)
    indexed = time.perf_counter() - start
    made.search(asked[0][0], DEPTH)  # warm
    times, right = [], 0
    for question, article in asked:
        start = time.perf_counter()
        found = made.search(question, DEPTH)
        times.append(time.perf_counter() - start)
        right += article in found
    made.save(saved)
    return {
        "articles_per_second": len(texts) / indexed,
        "search_milliseconds_median": 1000 * statistics.median(times),
        "search_milliseconds_mean": 1000 * statistics.mean(times),
        "search_milliseconds_p95": 1000 * float(np.quantile(times, 0.95)),
        "article_in_first_10": right / len(asked),
        "disk_mib": bytes_below(saved) / MIB,
    }


def _median(rounds: Sequence[dict[str, float]], key: str) -> float:
    return statistics.median(one[key] for one in rounds)


def main() -> None:
    """Read the command line, measure, and write the result, its table and its drawing."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=3_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    result = measure(
        SYSTEMS, articles=chosen.articles, questions=chosen.questions, rounds=chosen.rounds
    )
    write_result(chosen.out, result)
    if result["systems"]:
        chosen.out.with_suffix(".md").write_text(as_table(result), encoding="utf-8")
        chosen.out.with_suffix(".svg").write_text(plot(result), encoding="utf-8")


if __name__ == "__main__":
    main()
