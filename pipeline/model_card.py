"""Write the model card of a reader from its manifest, in the form of the Hugging Face hub."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wherefrom.pipeline.checkpoint import ReaderManifest

CARD = "README.md"


def write_model_card(folder: Path, manifest: ReaderManifest) -> None:
    """Write README.md into a reader's folder."""
    (folder / CARD).write_text(model_card(manifest), encoding="utf-8")


def model_card(manifest: ReaderManifest) -> str:
    """Return the card's text."""
    training = manifest.training
    data = "\n".join(
        f"| `{name}` | `{digest[:16]}…` |" for name, digest in training["data_sha256"].items()
    )
    return f"""---
library_name: wherefrom
pipeline_tag: question-answering
language: en
---

# {manifest.name}

A reader for wherefrom: one encoder with a head for answer spans (with no-answer), one for whether a
passage is relevant, and one for inference (entailment, neutral, contradiction).

**Use.** `wherefrom ask KB QUESTION --reader FOLDER`; in Python
`wherefrom.open("my.kb", reader="FOLDER")`. It reads English, at most {manifest.max_tokens} tokens
at once; longer passages are read in windows.

**Not for.** Other languages, questions whose answer is not a span of a passage, advice that people
must be able to rely on unchecked. What it has learnt may carry the biases of its data.

## Training

Encoder `{training["encoder"]}` (sha256 `{training["encoder_sha256"][:16]}…`), fine-tuned by the
recipe with sha256 `{training["recipe_sha256"][:16]}…`: {training["steps"]:,} steps over
{training["span_items"]:,} span examples and {training["pair_items"]:,} inference pairs, seed
{training["seed"]}, {training["seconds"] / 60:.0f} minutes on {training["machine"]}. Packages:
{", ".join(f"{name} {number}" for name, number in training["packages"].items())}.

| data | sha256 |
|---|---|
{data}

## Metrics, of the weights as stored (eight bits), on development data

| data | n | metrics |
|---|---|---|
{_metrics(training.get("metrics", {}))}
"""


def _metrics(metrics: Mapping[str, Mapping[str, Any]]) -> str:
    rows = []
    for name, found in metrics.items():
        values = ", ".join(
            f"{measure.replace('_', ' ')} {100 * value:.1f} %"
            for measure, value in found.items()
            if measure != "n"
        )
        rows.append(f"| `{name}` | {found['n']:,} | {values} |")
    return "\n".join(rows)
