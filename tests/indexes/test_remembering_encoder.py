"""Test that a text is encoded once, unless it was forgotten, and that vectors stay the same."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from wherefrom.indexes.build import build
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.indexes.options import BuildOptions
from wherefrom.indexes.remembering_encoder import RememberingEncoder


def test_each_text_is_encoded_once(word_encoder: Any) -> None:
    encoder = RememberingEncoder(word_encoder)
    found = encoder.encode(["a", "b", "a"])
    assert np.array_equal(found, word_encoder.encode_queries(["a", "b", "a"]))
    assert np.array_equal(encoder.encode(["b", "c"]), word_encoder.encode_queries(["b", "c"]))
    assert word_encoder.calls == [2, 1]
    assert encoder.encode([]).shape == (0, encoder.dimensions)
    assert encoder.fingerprint == word_encoder.fingerprint
    assert encoder.encode_queries(["a"]).shape == (1, word_encoder.dimensions)


def test_what_came_first_is_forgotten_first(word_encoder: Any) -> None:
    encoder = RememberingEncoder(word_encoder, most=2)
    assert len(encoder.encode(["a", "b", "c"])) == 3
    encoder.encode(["c", "b"])
    assert word_encoder.calls == [3]
    encoder.encode(["a"])
    assert word_encoder.calls == [3, 1]


def test_a_knowledge_base_may_remember(
    tmp_path: Path, word_encoder: Any, write_jsonl: Callable[..., str]
) -> None:
    source = write_jsonl([{"id": "p", "title": "Paris", "text": "Paris is old."}])
    build(tmp_path / "my.kb", [source], options=BuildOptions(encoder=word_encoder))
    knowledge = Knowledge.open(tmp_path / "my.kb", encoder=word_encoder)
    before = knowledge.encoder.encode(["Paris is old."])
    knowledge.remember_vectors()
    knowledge.remember_vectors()  # once is enough
    word_encoder.calls.clear()
    for _ in range(2):
        assert np.array_equal(knowledge.encoder.encode(["Paris is old."]), before)
    assert word_encoder.calls == [1]
