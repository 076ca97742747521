"""Answers that say where they come from.

Examples
--------
>>> import wherefrom
>>> sorted(wherefrom.__all__)[:3]
['Answer', 'Check', 'Choice']
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from wherefrom.kb.errors import WherefromError
    from wherefrom.opened import KnowledgeBase
    from wherefrom.pipeline.records import Citation, Evidence
    from wherefrom.results import Answer, Check, Choice, Ranking

    __version__: str

__all__ = [
    "Answer",
    "Check",
    "Choice",
    "Citation",
    "Evidence",
    "KnowledgeBase",
    "Ranking",
    "WherefromError",
    "__version__",
    "open",
]

_HOMES = {
    "Answer": "wherefrom.results",
    "Check": "wherefrom.results",
    "Choice": "wherefrom.results",
    "Citation": "wherefrom.pipeline.records",
    "Evidence": "wherefrom.pipeline.records",
    "KnowledgeBase": "wherefrom.opened",
    "Ranking": "wherefrom.results",
    "WherefromError": "wherefrom.kb.errors",
}


def open(
    path: "Path | str",
    *,
    reader: str | None = None,
    encoder: str | None = None,
    device: str | None = None,
) -> "KnowledgeBase":
    """Open the knowledge base in a directory.

    Parameters
    ----------
    path
        The directory.
    reader
        The folder of a reader; None takes the one that is bundled.
    encoder
        A hub name or folder of the encoder, where the one that the knowledge base names cannot be
        found by that name; None takes that one.
    device
        Where the models run, as torch names it; None takes a GPU if there is one.

    Raises
    ------
    MissingError
        If there is no knowledge base.
    DamagedError, FormatError
        If it cannot be read safely.

    Examples
    --------
    >>> import wherefrom
    >>> wherefrom.open("absent.kb")
    Traceback (most recent call last):
    ...
    wherefrom.kb.errors.MissingError: ...
    """
    from wherefrom.opened import KnowledgeBase

    return KnowledgeBase.open(path, reader=reader, encoder=encoder, device=device)


def __getattr__(name: str) -> object:
    """Import a public name when it is first used (PEP 562), so that the import stays light."""
    if name == "__version__":
        from importlib.metadata import version

        return version("wherefrom")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'wherefrom' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
