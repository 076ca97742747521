"""Test what the recipes of the bundled reader learn from."""

import re
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from wherefrom.pipeline.recipe import Recipe, read_recipe

TASKS = ("spans", "pairs", "choices", "claims")
# Sources for non-commercial use, or whose licence is not known or not stated.
BARRED = {"sick", "ocnli", "rte", "mpe", "joci", "scitail", "lingnli"}
RECIPES = (
    "reader",
    "first_caption_teacher",
    "caption_teacher",
    "first_teacher",
    "teacher",
    "inference",
    "first_robust",
    "robust",
    "plausibility",
    "first_spans",
    "spans",
)


@pytest.fixture(params=RECIPES)
def bundled(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Recipe:
    monkeypatch.chdir(tmp_path)
    Path("build/conceptnet.kb").mkdir(parents=True)  # a recipe names a knowledge base that is there
    with as_file(files("wherefrom.models") / f"{request.param}.toml") as path:
        return read_recipe(path)


def names(recipe: Recipe) -> list[str]:
    """Return every name of data in a recipe: of files and of the sources in them."""
    found = [entry.file for task in TASKS for entry in getattr(recipe, task)]
    found += [entry.file for entry in recipe.evaluate]
    for source in recipe.pairs:
        found += [*source.shares, *source.label_shares]
    return found


def test_the_bundled_recipe_uses_no_barred_source(bundled: Recipe) -> None:
    words = {word for name in names(bundled) for word in re.split(r"[^a-z0-9]+", name.lower())}
    assert not words & BARRED
    judges = bundled.pairs or bundled.choices or bundled.evaluate
    assert words & ({"snli", "csqa"} if judges else {"squad"})  # the split finds names at all


def test_the_bundled_recipe_evaluates_on_files_that_it_does_not_learn_from(
    bundled: Recipe,
) -> None:
    learnt = {entry.file for task in TASKS for entry in getattr(bundled, task)}
    measured = {entry.task for entry in bundled.evaluate}
    assert not measured or measured >= {task for task in TASKS if getattr(bundled, task)}
    assert not learnt & {entry.file for entry in bundled.evaluate}
    assert not [name for name in learnt if "dev" in name or "test" in name]
