"""Let larger readers label examples with probabilities, which a smaller one learns.

Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015, arXiv:1503.02531:
several readers, for example of one recipe with other seeds, are an ensemble, whose probabilities
are the mean of theirs. What each has labelled is kept on disk, so that a run that is killed does
not label it again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from wherefrom.kb.progress import NoProgress, Progress
from wherefrom.pipeline.examples import (
    ENTAILMENT,
    INFERENCE_LABELS,
    NOT_ENTAILED,
    TAUGHT,
    ChoiceExample,
    ClaimExample,
    PairExample,
    SpanExample,
)
from wherefrom.pipeline.kept_lines import keep, read_kept
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.span_shares import SpanShares, mean_shares

STAGE = "label pairs"
CHUNK = 1024  # what is labelled, and kept, at a time
Pair = tuple[str, str]  # a premise, and a hypothesis or statement
Asked = tuple[str, str, str]  # a question, and the title and text of its passage
Probabilities = tuple[float, ...]  # in the order of INFERENCE_LABELS
Key = TypeVar("Key", Pair, Asked)
Label = TypeVar("Label")


@dataclass(frozen=True, slots=True)
class _Labelling(Generic[Key, Label]):
    """How readers label one kind of things, and how that is kept, one a line."""

    stage: str
    suffix: str  # of the file
    fields: tuple[str, ...]  # what the parts of a thing are called in a line
    ask: Callable[[Reader, Sequence[Key]], Sequence[Label]]
    mean: Callable[[Sequence[Label]], Label]
    line: Callable[[Label], dict[str, Any]]
    label: Callable[[dict[str, Any]], Label]


@dataclass(frozen=True, slots=True)
class Teacher:
    """Readers that label examples, and the folder in which their labels are kept.

    Each reader's labels are in files of their own, one of a kind a line:
    ``{"premise": …, "hypothesis": …, "probabilities": [entailment, neutral, contradiction]}``,
    ``{"premise": …, "statement": …, "plausibility": logit}`` and ``{"question": …, "title": …,
    "text": …, "starts": [[place, probability], …], "ends": …}``.
    """

    readers: tuple[Reader, ...]
    kept: Path

    def label(
        self, pairs: Iterable[Pair], *, progress: Progress | None = None
    ) -> dict[Pair, Probabilities]:
        """Return the mean probabilities of pairs; those that were labelled before are read."""
        return self._labels(_PAIRS, pairs, progress)

    def plausibility(
        self, pairs: Iterable[Pair], *, progress: Progress | None = None
    ) -> dict[Pair, float]:
        """Return the mean logits of statements after their premises.

        Raises
        ------
        ModelError
            If a reader has no plausibility head.
        """
        return self._labels(_STATEMENTS, pairs, progress)

    def span_shares(
        self, asked: Iterable[Asked], *, progress: Progress | None = None
    ) -> dict[Asked, SpanShares]:
        """Return where in each passage the answer to its question probably is."""
        return self._labels(_SPANS, asked, progress)

    def _labels(
        self, kind: _Labelling[Key, Label], asked: Iterable[Key], progress: Progress | None
    ) -> dict[Key, Label]:
        once = list(dict.fromkeys(asked))
        if not once:
            return {}
        said = [
            self._labels_of(each, kind, once, progress or NoProgress()) for each in self.readers
        ]
        return {key: kind.mean([labels[key] for labels in said]) for key in once}

    def _labels_of(
        self,
        reader: Reader,
        kind: _Labelling[Key, Label],
        asked: Sequence[Key],
        progress: Progress,
    ) -> dict[Key, Label]:
        """Return what one reader says, of what it has labelled before, too."""
        file = self.kept / f"{reader.manifest.weights_sha256[:16]}{kind.suffix}"
        labels: dict[Any, Label] = {
            tuple(record[field] for field in kind.fields): kind.label(record)
            for record in read_kept(file)
        }
        new = [key for key in asked if key not in labels]
        progress.start(kind.stage, total=len(new))
        self.kept.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as lines:
            for first in range(0, len(new), CHUNK):
                part = new[first : first + CHUNK]
                found = dict(zip(part, kind.ask(reader, part), strict=True))
                labels |= found
                keep(
                    lines,
                    (
                        dict(zip(kind.fields, key, strict=True)) | kind.line(label)
                        for key, label in found.items()
                    ),
                )
                progress.advance(kind.stage, len(part))
        progress.finish(kind.stage)
        return labels


@dataclass(frozen=True, slots=True)
class Said:
    """What a teacher says of the examples that it teaches; nothing of others."""

    pairs: NDArray[np.float32]  # (N, 3), of all pairs
    plausibility: Mapping[Pair, float]
    spans: Mapping[Asked, SpanShares]


def said_of(
    spans: Sequence[SpanExample],
    pairs: Sequence[PairExample],
    choices: Sequence[ChoiceExample],
    claims: Sequence[ClaimExample],
    teacher: Teacher | None,
    *,
    progress: Progress | None = None,
) -> Said:
    """Ask the teacher about all examples that are taught; it may be None where none is."""
    statements = [
        pair
        for each in choices
        if each.taught
        for pair in zip(each.premises, each.statements, strict=True)
    ]
    statements += [(each.premise, each.claim) for each in claims if each.taught]
    asked = [each.asked for each in spans if each.taught]
    return Said(
        targets(pairs, teacher, progress=progress),
        teacher.plausibility(statements, progress=progress) if teacher else {},
        teacher.span_shares(asked, progress=progress) if teacher else {},
    )


def targets(
    examples: Sequence[PairExample], teacher: Teacher | None, *, progress: Progress | None = None
) -> NDArray[np.float32]:
    """Return what the inference head shall say of each example.

    Parameters
    ----------
    examples
        Those whose label is TAUGHT are labelled by the teacher, the others by their label.
    teacher
        It may be None where no example is TAUGHT.
    progress
        Hears of each chunk of pairs that is labelled.

    Returns
    -------
    ndarray
        Shape (N, 3): probabilities in the order of INFERENCE_LABELS; of what is NOT_ENTAILED the
        other two are equally probable.
    """
    asked = [(each.premise, each.hypothesis) for each in examples if each.label == TAUGHT]
    said = teacher.label(asked, progress=progress) if teacher and asked else {}
    rows = [
        said[each.premise, each.hypothesis] if each.label == TAUGHT else _certain(each.label)
        for each in examples
    ]
    return np.array(rows, dtype=np.float32).reshape(-1, len(INFERENCE_LABELS))


def _certain(label: int) -> Probabilities:
    if label == NOT_ENTAILED:
        return tuple(0.0 if number == ENTAILMENT else 0.5 for number in range(3))
    return tuple(float(number == label) for number in range(len(INFERENCE_LABELS)))


def _infer(reader: Reader, pairs: Sequence[Pair]) -> list[Probabilities]:
    found = reader.infer([pair[0] for pair in pairs], [pair[1] for pair in pairs])
    return [tuple(row) for row in np.round(found, 4).tolist()]


def _plausible(reader: Reader, pairs: Sequence[Pair]) -> list[float]:
    found = reader.plausibility([pair[0] for pair in pairs], [pair[1] for pair in pairs])
    return [float(logit) for logit in np.round(found, 4)]


def _read(reader: Reader, asked: Sequence[Asked]) -> list[SpanShares]:
    return reader.span_shares([each[0] for each in asked], [each[1:] for each in asked])


def _mean_probabilities(found: Sequence[Probabilities]) -> Probabilities:
    return tuple(np.mean(found, axis=0).tolist())


def _mean_logit(found: Sequence[float]) -> float:
    return float(np.mean(found))


def _shares(found: Any) -> tuple[tuple[int, float], ...]:
    return tuple((place, share) for place, share in found)


_PAIRS: _Labelling[Pair, Probabilities] = _Labelling(
    STAGE,
    ".jsonl",
    ("premise", "hypothesis"),
    _infer,
    _mean_probabilities,
    lambda label: {"probabilities": label},
    lambda line: tuple(line["probabilities"]),
)
_STATEMENTS: _Labelling[Pair, float] = _Labelling(
    "label statements",
    ".statements.jsonl",
    ("premise", "statement"),
    _plausible,
    _mean_logit,
    lambda label: {"plausibility": label},
    lambda line: float(line["plausibility"]),
)
_SPANS: _Labelling[Asked, SpanShares] = _Labelling(
    "label spans",
    ".spans.jsonl",
    ("question", "title", "text"),
    _read,
    mean_shares,
    asdict,
    lambda line: SpanShares(_shares(line["starts"]), _shares(line["ends"])),
)
