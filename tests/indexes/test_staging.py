"""Test how passages are cut into blocks, and what of them survives a change in between."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.indexes.passage_text import passage_text
from wherefrom.indexes.staging import load_blocks, staged_vectors, text_blocks
from wherefrom.kb.records import Passage


def passages(texts: list[str]) -> list[Passage]:
    return [Passage(f"d#{n}", "d", "", text, 0, len(text)) for n, text in enumerate(texts)]


def blocks(texts: list[str], size: int) -> list[list[str]]:
    return list(text_blocks(iter(passages(texts)), size))


@given(st.lists(st.text(min_size=1)), st.integers(1, 9))
def test_blocks_hold_every_text_once_and_no_more_than_allowed(texts: list[str], size: int) -> None:
    found = blocks(texts, size)
    assert [text for block in found for text in block] == [passage_text(p) for p in passages(texts)]
    assert all(0 < len(block) <= size for block in found)
    assert all(len(block) >= 0.75 * size for block in found[:-1])
    assert blocks(texts, size) == found


def numbered(count: int) -> list[str]:
    return [f"text {number}" for number in range(count)]


@pytest.mark.parametrize("place", [0, 700, 3_999])
@pytest.mark.parametrize("change", ["one more", "one less", "another"])
def test_a_change_leaves_most_blocks_as_they_were(place: int, change: str) -> None:
    texts = numbered(4_000)
    changed = texts.copy()
    if change == "one more":
        changed.insert(place, "new")
    elif change == "one less":
        del changed[place]
    else:
        changed[place] = "new"
    before = {tuple(block) for block in blocks(texts, 64)}
    lost = sum(len(block) for block in blocks(changed, 64) if tuple(block) not in before)
    assert 0 < lost + (change == "one less") <= 500


@pytest.fixture
def staged(tmp_path: Path, word_encoder) -> Callable[[list[str]], Path]:
    return lambda texts: staged_vectors(tmp_path, texts, word_encoder, advance=lambda _: None)


def test_a_block_is_encoded_once(staged, word_encoder) -> None:
    path = staged(["one", "two"])
    assert staged(["one", "two"]) == path
    assert word_encoder.calls == [2]
    (vectors,) = load_blocks([path])
    assert (vectors == word_encoder.encode_queries(["one", "two"])).all()


def test_other_texts_or_another_encoder_make_another_block(
    tmp_path: Path, staged, make_word_encoder
) -> None:
    paths = {staged(["one", "two"]), staged(["two", "one"]), staged(["one"]), staged(["onetwo"])}
    other = make_word_encoder(name="others")
    paths.add(staged_vectors(tmp_path, ["one"], other, advance=lambda _: None))
    assert len(paths) == 5


def test_progress_counts_what_is_found_too(tmp_path: Path, word_encoder) -> None:
    for _ in range(2):
        steps: list[int] = []
        staged_vectors(tmp_path, ["one", "two"], word_encoder, advance=steps.append)
        assert sum(steps) == 2


def test_a_damaged_block_is_made_again(staged, word_encoder) -> None:
    path = staged(["one"])
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert staged(["one"]) == path
    assert word_encoder.calls == [1, 1]
    np.testing.assert_array_equal(np.load(path), word_encoder.encode_queries(["one"]))
