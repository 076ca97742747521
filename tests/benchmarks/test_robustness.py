"""Robustness is measured on the same examples clean and changed, calibration crosswise."""

import json

import pytest

from wherefrom.benchmarks.robustness import measure
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.sources import Evaluation

WORDS = "owl dog man city river tower lake wall tree house".split()
CHANGED = (Evaluation("pairs.jsonl", "pairs", "typos"), Evaluation("qa.json", "spans", "typos"))
FITTED = (Evaluation("pairs.jsonl", "pairs"), Evaluation("qa.json", "answerable"))


@pytest.fixture
def data(tmp_path):
    labels = ("entailment", "neutral", "contradiction")
    pairs = [
        {
            "premise": f"The {one} is by the {two}.",
            "hypothesis": f"The {one} is old.",
            "label": label,
        }
        for label in labels
        for one in WORDS
        for two in WORDS
    ]
    lines = "".join(json.dumps(pair) + "\n" for pair in pairs)
    (tmp_path / "pairs.jsonl").write_text(lines)
    paragraphs = []
    for one in WORDS:
        for two in WORDS:
            context = f"The {one} is beside the {two}."
            start = context.index(f"the {two}")
            answer = {"text": f"the {two}", "answer_start": start}
            asked = [
                {"id": f"{one} {two}", "question": "Where is it?", "answers": [answer]},
                {"id": f"{one} {two}?", "question": "When was it?", "answers": []},
            ]
            paragraphs.append({"context": context, "qas": asked})
    squad = {"version": "2.0", "data": [{"title": "", "paragraphs": paragraphs}]}
    (tmp_path / "qa.json").write_text(json.dumps(squad))
    return tmp_path


def test_a_reader_is_fitted_crosswise_and_left_as_it_was(data, tiny_reader_folder):
    reader = Reader.open(tiny_reader_folder, device="cpu")
    shipped = reader.manifest.calibration
    found = measure(reader, data, sample=20, changed=CHANGED, fitted=FITTED)
    assert reader.manifest.calibration == shipped
    for name in ("pairs.jsonl, typos", "qa.json, typos"):
        for measure_name, one in found["changed"][name].items():
            assert 10 < one["n"] <= 20, measure_name
    assert "accuracy_difference" in found["changed"]["pairs.jsonl, typos"]
    for name, whole in (("pairs.jsonl", 300), ("qa.json, answerable", 200)):
        before, after = found["as_stored"][name], found["crosswise"][name]
        assert before["accuracy"]["n"] == after["accuracy"]["n"] == whole
        assert sum(one["n"] for one in after["bins"]) == after["accuracy"]["n"]
        assert after["calibration_error"]["value"] < before["calibration_error"]["value"]
