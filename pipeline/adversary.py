"""Train against an adversary who moves the word embeddings to where the loss is higher.

Fast gradient method: Miyato, Dai and Goodfellow, "Adversarial Training Methods for Semi-Supervised
Text Classification", ICLR 2017, arXiv:1605.07725. FreeLB: Zhu, Cheng, Gan, Sun, Goldstein and Liu,
"FreeLB: Enhanced Adversarial Training for Natural Language Understanding", ICLR 2020,
arXiv:1909.11764. Unlike theirs, the size of a move is a share of the embeddings' own length, so
that it means the same for every encoder.
"""

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import torch
from torch import Tensor, nn

REACH = 2.0  # times its size, that FreeLB's steps go together, were they all in one direction


@dataclass(frozen=True, slots=True)
class Adversary:
    """How an adversary moves embeddings.

    `kind` is ``fgm``, one move against the gradient after a look at the clean batch, or ``freelb``,
    which begins at random and moves `steps` times. A move is at most `size` times as long as the
    embeddings of the example.
    """

    kind: str
    size: float
    steps: int

    @property
    def turns(self) -> int:
        """Return how often a batch goes through the network; its gradient is their mean."""
        return 2 if self.kind == "fgm" else self.steps

    def first(self, embedded: Tensor, mask: Tensor) -> Tensor:
        """Return where the adversary begins: (B, T, H), for embeddings of that shape."""
        if self.kind == "fgm":
            return torch.zeros_like(embedded)
        drawn = torch.empty_like(embedded).uniform_(-1, 1) * mask.unsqueeze(-1)
        return drawn * (self._reach(embedded, mask) / _length(drawn))

    def moved(self, move: Tensor, gradient: Tensor, embedded: Tensor, mask: Tensor) -> Tensor:
        """Return the next move, given the gradient of the loss at this one."""
        limit = self._reach(embedded, mask)
        step = limit if self.kind == "fgm" else limit * REACH / self.steps
        further = move + step * gradient / _length(gradient)
        return further * (limit / _length(further)).clamp(max=1.0)

    def _reach(self, embedded: Tensor, mask: Tensor) -> Tensor:
        """Return how long a move may be (B, 1, 1); padding does not count."""
        return self.size * _length(embedded * mask.unsqueeze(-1))


class MovedEmbeddings:
    """Let an adversary move what the word embeddings of an encoder give, within a ``with`` block.

    `go_on` is called after each pass of the same batch forth and back.
    """

    def __init__(self, encoder: nn.Module, adversary: Adversary, mask: Tensor) -> None:
        self._adversary = adversary
        self._mask = mask
        self._move: Tensor | None = None
        self._embedded: Tensor | None = None
        words: Any = encoder
        self._words: nn.Module = words.get_input_embeddings()

    def __enter__(self) -> Self:
        self._hook = self._words.register_forward_hook(self._add)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._hook.remove()

    def go_on(self) -> None:
        """Move on by the gradient of the pass that is done."""
        assert self._move is not None and self._embedded is not None
        gradient = self._move.grad
        assert gradient is not None
        self._move = self._adversary.moved(
            self._move.detach(), gradient, self._embedded, self._mask
        ).requires_grad_()

    def _add(self, module: nn.Module, arguments: object, output: Tensor) -> Tensor:
        self._mask = self._mask.to(output.device)
        self._embedded = output.detach()
        if self._move is None:
            self._move = self._adversary.first(self._embedded, self._mask).requires_grad_()
        return output + self._move


def _length(values: Tensor) -> Tensor:
    """Return the length of each example's values (B, T, H), as (B, 1, 1), above 0."""
    found: Tensor = torch.linalg.vector_norm(values, dim=(1, 2), keepdim=True)
    return found.clamp(min=1e-12)
