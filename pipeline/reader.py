"""The reader: marks answers in evidence, and judges whether a premise supports a claim."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from wherefrom.pipeline.checkpoint import ReaderManifest, load_reader
from wherefrom.pipeline.prompt import Prompt, PromptBuilder
from wherefrom.pipeline.spans import Span, best_spans

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from wherefrom.pipeline.heads import HeadOutputs, ReaderNetwork

BATCH_TOKENS = 8192  # prompts times the longest of them, in one forward pass


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader finds in one text: spans, best first, and whether the text is relevant."""

    spans: tuple[Span, ...]
    relevance: float  # logit


class Reader:
    """A loaded reader. Open one with `Reader.open`; several threads may use it.

    Parameters
    ----------
    network, tokenizer, manifest
        As `load_reader` returns them.
    device
        Where the network runs, as torch names it; None takes a GPU where there is one.
    """

    def __init__(
        self,
        network: "ReaderNetwork",
        tokenizer: "PreTrainedTokenizerBase",
        manifest: ReaderManifest,
        *,
        device: str | None = None,
    ) -> None:
        import torch

        from wherefrom.indexes.hardware import has_fast_bfloat16

        self.manifest = manifest
        self._device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        fast = self._device != "cpu" or has_fast_bfloat16()
        self._network = network.eval().to(self._device)
        if fast:
            self._network = self._network.to(torch.bfloat16)
        self._pad_id = int(tokenizer.pad_token_id or 0)
        self._prompts = PromptBuilder(tokenizer, max_tokens=manifest.max_tokens)

    @classmethod
    def open(cls, folder: Path | str, *, device: str | None = None) -> Self:
        """Load the reader in `folder`; raise ModelError where there is none."""
        return cls(*load_reader(Path(folder)), device=device)

    def read(
        self, questions: Sequence[str], evidence: Sequence[tuple[str, str]], *, count: int = 3
    ) -> list[Reading]:
        """Put each question to its own text.

        Parameters
        ----------
        questions
            One for each text.
        evidence
            (title, text) pairs.
        count
            How many spans of a text are wanted.

        Returns
        -------
        list[Reading]
            One for each text, in order. A text longer than the budget is read in windows, and
            the best spans of all its windows are kept.
        """
        prompts = self._prompts.readings(questions, evidence)
        spans: list[list[Span]] = [[] for _ in evidence]
        relevance = [-np.inf] * len(evidence)
        for rows, outputs in self._forward(prompts):
            starts, ends = outputs.start.cpu().numpy(), outputs.end.cpu().numpy()
            logits = outputs.relevance.cpu().numpy()
            for place, row in enumerate(rows):
                prompt = prompts[row]
                found = best_spans(prompt, starts[place], ends[place], count=count)
                spans[prompt.source].extend(found)
                relevance[prompt.source] = max(relevance[prompt.source], float(logits[place]))
        return [
            Reading(tuple(sorted(found, key=lambda span: -span.margin)[:count]), logit)
            for found, logit in zip(spans, relevance, strict=True)
        ]

    def infer(self, premises: Sequence[str], hypotheses: Sequence[str]) -> NDArray[np.float64]:
        """Judge each hypothesis by its premise.

        Returns
        -------
        ndarray
            Shape (N, 3): probabilities of entailment, neutral and contradiction.
        """
        prompts = self._prompts.inference(premises, hypotheses)
        logits = np.zeros((len(prompts), 3))
        for rows, outputs in self._forward(prompts):
            logits[rows] = outputs.inference.cpu().numpy()
        logits /= self.manifest.calibration.inference_temperature
        logits -= logits.max(axis=1, keepdims=True, initial=-np.inf)
        odds = np.exp(logits)
        return np.asarray(odds / odds.sum(axis=1, keepdims=True))

    def _forward(self, prompts: Sequence[Prompt]) -> "list[tuple[list[int], HeadOutputs]]":
        """Run the network over prompts in batches of like length; rows say which are in each."""
        import torch

        from wherefrom.pipeline.batches import padded

        done: list[tuple[list[int], HeadOutputs]] = []
        with torch.inference_mode():
            for rows in _rows_by_length(prompts):
                tensors = padded([prompts[row] for row in rows], self._pad_id)
                arguments = {name: tensor.to(self._device) for name, tensor in tensors.items()}
                done.append((rows, self._network.read(**arguments)))
        return done


def _rows_by_length(prompts: Sequence[Prompt]) -> list[list[int]]:
    """Group prompts, longest first, so that each group pads to at most BATCH_TOKENS."""
    order = sorted(range(len(prompts)), key=lambda row: -len(prompts[row].ids))
    groups: list[list[int]] = []
    for row in order:
        if groups and (len(groups[-1]) + 1) * len(prompts[groups[-1][0]].ids) <= BATCH_TOKENS:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups
