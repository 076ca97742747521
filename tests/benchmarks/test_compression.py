"""Test that a compression is measured and drawn by one command."""

import json
import sys
from pathlib import Path

import pytest

from wherefrom.benchmarks import compression


def test_it_writes_a_result_and_a_drawing(
    tmp_path: Path, tiny_reader_folder: Path, monkeypatch: pytest.MonkeyPatch, one_thread: None
) -> None:
    asked = {"id": "q", "question": "Where?", "answers": [{"text": "Paris", "answer_start": 3}]}
    paragraph = {"context": "In Paris.", "qas": [asked]}
    table = {"data": [{"title": "A", "paragraphs": [paragraph]}]}
    (tmp_path / "dev.json").write_text(json.dumps(table))
    recipe, out = tmp_path / "recipe.toml", tmp_path / "results" / "compression.json"
    recipe.write_text(
        f'reader = "{tiny_reader_folder}"\noverlap_pairs = 0\nrounds = 1\n'
        '[[evaluate]]\nfile = "dev.json"\ntask = "spans"\n'
        '[[step]]\nkind = "quantise"\nto = "bf16"\n'
    )
    options = ["--data", str(tmp_path), "--recipe", str(recipe), "--out", str(out)]
    monkeypatch.setattr(sys, "argv", ["compression", *options])
    compression.main()
    found = json.loads(out.read_text())
    assert found["benchmark"] == "compression"
    assert [point["step"]["name"] for point in found["points"]] == ["original", "bf16"]
    assert [point["robustness"] for point in found["points"]] == [{}, {}]
    assert "robustness" not in found["points"][0]["summary"]
    assert "machine" in found["made_by"]
    assert out.with_suffix(".svg").read_text().startswith("<svg ")
