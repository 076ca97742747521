"""Run every benchmark whose data is here, one after the other, each in a process of its own.

    python -m wherefrom.benchmarks.everything --data DATA --kb starter.kb --out benchmarks/results

Each writes one JSON file of its name. A benchmark whose data is absent is left out, and that is
said; one that fails does not stop the others. `make bench` runs this.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from wherefrom.benchmarks.pools import POOLS

MODULES = "wherefrom.benchmarks"


@dataclass(frozen=True, slots=True)
class Run:
    """One benchmark: the name of its result, its module, its options, the files that it needs."""

    name: str
    module: str
    options: tuple[str, ...] = ()
    needs: tuple[Path, ...] = ()


def planned(data: Path, kb: Path) -> tuple[Run, ...]:
    """Return every benchmark, with the paths that it reads."""
    hops = data / "multihop"
    wiki = hops / "2wiki_corpus.jsonl"
    conceptnet = data / "kg" / "conceptnet100k.tsv"
    nfcorpus = data / "beir" / "nfcorpus"
    squad = data / "qa" / "squad_dev_a.json"
    squad2 = data / "qa" / "squad2_dev_a.json"
    snli, cad = data / "nli" / "snli_dev_a.jsonl", data / "nli" / "cad_nli_train.jsonl"
    pairs = (data / "nli" / "mnli_dev_a.jsonl", snli)
    cmrc = (data / "qa" / "cmrc2018_train.json.gz", data / "qa" / "cmrc2018_trial.json")
    ocnli = (data / "nli" / "ocnli_train_10k.jsonl", data / "nli" / "ocnli_dev_a.jsonl")
    squad_train = data / "qa" / "squad_train.json.gz"
    csqa = data / "commonsense" / "csqa_dev.jsonl"
    creak = data / "commonsense" / "creak_dev.jsonl"
    of_kb = ("--kb", str(kb))
    return (
        Run("help_time", "help_time"),
        Run("encoding", "encoding", ("--corpus", str(wiki)), (wiki,)),
        Run("linking", "linking"),
        Run("fact_import", "fact_import", _if_here("--conceptnet", conceptnet)),
        Run("walk_speed", "walk_speed", _if_here("--corpus", wiki)),
        *(_hop(hops, pool, untitled=untitled) for untitled in (False, True) for pool in POOLS),
        Run("search_cost", "search_cost", of_kb, (kb,)),
        Run("ask_latency", "ask_latency", of_kb, (kb,)),
        Run("starter", "starter", of_kb, (kb,)),
        Run("starter_tuning", "starter", (*of_kb, "--set", "tuning"), (kb,)),
        Run("overlap", "overlap"),
        Run("training_speed", "training_speed"),
        Run("training_ways", "training_ways", ("--data", str(data)), (cad, snli)),
        Run("reader", "reader", ("--data", str(data)), (squad, *pairs)),
        Run("compression", "compression", ("--data", str(data)), (squad, *pairs)),
        Run(
            "compression_int8",
            "compression",
            ("--data", str(data), "--recipe", "compression_int8.toml"),
            (squad,),
        ),
        Run("robustness", "robustness", ("--data", str(data)), (squad, squad2, *pairs)),
        Run("chinese", "chinese", ("--data", str(data)), (*cmrc, *ocnli)),
        Run("retriever", "retriever", ("--data", str(data)), (squad_train, squad, nfcorpus)),
        Run("nfcorpus", "retrieval_nfcorpus", ("--data", str(nfcorpus)), (nfcorpus,)),
        Run("multihop_answers", "multihop_answers", ("--data", str(wiki.parent)), (wiki,)),
        Run("choose_facts", "choose_facts", ("--data", str(data)), (csqa, conceptnet)),
        Run("judge_claims", "judge_claims", ("--data", str(data), *of_kb), (creak, kb)),
        Run("build_memory", "build_memory"),
        Run("peers", "peers"),
        Run("growth", "growth"),
    )


def _if_here(option: str, file: Path) -> tuple[str, ...]:
    """Return the option for a file that a benchmark can do without."""
    return (option, str(file)) if file.exists() else ()


def _hop(data: Path, pool: str, *, untitled: bool) -> Run:
    """Return the run of `multihop` on a pool."""
    name = f"multihop_{pool}{'_untitled' if untitled else ''}"
    options = ("--data", str(data), "--pool", pool, *(["--untitled"] if untitled else []))
    return Run(name, "multihop", options, (data / POOLS[pool].corpus, data / POOLS[pool].questions))


def run(runs: Sequence[Run], out: Path) -> list[str]:
    """Run each whose files are here; return the names of those that failed."""
    failed = []
    for one in runs:
        missing = [str(path) for path in one.needs if not path.exists()]
        if missing:
            print(f"{one.name}: left out, {', '.join(missing)} is not here", flush=True)
            continue
        print(f"{one.name}: running", flush=True)
        command = [sys.executable, "-m", f"{MODULES}.{one.module}", *one.options]
        done = subprocess.run([*command, "--out", out / f"{one.name}.json"], check=False)
        if done.returncode:
            failed.append(one.name)
    return failed


def main() -> None:
    """Read the command line, run, and end with 1 if a benchmark failed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--kb", type=Path, required=True)
    parser.add_argument("--only", nargs="*", metavar="NAME", help="of these alone")
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    runs = planned(chosen.data, chosen.kb)
    names = [one.name for one in runs]
    unknown = sorted(set(chosen.only or ()) - set(names))
    if unknown:
        parser.error(f"unknown benchmark {', '.join(unknown)}; choose of {', '.join(names)}")
    failed = run([one for one in runs if not chosen.only or one.name in chosen.only], chosen.out)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
