"""Read the manifest of a trained model as far as all of them are alike."""

import json
from pathlib import Path
from typing import Any

from wherefrom.kb.errors import FormatError, ModelError


def read_manifest_table(path: Path, what: str, *, absent: str, version: int) -> dict[str, Any]:
    """Return what a manifest says, once it is JSON of a known format.

    Parameters
    ----------
    path
        The file.
    what
        What it is the manifest of, for messages: ``"reader"``.
    absent
        What is said where it is not there: ``"no reader in"``, before the folder.
    version
        The format version that is read.

    Raises
    ------
    ModelError
        If there is none, or it is no manifest.
    FormatError
        If the format version is unknown.
    """
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"{absent} {path.parent}: {error}") from error
    except ValueError as error:
        raise ModelError(f"{path} is not JSON: {error}") from error
    if not isinstance(table, dict) or "format" not in table:
        raise ModelError(f"{path} is not a {what}'s manifest: it has no format version")
    if table["format"] != version:
        raise FormatError(
            f"{path} has format {table['format']!r}; this release reads {version}; "
            f"install the release that wrote it or train the {what} again"
        )
    return table
