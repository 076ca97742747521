"""Passages of the right length, neighbours that agree, and both encoders on the same texts."""

import json

import numpy as np
import pytest

from wherefrom.benchmarks.encoding import draw_passages, measure, same_neighbours
from wherefrom.kb.source import read_source


@pytest.fixture
def corpus(tmp_path):
    file = tmp_path / "corpus.jsonl"
    with file.open("w") as lines:
        for number, article in enumerate(read_source("starter")):
            if number == 60:
                break
            lines.write(json.dumps({"text": article.text}) + "\n")
    return file


def test_passages_are_about_99_words(corpus):
    passages = draw_passages(corpus, 40)
    lengths = [len(text.split()) for text in passages]
    assert len(passages) == len(set(passages)) == 40
    assert min(lengths) >= 80 and max(lengths) <= 118
    assert 94 < np.mean(lengths) < 104


def test_neighbours_are_counted():
    random = np.random.default_rng(0)
    vectors = random.standard_normal((45, 8)).astype(np.float32)
    assert same_neighbours(vectors, vectors, 5) == 1.0
    turned = vectors.copy()
    turned[:5] *= -1  # each query now prefers what it liked least: 40 passages, tops of 10
    assert same_neighbours(vectors, turned, 5) == 0.0


def test_both_encoders_make_the_same_vectors(corpus):
    found = measure(corpus, count=24, rounds=1, queries=4)
    assert found["passages"] == 24
    assert all(len(rates) == 1 and rates[0] > 0 for rates in found["passages_per_second"].values())
    assert found["device"] == "cpu" and found["tflops"] > 0
    assert found["cosine_min"] > 0.99
    assert found["same_top_10"] > 0.8
