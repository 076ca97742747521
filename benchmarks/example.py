"""One example of a task, whatever its format: what is asked, what is right, what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from wherefrom.pipeline.records import Evidence, Option

MARKED = "gold"  # the retriever, so to say, of evidence that a file marks
Shape = Literal["question", "claim", "pair", "choices", "query"]


@dataclass(frozen=True, slots=True)
class Example:
    """What one example asks and what is right.

    `text` is the question, the claim, the hypothesis or the query. `gold` holds the accepted
    answers or the one right label; a question without an answer has none. `evidence` is the
    evidence that the file marks as right (the premise of a pair), `documents` the titles or ids of
    documents that it marks. `grades` tell of each document that is judged for a query, by title or
    id, how relevant it is: not at all by 0; those above 0 are its gold. `marks` are what a measure
    counts apart, by name.
    """

    id: str
    text: str
    gold: tuple[str, ...]
    options: tuple[Option, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    documents: tuple[str, ...] = ()
    grades: Mapping[str, int] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)


def marked_evidence(id: str, text: str, *, title: str = "", rank: int = 1) -> Evidence:
    """Make evidence of a text that stands in the file of a task; its document is the example."""
    return Evidence(
        passage_id=f"{id}#{rank - 1}",
        document_id=id,
        title=title,
        url="",
        rank=rank,
        score=1.0,
        retriever=MARKED,
        text=text,
        start=0,
        end=len(text),
    )
