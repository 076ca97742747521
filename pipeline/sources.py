"""The files that a recipe names, and the checks of what it says of each."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from wherefrom.kb.errors import UsageError, unknown_value
from wherefrom.kb.huggingface import SCHEME
from wherefrom.pipeline.examples import INFERENCE_LABELS

EVALUATION_TASKS = ("spans", "answerable", "pairs", "yes_no", "choices", "claims", "texts")
CALIBRATED = ("spans", "pairs", "yes_no", "choices", "claims", "texts")
CHANGES = {  # that a file can be measured under, with the tasks whose examples they change
    "typos": ("spans", "answerable", "pairs", "yes_no", "claims", "texts"),
    "entities": ("spans", "answerable", "pairs", "yes_no"),
    "distractors": ("spans", "answerable"),
    "negation": ("pairs",),
}
FACT_SUFFIXES = (".tsv", ".tsv.gz")  # of files of facts, of which choices are made
ENDLESS = float("inf")


@dataclass(frozen=True, slots=True)
class SpanSource:
    """A SQuAD-format file: how often each epoch shows it, and whether its text is tokenised.

    With `retrieved`, the folder of a knowledge base, each question is also shown up to
    `distractors` passages that are found for it there and do not hold its answer. With `taught` the
    recipe's teacher says where the answers are.
    """

    file: str
    share: float = 1.0
    tokenised: bool = False
    retrieved: str = ""
    distractors: int = 1
    taught: bool = False


@dataclass(frozen=True, slots=True)
class PairSource:
    """A JSONL file of premise, hypothesis, label and source.

    `shares` says how often each `source` of the file is shown; a source that it does not name is
    left out, and an empty mapping means the whole file once. `label_shares` multiplies by label.
    With `taught` the recipe's teacher labels the pairs in place of the file, and, for each pair,
    `exchanges` more of its premise with hypotheses of premises like it.
    """

    file: str
    shares: dict[str, float]
    label_shares: dict[str, float]
    taught: bool = False
    exchanges: int = 0


@dataclass(frozen=True, slots=True)
class JudgedSource:
    """A file of choices or claims: how often each epoch shows it. Of facts, choices are made.

    With `retrieved`, the folder of a knowledge base, most of its examples come with what is found
    there for them. With `taught` the recipe's teacher says how probable they are.
    """

    file: str
    share: float = 1.0
    retrieved: str = ""
    taught: bool = False


@dataclass(frozen=True, slots=True)
class PlainSource:
    """A file of yes/no questions or of labelled texts: how often each epoch shows it."""

    file: str
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A file of development data and what is measured on it, or calibrated.

    `spans` finds answers in their gold paragraph (SQuAD format), `answerable` abstains, too, where
    there is none (SQuAD 2), `pairs` is inference, `yes_no` answers yes/no questions from their
    passage, `choices` chooses and `claims` tells true from false without evidence, `texts` labels
    texts. With `changed`, one of CHANGES, the examples that can be changed so are measured clean
    and changed.
    """

    file: str
    task: str
    changed: str = ""

    @property
    def name(self) -> str:
        """Return what its measures are called: the file, and what sets it apart from others."""
        task = "answerable" if self.task == "answerable" else ""
        return ", ".join(part for part in (self.file, task, self.changed) if part)


Source = SpanSource | PairSource | JudgedSource | PlainSource


def span_source(entry: dict[str, Any], where: str) -> SpanSource:
    """Check one [[spans]] of a recipe; `where` names it in messages."""
    _check_file(entry, SpanSource, where)
    _check_switch(entry, "tokenised", where)
    _check_switch(entry, "taught", where)
    _check_retrieved(entry, where)
    _check_count(entry, "distractors", where)
    return SpanSource(**entry)


def judged_source(entry: dict[str, Any], where: str) -> JudgedSource:
    """Check one [[choices]] or [[claims]] of a recipe."""
    _check_file(entry, JudgedSource, where)
    _check_switch(entry, "taught", where)
    _check_retrieved(entry, where)
    if entry.get("retrieved") and entry["file"].endswith(FACT_SUFFIXES):
        raise UsageError(f"{where}: questions that are made of facts take no retrieved evidence")
    return JudgedSource(**entry)


def plain_source(entry: dict[str, Any], where: str) -> PlainSource:
    """Check one [[yes_no]] or [[texts]] of a recipe."""
    _check_file(entry, PlainSource, where)
    return PlainSource(**entry)


def pair_source(entry: dict[str, Any], where: str) -> PairSource:
    """Check one [[pairs]] of a recipe."""
    _check_file(entry, PairSource, where)
    shares, label_shares = entry.get("shares", {}), entry.get("label_shares", {})
    for key, table in (("shares", shares), ("label_shares", label_shares)):
        if not isinstance(table, dict):
            raise UsageError(f"{where}: {key} must be a table, found {table!r}")
        for name, share in table.items():
            check_share(share, f"{where}: {key}, {name}")
    for name in label_shares:
        label = name.rpartition("/")[2]
        if label not in INFERENCE_LABELS:
            error = unknown_value("label", label, INFERENCE_LABELS)
            raise UsageError(f"{where}: label_shares, {name}: {error}")
    _check_switch(entry, "taught", where)
    _check_count(entry, "exchanges", where)
    taught, exchanges = entry.get("taught", False), entry.get("exchanges", 0)
    if exchanges and not taught:
        raise UsageError(f"{where}: exchanges are labelled by the teacher: taught = true")
    return PairSource(entry["file"], shares, label_shares, taught, exchanges)


def evaluation(entry: dict[str, Any], where: str) -> Evaluation:
    """Check one [[evaluate]] of a recipe."""
    _check_file(entry, Evaluation, where)
    task = _task(entry, EVALUATION_TASKS, where)
    changed = entry.get("changed", "")
    fitting = [name for name, tasks in CHANGES.items() if task in tasks]
    if changed and not fitting:
        raise UsageError(f"{where}: nothing changes {task}, found changed = {changed!r}")
    if changed and changed not in fitting:
        error = unknown_value("changed", str(changed), fitting)
        raise UsageError(f"{where}: of {task}: {error}")
    return Evaluation(entry["file"], task, changed)


def calibration(entry: dict[str, Any], where: str) -> Evaluation:
    """Check one [[calibrate]] of a recipe."""
    check_keys(entry, ["file", "task"], where)
    _check_file(entry, Evaluation, where)
    return Evaluation(entry["file"], _task(entry, CALIBRATED, where))


def _task(entry: dict[str, Any], allowed: tuple[str, ...], where: str) -> str:
    if entry.get("task") not in allowed:
        raise UsageError(f"{where}: {unknown_value('task', str(entry.get('task')), allowed)}")
    return str(entry["task"])


def columns_table(found: Any, names: Collection[str], where: str) -> dict[str, dict[str, str]]:
    """Check a recipe's [columns]: by data set, the column that holds what the format calls so.

    `names` are those of the recipe's files, those of data sets among them.
    """
    example = '[columns."hf:DATASET"] with WANTED = "COLUMN"'
    if not isinstance(found, dict):
        raise UsageError(f"{where} must be tables {example}, found {found!r}")
    data_sets = [name for name in names if name.startswith(SCHEME)]
    if found and not data_sets:
        raise UsageError(f"{where}: no file of the recipe is a data set ({SCHEME}…)")
    for name, table in found.items():
        if name not in data_sets:
            raise UsageError(f"{where}: {unknown_value('data set', name, data_sets)}")
        texts = isinstance(table, dict) and all(isinstance(one, str) for one in table.values())
        if not texts:
            raise UsageError(f"{where}: {name} must be a table {example}, found {table!r}")
    return found


def check_keys(table: dict[str, Any], allowed: list[str], where: str) -> None:
    """Raise UsageError for the first key that is not allowed, with the nearest one that is."""
    for key in table:
        if key not in allowed:
            raise UsageError(f"{where}: {unknown_value('key', key, allowed)}")


def check_range(value: float, limits: tuple[float, float], where: str) -> None:
    """Raise UsageError for a number out of its limits, both of which are allowed."""
    low, high = limits
    if not low <= value <= high or value == ENDLESS:
        allowed = f"at least {low:g}" if high == ENDLESS else f"from {low:g} to {high:g}"
        raise UsageError(f"{where} must be {allowed}, found {value!r}")


def check_share(value: object, where: str) -> None:
    """Raise UsageError for a share that is no number, is below 0 or is endless."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError(f"{where} must be a number, found {value!r}")
    check_range(value, (0, ENDLESS), where)


def _check_file(entry: dict[str, Any], kind: type, where: str) -> None:
    """Check what every source says: its file, its share, and no key that is none."""
    check_keys(entry, [field.name for field in fields(kind)], where)
    if not isinstance(entry.get("file"), str):
        raise UsageError(f"{where}: file must be a string, found {entry.get('file')!r}")
    check_share(entry.get("share", 1.0), f"{where}: share")


def _check_retrieved(entry: dict[str, Any], where: str) -> None:
    found = entry.get("retrieved", "")
    if not isinstance(found, str):
        raise UsageError(f"{where}: retrieved must be a folder, found {found!r}")
    if found and not Path(found).is_dir():
        raise UsageError(f"{where}: retrieved names {found}, where there is no knowledge base")


def _check_switch(entry: dict[str, Any], key: str, where: str) -> None:
    value = entry.get(key, False)
    if not isinstance(value, bool):
        raise UsageError(f"{where}: {key} must be true or false, found {value!r}")


def _check_count(entry: dict[str, Any], key: str, where: str) -> None:
    value = entry.get(key, 0)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise UsageError(f"{where}: {key} must be a whole number, 0 or more, found {value!r}")
