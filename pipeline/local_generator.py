"""Write answers with a language model on this machine, through transformers."""

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any, Self, final

from wherefrom.indexes.hardware import choose_device
from wherefrom.indexes.readable import readable
from wherefrom.kb.errors import ModelError
from wherefrom.pipeline.generator import MAX_NEW_TOKENS, Chat
from wherefrom.pipeline.local_model import LocalModel, load_model
from wherefrom.pipeline.text_prompt import Message

if TYPE_CHECKING:
    from torch import Tensor


@final
class LocalGenerator:
    """A loaded language model. Open one with `LocalGenerator.open`; several threads may use it.

    It takes the likeliest token each time, one chat after the other, so that a text depends on
    nothing but its own prompt.

    Parameters
    ----------
    loaded
        As `load_model` returns it.
    device
        Where its network runs, as torch names it.
    """

    def __init__(self, loaded: LocalModel, *, device: str) -> None:
        self._loaded = loaded
        self._device = device
        self._lock = Lock()
        blank = [Message("user", "."), Message("assistant", "."), Message("user", ".")]
        self._message_tokens = -(-self._ids(blank).shape[1] // len(blank))

    @classmethod
    def open(cls, reference: str, *, device: str | None = None) -> Self:
        """Load a model; see `wherefrom.pipeline.local_model.load_model`.

        Raises
        ------
        ModelError
            If there is no such model, or it cannot be loaded.
        UsageError
            If the device cannot be used.
        """
        chosen = choose_device(device)
        return cls(load_model(reference, device=chosen), device=chosen)

    @property
    def context_tokens(self) -> int | None:
        """Return how many tokens a prompt and its answer may have, where the model says so."""
        found = getattr(self._loaded.network.config, "max_position_embeddings", None)
        return int(found) if found else None

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a message with this text takes, what is put around it included."""
        ids = self._loaded.tokenizer.encode(
            readable(text), add_special_tokens=False, split_special_tokens=True
        )
        return len(ids) + self._message_tokens

    def generate(
        self, prompts: Sequence[Chat], *, max_new_tokens: int = MAX_NEW_TOKENS
    ) -> list[str]:
        """Go on with each chat by the likeliest token, until the model ends its turn.

        Raises
        ------
        ModelError
            If a chat and its answer are longer than the model can read.
        """
        return [self._written(prompt, max_new_tokens) for prompt in prompts]

    def _written(self, prompt: Chat, max_new_tokens: int) -> str:
        import torch

        ids = self._ids(prompt)
        length, most = ids.shape[1], self.context_tokens
        if most is not None and length + max_new_tokens > most:
            raise ModelError(
                f"{self._loaded.name} reads {most} tokens at most; the prompt has {length}, and "
                f"{max_new_tokens} are kept for the answer"
            )
        network: Any = self._loaded.network
        with self._lock, torch.inference_mode():
            written = network.generate(
                ids.to(self._device),
                attention_mask=torch.ones_like(ids, device=self._device),
                generation_config=self._greedy(max_new_tokens),
            )
        text = self._loaded.tokenizer.decode(written[0][length:], skip_special_tokens=True)
        return str(text)

    def _greedy(self, max_new_tokens: int) -> Any:
        """Take from the model's own settings only where a turn ends."""
        from transformers import GenerationConfig

        network: Any = self._loaded.network
        ends = network.generation_config.eos_token_id
        ends = self._loaded.tokenizer.eos_token_id if ends is None else ends
        first = ends[0] if isinstance(ends, list) else ends
        return GenerationConfig(  # type: ignore[no-untyped-call]
            max_new_tokens=max_new_tokens,
            do_sample=False,
            num_beams=1,
            eos_token_id=ends,
            pad_token_id=first,
        )

    def _ids(self, chat: Chat) -> "Tensor":
        """Return the tokens of a chat up to where the answer begins: (1, N) int64."""
        from jinja2.exceptions import TemplateError

        try:
            return self._templated(chat)
        except TemplateError as error:
            if chat[0].role != "system" or len(chat) < 2:
                raise ModelError(
                    f"{self._loaded.name}: the chat template refuses: {error}"
                ) from error
        joined = Message(chat[1].role, f"{chat[0].content}\n\n{chat[1].content}")
        return self._ids([joined, *chat[2:]])  # some templates know no system message

    def _templated(self, chat: Chat) -> "Tensor":
        messages = [{"role": one.role, "content": readable(one.content)} for one in chat]
        found: Any = self._loaded.tokenizer.apply_chat_template(
            messages,
            add_generation_prompt=True,
            sanitize_control_tokens=True,  # a passage shall not be able to end its message
            return_tensors="pt",
            return_dict=True,
        )
        ids: Tensor = found["input_ids"]
        return ids
