"""Test that a recipe may name data sets: their rows are taken once, into files of its formats."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wherefrom.kb.durable import hash_file
from wherefrom.kb.errors import SourceError, UsageError
from wherefrom.pipeline.data_file import data_file
from wherefrom.pipeline.inference_pairs import read_pairs
from wherefrom.pipeline.query_set import read_query_set
from wherefrom.pipeline.retriever_recipe import read_retriever_recipe
from wherefrom.pipeline.squad import read_squad
from wherefrom.pipeline.train_reader import train_reader
from wherefrom.pipeline.train_retriever import train_retriever

RECIPE = """
encoder = "{encoder}"
max_tokens = 64
max_steps = 1
calibration_share = 0
negatives = 0

[[spans]]
file = "{spans}"

[[pairs]]
file = "{pairs}"

[columns."{pairs}"]
hypothesis = "said"

[[evaluate]]
file = "nli/dev.jsonl"
task = "pairs"
"""


@pytest.fixture
def place(
    tmp_path: Path,
    backbone_folder: Path,
    articles: list[Any],
    pairs: list[tuple[str, str, str, str]],
    write_pairs: Callable[..., Path],
) -> dict[str, str]:
    """Save data sets of questions and of pairs, and a recipe that names them."""
    from datasets import ClassLabel, Dataset

    names = ["entailment", "neutral", "contradiction"]
    rows = [
        {"premise": premise, "said": hypothesis, "label": names.index(label)}
        for premise, hypothesis, label, _ in pairs
    ]
    unlabelled = {"premise": "A.", "said": "B.", "label": -1}
    saved = Dataset.from_list([*rows, unlabelled]).cast_column("label", ClassLabel(names=names))
    saved.save_to_disk(tmp_path / "saved" / "pairs")
    asked = [
        {
            "id": f"{title} {number}",
            "title": title,
            "context": "Ada was born in London.",
            "question": f"Where was Ada born, {title}?",
            "answers": {"text": ["London"], "answer_start": [16]},
        }
        for number, (title, _) in enumerate(articles)
    ]
    Dataset.from_list(asked).save_to_disk(tmp_path / "saved" / "spans")
    write_pairs(tmp_path / "data/nli/dev.jsonl", [(f"{p} Yes.", *rest) for p, *rest in pairs])
    found = {name: f"hf:{(tmp_path / 'saved' / name).as_posix()}" for name in ("pairs", "spans")}
    recipe = RECIPE.format(encoder=backbone_folder.as_posix(), **found)
    (tmp_path / "recipe.toml").write_text(recipe)
    return found


def test_a_reader_learns_from_data_sets_which_are_taken_once(
    place: dict[str, str], tmp_path: Path, pairs: list[Any], articles: list[Any]
) -> None:
    data = tmp_path / "data"
    first = train_reader(tmp_path / "recipe.toml", data, tmp_path / "out")
    file, nested = data_file(data, place["pairs"]), data_file(data, place["spans"])
    assert len(list(read_pairs(file))) == len(pairs)
    assert len(read_squad(nested)) == len(articles)
    hashes = first.training["data_sha256"]
    assert hashes[place["pairs"]] == hash_file(file)
    assert set(hashes) == {*place.values(), "nli/dev.jsonl"}
    shutil.rmtree(tmp_path / "saved")
    again = train_reader(tmp_path / "recipe.toml", data, tmp_path / "again")
    assert again.weights_sha256 == first.weights_sha256


def test_a_data_set_that_is_not_there_stops_before_training(
    place: dict[str, str], tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / "saved" / "spans")
    with pytest.raises(SourceError, match="spans does not exist"):
        train_reader(tmp_path / "recipe.toml", tmp_path / "data", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('said"', 'sad"', r"no column 'sad'; .* \(did you mean said\?\)"),
        ('[columns."hf', '[columns."hg', r"\[columns\]: unknown data set 'hg:.*did you mean hf:"),
        ('hypothesis = "said"', "hypothesis = 1", r"\[columns\]: hf:.* must be a table"),
    ],
)
def test_columns_that_are_none(
    place: dict[str, str], tmp_path: Path, old: str, new: str, message: str
) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(recipe.read_text().replace(old, new))
    with pytest.raises((UsageError, SourceError), match=message):
        train_reader(recipe, tmp_path / "data", tmp_path / "out")


def test_a_retriever_learns_from_data_sets(tmp_path: Path, tiny_encoder_folder: Path) -> None:
    from datasets import Dataset

    rows = [{"asked": f"where is the {n}", "positive": f"the {n} is here"} for n in range(4)]
    Dataset.from_list(rows).save_to_disk(tmp_path / "saved")
    name = f"hf:{(tmp_path / 'saved').as_posix()}"
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(
        f'kind = "retriever"\nencoder = "{tiny_encoder_folder.as_posix()}"\nbatch = 2\n'
        f'max_steps = 1\n[[queries]]\nfile = "{name}"\n[columns."{name}"]\nquery = "asked"\n'
    )
    data = tmp_path / "data"
    made = train_retriever(recipe, data, tmp_path / "out")
    (source,) = read_retriever_recipe(recipe).queries
    assert [query.text for query in read_query_set(source, data).queries] == [
        row["asked"] for row in rows
    ]
    file = data_file(data, name)
    assert made.training["data_sha256"] == {file.relative_to(data).as_posix(): hash_file(file)}
    recipe.write_text(recipe.read_text().replace(name, "train.jsonl"))
    with pytest.raises(UsageError, match=r"no file of the recipe is a data set \(hf:…\)"):
        read_retriever_recipe(recipe)
