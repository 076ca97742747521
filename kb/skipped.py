"""Count the bad records that a build was asked to leave out."""

from collections.abc import Callable

from wherefrom.kb.errors import RecordError


class SkippedRecords:
    """The bad records that a reader left out instead of stopping.

    Parameters
    ----------
    report
        Called with the error of each bad record as it is met; none by default. Only the count is
        kept, so that a file with a million bad lines does not fill memory.

    Examples
    --------
    >>> skipped = SkippedRecords(report=print)
    >>> skipped.add(RecordError("news.jsonl, line 7: …"))
    news.jsonl, line 7: …
    >>> skipped
    SkippedRecords(count=1)
    """

    __slots__ = ("_report", "count")

    def __init__(self, report: Callable[[RecordError], None] | None = None) -> None:
        self._report = report
        self.count = 0

    def add(self, error: RecordError) -> None:
        """Count one bad record and report it."""
        self.count += 1
        if self._report is not None:
            self._report(error)

    def __repr__(self) -> str:
        return f"SkippedRecords(count={self.count})"


def refuse(error: RecordError, skipped: SkippedRecords | None) -> None:
    """Raise the error of a bad record, or count it where the caller asked to go on.

    Raises
    ------
    RecordError
        The error itself, when `skipped` is None.
    """
    if skipped is None:
        raise error
    skipped.add(error)
