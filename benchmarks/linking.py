"""Time the search for names in passages, and measure what a linker of a million names takes.

The search is that of a build: names of the table by the linker, then proper names that passages
share.

    python -m wherefrom.benchmarks.linking --out results/linking.json

The passages are the words of the starter articles in their order, cut every 90. The names are the
titles of the articles and, until there are enough, runs of one to four words drawn from their texts
that begin with a capital, as names do; each run is its own entity. CPU seconds stand beside those
of the clock, for a busy machine. The linker of many names, with runs of any words, is built in a
process of its own, beside one that only reads the names.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from wherefrom.benchmarks.provenance import write_result
from wherefrom.benchmarks.watched import watch
from wherefrom.indexes.shared_names import SharedNames
from wherefrom.kb.errors import WherefromError
from wherefrom.kb.linker import Linker
from wherefrom.kb.name_rows import ALIAS, TITLE
from wherefrom.kb.name_table import NameTable
from wherefrom.kb.source import read_source

PASSAGE_WORDS = 90
LONGEST_RUN = 4  # words of a drawn name
FEWEST_DRAWN = 1_000  # runs before the text is said to give no more
PUNCTUATION = ".,!?;:()[]\"'"
BUILD = (
    "import sys; from wherefrom.benchmarks.linking import read_names, linker_of; {}(sys.argv[1])"
)


def measure(source: str, *, names: int, passages: int, many: int, rounds: int) -> dict[str, Any]:
    """Time linking with `names` names; build a linker of `many` in a process that is watched."""
    documents = list(read_source(source))
    titles = [document.title for document in documents]
    words = [word for document in documents for word in document.text.split()]
    few = drawn_names(titles, words, names, with_capital=True)
    start = time.perf_counter()
    table = NameTable(few, range(len(few)), kinds_of(few, titles))
    linker = Linker(table)
    build_seconds = time.perf_counter() - start
    cut = range(0, min(len(words) - PASSAGE_WORDS, passages * PASSAGE_WORDS), PASSAGE_WORDS)
    texts = [" ".join(words[at : at + PASSAGE_WORDS]) for at in cut]
    wall, cpu = [], []
    for _ in range(rounds):
        start, start_cpu = time.perf_counter(), time.process_time()
        shared = SharedNames(np.arange(len(texts)), table.rows.keys)
        mentions = 0
        for number, found in enumerate(linker.mentions_many(texts)):
            shared.add(number, texts[number], 0, [(one.start, one.end) for one in found])
            mentions += len(found)
        names_shared, _ = shared.found(len(few))
        wall.append(len(texts) / (time.perf_counter() - start))
        cpu.append(len(texts) / (time.process_time() - start_cpu))
    return {
        "benchmark": "linking",
        "text": f"drawn from {source}",
        "passages": len(texts),
        "words_per_passage": PASSAGE_WORDS,
        "names": len(few),
        "build_seconds": build_seconds,
        "mentions_per_passage": mentions / len(texts),
        "shared_names": len(names_shared),
        "passages_per_second": {"median": statistics.median(wall), "each_round": wall},
        "passages_per_cpu_second": {"median": statistics.median(cpu), "each_round": cpu},
        "many": measure_build(drawn_names(titles, words, many, with_capital=False)),
    }


def drawn_names(
    titles: list[str], words: list[str], count: int, *, with_capital: bool
) -> list[str]:
    """Return `count` different names, titles first, then runs of words of the text.

    Raises
    ------
    WherefromError
        If the text is too short to draw so many.
    """
    random = np.random.default_rng(0)
    names = dict.fromkeys(titles[:count])
    before = -1
    while before < len(names) < count:
        before = len(names)
        starts = random.integers(0, len(words), max(count, FEWEST_DRAWN))
        sizes = random.integers(1, LONGEST_RUN + 1, len(starts))
        for start, size in zip(starts.tolist(), sizes.tolist(), strict=True):
            name = " ".join(words[start : start + size]).strip(PUNCTUATION)
            if name and len(names) < count and (name[0].isupper() or not with_capital):
                names[name] = None
    if len(names) < count:
        raise WherefromError(f"{count:,} names were asked for, the text gives {len(names):,}")
    return list(names)


def kinds_of(names: list[str], titles: list[str]) -> list[int]:
    """Return TITLE for each name that is a title, ALIAS for the others."""
    known = set(titles)
    return [TITLE if name in known else ALIAS for name in names]


def measure_build(names: list[str]) -> dict[str, Any]:
    """Watch a process that builds a linker, and one that only reads the names."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "names.txt"
        file.write_text("\n".join(names), encoding="utf-8")
        read, built = (
            watch([sys.executable, "-c", BUILD.format(function), file])
            for function in ("read_names", "linker_of")
        )
    return {
        "names": len(names),
        "letters_per_name": statistics.mean(map(len, names)),
        "reading_seconds": read.seconds,
        "reading_peak_mib": read.peak_mib,
        "building_seconds": built.seconds,
        "building_peak_mib": built.peak_mib,
    }


def read_names(file: str) -> list[str]:
    """Read one name a line."""
    return Path(file).read_text(encoding="utf-8").split("\n")


def linker_of(file: str) -> Linker:
    """Build a table and a linker of the names of a file, each a title of its own."""
    names = read_names(file)
    return Linker(NameTable(names, range(len(names)), [TITLE] * len(names)))


def main() -> None:
    """Read the command line, measure, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--source", default="starter", help="where the words are drawn from")
    parser.add_argument("--names", type=int, default=20_000)
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=1_000_000, help="names of the large linker")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    result = measure(
        chosen.source,
        names=chosen.names,
        passages=chosen.passages,
        many=chosen.many,
        rounds=chosen.rounds,
    )
    write_result(chosen.out, result)


if __name__ == "__main__":
    main()
