"""Save and load a reader: one folder with weights, tokenizer, configuration and manifest.

    model.safetensors   weights, int8 with one scale a row
    config.json         the encoder's configuration, as transformers writes it
    tokenizer.json …    the tokenizer, as transformers writes it
    reader.json         format version, sha256 of the weights, prompt budget, calibration, training
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wherefrom.kb.errors import FormatError, ModelError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from wherefrom.pipeline.heads import ReaderNetwork

FORMAT = 1
WEIGHTS = "model.safetensors"
MANIFEST = "reader.json"


@dataclass(frozen=True, slots=True)
class Calibration:
    """How logits become the probabilities that are shown; chosen on development data.

    An answer's log-odds are `answer_scale` * (span margin + `relevance_weight` * relevance logit)
    + `entailment_weight` * (log-odds of entailment) + `answer_bias`. Below `answer_threshold` the
    reader abstains. Inference logits are divided by `inference_temperature`.
    """

    answer_scale: float = 1.0
    answer_bias: float = 0.0
    relevance_weight: float = 0.0
    entailment_weight: float = 0.0
    answer_threshold: float = 0.5
    inference_temperature: float = 1.0


@dataclass(frozen=True, slots=True)
class ReaderManifest:
    """What a reader's folder says of itself. `training` is a record for people, free in form."""

    name: str
    weights_sha256: str
    max_tokens: int
    calibration: Calibration = Calibration()
    training: dict[str, Any] = field(default_factory=dict)
    format: int = FORMAT


def save_reader(
    folder: Path,
    network: "ReaderNetwork",
    tokenizer: "PreTrainedTokenizerBase",
    manifest: ReaderManifest,
) -> ReaderManifest:
    """Write a reader's folder and return its manifest with the hash of the weights filled in."""
    from safetensors.torch import save_file

    from wherefrom.pipeline.quantised import quantise

    folder.mkdir(parents=True, exist_ok=True)
    save_file(quantise(network.state_dict()), folder / WEIGHTS)
    network.encoder.config.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    digest = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    written = ReaderManifest(**{**_shallow(manifest), "weights_sha256": digest})
    write_manifest(folder, written)
    return written


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
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"no reader in {folder}: {error}") from error
    except ValueError as error:
        raise ModelError(f"{path} is not JSON: {error}") from error
    if not isinstance(table, dict) or "format" not in table:
        raise ModelError(f"{path} is not a reader's manifest: it has no format version")
    if table["format"] != FORMAT:
        raise FormatError(
            f"{path} has format {table['format']!r}; this release reads {FORMAT}; "
            "install the release that wrote it or train the reader again"
        )
    try:
        table["calibration"] = Calibration(**table["calibration"])
        return ReaderManifest(**table)
    except (KeyError, TypeError) as error:
        raise ModelError(f"{path} is malformed: {error}") from error


def load_reader(
    folder: Path,
) -> "tuple[ReaderNetwork, PreTrainedTokenizerBase, ReaderManifest]":
    """Load a reader's network (float32, evaluation mode), tokenizer and manifest.

    Raises
    ------
    ModelError
        If the folder holds no reader, or its weights do not match their sha256 or its
        configuration.
    """
    from safetensors.torch import load
    from transformers import AutoConfig, AutoModel, AutoTokenizer

    from wherefrom.pipeline.heads import ReaderNetwork
    from wherefrom.pipeline.quantised import dequantise

    manifest = read_manifest(folder)
    try:
        stored = (folder / WEIGHTS).read_bytes()
    except OSError as error:
        raise ModelError(f"no weights in {folder}: {error}") from error
    found = hashlib.sha256(stored).hexdigest()
    if found != manifest.weights_sha256:
        raise ModelError(
            f"{folder / WEIGHTS} does not match its manifest: sha256 {found[:12]}…, expected "
            f"{manifest.weights_sha256[:12]}…; copy the reader again"
        )
    config = AutoConfig.from_pretrained(folder)
    network = ReaderNetwork(AutoModel.from_config(config, add_pooling_layer=False))
    try:
        network.load_state_dict(dequantise(load(stored)))
    except RuntimeError as error:
        raise ModelError(f"{folder}: the weights do not fit the configuration: {error}") from error
    return network.eval(), AutoTokenizer.from_pretrained(folder), manifest


def _shallow(manifest: ReaderManifest) -> dict[str, Any]:
    return {f.name: getattr(manifest, f.name) for f in fields(ReaderManifest)}
