"""The reader's network: one encoder, and a small head for each thing that it is asked.

Span head and its no-answer score on the first token: Devlin, Chang, Lee and Toutanova, "BERT",
NAACL 2019, section 4.3, arXiv:1810.04805.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from wherefrom.indexes.bert import Bert
from wherefrom.pipeline.adapter import left_out
from wherefrom.pipeline.checkpoint import INFERENCE, PLAUSIBILITY
from wherefrom.pipeline.examples import CONTRADICTION, INFERENCE_LABELS, NEUTRAL

if TYPE_CHECKING:
    from wherefrom.pipeline.extraction import Beginning


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
        The encoder with its adapter added, for all that is judged; None where there is none.
    plausibility_encoder
        The same with the adapter that is plausibility's own.
    plausibility
        Whether there is a head that says how plausible a statement is.
    own_plausibility
        Whether it has an adapter of its own, and so features of its own.
    labels
        How many labels of one's own the reader tells apart; 0 where there is no head for that.
    dropout
        Share of features dropped before each head while training.

    Attributes
    ----------
    adapters
        What `wherefrom.pipeline.adapter` took from the encoder after learning, by name, for
        INFERENCE and for PLAUSIBILITY; empty where there is none.
    adapting
        Whose adapter is in the encoder while one learns.
    judging_layers
        Of the encoder while the whole of it learns beside its adapter: those with the adapter in
        them, which reading leaves out.
    beginning
        While its matrices learn whole to become an adapter: what they were before.
    """

    def __init__(
        self,
        encoder: nn.Module,
        inference_encoder: nn.Module | None = None,
        plausibility_encoder: nn.Module | None = None,
        *,
        plausibility: bool = False,
        own_plausibility: bool = False,
        labels: int = 0,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.inference_encoder = inference_encoder
        self.plausibility_encoder = plausibility_encoder
        self.adapters: dict[str, dict[str, Tensor]] = {INFERENCE: {}, PLAUSIBILITY: {}}
        self.adapting = INFERENCE
        self.judging_layers: tuple[nn.Module, ...] = ()
        self.beginning: Beginning | None = None
        config: Any = encoder.config
        width = int(config.hidden_size)
        self.dropout = nn.Dropout(dropout)
        self.span = nn.Linear(width, 2)
        self.relevance = nn.Linear(width, 1)
        self.inference_in = nn.Linear(2 * width, width)
        self.inference = nn.Linear(width, len(INFERENCE_LABELS))
        self.plausibility_in = nn.Linear(2 * width, width) if own_plausibility else None
        self.plausibility = nn.Linear(width, 1) if plausibility else None
        self.labels = nn.Linear(width, labels) if labels else None

    def read(self, ids: Tensor, mask: Tensor, types: Tensor) -> HeadOutputs:
        """Look for answers in a batch of (B, T) integers."""
        with left_out(self.judging_layers):
            hidden = self.dropout(_hidden(self.encoder, ids, mask, types))
        span = self.span(hidden).float()
        return HeadOutputs(
            start=span[..., 0],
            end=span[..., 1],
            relevance=self.relevance(hidden[:, 0]).float().squeeze(-1),
        )

    def infer(self, ids: Tensor, mask: Tensor, types: Tensor) -> Tensor:
        """Judge hypotheses: (B, T) integers to (B, 3) logits, in the order of INFERENCE_LABELS."""
        return self.infer_with_features(ids, mask, types)[0]

    def infer_with_features(
        self, ids: Tensor, mask: Tensor, types: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Judge hypotheses as `infer` does; return the features (B, H) that it is done by, too."""
        features = self._judged(ids, mask, types)
        return _logits(self.inference, features), features.float()

    def plausible(self, ids: Tensor, mask: Tensor, types: Tensor) -> Tensor:
        """Say how plausible statements are: (B, T) integers to (B,) logits.

        Raises
        ------
        ValueError
            If there is no head for it.
        """
        if self.plausibility_in is None:
            features = self._judged(ids, mask, types)
        else:
            encoder = self.plausibility_encoder or self.encoder
            features = self._features(self.plausibility_in, encoder, ids, mask, types)
        return _logits(self.plausibility, features).squeeze(-1)

    def label(self, ids: Tensor, mask: Tensor, types: Tensor) -> Tensor:
        """Label texts: (B, T) integers to (B, L) logits; raises as `plausible`."""
        return _logits(self.labels, self._judged(ids, mask, types))

    def encoders(self) -> list[nn.Module]:
        """Return the encoder, and those with an adapter added where there are any."""
        every = (self.encoder, self.inference_encoder, self.plausibility_encoder)
        return [one for one in every if one is not None]

    def adapting_heads(self) -> list[nn.Module]:
        """Return the heads that use the adapter which learns."""
        if self.adapting == PLAUSIBILITY:
            used = [self.plausibility_in, self.plausibility]
        else:
            shares = self.plausibility_in is None
            used = [self.inference_in, self.inference, self.labels]
            used += [self.plausibility] if shares else []
        return [head for head in used if head is not None]

    def forward(
        self,
        ids: Tensor,
        mask: Tensor,
        types: Tensor,
        allowed: Tensor | None = None,
        start: Tensor | None = None,
        end: Tensor | None = None,
        target: Tensor | None = None,
        either: Tensor | None = None,
        places: Tensor | None = None,
        right: Tensor | None = None,
        true: Tensor | None = None,
        label: Tensor | None = None,
    ) -> dict[str, Any]:
        """Return the `loss` of one batch of one task, as transformers' Trainer expects it.

        With it go the `logits` of all that the task asks: (B, L), or (B,) where it is yes or no.

        Parameters
        ----------
        ids, mask, types
            (B, T) integers.
        allowed
            (B, T) true where a span may start or end (the first token, for no answer, included);
            with it, `start` and `end` are token positions (B,), 0 for no answer, or the
            probabilities of all tokens (B, T).
        target
            (B, 3) probabilities in the order of INFERENCE_LABELS, when the batch is of pairs; where
            `either` (B,) is true, neutral and contradiction are equally right.
        places
            (Q, C) rows of `ids` that are the choices of each question, -1 where it has fewer, when
            the batch is of choices; `right` says which of them is right (Q,), or how probable each
            is (Q, C).
        true
            (B,) probabilities, when the batch is of claims.
        label
            (B,) integers, when the batch is of texts.
        """
        prompts = (ids, mask, types)
        if target is not None and either is not None:
            logits = self.infer(*prompts)
            return _outputs(_inference_loss(logits, target, either), logits)
        if places is not None and right is not None:
            logits = self.plausible(*prompts)[places.clamp(min=0)].masked_fill(places < 0, -1e4)
            return _outputs(functional.cross_entropy(logits, right), logits)
        if true is not None:
            logits = self.plausible(*prompts)
            return _outputs(functional.binary_cross_entropy_with_logits(logits, true), logits)
        if label is not None:
            logits = self.label(*prompts)
            return _outputs(functional.cross_entropy(logits, label), logits)
        if allowed is None or start is None or end is None:
            raise ValueError("a batch needs the labels of one task; see ReaderNetwork.forward")
        outputs = self.read(*prompts)
        starts, ends = (each.masked_fill(~allowed, -1e4) for each in (outputs.start, outputs.end))
        loss_start = functional.cross_entropy(starts, start)
        loss_end = functional.cross_entropy(ends, end)
        relevant = (start > 0).float() if start.dim() == 1 else 1 - start[:, 0]
        loss_relevance = functional.binary_cross_entropy_with_logits(outputs.relevance, relevant)
        loss = (loss_start + loss_end) / 2 + 0.5 * loss_relevance
        return _outputs(loss, starts, ends, outputs.relevance)

    def _judged(self, ids: Tensor, mask: Tensor, types: Tensor) -> Tensor:
        """Return (B, H) features of whole prompts, which the heads that judge share."""
        encoder = self.inference_encoder or self.encoder
        return self._features(self.inference_in, encoder, ids, mask, types)

    def _features(
        self, inner: nn.Linear, encoder: nn.Module, ids: Tensor, mask: Tensor, types: Tensor
    ) -> Tensor:
        """Return (B, H) features of whole prompts, by an encoder and the layer after it."""
        hidden = _hidden(encoder, ids, mask, types)
        weights = mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * weights).sum(1) / weights.sum(1).clamp(min=1)
        joined = torch.cat([self.dropout(hidden[:, 0]), self.dropout(mean)], dim=-1)
        features: Tensor = self.dropout(functional.gelu(inner(joined)))
        return features


def _outputs(loss: Tensor, *logits: Tensor) -> dict[str, Any]:
    return {"loss": loss, "logits": logits}


def _inference_loss(logits: Tensor, target: Tensor, either: Tensor) -> Tensor:
    """Return the cross entropy with `target`, or, where `either`, of not being entailed."""
    chances = functional.log_softmax(logits, dim=-1)
    known = -(target * chances).sum(-1)
    not_entailed = -torch.logsumexp(chances[:, [NEUTRAL, CONTRADICTION]], dim=-1)
    return torch.where(either, not_entailed, known).mean()


def _logits(head: nn.Linear | None, features: Tensor) -> Tensor:
    if head is None:
        raise ValueError("the network has no head for this")
    logits: Tensor = head(features).float()
    return logits


def _hidden(encoder: nn.Module, ids: Tensor, mask: Tensor, types: Tensor) -> Tensor:
    """Return an encoder's last hidden states (B, T, H)."""
    hidden: Tensor = encoder(
        input_ids=ids, attention_mask=mask, token_type_ids=types
    ).last_hidden_state
    return hidden
