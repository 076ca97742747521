"""Who responds to the examples of a task: it finds evidence, and says what it takes for right."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from wherefrom.benchmarks.example import Example
from wherefrom.benchmarks.task import Task
from wherefrom.pipeline.records import Citation, Evidence

Shown = tuple[tuple[Evidence, ...], ...]  # the evidence for what is asked, then for each option


@dataclass(frozen=True, slots=True)
class Response:
    """What was said of one example.

    `prediction` is an answer or a label, empty where it abstains; `probability` is that it is
    right. `evidence` is all that was seen, best first. `refused` says why it was not even asked,
    where it was not.
    """

    prediction: str
    probability: float
    citations: tuple[Citation, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    refused: str = ""


class Respondent(Protocol):
    """What is measured: a reader over a knowledge base, or anything else that responds."""

    @property
    def retrieves(self) -> bool:
        """Tell whether there is something to retrieve from."""

    def find(self, task: Task, example: Example) -> Shown:
        """Retrieve the evidence for an example; raise UsageError with nothing to search."""

    def documents(self, names: Collection[str]) -> dict[str, tuple[Evidence, ...]]:
        """Return the passages of documents by their ids or titles, of those that there are."""

    def respond(self, task: Task, example: Example, shown: Shown) -> Response:
        """Respond to an example from the evidence that it is shown, and from nothing else."""

    def respond_alone(self, task: Task, example: Example) -> Response:
        """Respond as it does when asked, from evidence that it finds itself."""


def everything(shown: Shown) -> tuple[Evidence, ...]:
    """Return all evidence once, in order of first mention."""
    return tuple({item.passage_id: item for part in shown for item in part}.values())


def parts(example: Example, evidence: Sequence[Evidence]) -> Shown:
    """Show the same evidence for what is asked, and none more for its options."""
    return (tuple(evidence), *((),) * len(example.options))
