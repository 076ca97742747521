"""Every error that wherefrom raises on purpose, in one tree.

WherefromError
├── UsageError              the caller asked for something that does not exist or is not allowed
│   └── QuestionError       one of several questions cannot be asked: which one is named
├── SourceError             a source of text cannot be read
│   └── RecordError         one record of a source is malformed: file and line are named
├── KnowledgeBaseError      a knowledge base cannot be used as asked
│   ├── MissingError        there is no knowledge base, or no such document in it
│   ├── DamagedError        a file is absent, truncated or does not match its sha256
│   ├── FormatError         the format version is unknown to this release
│   ├── EncoderMismatchError  another encoder than the one the vectors were made with
│   └── LockedError         another process is writing
├── StorageError            the disk refused: full, read-only or not permitted
├── ModelError              a model cannot be loaded, or one behind a server cannot be asked
├── TrainingError           a training run cannot go on
└── ReproductionError       a run that was done again has other predictions

A message says what was asked, what was found and where, what is allowed, and the nearest match.
The command line exits with 2 for a UsageError and with 1 for every other one.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class WherefromError(Exception):
    """Stand at the root of the tree."""


class UsageError(WherefromError, ValueError):
    """Report an argument that does not exist or is not allowed."""


class QuestionError(UsageError):
    """Report one of several questions, queries or claims that cannot be asked.

    Parameters
    ----------
    what
        What it is, for example ``"question"``.
    number
        Which one, counted from 0.
    count
        How many there are.
    problem
        What is wrong with it, as the end of a sentence.

    Examples
    --------
    >>> print(QuestionError("claim", 2, 9, "is empty"))
    claim 3 of 9 is empty
    >>> print(QuestionError("claim", 0, 1, "is empty"))
    the claim is empty
    """

    def __init__(self, what: str, number: int, count: int, problem: str) -> None:
        super().__init__(what, number, count, problem)
        self.what = what
        self.number = number
        self.count = count
        self.problem = problem

    def __str__(self) -> str:
        which = (
            f"the {self.what}"
            if self.count == 1
            else f"{self.what} {self.number + 1} of {self.count}"
        )
        return f"{which} {self.problem}"


class SourceError(WherefromError):
    """Report a source of text that cannot be read."""


class RecordError(SourceError):
    """Report one malformed record, with its file and line."""


class KnowledgeBaseError(WherefromError):
    """Report a knowledge base that cannot be used as asked."""


class MissingError(KnowledgeBaseError):
    """Report a knowledge base or a document that is not there."""


class DamagedError(KnowledgeBaseError):
    """Report a file that is absent, truncated or does not match its sha256."""


class FormatError(KnowledgeBaseError):
    """Report a format version that this release does not know."""


class EncoderMismatchError(KnowledgeBaseError):
    """Report another encoder than the one the vectors were made with."""


class LockedError(KnowledgeBaseError):
    """Report that another process is writing."""


class StorageError(WherefromError, OSError):
    """Report a disk that refused: full, read-only or not permitted."""


class ModelError(WherefromError):
    """Report a model that cannot be loaded, or one behind a server that cannot be asked."""


class TrainingError(WherefromError):
    """Report a training run that cannot go on."""


class ReproductionError(WherefromError):
    """Report a run that was done again and has other predictions."""


def unknown_value(what: str, found: str, allowed: Iterable[str]) -> UsageError:
    """Make the error for a value outside a closed set, with the nearest match.

    Parameters
    ----------
    what
        What the value names, for example ``"retriever"``.
    found
        The value that was given.
    allowed
        The values that exist.

    Examples
    --------
    >>> print(unknown_value("retriever", "dens", ["dense", "sparse", "hybrid"]))
    unknown retriever 'dens'; choose dense, sparse or hybrid (did you mean dense?)
    """
    names = list(allowed)
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
    near = get_close_matches(found.lower(), names, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    return UsageError(f"unknown {what} {found!r}; choose {listed}{hint}")
