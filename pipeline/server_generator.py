"""Write answers with a language model behind an OpenAI-compatible address.

Source: OpenAI, "API reference: Create chat completion",
https://platform.openai.com/docs/api-reference/chat/create; vLLM, llama.cpp, Ollama and others
answer to the same.
"""

import json
import math
import os
from collections.abc import Sequence
from typing import final

from wherefrom.indexes.readable import readable
from wherefrom.kb.errors import ModelError, SourceError, UsageError
from wherefrom.kb.web_attempts import answered, beginning
from wherefrom.kb.web_request import Answer, checked_address, post_json
from wherefrom.pipeline.generator import MAX_NEW_TOKENS, Chat
from wherefrom.pipeline.text_prompt import estimated_tokens

PATH = "/chat/completions"
TIMEOUT_SECONDS = 120.0
ATTEMPTS = 3
LONGEST_TOKEN = 64  # characters of a token on average: no text has more


@final
class ServerGenerator:
    """A language model that a server runs. Several threads may use it.

    Parameters
    ----------
    url
        The address before ``/chat/completions``, for example ``http://localhost:8000/v1``.
    model
        Which model shall answer; None leaves it to the server.
    api_key_variable
        The environment variable that holds the key; None sends none.
    timeout_seconds
        What one attempt may take, from connecting to the last byte.
    attempts
        How often it is asked when the connection fails or the server is busy (429, 5xx).

    Raises
    ------
    UsageError
        If the address is malformed, the variable is not set or holds no key, or a number is out of
        range.
    """

    def __init__(
        self,
        url: str,
        *,
        model: str | None = None,
        api_key_variable: str | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
        attempts: int = ATTEMPTS,
    ) -> None:
        if not (math.isfinite(timeout_seconds) and timeout_seconds > 0):
            raise UsageError(f"timeout_seconds must be positive, got {timeout_seconds}")
        if attempts < 1:
            raise UsageError(f"attempts must be at least 1, got {attempts}")
        self._url = checked_address(url.rstrip("/").removesuffix(PATH) + PATH)
        self._model = model
        self._authorization = _authorization(api_key_variable)
        self._timeout_seconds = timeout_seconds
        self._attempts = attempts

    @property
    def context_tokens(self) -> None:
        """Return None: a server does not say how much its model can read."""
        return None

    def count_tokens(self, text: str) -> int:
        """Estimate how many tokens a message with this text takes."""
        return estimated_tokens(text)

    def generate(
        self, prompts: Sequence[Chat], *, max_new_tokens: int = MAX_NEW_TOKENS
    ) -> list[str]:
        """Ask the server to go on with each chat, at temperature 0.

        Raises
        ------
        ModelError
            If the server cannot be reached, refuses, does not answer in time, or answers with
            anything but the text of a message.
        """
        return [self._written(prompt, max_new_tokens) for prompt in prompts]

    def _written(self, prompt: Chat, max_new_tokens: int) -> str:
        asked: dict[str, object] = {
            "messages": [{"role": one.role, "content": readable(one.content)} for one in prompt],
            "temperature": 0,
            "max_tokens": max_new_tokens,
            "stream": False,
        }
        if self._model is not None:
            asked["model"] = self._model
        try:
            answer = answered(
                lambda: self._post(asked),
                url=self._url,
                what="a completion",
                attempts=self._attempts,
                timeout_seconds=self._timeout_seconds,
            )
        except SourceError as error:
            raise ModelError(str(error)) from error
        text = _content(answer)
        if len(text) > LONGEST_TOKEN * max_new_tokens:
            raise ModelError(
                f"{self._url} answered with {len(text):,} characters, but was asked for "
                f"{max_new_tokens} tokens"
            )
        return text

    def _post(self, asked: dict[str, object]) -> Answer:
        return post_json(
            self._url,
            asked,
            authorization=self._authorization,
            timeout_seconds=self._timeout_seconds,
        )


def _authorization(variable: str | None) -> str:
    if variable is None:
        return ""
    key = os.environ.get(variable, "").strip()
    if not key:
        raise UsageError(
            f"the environment variable {variable!r}, which shall hold a key, is not set"
        )
    if not key.isascii() or not key.isprintable():
        raise UsageError(f"the environment variable {variable!r} holds characters that no key may")
    return f"Bearer {key}"


def _content(answer: Answer) -> str:
    """Return the text of the first choice."""
    try:
        table = json.loads(answer.body)
    except (RecursionError, ValueError) as error:  # not UTF-8 is one, too
        kind = answer.media_type or "no named type"
        raise ModelError(
            f"{answer.url} answered with {kind}, which is not JSON; it begins "
            f"{beginning(answer.body)}: is it the address of an OpenAI-compatible server?"
        ) from error
    try:
        content = table["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError) as error:
        raise ModelError(
            f"{answer.url} answered without choices[0].message.content; it begins "
            f"{beginning(answer.body)}"
        ) from error
    if not isinstance(content, str):
        raise ModelError(f"{answer.url} answered with content that is no text: {content!r:.80}")
    return content
