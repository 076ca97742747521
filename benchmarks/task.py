"""A task: the public format of a file, the shape of its examples, and the labels that it knows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from wherefrom.benchmarks.example import Example, Shape


@dataclass(frozen=True, slots=True)
class Task:
    """How a file is read and what is asked of its examples.

    Parameters
    ----------
    name
        What the command line calls it.
    shape
        A ``question`` is answered (`ask`), a ``claim`` decided (`check`), a ``pair`` inferred, and
        one of several ``choices`` chosen (`choose`).
    form
        The public format of its file, in words.
    read
        Yields the examples of a file, in order; raises RecordError with file and line.
    labels
        Of a claim: what supported, refuted and, where there is a third, undecided are called.
        Of a pair: what entailment, neutral and contradiction are called, or entailment and the
        rest. Empty for other shapes.
    """

    name: str
    shape: Shape
    form: str
    read: Callable[[Path], Iterator[Example]]
    labels: tuple[str, ...] = ()
