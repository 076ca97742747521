"""Test the reading of a recipe for a retriever, and of what kind a recipe is."""

from pathlib import Path

import pytest

from wherefrom.indexes.model_folder import DEFAULT_ENCODER
from wherefrom.kb.errors import SourceError, UsageError
from wherefrom.pipeline.query_sources import QueryEvaluation, QuerySource
from wherefrom.pipeline.recipe import read_recipe
from wherefrom.pipeline.recipe_kind import recipe_kind
from wherefrom.pipeline.retriever_recipe import RANGES, RetrieverRecipe, read_retriever_recipe

LEAST = 'kind = "retriever"\n{}\n[[queries]]\nfile = "train.jsonl"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "recipe.toml"


def test_what_a_recipe_leaves_out(file: Path) -> None:
    file.write_text(LEAST.format(""))
    assert read_retriever_recipe(file) == RetrieverRecipe(queries=(QuerySource("train.jsonl"),))
    assert RetrieverRecipe(queries=()).encoder == DEFAULT_ENCODER


def test_what_a_recipe_says(file: Path) -> None:
    file.write_text(
        LEAST.format('encoder = "e"\nbatch = 4\ntemperature = 1\nleaks = "drop"')
        + 'share = 0.5\n[[queries]]\nfolder = "beir"\nsplit = "dev"\n[[evaluate]]\nfolder = "beir"'
    )
    found = read_retriever_recipe(file)
    assert (found.encoder, found.batch, found.temperature, found.leaks) == ("e", 4, 1, "drop")
    assert found.queries == (
        QuerySource("train.jsonl", share=0.5),
        QuerySource(folder="beir", split="dev"),
    )
    assert found.evaluate == (QueryEvaluation(folder="beir", split="test"),)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("bacth = 4", r"unknown key 'bacth'; .* \(did you mean batch\?\)"),
        ("batch = 1", "batch must be at least 2, found 1"),
        ('batch = "4"', "batch must be int, found '4'"),
        ("batch = true", "batch must be int, found True"),
        ("positive_share = 1.5", "positive_share must be from 0 to 1, found 1.5"),
        ("temperature = 0.0", "temperature must be from 0.001 to 10, found 0.0"),
        ('encoder = ""', "encoder is empty; leave it out for sentence-transformers/"),
        (
            'leaks = "drops"',
            r"unknown leaks 'drops'; choose refuse or drop \(did you mean drop\?\)",
        ),
        ("[queries.x]", r"queries must be tables \[\[queries\]\]"),
    ],
)
def test_a_setting_that_is_not_allowed(file: Path, more: str, message: str) -> None:
    text = LEAST.format(more)
    file.write_text(text.partition("[[")[0] if more.startswith("[") else text)
    with pytest.raises(UsageError, match=message):
        read_retriever_recipe(file)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('[[queries]]\nfile = "a"\nfolder = "b"', "give either a file or a folder, found both"),
        ("[[queries]]\nshare = 1", "give either a file or a folder, found neither"),
        ('[[queries]]\nfile = "a"\nsplit = "dev"', "split goes with a folder; a is taken whole"),
        ('[[queries]]\nfile = "a"\nshare = -1', r"\[\[queries\]\]: share must be at least 0"),
        ('[[queries]]\nfile = "a"\nshare = inf', r"share must be at least 0, found inf"),
        ("[[queries]]\nfile = 7", "file must be a string, found 7"),
        ('[[evaluate]]\nfile = "a"\nshare = 1', r"\[\[evaluate\]\]: unknown key 'share'"),
        ('[[evaluate]]\nfile = "a"\ntask = "spans"', "unknown key 'task'; choose file, folder"),
    ],
)
def test_a_source_that_is_not_allowed(file: Path, entry: str, message: str) -> None:
    file.write_text(LEAST.format("") + entry)
    with pytest.raises(UsageError, match=message):
        read_retriever_recipe(file)


def test_every_number_has_a_range(file: Path) -> None:
    numbers = [
        name
        for name in RetrieverRecipe.__dataclass_fields__
        if isinstance(getattr(RetrieverRecipe(queries=()), name), int | float)
    ]
    assert sorted(numbers) == sorted(RANGES)


def test_nothing_to_learn_from(file: Path) -> None:
    file.write_text('kind = "retriever"\n')
    with pytest.raises(UsageError, match=r"needs at least one of \[\[queries\]\]"):
        read_retriever_recipe(file)


def test_the_kinds_of_recipes(file: Path) -> None:
    file.write_text('encoder = "e"\n')
    assert recipe_kind(file) == "reader"
    with pytest.raises(UsageError, match="is a recipe for a reader; one for a retriever is needed"):
        read_retriever_recipe(file)
    file.write_text(LEAST.format(""))
    assert recipe_kind(file) == "retriever"
    with pytest.raises(UsageError, match="is a recipe for a retriever; one for a reader is needed"):
        read_recipe(file)
    file.write_text('kind = "reader"\nencoder = "e"\n[[texts]]\nfile = "a"\n')
    assert read_recipe(file).encoder == "e"
    for kind, named in (('"retreiver"', "'retreiver'"), ("7", "'7'")):
        file.write_text(f"kind = {kind}\n")
        with pytest.raises(UsageError, match=f"unknown kind {named}; choose reader or retriever"):
            recipe_kind(file)
    file.write_text("kind = ")
    with pytest.raises(SourceError, match="cannot read the recipe"):
        recipe_kind(file)
