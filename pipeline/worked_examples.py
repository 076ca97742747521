"""Pick the examples that a generator is shown: those whose questions are most like the one asked.

Source: J. Liu, D. Shen, Y. Zhang, B. Dolan, L. Carin and W. Chen, "What Makes Good In-Context
Examples for GPT-3?", DeeLIO 2022, arXiv:2101.06804: nearest by a sentence encoder, the nearest of
them last.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.encoder import Encoder
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.kb.errors import SourceError, UsageError
from wherefrom.kb.found import checked
from wherefrom.kb.jsonl import read_objects, require
from wherefrom.kb.words import words
from wherefrom.pipeline.retrieval import retrieve
from wherefrom.pipeline.text_prompt import Example

EXAMPLES = 3
PASSAGES = 2  # of evidence, shown with each example
LINE = '{"question": "…", "answer": "…"}'


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """A question and the answer that is wanted."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class ExampleVectors:
    """Examples with the vectors of their questions (E, D)."""

    examples: Sequence[WorkedExample]
    vectors: NDArray[np.float32]

    @classmethod
    def of(cls, encoder: Encoder, examples: Sequence[WorkedExample]) -> Self:
        """Encode the questions of examples."""
        return cls(examples, encoder.encode_queries([one.question for one in examples]))


def read_examples(path: Path | str) -> list[WorkedExample]:
    """Read examples, one JSON object a line: ``{"question": …, "answer": …}``.

    Raises
    ------
    SourceError
        If the file is missing, empty, binary or holds no example.
    RecordError
        If a line is malformed; the message names file and line.
    """
    examples = []
    for place, record in read_objects(Path(path), LINE):
        require(record, ("question", "answer"), LINE, place=place)
        question, answer = (
            checked(place, field, record[field], blank_allowed=False)
            for field in ("question", "answer")
        )
        examples.append(WorkedExample(question, answer))
    if not examples:
        raise SourceError(f"{path} holds only blank lines; a line is {LINE}")
    return examples


def nearest(
    encoder: Encoder, question: str, known: ExampleVectors, *, count: int = EXAMPLES
) -> list[WorkedExample]:
    """Return the examples whose questions are most like one, the nearest first; ties in order.

    An example that asks the very same, punctuation and case aside, would give the answer away and
    is left out.

    Raises
    ------
    UsageError
        If `count` is below 0.
    """
    if count < 0:
        raise UsageError(f"the number of examples must be at least 0, got {count}")
    if not known.examples:
        return []
    cosines = known.vectors @ encoder.encode_queries([question])[0]
    order = np.argsort(-cosines, kind="stable").tolist()
    asked = words(question).folded
    ranked = [known.examples[number] for number in order]
    return [one for one in ranked if words(one.question).folded != asked][:count]


def with_evidence(knowledge: Knowledge, examples: Sequence[WorkedExample]) -> list[Example]:
    """Put passages of a knowledge base to each example, as they will be put to the question."""
    found = retrieve(knowledge, [one.question for one in examples], k=PASSAGES)
    return [
        Example(one.question, tuple((item.title, item.text) for item in evidence), one.answer)
        for one, evidence in zip(examples, found, strict=True)
    ]
