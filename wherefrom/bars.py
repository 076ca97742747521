"""Show progress as bars on stderr, so that stdout stays for results."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


class ProgressBars:
    """Draw one bar for each stage of work; a `wherefrom.kb.progress.Progress`.

    Use it in a ``with`` block, at whose end the bars stop moving.
    """

    def __init__(self) -> None:
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bars.live.is_started:
            self._bars.stop()

    def start(self, name: str, total: int | None = None) -> None:
        """Show a new bar; without a total it only counts."""
        self._bars.start()
        self._tasks[name] = self._bars.add_task(name, total=total)

    def advance(self, name: str, steps: int = 1) -> None:
        """Move the bar of a stage."""
        self._bars.advance(self._tasks[name], steps)

    def finish(self, name: str) -> None:
        """Fill the bar of a stage."""
        task = self._tasks.pop(name)
        done = self._bars.tasks[self._bars.task_ids.index(task)].completed
        self._bars.update(task, total=done, completed=done)
        self._bars.stop_task(task)
