"""Which files of a folder are evaluations, of which task, and why the others are none.

What a file is, its name says: data sets are shared under names that are known. Files to learn from
are no evaluations, nor is any that the reader learnt from, whatever its name is.
"""

from collections.abc import Collection
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from wherefrom.benchmarks.task import Task
from wherefrom.benchmarks.tasks import TASKS
from wherefrom.kb.durable import hash_file
from wherefrom.kb.opening import existing_folder


@dataclass(frozen=True, slots=True)
class KnownFiles:
    """The names of files of one task, without regard to case; a quick run asks `quick` examples."""

    task: str
    quick: int
    patterns: tuple[str, ...]


KNOWN = (  # the first that fits decides
    KnownFiles("squad2", 24, ("squad2*.json", "dev-v2*.json")),
    KnownFiles("squad", 24, ("squad_*.json", "squad-*.json", "squad.json", "dev-v1*.json")),
    KnownFiles("cmrc2018", 24, ("cmrc2018*.json",)),
    KnownFiles("nq_open", 24, ("nq_open*.jsonl", "nq-open*.jsonl")),
    KnownFiles("triviaqa", 24, ("trivia*.jsonl",)),
    KnownFiles("webquestions", 24, ("webq*.jsonl",)),
    KnownFiles("2wikimultihopqa", 24, ("2wiki*questions*.jsonl",)),
    KnownFiles("hotpotqa", 24, ("hotpot*questions*.jsonl",)),
    KnownFiles("musique", 24, ("musique*questions*.jsonl",)),
    KnownFiles("boolq", 30, ("boolq*.jsonl",)),
    KnownFiles("strategyqa", 30, ("strategyqa*.jsonl",)),
    KnownFiles("fever", 30, ("fever*.jsonl",)),
    KnownFiles("creak", 30, ("creak*.jsonl",)),
    KnownFiles("com2sense", 30, ("com2sense*.jsonl",)),
    KnownFiles("csqa2", 30, ("csqa2*.jsonl",)),
    KnownFiles("snli", 100, ("snli*.jsonl",)),
    KnownFiles("mnli", 100, ("mnli*.jsonl", "multinli*.jsonl")),
    KnownFiles("xnli", 100, ("xnli*.jsonl",)),
    KnownFiles("ocnli", 100, ("ocnli*.jsonl",)),
    KnownFiles("rte", 100, ("rte*.jsonl",)),
    KnownFiles("qnli", 100, ("qnli*.jsonl",)),
    KnownFiles("scitail", 100, ("scitail*.jsonl",)),
    KnownFiles("hans", 100, ("hans*.jsonl", "heuristics*.jsonl")),
    KnownFiles("commonsenseqa", 12, ("csqa*.jsonl", "commonsenseqa*.jsonl")),
    KnownFiles("openbookqa", 12, ("obqa*.jsonl", "openbookqa*.jsonl")),
    KnownFiles("arc", 12, ("arc_*.jsonl", "arc-*.jsonl")),
    KnownFiles("siqa", 12, ("siqa*.jsonl", "socialiqa*.jsonl")),
    KnownFiles("codah", 12, ("codah*.jsonl",)),
    KnownFiles("hellaswag", 12, ("hellaswag*.jsonl",)),
    KnownFiles("piqa", 20, ("piqa*.jsonl",)),
    KnownFiles("comve", 20, ("comve*.jsonl",)),
    KnownFiles("bbq", 12, ("bbq*.jsonl",)),
    KnownFiles("crows_pairs", 20, ("crows_pairs*.csv",)),
)
OTHERS = {  # of files that are no evaluations: why not, by path
    "*train*": "to learn from, as its name says",
    "*corpus.jsonl": "passages, which ask nothing by themselves",
    "*qrels/*": "judgements of what was found, which go with passages",
    "*queries.jsonl": "queries, which are searched for and not answered",
    "kg/*": "facts, which ask nothing",
    "*.tsv*": "facts, which ask nothing",
    "*.md": "words for people",
}
UNKNOWN = "no task is known by its name"
LEARNT = "the reader learnt from it"
PACKED = ".gz"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A file that is asked: its name within the folder, its task, and how many a quick run asks."""

    name: str
    file: Path
    task: Task
    quick: int


def find_evaluations(
    folder: Path, learnt: Collection[str]
) -> tuple[list[Evaluation], dict[str, str]]:
    """Find the evaluations in a folder and the folders in it.

    Parameters
    ----------
    folder
        Where data sets lie, as deep as they may.
    learnt
        The sha256 of each file that the reader learnt from.

    Returns
    -------
    tuple
        The evaluations in order of KNOWN, then of name; and of every other file why it is none.

    Raises
    ------
    SourceError
        If there is no such folder.
    """
    existing_folder(folder)
    found: list[tuple[int, Evaluation]] = []
    left_out: dict[str, str] = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = file.relative_to(folder).as_posix()
        place = known_place(file.name)
        reason = next((why for like, why in OTHERS.items() if fnmatchcase(name.lower(), like)), "")
        if reason or place is None:
            left_out[name] = reason or UNKNOWN
        elif hash_file(file) in learnt:
            left_out[name] = LEARNT
        else:
            known = KNOWN[place]
            short = name.removesuffix(PACKED).rpartition(".")[0]
            found.append((place, Evaluation(short, file, TASKS[known.task], known.quick)))
    return [one for _, one in sorted(found, key=lambda one: (one[0], one[1].name))], left_out


def known_place(name: str) -> int | None:
    """Return which of KNOWN a file name is of; None if of none.

    Examples
    --------
    >>> KNOWN[known_place("SNLI_1.0_dev.jsonl.gz")].task
    'snli'
    >>> known_place("notes.jsonl") is None
    True
    """
    plain = name.lower().removesuffix(PACKED)
    fits = (
        place
        for place, known in enumerate(KNOWN)
        if any(fnmatchcase(plain, pattern) for pattern in known.patterns)
    )
    return next(fits, None)
