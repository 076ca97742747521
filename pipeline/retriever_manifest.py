"""What the folder of a trained retriever says of itself: `retriever.json` and the model card."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from wherefrom.kb.errors import ModelError
from wherefrom.pipeline.change import change_in_words
from wherefrom.pipeline.manifest_table import read_manifest_table
from wherefrom.pipeline.model_card import CARD
from wherefrom.pipeline.ranking_measures import MEASURES, NDCG
from wherefrom.pipeline.retriever_report import verdict

FORMAT = 1
RETRIEVER_MANIFEST = "retriever.json"


@dataclass(frozen=True, slots=True)
class RetrieverManifest:
    """How a retriever's encoder was made. `training` is a record for people, free in form."""

    name: str
    weights_sha256: str
    training: dict[str, Any] = field(default_factory=dict)
    format: int = FORMAT


def write_retriever_manifest(folder: Path, manifest: RetrieverManifest) -> None:
    """Write retriever.json and README.md into a retriever's folder."""
    text = json.dumps(asdict(manifest), indent=2, ensure_ascii=False)
    (folder / RETRIEVER_MANIFEST).write_text(text + "\n", encoding="utf-8")
    (folder / CARD).write_text(retriever_card(manifest), encoding="utf-8")


def read_retriever_manifest(folder: Path) -> RetrieverManifest:
    """Read retriever.json.

    Raises
    ------
    ModelError
        If the folder holds none, or it is malformed.
    FormatError
        If the format version is unknown.
    """
    path = folder / RETRIEVER_MANIFEST
    absent = "no trained retriever in"
    table = read_manifest_table(path, "retriever", absent=absent, version=FORMAT)
    try:
        return RetrieverManifest(**table)
    except TypeError as error:
        raise ModelError(f"{path} is malformed: {error}") from error


def retriever_card(manifest: RetrieverManifest) -> str:
    """Return the text of the model card, in the form of the Hugging Face hub."""
    run = manifest.training
    data = "\n".join(
        f"| `{name}` | `{run['data_sha256'][name][:16]}…` |" for name in run["data_sha256"]
    )
    measures: Mapping[str, Any] = run["measures"]
    return f"""---
library_name: sentence-transformers
pipeline_tag: sentence-similarity
---

# {manifest.name}

An encoder for wherefrom's retrievers, and for sentence-transformers: questions lie near the
passages that answer them.

**Use.** `wherefrom build KB SOURCE --encoder FOLDER`; a knowledge base keeps the encoder that it
was built with.

**Not for.** Other languages and domains than those measured below: training for one domain may cost
quality in others. What it has learnt may carry the biases of its data.

## Training

From `{run["encoder"]}` (sha256 `{run["encoder_sha256"][:16]}…`), by the recipe with sha256
`{run["recipe_sha256"][:16]}…`: {run["steps"]:,} steps, drawn from {run["examples"]:,} examples of
{run["queries"]:,} queries, seed {run["seed"]}, {run["seconds"] / 60:.0f} minutes on
{run["machine"]}.

Packages: {", ".join(f"{name} {number}" for name, number in run["packages"].items())}.

| data | sha256 |
|---|---|
{data}

## Before and after

In brackets the 95 % bootstrap interval of the difference. In short: {verdict(measures)}.

| queries | n | {" | ".join(MEASURES)} |
|---|---|{"---|" * len(MEASURES)}
{_rows(measures)}
"""


def _rows(measures: Mapping[str, Any]) -> str:
    return "\n".join(
        f"| `{name}` | {found[NDCG]['n']:,} | "
        f"{' | '.join(change_in_words(found[measure]) for measure in MEASURES)} |"
        for name, found in measures.items()
    )
