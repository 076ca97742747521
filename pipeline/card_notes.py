"""What a recipe says for the model card alone: licences of data, and known failures."""

from typing import Any

from wherefrom.kb.errors import UsageError


def licences_table(found: Any, where: str) -> dict[str, str]:
    """Check a recipe's [licences]: by name of a file its licence, of files of earlier runs, too.

    Raises
    ------
    UsageError
        If it is no table of texts.
    """
    texts = isinstance(found, dict) and all(isinstance(one, str) for one in found.values())
    if not texts:
        raise UsageError(f'{where} must be a table with "FILE" = "LICENCE", found {found!r}')
    return dict(found)


def failures_list(found: Any, where: str) -> tuple[str, ...]:
    """Check a recipe's known_failures: sentences on what the reader gets wrong.

    Raises
    ------
    UsageError
        If it is no list of texts.
    """
    texts = isinstance(found, list | tuple) and all(isinstance(one, str) for one in found)
    if not texts:
        raise UsageError(f"{where} must be a list of sentences, found {found!r}")
    return tuple(found)
