"""Searching through wherefrom is timed against FAISS on the same vectors."""

import pytest

from wherefrom.benchmarks.search_cost import measure
from wherefrom.indexes.build import build
from wherefrom.indexes.options import BuildOptions


def test_both_search_the_vectors_of_the_knowledge_base(tmp_path, write_jsonl, word_encoder):
    rows = [{"id": f"d{n}", "title": "", "text": f"Text of number {n}."} for n in range(30)]
    folder = tmp_path / "my.kb"
    build(folder, [write_jsonl(rows)], options=BuildOptions(encoder=word_encoder))
    found = measure(folder, rounds=2)
    assert (found["vectors"], found["dimensions"]) == (30, word_encoder.dimensions)
    assert set(found["queries_per_batch"]) == {"1", "10", "100"}
    for figures in found["queries_per_batch"].values():
        ratio = figures["wherefrom_milliseconds"] / figures["faiss_milliseconds"]
        assert figures["ratio_of_medians"] == pytest.approx(ratio)
