"""Where the bundled reader lies."""

from importlib.util import find_spec
from pathlib import Path

from wherefrom.kb.errors import ModelError


def bundled_reader() -> Path:
    """Return the folder of the reader that comes with wherefrom.

    Raises
    ------
    ModelError
        If it was not installed.
    """
    spec = find_spec("wherefrom.models")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(place) / "reader"
        if folder.is_dir():
            return folder
    raise ModelError("the bundled reader is not installed; name a reader's folder")
