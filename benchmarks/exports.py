"""Write the predictions of a run in the formats that the official scripts of others read.

`trec` are the run and qrels files of trec_eval (https://github.com/usnistgov/trec_eval), `squad`
the predictions that SQuAD's scripts read (Rajpurkar, Jia and Liang, ACL 2018, arXiv:1806.03822),
`kilt` the lines of KILT (Petroni et al., "KILT: a Benchmark for Knowledge Intensive Language
Tasks", NAACL 2021, arXiv:2009.02252).
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from wherefrom.benchmarks.example import Shape
from wherefrom.benchmarks.judgement_files import FEVER
from wherefrom.benchmarks.prediction import Prediction, by_arm, read_predictions
from wherefrom.benchmarks.run import METRICS, PREDICTIONS, read_manifest
from wherefrom.kb.durable import write_file
from wherefrom.kb.errors import UsageError, unknown_value

QRELS = "qrels.txt"
ABSTAINED = "(abstained)"  # KILT's script stops at an empty answer
KILT_VERDICTS = {ours: theirs for theirs, ours in FEVER.items()}
_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Form:
    """A format: the shapes of tasks that it is for, the ending of an arm's file, and its text."""

    shapes: tuple[Shape, ...]
    ending: str
    text: Callable[[Sequence[Prediction]], str]


def export_run(folder: Path, form: str, out: Path) -> list[Path]:
    """Write the predictions of a run, a file for each arm, and return the files.

    Parameters
    ----------
    folder
        A run that has ended.
    form
        ``trec``, ``squad`` or ``kilt``.
    out
        The folder to write to; it is made. Files of the same names are replaced.

    Raises
    ------
    UsageError
        If the format is unknown or not for the run's task, the folder holds no run or one that has
        not ended, or `out` is a file.
    DamagedError
        If predictions cannot be read.
    """
    if form not in FORMS:
        raise unknown_value("format", form, FORMS)
    manifest = read_manifest(folder)
    chosen = FORMS[form]
    if manifest["shape"] not in chosen.shapes:
        raise UsageError(
            f"format {form} is for tasks whose examples are a {' or a '.join(chosen.shapes)}; "
            f"{manifest['task']} has a {manifest['shape']}"
        )
    if not (folder / METRICS).is_file():
        raise UsageError(f"{folder} has not ended: it holds no {METRICS}; run its command again")
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; a folder is needed, for a file of each arm")
    arms = by_arm(read_predictions(folder / PREDICTIONS))
    texts = {f"{arm}{chosen.ending}": chosen.text(found) for arm, found in arms.items()}
    if form == "trec":
        texts[QRELS] = _qrels(next(iter(arms.values())))
    out.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        write_file(out / name, text.encode("utf-8"))
    return [out / name for name in texts]


def trec_name(name: str) -> str:
    """Return a name as it stands in TREC's columns, where white space would end it.

    Examples
    --------
    >>> trec_name("Lothair II"), trec_name("MED-10")
    ('Lothair%20II', 'MED-10')
    """
    return _SPACE.sub(lambda found: quote(found[0]), name)


def _trec(predictions: Sequence[Prediction]) -> str:
    """Rank the documents of each query: query, Q0, document, rank, score and the arm."""
    return "".join(
        f"{trec_name(one.id)} Q0 {trec_name(name)} {rank} {len(one.documents) + 1 - rank} "
        f"{one.arm}\n"
        for one in predictions
        for rank, name in enumerate(one.documents, start=1)
    )


def _qrels(predictions: Sequence[Prediction]) -> str:
    """List the judged documents of each query: query, 0, document, grade."""
    return "".join(
        f"{trec_name(one.id)} 0 {trec_name(name)} {grade}\n"
        for one in predictions
        for name, grade in one.grades.items()
    )


def _squad(predictions: Sequence[Prediction]) -> str:
    """Map each question to its answer, or to nothing where it abstained."""
    return json.dumps({one.id: one.prediction for one in predictions}, ensure_ascii=False) + "\n"


def _kilt(predictions: Sequence[Prediction]) -> str:
    verdicts = {label for one in predictions for label in one.gold} <= set(KILT_VERDICTS)
    names = KILT_VERDICTS if verdicts else {}
    lines = (json.dumps(_kilt_line(one, names), ensure_ascii=False) for one in predictions)
    return "".join(f"{line}\n" for line in lines)


def _kilt_line(one: Prediction, names: Mapping[str, str]) -> dict[str, Any]:
    """Put an answer with the places it cites in KILT's form; of a query what was found.

    `names` are what KILT calls some answers.
    """
    if one.grades:
        found = [{"wikipedia_id": name} for name in one.documents]
        return {"id": one.id, "output": [{"provenance": found}]}
    cited = [_provenance(cite) for cite in one.citations]
    answer = one.prediction or ABSTAINED
    return {"id": one.id, "output": [{"answer": names.get(answer, answer), "provenance": cited}]}


def _provenance(cite: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "wikipedia_id": cite["document_id"],
        "title": cite["title"],
        "start_character": cite["start"],
        "end_character": cite["end"],
    }


FORMS = {
    "trec": Form(("query",), ".run", _trec),
    "squad": Form(("question",), ".json", _squad),
    "kilt": Form(("question", "claim", "query"), ".jsonl", _kilt),
}
