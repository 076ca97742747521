"""A task: the public format of a file, the shape of its examples, and the labels that it knows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from wherefrom.benchmarks.example import Example, Shape


def itself(data: Path) -> tuple[Path, ...]:
    """Return the file of a task that is read from one."""
    return (data,)


def anywhere(data: Path) -> str:
    """Return what stands for a SOURCE where the data do not say it."""
    return "SOURCE"


@dataclass(frozen=True, slots=True)
class Task:
    """How a file is read and what is asked of its examples.

    Parameters
    ----------
    name
        What the command line calls it.
    shape
        A ``question`` is answered (`ask`), a ``claim`` decided (`check`), a ``pair`` inferred, one
        of several ``choices`` chosen (`choose`), and documents found for a ``query`` (`search`).
    form
        The public format of its file, in words.
    read
        Yields the examples of a file, in order; raises RecordError with file and line.
    labels
        Of a claim: what supported, refuted and, where there is a third, undecided are called.
        Of a pair: what entailment, neutral and contradiction are called, or entailment and the
        rest. Empty for other shapes.
    paragraph
        Of a question: whether the file marks one passage, whose words are to answer it.
    unanswerable
        Of a question: whether the passage that is marked for it may not answer it.
    asks
        Of a pair: whether the premise is a question, and entailment that the hypothesis answers it.
    files
        The files that `read` reads, the first of which tells one set of data from another.
    corpus
        The SOURCE of the documents that are to be found, as a message names it.
    """

    name: str
    shape: Shape
    form: str
    read: Callable[[Path], Iterator[Example]]
    labels: tuple[str, ...] = ()
    paragraph: bool = False
    unanswerable: bool = False
    asks: bool = False
    files: Callable[[Path], tuple[Path, ...]] = itself
    corpus: Callable[[Path], str] = anywhere
