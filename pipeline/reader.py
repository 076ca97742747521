"""The reader: marks answers in evidence, and judges whether a premise supports a claim."""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.hardware import choose_device
from wherefrom.kb.errors import ModelError
from wherefrom.pipeline.checkpoint import LoadedReader, load_reader
from wherefrom.pipeline.prompt import Prompt, PromptBuilder
from wherefrom.pipeline.reader_manifest import Calibration
from wherefrom.pipeline.span_shares import SpanShares, Window, shares_of
from wherefrom.pipeline.spans import Span, best_spans, join_windows
from wherefrom.pipeline.temperature import Scaling

BATCH_TOKENS = 8192  # prompts times the longest of them, in one forward pass
Output = TypeVar("Output")
Asked = tuple[str, str, str, int]  # question, title, text, how many spans


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader finds in one text: spans, best first, and whether the text is relevant."""

    spans: tuple[Span, ...]
    relevance: float  # logit


class Reader:
    """A loaded reader. Open one with `Reader.open`; several threads may use it.

    Parameters
    ----------
    loaded
        As `load_reader` returns it.
    device
        Where its network runs, as torch names it.
    """

    def __init__(self, loaded: LoadedReader, *, device: str) -> None:
        self.manifest = loaded.manifest
        self._network = loaded.network
        self._device = device
        self.prompts = PromptBuilder(loaded.tokenizer, max_tokens=loaded.manifest.max_tokens)
        self._known: dict[Asked, Reading] | None = None  # what was read; None keeps nothing

    @classmethod
    def open(cls, folder: Path | str, *, device: str | None = None) -> Self:
        """Load the reader in `folder`; None takes a GPU where there is one.

        Raises
        ------
        ModelError
            If there is no reader, or it is damaged.
        UsageError
            If the device cannot be used.
        """
        chosen = choose_device(device)
        return cls(load_reader(Path(folder), device=chosen), device=chosen)

    def calibrated(self, calibration: Calibration) -> Self:
        """Return the same reader with other probabilities."""
        other = copy(self)
        other.manifest = replace(self.manifest, calibration=calibration)
        return other

    def remembering(self) -> Self:
        """Return the same reader, which puts no question to a text twice: for a few questions."""
        other = copy(self)
        other._known = {}
        return other

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
            the best spans of all its windows are kept, no two of which overlap.
        """
        if self._known is None:
            return self._read(questions, evidence, count)
        keys = [(q, *text, count) for q, text in zip(questions, evidence, strict=True)]
        new = [key for key in dict.fromkeys(keys) if key not in self._known]
        said = self._read([key[0] for key in new], [key[1:3] for key in new], count)
        self._known.update(zip(new, said, strict=True))
        return [self._known[key] for key in keys]

    def _read(
        self, questions: Sequence[str], evidence: Sequence[tuple[str, str]], count: int
    ) -> list[Reading]:
        """Read as `read` does, each text anew."""
        prompts = self.prompts.readings(questions, evidence)
        spans: list[list[Span]] = [[] for _ in evidence]
        relevance = [-np.inf] * len(evidence)
        for rows, outputs in self._run(self._network.read, prompts):
            starts, ends = outputs.start.cpu().numpy(), outputs.end.cpu().numpy()
            logits = outputs.relevance.cpu().numpy()
            for place, row in enumerate(rows):
                prompt = prompts[row]
                found = best_spans(prompt, starts[place], ends[place], count=count)
                spans[prompt.source].extend(found)
                relevance[prompt.source] = max(relevance[prompt.source], float(logits[place]))
        return [
            Reading(tuple(join_windows(found, count=count)), logit)
            for found, logit in zip(spans, relevance, strict=True)
        ]

    def span_shares(
        self, questions: Sequence[str], evidence: Sequence[tuple[str, str]]
    ) -> list[SpanShares]:
        """Say where in each text the answer to its question probably starts and ends.

        The arguments are those of `read`; the probabilities are those of the logits as they are.
        """
        prompts = self.prompts.readings(questions, evidence)
        windows: list[list[Window]] = [[] for _ in evidence]
        for rows, outputs in self._run(self._network.read, prompts):
            starts, ends = outputs.start.cpu().numpy(), outputs.end.cpu().numpy()
            for place, row in enumerate(rows):
                window = Window(prompts[row], starts[place], ends[place])
                windows[prompts[row].source].append(window)
        return [shares_of(each) for each in windows]

    def infer(self, premises: Sequence[str], hypotheses: Sequence[str]) -> NDArray[np.float64]:
        """Judge each hypothesis by its premise.

        Returns
        -------
        ndarray
            Shape (N, 3): probabilities of entailment, neutral and contradiction.
        """
        return self.inference_probabilities(*self.inference_logits(premises, hypotheses))

    def inference_logits(
        self, premises: Sequence[str], hypotheses: Sequence[str]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return what `infer` makes probabilities of, and what their temperatures are told from.

        Returns
        -------
        tuple of ndarray
            Logits, shape (N, 3), and the features that the heads which judge see, shape (N, H).
        """
        prompts = self.prompts.inference(premises, hypotheses)
        logits = np.zeros((len(prompts), 3))
        features = np.zeros((len(prompts), self._network.inference.in_features))
        for rows, (said, seen) in self._run(self._network.infer_with_features, prompts):
            logits[rows], features[rows] = said.cpu().numpy(), seen.cpu().numpy()
        return logits, features

    def inference_probabilities(
        self, logits: NDArray[np.float64], features: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Make probabilities (N, 3) of what `inference_logits` returns."""
        known = self.manifest.calibration
        scaling = Scaling(
            known.inference_temperature,
            known.inference_temperature_weights,
            known.inference_biases,
        )
        return _shares(scaling.scaled(logits, features))

    @property
    def has_plausibility(self) -> bool:
        """Tell whether the reader has learnt from choices or claims."""
        return self._network.plausibility is not None

    def plausibility(
        self, premises: Sequence[str], statements: Sequence[str]
    ) -> NDArray[np.float64]:
        """Say how plausible each statement is after its premise, which may be empty.

        Returns
        -------
        ndarray
            Shape (N,): logits, above 0 where a statement is rather true.

        Raises
        ------
        ModelError
            If the reader has not learnt from choices or claims.
        """
        if not self.has_plausibility:
            raise ModelError(
                f"the reader {self.manifest.name} has no plausibility head; train one with "
                "[[choices]] or [[claims]]"
            )
        prompts = self.prompts.inference(premises, statements)
        logits = np.zeros(len(prompts))
        for rows, found in self._run(self._network.plausible, prompts):
            logits[rows] = found.cpu().numpy()
        return logits / self.manifest.calibration.plausibility_temperature

    def label(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Label each text; the end of one that is longer than the budget is not read.

        Returns
        -------
        ndarray
            Shape (N, L): probabilities of `manifest.labels`, in that order.

        Raises
        ------
        ModelError
            If the reader has no labels of its own.
        """
        labels = self.manifest.labels
        if not labels:
            raise ModelError(
                f"the reader {self.manifest.name} has no labels of its own; train it with "
                "[[texts]], or name labels"
            )
        prompts = self.prompts.texts(texts)
        logits = np.zeros((len(prompts), len(labels)))
        for rows, found in self._run(self._network.label, prompts):
            logits[rows] = found.cpu().numpy()
        return _shares(logits / self.manifest.calibration.label_temperature)

    def _run(
        self, asked: Callable[..., Output], prompts: Sequence[Prompt]
    ) -> list[tuple[list[int], Output]]:
        """Ask the network prompts in batches of like length; rows say which are in each."""
        import torch

        from wherefrom.pipeline.batches import padded

        done: list[tuple[list[int], Output]] = []
        with torch.inference_mode():
            for rows in _rows_by_length(prompts):
                tensors = padded([prompts[row] for row in rows])
                arguments = {name: tensor.to(self._device) for name, tensor in tensors.items()}
                done.append((rows, asked(**arguments)))
        return done


def _shares(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn logits (N, L) into probabilities that sum to 1 in each row."""
    odds = np.exp(logits - logits.max(axis=1, keepdims=True, initial=-np.inf))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


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
