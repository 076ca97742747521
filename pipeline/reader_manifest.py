"""What the folder of a reader says of itself: `reader.json`."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from wherefrom.kb.errors import ModelError, unknown_value
from wherefrom.pipeline.manifest_table import read_manifest_table

FORMAT = 1
MANIFEST = "reader.json"
COMPUTATIONS = ("float", "int8")  # what a processor multiplies in; other devices take floats


@dataclass(frozen=True, slots=True)
class Calibration:
    """How logits become the probabilities that are shown; fitted on data held out for it.

    An answer's log-odds are `answer_bias` plus the sum of `answer_weights` times the features of
    the same names (`wherefrom.pipeline.decision.FEATURES`). Below `answer_threshold` the reader
    abstains. The log-odds that a passage answers a question at all are `answerable_bias` plus the
    sum of `answerable_weights` times `wherefrom.pipeline.answerability.FEATURES`, the last of which
    is a sum weighted by `answerable_probe`, whose last number is added. The logits of inference,
    plausibility and labels are divided by their temperatures; where inference has weights, each
    pair has its own, and labels have biases (`wherefrom.pipeline.temperature`). A sentence decides
    on a claim by as much as it is about it: the weight rises from 0 to 1 around the cosine
    `claim_cosine`. A choice's logit is the sum of `choice_weights` times the features of the same
    names (`wherefrom.pipeline.choosing.FEATURES`). The log-odds that a claim is true are
    `claim_bias` plus the sum of `claim_weights` times `wherefrom.pipeline.truth.FEATURES`. What a
    manifest does not name is as here.
    """

    answer_weights: Mapping[str, float] = field(default_factory=lambda: {"margin": 1.0})
    answer_bias: float = 0.0
    answer_threshold: float = 0.5
    answerable_weights: Mapping[str, float] = field(default_factory=lambda: {"margin": 1.0})
    answerable_bias: float = 0.0
    answerable_probe: tuple[float, ...] = ()
    inference_temperature: float = 1.0
    inference_temperature_weights: tuple[float, ...] = ()
    inference_biases: tuple[float, ...] = ()
    plausibility_temperature: float = 1.0
    label_temperature: float = 1.0
    claim_cosine: float = 0.5
    claim_weights: Mapping[str, float] = field(
        default_factory=lambda: {"supported": 4.0, "refuted": -4.0, "plausibility": 1.0}
    )
    claim_bias: float = 0.0
    choice_weights: Mapping[str, float] = field(
        default_factory=lambda: {"entailment": 1.0, "cosine": 5.0}
    )


@dataclass(frozen=True, slots=True)
class ReaderManifest:
    """What a reader's folder says of itself. `training` is a record for people, free in form.

    `labels` are those of texts, in the order of the head; empty where it has none. `computation` is
    one of COMPUTATIONS.
    """

    name: str
    weights_sha256: str
    max_tokens: int
    calibration: Calibration = field(default_factory=Calibration)
    training: dict[str, Any] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    computation: str = "float"
    format: int = FORMAT


def write_manifest(folder: Path, manifest: ReaderManifest) -> None:
    """Write reader.json alone, for example after calibrating."""
    text = json.dumps(asdict(manifest), indent=2, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> ReaderManifest:
    """Read reader.json.

    Raises
    ------
    ModelError
        If the folder holds no reader, or its manifest is malformed.
    FormatError
        If the format version is unknown.
    """
    path = folder / MANIFEST
    table = read_manifest_table(path, "reader", absent="no reader in", version=FORMAT)
    try:
        known = table["calibration"]
        weights = {key: tuple(each) for key, each in known.items() if isinstance(each, list)}
        table["calibration"] = Calibration(**known | weights)
        table["labels"] = tuple(table.get("labels", ()))
        manifest = ReaderManifest(**table)
    except (AttributeError, KeyError, TypeError) as error:
        raise ModelError(f"{path} is malformed: {error}") from error
    if manifest.computation not in COMPUTATIONS:
        error_of = unknown_value("computation", str(manifest.computation), COMPUTATIONS)
        raise ModelError(f"{path}: {error_of}")
    return manifest
