"""Which files of a folder are evaluations, of which task, and why the others are none.

What a file is, its name says: data sets are shared under names that are known. Files to learn from
are no evaluations, nor is any that the reader learnt from, whatever its name is. Documents that
stand beside questions or queries go with them: those are asked over these documents, and how well
these are found is an evaluation by itself.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from wherefrom.benchmarks.query_files import beir_files
from wherefrom.benchmarks.task import Task
from wherefrom.benchmarks.tasks import TASKS
from wherefrom.kb.durable import hash_file
from wherefrom.kb.errors import WherefromError
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
    KnownFiles("multihop", 100, ()),
    KnownFiles("beir", 100, ("corpus.jsonl",)),
)
OVER_DOCUMENTS = ("2wikimultihopqa", "hotpotqa", "musique")  # their documents may stand beside them
OTHERS = {  # of files that are no evaluations: why not, by path
    "*train*": "to learn from, as its name says",
    "*corpus.jsonl": "passages, which ask nothing by themselves",
    "*qrels/*": "judgements of what was found, which go with passages",
    "*queries.jsonl": "queries, which are searched for and not answered",
    "kg/*": "facts, which ask nothing",
    "*.tsv*": "facts, which ask nothing",
    "*.md": "words for people",
}
BEIR, MULTIHOP = "beir", "multihop"  # tasks in which documents are found
UNKNOWN = "no task is known by its name"
LEARNT = "the reader learnt from it"
PACKED = ".gz"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A file that is asked, or a folder.

    `name` is that within the folder of all, `quick` how many examples a quick run asks. `corpus` is
    the file of the documents over which it is asked, None where that is any knowledge base.
    """

    name: str
    file: Path
    task: Task
    quick: int
    corpus: Path | None = None

    @property
    def source(self) -> str:
        """Return the SOURCE of its documents."""
        return f"beir:{self.file}" if self.task.name == BEIR else f"jsonl:{self.corpus}"


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
    found: list[Evaluation] = []
    left_out: dict[str, str] = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = file.relative_to(folder).as_posix()
        place = known_place(file.name)
        reason = next((why for like, why in OTHERS.items() if fnmatchcase(name.lower(), like)), "")
        if place is not None and KNOWN[place].task == BEIR and _is_beir(file.parent):
            found.append(_evaluation(folder, file.parent, BEIR, corpus=file))
        elif reason or place is None:
            left_out[name] = reason or UNKNOWN
        elif hash_file(file) in learnt:
            left_out[name] = LEARNT
        else:
            found += _of_file(folder, file, KNOWN[place].task)
    order = {known.task: place for place, known in enumerate(KNOWN)}
    used = {path for one in found for path in (one.corpus, *one.task.files(one.file))}
    others = {name: why for name, why in left_out.items() if folder / name not in used}
    return sorted(found, key=lambda one: (order[one.task.name], one.name)), others


def _of_file(folder: Path, file: Path, task: str) -> list[Evaluation]:
    """Return the evaluation of a file, and that of its documents where they stand beside it."""
    corpus = file.with_name(re.sub("questions.*", "corpus.jsonl", file.name))
    if task not in OVER_DOCUMENTS or not corpus.is_file():
        return [_evaluation(folder, file, task)]
    return [
        _evaluation(folder, file, task, corpus=corpus),
        _evaluation(folder, file, MULTIHOP, corpus=corpus, ending="-documents"),
    ]


def _evaluation(
    folder: Path, data: Path, task: str, *, corpus: Path | None = None, ending: str = ""
) -> Evaluation:
    name = data.relative_to(folder).as_posix()
    short = name.removesuffix(PACKED).rpartition(".")[0] if data.is_file() else name
    quick = next(known.quick for known in KNOWN if known.task == task)
    return Evaluation(f"{short}{ending}", data, TASKS[task], quick, corpus)


def _is_beir(folder: Path) -> bool:
    """Tell whether a folder has queries and judgements beside its documents, to be tested on."""
    try:
        beir_files(folder)
    except WherefromError:
        return False
    return True


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
