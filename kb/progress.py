"""Let long work say how far it is, without knowing who listens."""

from typing import Protocol


class Progress(Protocol):
    """Hear about stages of work; the face draws bars from it, tests count with it.

    Stages do not nest, but a stage may advance while another is open: every call names its stage.
    """

    def start(self, name: str, total: int | None = None) -> None:
        """Begin the stage `name`; `total` counts its steps, None where nobody knows them yet."""

    def advance(self, name: str, steps: int = 1) -> None:
        """Say that `steps` more steps of the stage are done."""

    def finish(self, name: str) -> None:
        """End the stage."""


class NoProgress:
    """Listen to nothing."""

    def start(self, name: str, total: int | None = None) -> None:
        """Ignore the beginning of a stage."""

    def advance(self, name: str, steps: int = 1) -> None:
        """Ignore the steps of a stage."""

    def finish(self, name: str) -> None:
        """Ignore the end of a stage."""
