"""Test translation there and back by tiny models of two kinds, with weights drawn from a seed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from wherefrom.kb.errors import ModelError
from wherefrom.pipeline import back_translation as module
from wherefrom.pipeline.back_translation import BackTranslator, Translator

TEXTS = ["an owl sleeps", "paris is old", "an owl sleeps", "a dog eats"]
WORDS = "an owl sleeps paris is old a dog eats mice it".split()


@pytest.fixture(scope="module")
def folders(
    tmp_path_factory: pytest.TempPathFactory, save_translator: Callable[..., Path]
) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("translators")
    there = save_translator(folder / "there", "marian", 1, WORDS)
    return there, save_translator(folder / "back", "t5", 2, WORDS)


@pytest.fixture(autouse=True)
def briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let translations be short, for a model that has learnt nothing never ends."""
    monkeypatch.setattr(module, "LONGEST_TOKENS", 6)
    monkeypatch.setattr(module, "BATCH", 2)


def opened(folders: tuple[Path, Path], kept: Path) -> BackTranslator:
    there, back = (Translator.open(str(folder), device="cpu") for folder in folders)
    return BackTranslator(there, back, kept)


def test_what_comes_back_is_kept_and_not_made_again(
    folders: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    translators = opened(folders, tmp_path / "kept")
    found = translators.say_again(TEXTS)
    assert set(found) == set(TEXTS)
    assert set(" ".join(found.values()).split()) <= set(WORDS)
    there = translators.there.translate(TEXTS[:2])
    assert [found[text] for text in TEXTS[:2]] == translators.back.translate(there)
    (file,) = (tmp_path / "kept").iterdir()
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert {line["text"]: line["back"] for line in lines} == found
    whole = file.read_bytes()
    file.write_bytes(whole[:-5])  # a run was killed as it wrote its last line
    assert translators.say_again(TEXTS) == found
    assert file.read_bytes() == whole

    def refuse(*_: object) -> None:
        raise AssertionError("it is translated again")

    monkeypatch.setattr(Translator, "translate", refuse)
    assert opened(folders, tmp_path / "kept").say_again(TEXTS[::-1]) == found


def test_a_text_that_is_too_long_is_left_out(folders: tuple[Path, Path], tmp_path: Path) -> None:
    longer = "an owl sleeps it is old"
    assert opened(folders, tmp_path).say_again([longer]) == {}


def test_other_weights_have_another_file(folders: tuple[Path, Path], tmp_path: Path) -> None:
    opened(folders, tmp_path).say_again(TEXTS[:1])
    opened((folders[1], folders[0]), tmp_path).say_again(TEXTS[:1])
    assert len(list(tmp_path.iterdir())) == 2


def test_what_is_no_translation_model(backbone_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=f"the translation model {backbone_folder} cannot be load"):
        Translator.open(str(backbone_folder))
    with pytest.raises(ModelError, match=r"the translation model .*empty cannot be loaded"):
        (tmp_path / "empty").mkdir()
        Translator.open(str(tmp_path / "empty"))
    with pytest.raises(ModelError, match="translation model 'no such model': no such folder"):
        Translator.open("no such model")
