"""Save and load a reader: one folder with weights, tokenizer, configuration and manifest.

model.safetensors   weights, int8 with one scale a row, or bf16, or float32; those of adapters
                    are named "adapter.…" and, plausibility's own, "plausibility_adapter.…"
                    (or model.safetensors.gz, the same, compressed)
config.json         the encoder's configuration, as transformers writes it
tokenizer.json …    the tokenizer, as transformers writes it
reader.json         format version, sha256 of the weights, prompt budget, calibration, training,
                    what it computes in
"""

import gzip
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from wherefrom.kb.errors import ModelError
from wherefrom.pipeline.reader_manifest import (
    MANIFEST,
    Calibration,
    ReaderManifest,
    read_manifest,
    write_manifest,
)

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor

    from wherefrom.pipeline.heads import ReaderNetwork

WEIGHTS, PACKED = "model.safetensors", "model.safetensors.gz"
TOKENIZER = "tokenizer.json"
ENCODER = "encoder."  # how the names of the encoder's weights begin
INFERENCE, PLAUSIBILITY = "inference", "plausibility"  # whose an adapter is
ADAPTERS = {INFERENCE: "adapter.", PLAUSIBILITY: "plausibility_adapter."}  # and how they begin


@dataclass(frozen=True, slots=True)
class LoadedReader:
    """A reader's parts: the network in evaluation mode on its device, tokenizer and manifest."""

    network: "ReaderNetwork"
    tokenizer: "Tokenizer"
    manifest: ReaderManifest


class StoredTokenizer(Protocol):
    """A tokenizer that writes its files into a folder, as those of transformers do."""

    def save_pretrained(self, folder: Path, /) -> object:
        """Write tokenizer.json and what belongs to it."""


def save_reader(
    folder: Path,
    network: "ReaderNetwork",
    tokenizer: StoredTokenizer,
    manifest: ReaderManifest,
    *,
    storage: str = "int8",
    packed: bool = False,
) -> ReaderManifest:
    """Write a reader's folder and return its manifest with the hash of the weights filled in.

    Parameters
    ----------
    folder
        It is made where it is not there.
    network, tokenizer, manifest
        What is written; the manifest comes last.
    storage
        One of `wherefrom.pipeline.quantised.STORAGES`.
    packed
        Whether the file of the weights is compressed, without loss: of eight bits a twelfth goes,
        and loading takes a tenth of a second more.
    """
    from safetensors.torch import save

    from wherefrom.pipeline.quantised import quantise

    folder.mkdir(parents=True, exist_ok=True)
    weights = network.state_dict()
    for whose, adapter in network.adapters.items():
        weights.update({ADAPTERS[whose] + name: matrix for name, matrix in adapter.items()})
    content = save(quantise(weights, storage))
    content = gzip.compress(content, mtime=0) if packed else content  # no time in it
    (folder / (WEIGHTS if packed else PACKED)).unlink(missing_ok=True)
    (folder / (PACKED if packed else WEIGHTS)).write_bytes(content)
    encoder: Any = network.encoder
    encoder.config.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    digest = hashlib.sha256(content).hexdigest()
    written = replace(manifest, weights_sha256=digest)
    write_manifest(folder, written)
    return written


def load_reader(folder: Path, *, device: str) -> "LoadedReader":
    """Load a reader, ready to run on a device, in bf16 where its hardware computes in that.

    A plain BERT runs through `wherefrom.indexes.bert`, every other encoder through transformers.
    One whose computation is int8 multiplies in eight bits where the device can, beside float32.

    Raises
    ------
    ModelError
        If the folder holds no reader, or its weights do not match their sha256 or its
        configuration.
    """
    from tokenizers import Tokenizer

    manifest = read_manifest(folder)
    weights = _read_weights(folder, manifest)
    with _as_model_error(folder):
        network = _network(folder, weights, device, computation=manifest.computation)
    _require_fitting(folder, manifest.calibration, network)
    try:
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    except Exception as error:  # tokenizers raises nothing more exact
        raise ModelError(f"{folder / TOKENIZER} cannot be read: {error}") from error
    return LoadedReader(network, tokenizer, manifest)


def _require_fitting(folder: Path, calibration: Calibration, network: "ReaderNetwork") -> None:
    """Refuse a calibration that is not for as many features and labels."""
    features = network.inference.in_features
    for key, wanted in (
        ("answerable_probe", features + 7),  # see `wherefrom.pipeline.answerability.Judged`
        ("inference_temperature_weights", features),
        ("inference_biases", network.inference.out_features),
    ):
        found = len(getattr(calibration, key))
        if found not in (0, wanted):
            told = f"{folder / MANIFEST} has {found} {key}"
            raise ModelError(f"{told}; allowed are none, or {wanted}")


def load_network(folder: Path) -> "ReaderNetwork":
    """Load a reader's network in 32 bits and as transformers runs it, so that it can learn on.

    Raises
    ------
    ModelError
        As `load_reader` raises it.
    """
    from wherefrom.pipeline.backbone import learning_attention

    weights, adapters = _without_adapters(_read_weights(folder, read_manifest(folder)))
    with _as_model_error(folder):
        network = _transformers_network(folder, weights, attention=learning_attention())
    network.adapters = adapters
    return network


def reader_files(folder: Path) -> list[Path]:
    """Return the files of a reader, its model card and its checkpoints apart."""
    return [file for file in sorted(folder.iterdir()) if file.is_file() and file.suffix != ".md"]


def storage_in(folder: Path) -> str:
    """Tell in which of `wherefrom.pipeline.quantised.STORAGES` a reader's weights are stored."""
    from safetensors.torch import load

    from wherefrom.pipeline.quantised import storage_of

    stored = load(_unpacked(folder, _weights_file(folder).read_bytes()))
    return storage_of(one.dtype for one in stored.values())


def is_packed(folder: Path) -> bool:
    """Tell whether the weights of the reader in a folder are compressed."""
    return (folder / PACKED).is_file()


def _weights_file(folder: Path) -> Path:
    return folder / (PACKED if is_packed(folder) else WEIGHTS)


def _unpacked(folder: Path, content: bytes) -> bytes:
    """Return the content of a reader's weights file as safetensors has it."""
    return gzip.decompress(content) if is_packed(folder) else content


def _read_weights(folder: Path, manifest: ReaderManifest) -> "dict[str, Tensor]":
    """Read a reader's weights as 32-bit numbers, once they match their hash."""
    from safetensors.torch import load

    from wherefrom.pipeline.quantised import dequantise

    try:
        stored = _weights_file(folder).read_bytes()
    except OSError as error:
        raise ModelError(f"no weights in {folder}: {error}") from error
    found = hashlib.sha256(stored).hexdigest()
    if found != manifest.weights_sha256:
        raise ModelError(
            f"{_weights_file(folder)} does not match its manifest: sha256 {found[:12]}…, expected "
            f"{manifest.weights_sha256[:12]}…; copy the reader again"
        )
    return dequantise(load(_unpacked(folder, stored)))


@contextmanager
def _as_model_error(folder: Path) -> Iterator[None]:
    """Say of whatever goes wrong within that the weights do not fit."""
    try:
        yield
    except (AttributeError, KeyError, OSError, RuntimeError, TypeError, ValueError) as error:
        raise ModelError(
            f"{folder}: the weights do not fit the configuration: {error!r}"
        ) from error


def _parted(
    weights: "Mapping[str, Tensor]", beginning: str
) -> "tuple[dict[str, Tensor], dict[str, Tensor]]":
    """Part the weights whose names begin so, without that beginning, from the others (first)."""
    others = {name: weight for name, weight in weights.items() if not name.startswith(beginning)}
    found = {
        name.removeprefix(beginning): weight
        for name, weight in weights.items()
        if name.startswith(beginning)
    }
    return others, found


def _without_adapters(
    weights: "Mapping[str, Tensor]",
) -> "tuple[dict[str, Tensor], dict[str, dict[str, Tensor]]]":
    """Part the weights of adapters, by whose they are, from the others (first)."""
    others, adapters = dict(weights), {}
    for whose, beginning in ADAPTERS.items():
        others, adapters[whose] = _parted(others, beginning)
    return others, adapters


def _network(
    folder: Path, weights: "dict[str, Tensor]", device: str, *, computation: str
) -> "ReaderNetwork":
    import torch

    from wherefrom.indexes.bert import Bert, is_plain_bert_config, read_config
    from wherefrom.indexes.hardware import choose_number_type
    from wherefrom.indexes.int8_linear import computes_in_int8
    from wherefrom.pipeline.adapter import with_adapter
    from wherefrom.pipeline.heads import PlainBert, ReaderNetwork
    from wherefrom.pipeline.int8_encoder import multiply_in_int8

    in_int8 = computation == "int8" and computes_in_int8(device)
    number_type = torch.float32 if in_int8 else choose_number_type(device)
    weights, adapters = _without_adapters(weights)
    heads, inner = _parted(weights, ENCODER)

    def placed(tensors: "dict[str, Tensor]") -> "dict[str, Tensor]":
        return {name: tensor.to(device, number_type) for name, tensor in tensors.items()}

    plain = placed(inner)
    sums = {  # what no adapter changes is there once
        whose: {
            name: plain[name] if tensor is inner[name] else tensor.to(device, number_type)
            for name, tensor in with_adapter(inner, adapter).items()
        }
        for whose, adapter in adapters.items()
        if adapter
    }
    config = read_config(folder)
    if is_plain_bert_config(config):

        def bert(one: "dict[str, Tensor]") -> PlainBert:
            return PlainBert(Bert(config, one, device=device, in_int8=in_int8))

        network = ReaderNetwork(bert(plain), **_heads(heads))
        network.load_state_dict(placed(heads), assign=True)
        for whose, one in sums.items():
            setattr(network, f"{whose}_encoder", bert(one))
        return network.eval()

    def whole(one: "dict[str, Tensor]") -> "ReaderNetwork":
        named = {ENCODER + name: weight for name, weight in one.items()}
        return _transformers_network(folder, placed(heads) | named)

    network = whole(plain)
    for whose, one in sums.items():
        setattr(network, f"{whose}_encoder", whole(one).encoder)
    if in_int8:
        multiply_in_int8(network)
    return network.to(device).eval()


def _heads(weights: "Mapping[str, Tensor]") -> dict[str, Any]:
    """Say which heads of those that a reader need not have stand among its weights."""
    return {
        "plausibility": "plausibility.weight" in weights,
        "own_plausibility": "plausibility_in.weight" in weights,
        "labels": len(weights.get("labels.weight", ())),
    }


def _transformers_network(
    folder: Path, weights: "dict[str, Tensor]", *, attention: str | None = None
) -> "ReaderNetwork":
    from transformers import AutoConfig, AutoModel

    from wherefrom.pipeline.attention import fit_heads
    from wherefrom.pipeline.backbone import without_pooler
    from wherefrom.pipeline.heads import ReaderNetwork

    config = AutoConfig.from_pretrained(folder)
    encoder = AutoModel.from_config(  # type: ignore[no-untyped-call]
        config, attn_implementation=attention, **without_pooler(config)
    )
    fit_heads(encoder, {name.removeprefix(ENCODER): one.shape for name, one in weights.items()})
    network = ReaderNetwork(encoder, **_heads(weights))
    network.load_state_dict(weights, assign=True)
    return network
