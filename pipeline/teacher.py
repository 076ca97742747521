"""Let larger readers label inference pairs with probabilities, which a smaller one learns.

Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015, arXiv:1503.02531:
several readers, for example of one recipe with other seeds, are an ensemble, whose probabilities
are the mean of theirs. What each has labelled is kept on disk, so that a run that is killed does
not label it again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wherefrom.kb.progress import NoProgress, Progress
from wherefrom.pipeline.examples import (
    ENTAILMENT,
    INFERENCE_LABELS,
    NOT_ENTAILED,
    TAUGHT,
    PairExample,
)
from wherefrom.pipeline.kept_lines import keep, read_kept
from wherefrom.pipeline.reader import Reader

CHUNK = 1024  # pairs that are labelled, and kept, at a time
STAGE = "label pairs"
Pair = tuple[str, str]
Probabilities = tuple[float, ...]  # in the order of INFERENCE_LABELS


@dataclass(frozen=True, slots=True)
class Teacher:
    """Readers that label pairs, and the folder in which their labels are kept.

    Each reader's labels are in a file of their own, one pair a line:
    ``{"premise": …, "hypothesis": …, "probabilities": [entailment, neutral, contradiction]}``.
    """

    readers: tuple[Reader, ...]
    kept: Path

    def label(
        self, pairs: Iterable[Pair], *, progress: Progress | None = None
    ) -> dict[Pair, Probabilities]:
        """Return the mean probabilities of pairs; those that were labelled before are read."""
        asked = list(dict.fromkeys(pairs))
        said = [self._labels_of(reader, asked, progress or NoProgress()) for reader in self.readers]
        means = np.mean([[labels[pair] for pair in asked] for labels in said], axis=0).tolist()
        return {pair: tuple(row) for pair, row in zip(asked, means, strict=True)}

    def _labels_of(
        self, reader: Reader, pairs: Sequence[Pair], progress: Progress
    ) -> dict[Pair, Probabilities]:
        """Return what one reader says, of pairs that it has labelled before, too."""
        file = self.kept / f"{reader.manifest.weights_sha256[:16]}.jsonl"
        labels = _read_labels(file)
        new = [pair for pair in pairs if pair not in labels]
        progress.start(STAGE, total=len(new))
        self.kept.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as lines:
            for first in range(0, len(new), CHUNK):
                part = new[first : first + CHUNK]
                found = reader.infer([pair[0] for pair in part], [pair[1] for pair in part])
                rows = np.round(found, 4).tolist()
                labels |= {pair: tuple(row) for pair, row in zip(part, rows, strict=True)}
                keep(lines, (_record(pair, row) for pair, row in zip(part, rows, strict=True)))
                progress.advance(STAGE, len(part))
        progress.finish(STAGE)
        return labels


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


def _record(pair: Pair, probabilities: Sequence[float]) -> dict[str, Any]:
    return {"premise": pair[0], "hypothesis": pair[1], "probabilities": probabilities}


def _read_labels(file: Path) -> dict[Pair, Probabilities]:
    records = read_kept(file)
    return {(r["premise"], r["hypothesis"]): tuple(r["probabilities"]) for r in records}
