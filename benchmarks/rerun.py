"""Do a run again from its manifest: what it was made of must be here, and then it says the same.

Hashes decide, not names: the data, the weights and settings of the reader, the content of the
knowledge base and the version of wherefrom must be those of the run. Paths in the manifest only say
where to look first.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from wherefrom.benchmarks.changing import Change
from wherefrom.benchmarks.provenance import provenance
from wherefrom.benchmarks.respondents import open_measured
from wherefrom.benchmarks.run import (
    MANIFEST,
    PREDICTIONS,
    Run,
    hash_data,
    read_manifest,
    run_task,
)
from wherefrom.benchmarks.tasks import find_task
from wherefrom.kb.durable import hash_file
from wherefrom.kb.errors import ReproductionError, UsageError
from wherefrom.kb.progress import Progress

NEEDED = ("reader", "knowledge_base", "k", "retriever")  # of a respondent, for the same predictions
OPTIONS = {"data": "--data", "kb": "--kb", "reader": "--reader", "encoder": "--encoder"}
TOLD = ("python", "commit", "packages", "machine")  # may change floats; told where they differ
VARYING = ("load_average",)


@dataclass(frozen=True, slots=True)
class Found:
    """Where what a run was made of is found now; None takes what its manifest says."""

    data: Path | None = None
    kb: Path | None = None
    reader: str | None = None
    encoder: str | None = None
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """A run that was done again: how many predictions were compared, and what was different.

    `others` names what differs around the two runs, such as the processor or a package, of which
    the predictions did not depend.
    """

    run: Run
    compared: int
    others: tuple[str, ...]


def rerun(
    run: Path, out: Path, *, found: Found = Found(), progress: Progress | None = None
) -> Again:
    """Do the run in `run` again, in the folder `out`, and compare the predictions byte for byte.

    A run that stopped before its end is done whole; what it holds is compared.

    Raises
    ------
    UsageError
        If `run` is none, or what it was made of is not here or differs; all that differs is named.
    ReproductionError
        If a prediction differs; the first is named. The new run is whole then, too.
    SourceError, MissingError, ModelError
        If data, knowledge base or reader cannot be read.
    """
    manifest = read_manifest(run)
    if out.resolve() == run.resolve():
        raise UsageError(f"{out} is the run itself; name another folder")
    opened = _opened(run, manifest, found)
    task, data = find_task(manifest["task"]), Path(opened["data"])
    differing = [*_differences("version", _version(manifest["made_by"]), _version(provenance()))]
    learnt = [Path(file) for file in opened.get("trained_on", ())]
    differing += _of_files(manifest, task.files(data), learnt)
    respondent, described = open_measured(
        task,
        data,
        Path(opened["kb"]) if manifest.get("knowledge_base") else None,
        reader=opened["reader"],
        encoder=opened["encoder"],
        device=opened["device"],
        k=manifest.get("k"),
        retriever=_retriever(manifest),
    )
    for name in NEEDED:
        differing += _differences(name, manifest.get(name), described.get(name))
    change = _change(manifest, opened)
    words = "synonyms_sha256"
    if change is not None:
        differing += _differences(words, manifest.get(words), change.described.get(words))
    if "data_source" in manifest:
        described["data_source"] = manifest["data_source"]
    if differing:
        raise UsageError(
            f"{run} cannot be done again with what is here: {'; '.join(differing)}; "
            f"name what it was made of ({', '.join(OPTIONS.values())})"
        )
    done = run_task(
        task,
        data,
        out,
        respondent,
        arms=manifest["arms"],
        described=described,
        limit=manifest["limit"],
        spread=manifest.get("spread", False),
        seed=manifest["seed"],
        change=change,
        suspects=respondent.suspects(learnt, scans=manifest.get("scanned", True)),
        progress=progress,
    )
    others = tuple(_circumstances(manifest, done.manifest))
    return Again(done, _compared(run / PREDICTIONS, out / PREDICTIONS, others), others)


def _opened(run: Path, manifest: Mapping[str, Any], found: Found) -> dict[str, Any]:
    """Return where to find what the run was made of, after making sure that it is there."""
    told: dict[str, Any] = dict(manifest.get("opened", {}))
    given = {name: getattr(found, name) for name in (*OPTIONS, "device")}
    told |= {name: told.get(name) if value is None else value for name, value in given.items()}
    beside = run / Path(told["data"] or "").name  # what was taken from a data set lies in the run
    if found.data is None and beside.is_file():
        told["data"] = str(beside)
    needed = ["data", *(["kb"] if manifest.get("knowledge_base") else [])]
    for name in needed:
        if told[name] is None:
            raise UsageError(f"{run / MANIFEST} does not say where its {name} was; name it")
    for name in [*needed, "reader"]:
        if told[name] is not None and not Path(told[name]).exists():
            raise UsageError(
                f"the {name} of {run} was {told[name]}, which is not there; say where it is now "
                f"({OPTIONS[name]})"
            )
    return told


def _of_files(
    manifest: Mapping[str, Any], data: Sequence[Path], learnt: Sequence[Path]
) -> Iterator[str]:
    """Name what differs in the files of the data, and in those that were trained on."""
    hashed = "data_sha256"
    yield from _differences(hashed, manifest[hashed], hash_data(data)[hashed])
    hashes = {file.name: hash_file(file) for file in learnt if file.is_file()}
    yield from _differences("trained_on", manifest.get("trained_on", {}), hashes)


def _change(manifest: Mapping[str, Any], opened: Mapping[str, Any]) -> Change | None:
    if "changed" not in manifest:
        return None
    folder = opened.get("wordnet")
    return Change.of(manifest["changed"], None if folder is None else Path(folder))


def _retriever(manifest: Mapping[str, Any]) -> str | None:
    named = manifest.get("retriever")
    return None if named == "default" else named


def _version(made_by: Mapping[str, Any]) -> str:
    return str(made_by["packages"]["wherefrom"])


def _differences(name: str, before: object, now: object) -> Iterator[str]:
    """Name what differs, key by key where both are tables."""
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for key in {**before, **now}:
            if key not in VARYING:
                yield from _differences(f"{name}.{key}", before.get(key), now.get(key))
    elif before != now:
        yield f"{name} was {before!r} and is {now!r}"


def _circumstances(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for name in TOLD:
        yield from _differences(name, before["made_by"].get(name), now["made_by"].get(name))
    for name in ("device", "threads"):
        known = before.get("opened", {}).get(name), now["opened"].get(name)
        yield from _differences(name, *known)


def _compared(old: Path, new: Path, others: tuple[str, ...]) -> int:
    """Compare what the old run holds with the new one, and return how many lines that are.

    A last line that a kill cut short does not count.
    """
    lines = old.read_bytes().splitlines(keepends=True) if old.is_file() else []
    whole = [line for line in lines if line.endswith(b"\n")]
    again = new.read_bytes().splitlines(keepends=True)
    for number, (before, now) in enumerate(zip_longest(whole, again[: len(whole)]), start=1):
        if before != now:
            why = f"; around them, {'; '.join(others)}" if others else ""
            raise ReproductionError(
                f"{new}, line {number} is not that of {old}; `wherefrom bench compare` says what "
                f"changed{why}"
            )
    return len(whole)
