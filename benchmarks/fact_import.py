"""Measure how long `wherefrom build` takes to read facts, and how much memory.

    python -m wherefrom.benchmarks.fact_import --out results/fact_import.json

The facts are made up: their ends are words of the starter articles, 78 different ones for 100 facts
as in ConceptNet-100K, which is read too where `--conceptnet` names it. Each build is a process of
its own that makes a new knowledge base. Bars: 10 seconds for 100,000 facts, 1.5 GiB for a million.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from wherefrom.benchmarks.installed import wherefrom_command
from wherefrom.benchmarks.linking import drawn_names
from wherefrom.benchmarks.provenance import write_result
from wherefrom.benchmarks.watched import MIB, watch
from wherefrom.indexes.info import info
from wherefrom.kb.source import read_source

TERMS_PER_FACT = 0.78
RELATIONS = ("IsA", "AtLocation", "UsedFor", "CapableOf", "Causes", "HasProperty", "NotDesires")
BARS = {"few_seconds": 10, "many_peak_mib": 1536}


def measure(
    folder: Path, source: str, *, few: int, many: int, conceptnet: Path | None = None
) -> dict[str, Any]:
    """Write made-up facts, then build knowledge bases of them in processes that are watched."""
    texts = (document.text for document in read_source(source))
    words = [word for text in texts for word in text.split()]
    built = {}
    for name, count in (("few", few), ("many", many)):
        table = folder / f"{name}.tsv"
        write_facts(table, words, count)
        built[name] = built_from(table, folder / f"{name}.kb")
    if conceptnet is not None:
        built["conceptnet"] = built_from(conceptnet, folder / "conceptnet.kb")
    return {
        "benchmark": "fact_import",
        "terms": f"words drawn from {source}",
        "bars": BARS,
        **built,
    }


def write_facts(file: Path, words: list[str], count: int) -> None:
    """Write a table of so many facts between random terms; few are the same."""
    random = np.random.default_rng(0)
    terms = drawn_names([], words, max(2, int(TERMS_PER_FACT * count)), with_capital=False)
    ends = random.integers(0, len(terms), (count, 2)).tolist()
    with file.open("w", encoding="utf-8") as lines:
        lines.write("head\trelation\ttail\n")
        for number, (head, tail) in enumerate(ends):
            relation = RELATIONS[number % len(RELATIONS)]
            lines.write(f"{terms[head]}\t{relation}\t{terms[tail]}\n")


def built_from(table: Path, kb: Path) -> dict[str, Any]:
    """Build a knowledge base of a table in a process that is watched."""
    watched = watch([wherefrom_command(), "build", kb, f"triples:{table}"])
    found = info(kb)
    return {
        "facts": found.triples,
        "table_mib": table.stat().st_size / MIB,
        "knowledge_base_mib": found.bytes / MIB,
        "seconds": watched.seconds,
        "facts_per_second": found.triples / watched.seconds,
        "peak_mib": watched.peak_mib,
    }


def main() -> None:
    """Read the command line, measure, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--source", default="starter", help="where the words are drawn from")
    parser.add_argument("--few", type=int, default=100_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--conceptnet", type=Path, help="a table of facts to read as well")
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = measure(
            Path(folder),
            chosen.source,
            few=chosen.few,
            many=chosen.many,
            conceptnet=chosen.conceptnet,
        )
    write_result(chosen.out, result)


if __name__ == "__main__":
    main()
