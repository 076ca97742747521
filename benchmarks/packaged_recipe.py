"""Give a benchmark the recipe that it runs, and the folder for what the recipe makes."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory

RECIPES = "wherefrom.models"


@contextmanager
def packaged_recipe(name: str, folder: Path | None) -> Iterator[tuple[Path, Path]]:
    """Give the file of a recipe in models/, and a folder, which is temporary if none is named."""
    with ExitStack() as stack:
        place = folder or Path(stack.enter_context(TemporaryDirectory())) / "made"
        yield stack.enter_context(as_file(files(RECIPES))) / name, place
