"""The reader's network: one encoder, and a small head for each thing that it is asked.

Span head and its no-answer score on the first token: Devlin, Chang, Lee and Toutanova, "BERT",
NAACL 2019, section 4.3, arXiv:1810.04805.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from wherefrom.indexes.bert import Bert
from wherefrom.pipeline.examples import INFERENCE_LABELS


@dataclass(frozen=True, slots=True)
class HeadOutputs:
    """Logits for a batch of B prompts of T tokens, each a question and a text."""

    start: Tensor  # (B, T)
    end: Tensor  # (B, T)
    relevance: Tensor  # (B,)


@dataclass(frozen=True, slots=True)
class EncoderOutput:
    """What the network takes from its encoder, named as transformers names it."""

    last_hidden_state: Tensor  # (B, T, H)


@dataclass(frozen=True, slots=True)
class EncoderConfig:
    """What the network takes from its encoder's configuration."""

    hidden_size: int


class PlainBert(nn.Module):
    """A `wherefrom.indexes.bert.Bert` in the place of a transformers encoder; it cannot learn."""

    def __init__(self, bert: Bert) -> None:
        super().__init__()
        self.config = EncoderConfig(bert.dimensions)
        self._bert = bert

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor
    ) -> EncoderOutput:
        """Return the last hidden states."""
        kept = None if bool(attention_mask.all()) else attention_mask.bool()
        return EncoderOutput(self._bert(input_ids, kept, token_type_ids))


class ReaderNetwork(nn.Module):
    """Encoder with heads for spans, relevance and inference.

    Parameters
    ----------
    encoder
        Any Hugging Face encoder that returns `last_hidden_state` (B, T, H).
    inference_encoder
        The encoder with its adapter added, for inference alone; None where inference has none.
    dropout
        Share of features dropped before each head while training.

    Attributes
    ----------
    adapter
        What `wherefrom.pipeline.adapter` took from the encoder after learning, by name; empty where
        the reader has none.
    """

    def __init__(
        self,
        encoder: nn.Module,
        inference_encoder: nn.Module | None = None,
        *,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.inference_encoder = inference_encoder
        self.adapter: dict[str, Tensor] = {}
        config: Any = encoder.config
        width = int(config.hidden_size)
        self.dropout = nn.Dropout(dropout)
        self.span = nn.Linear(width, 2)
        self.relevance = nn.Linear(width, 1)
        self.inference_in = nn.Linear(2 * width, width)
        self.inference = nn.Linear(width, len(INFERENCE_LABELS))

    def read(self, ids: Tensor, mask: Tensor, types: Tensor) -> HeadOutputs:
        """Look for answers in a batch of (B, T) integers."""
        hidden = self.dropout(_hidden(self.encoder, ids, mask, types))
        span = self.span(hidden).float()
        return HeadOutputs(
            start=span[..., 0],
            end=span[..., 1],
            relevance=self.relevance(hidden[:, 0]).float().squeeze(-1),
        )

    def infer(self, ids: Tensor, mask: Tensor, types: Tensor) -> Tensor:
        """Judge hypotheses: (B, T) integers to (B, 3) logits, in the order of INFERENCE_LABELS."""
        hidden = _hidden(self.inference_encoder or self.encoder, ids, mask, types)
        weights = mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * weights).sum(1) / weights.sum(1).clamp(min=1)
        joined = torch.cat([self.dropout(hidden[:, 0]), self.dropout(mean)], dim=-1)
        features = self.dropout(functional.gelu(self.inference_in(joined)))
        logits: Tensor = self.inference(features).float()
        return logits

    def forward(
        self,
        ids: Tensor,
        mask: Tensor,
        types: Tensor,
        allowed: Tensor | None = None,
        start: Tensor | None = None,
        end: Tensor | None = None,
        target: Tensor | None = None,
    ) -> dict[str, Tensor]:
        """Return the loss of one batch of one task, as transformers' Trainer expects it.

        Parameters
        ----------
        ids, mask, types
            (B, T) integers.
        allowed
            (B, T) true where a span may start or end (the first token, for no answer, included);
            with it, `start` and `end` (B,) are token positions, 0 for no answer.
        target
            (B, 3) probabilities in the order of INFERENCE_LABELS, when the batch is of pairs.
        """
        if target is not None:
            return {"loss": functional.cross_entropy(self.infer(ids, mask, types), target)}
        if allowed is None or start is None or end is None:
            raise ValueError("a batch needs either target, or allowed, start and end")
        outputs = self.read(ids, mask, types)
        barred = ~allowed
        loss_start = functional.cross_entropy(outputs.start.masked_fill(barred, -1e4), start)
        loss_end = functional.cross_entropy(outputs.end.masked_fill(barred, -1e4), end)
        relevant = (start > 0).float()
        loss_relevance = functional.binary_cross_entropy_with_logits(outputs.relevance, relevant)
        return {"loss": (loss_start + loss_end) / 2 + 0.5 * loss_relevance}


def _hidden(encoder: nn.Module, ids: Tensor, mask: Tensor, types: Tensor) -> Tensor:
    """Return an encoder's last hidden states (B, T, H)."""
    hidden: Tensor = encoder(
        input_ids=ids, attention_mask=mask, token_type_ids=types
    ).last_hidden_state
    return hidden
