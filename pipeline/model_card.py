"""Write the model card of a reader from its manifest, in the form of the Hugging Face hub."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from wherefrom.pipeline.augment_table import WAYS
from wherefrom.pipeline.change import Gains, gains_in_short, gains_in_words
from wherefrom.pipeline.evaluation import count, in_words
from wherefrom.pipeline.reader_manifest import ReaderManifest
from wherefrom.pipeline.scores import Measures

CARD = "README.md"
DRAWN = {  # what a manifest calls the examples of each task, and what people call them
    "span_items": "span examples",
    "pair_items": "inference pairs",
    "choice_items": "questions with choices",
    "claim_items": "claims",
    "text_items": "labelled texts",
}
FITTED_ON = {**DRAWN, "statement_items": "statements"}  # those are made for calibrating alone


def write_model_card(folder: Path, manifest: ReaderManifest) -> None:
    """Write README.md into a reader's folder."""
    (folder / CARD).write_text(model_card(manifest), encoding="utf-8")


def model_card(manifest: ReaderManifest) -> str:
    """Return the card's text."""
    training = manifest.training
    runs = _runs(manifest.name, training)
    packages = (f"{name} {number}" for name, number in training.get("packages", {}).items())
    hashes = {name: digest for _, run in runs for name, digest in run["data_sha256"].items()}
    calibrated = _calibrated(training.get("calibrated_on"), training.get("crosswise", ()))
    diagram = "\n![Reliability](reliability.svg)\n" if training.get("reliability") else ""
    return f"""---
library_name: wherefrom
pipeline_tag: question-answering
language: en
---

# {manifest.name}

A reader for wherefrom: one encoder with a head for answer spans (with no-answer), one for whether a
passage is relevant, and one for inference (entailment, neutral, contradiction){_more(manifest)}.

**Use.** `wherefrom ask KB QUESTION --reader FOLDER`; in Python
`wherefrom.open("my.kb", reader="FOLDER")`. It reads English, at most {manifest.max_tokens} tokens
at once; longer passages are read in windows.

**Not for.** Other languages, questions whose answer is not a span of a passage, advice that people
must be able to rely on unchecked. What it has learnt may carry the biases of its data.

## Training

{_told(runs)}{_compressed(training)}

Packages: {", ".join(packages) or "not known"}.

{_data(hashes, training.get("licences", {}))}

## Metrics, of the weights as stored ({_kept_as(manifest)}), on development data

In brackets the 95 % bootstrap interval.{calibrated}
{diagram}
| data | n | metrics |
|---|---|---|
{_metrics(training.get("metrics", {}))}
{_failures(training.get("known_failures", ()))}{_gains(training)}"""


def _data(hashes: Mapping[str, str], licences: Mapping[str, str]) -> str:
    """Name the files of data, each with its licence where some are told."""
    if not licences:
        rows = [f"| `{name}` | `{hashes[name][:16]}…` |" for name in sorted(hashes)]
        return "\n".join(["| data | sha256 |", "|---|---|", *rows])
    rows = [
        f"| `{name}` | {licences.get(name, 'not told')} | `{hashes[name][:16]}…` |"
        for name in sorted(hashes)
    ]
    return "\n".join(["| data | licence | sha256 |", "|---|---|---|", *rows])


def _failures(told: Sequence[str]) -> str:
    if not told:
        return ""
    return "\n## Known failures\n\n" + "".join(f"- {one}\n" for one in told)


def _more(manifest: ReaderManifest) -> str:
    """Name the heads that a reader need not have."""
    training, more = manifest.training, ""
    if training.get("choice_items") or training.get("claim_items"):
        more += ", one for how plausible a statement is"
    if manifest.labels:
        more += f", and one for the labels {', '.join(manifest.labels)}"
    return more


def _calibrated(counts: Mapping[str, int] | None, crosswise: Sequence[str]) -> str:
    """Say on how many examples probabilities were fitted, and on which measured files.

    Nothing is known of readers of earlier releases, whose manifests do not say it (None).
    """
    if not counts:
        return "" if counts is None else " Probabilities are not calibrated."
    found = [
        f"{count:,} {FITTED_ON[name.rstrip('s') + '_items']}" for name, count in counts.items()
    ]
    measured = " nor measured on"
    if crosswise:
        files = ", ".join(f"`{name}`" for name in crosswise)
        measured = f"; those of {files} are measured crosswise, each half under what the other fits"
    return (
        f" Probabilities are fitted on {', '.join(found)} that are "
        f"{'not' if crosswise else 'neither'} learnt{measured}; "
        "`wherefrom calibrate` fits those of answers to a knowledge base."
    )


def _runs(name: str, training: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the runs that are known and that a reader came from, its own the last; each once."""
    found: list[tuple[str, Mapping[str, Any]]] = []
    origins = [(training, "encoder"), *((each, "teacher") for each in training.get("teachers", ()))]
    for origin, role in origins:
        if origin.get(f"{role}_training"):
            found.extend(_runs(origin[role], origin[f"{role}_training"]))
    unique = {run["recipe_sha256"]: (each, run) for each, run in found}
    own = [(name, training)] if "recipe_sha256" in training else []
    return [*unique.values(), *own]


def _told(runs: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    """Say what each run was: what it began with, who taught it, and how long it took."""
    return "\n".join(_run(name, run) for name, run in runs) or "How it was trained is not known."


def _compressed(training: Mapping[str, Any]) -> str:
    """Say which steps made a reader smaller, with their settings and what they changed."""
    steps = training.get("compression", ())
    told = "\n".join(f"- `{json.dumps(step, ensure_ascii=False)}`" for step in steps)
    return f"\n\nThen made smaller by `wherefrom compress`, step by step:\n\n{told}" if told else ""


def _kept_as(manifest: ReaderManifest) -> str:
    """Say in which numbers the weights are stored: eight bits, unless a step said otherwise."""
    steps = manifest.training.get("compression", ())
    last = [step["to"] for step in steps if "to" in step]
    return {"float32": "float32", "bf16": "bf16"}.get(last[-1] if last else "", "eight bits")


def _run(name: str, run: Mapping[str, Any]) -> str:
    teachers = [
        f"`{each['teacher']}` (sha256 `{each['teacher_sha256'][:16]}…`)"
        for each in run.get("teachers", ())
    ]
    taught = f", taught by {' and '.join(teachers)}" if teachers else ""
    kept = (
        f" {run['kept']:.0%} of its weights are those of `{run['kept_from']}`."
        if "kept" in run
        else ""
    )
    return (
        f"- `{name}`: from `{run['encoder']}` (sha256 `{run['encoder_sha256'][:16]}…`){taught}, by "
        f"the recipe with sha256 `{run['recipe_sha256'][:16]}…`: {run['steps']:,} steps, drawn "
        f"from {drawn_in_words(run)}{_changed(run)}, seed "
        f"{run['seed']}, {run['seconds'] / 60:.0f} minutes on {run['machine']}."
        f"{kept}{_more_of(run)}"
    )


def _more_of(run: Mapping[str, Any]) -> str:
    """Say what a run did that most runs do not."""
    said = ""
    if "best_step" in run:
        said += (
            f" The weights are those of step {run['best_step']:,}, the best on "
            f"{run['stopping_items']:,} examples that were set aside."
        )
    for each in run.get("earlier", ()):
        said += f" {each['replay']:.0%} of its batches are of the earlier recipe "
        said += f"`{Path(each['recipe']).name}`."
    if "consolidation" in run:
        said += f" Weights that mattered before were held (λ = {run['consolidation']:g})."
    if "averaged" in run:
        said += f" Its weights are the mean of its last {run['averaged']} checkpoints."
    if "r_drop" in run:
        said += f" It was trained with R-Drop (α = {run['r_drop']:g})."
    if "adapter_ranks" in run:
        ranks, whose = run["adapter_ranks"], run.get("adapter_of", "inference").capitalize()
        said += (
            f" {whose} has an adapter ({run.get('adapter', 'lora')}) of {ranks['matrices']} "
            f"matrices with rank {ranks['lowest']} to {ranks['highest']}."
        )
    if "keeps_judging" in run:
        said += " It has learnt to read alone; its adapters were made anew to judge as before."
    if "probe_examples" in run:
        count = f"{run['probe_examples']:,}"
        said += f" A probe has learnt from {count} questions whether a passage answers."
    return said


def drawn_in_words(run: Mapping[str, Any]) -> str:
    """Say how many examples of each task a run was drawn from.

    Examples
    --------
    >>> drawn_in_words({"span_items": 1200, "pair_items": 30, "claim_items": 9, "seed": 7})
    '1,200 span examples, 30 inference pairs and 9 claims'
    """
    *most, last = (f"{run[name]:,} {words}" for name, words in DRAWN.items() if run.get(name))
    return f"{', '.join(most)} and {last}" if most else last


def _gains(training: Mapping[str, Any]) -> str:
    """Tell what was gained and lost, where the reader learnt on from another."""
    found: Gains = training.get("gains", {})
    if not found:
        return ""
    rows = "\n".join(f"| `{file}` | {gains_in_words(changes)} |" for file, changes in found.items())
    return f"""
## Gained and lost, against `{training["encoder"]}`

Before and after, and in brackets the 95 % bootstrap interval of the paired difference. In short:
{gains_in_short(found)}.

| data | before → after |
|---|---|
{rows}
"""


def _changed(run: Mapping[str, Any]) -> str:
    """Say how many of a run's examples were changed copies of others, and in which ways."""
    counts = {way: run[f"augmented_{way}"] for way in WAYS if run.get(f"augmented_{way}")}
    if not counts:
        return ""
    told = ", ".join(f"{count:,} by {way.replace('_', ' ')}" for way, count in counts.items())
    return f" (changed copies among them: {told})"


def _metrics(metrics: Mapping[str, Measures]) -> str:
    return "\n".join(
        f"| `{file}` | {count(found):,} | {in_words(found)} |" for file, found in metrics.items()
    )
