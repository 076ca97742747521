"""The benchmarks of answers, over a tiny knowledge base, with a reader that has learnt nothing."""

import json

import pytest

from wherefrom.benchmarks import ask_latency, reader, starter
from wherefrom.indexes.build import build
from wherefrom.indexes.options import BuildOptions
from wherefrom.pipeline.answering import Answerer
from wherefrom.pipeline.reader import Reader

pytestmark = pytest.mark.usefixtures("one_thread")
TEXTS = {
    "Paris": "Paris is the capital of France. It lies on the Seine.",
    "Berlin": "Berlin is the capital of Germany. The wall fell in 1989.",
    "Bees": "Bees dance to tell each other where flowers are.",
}


@pytest.fixture
def answerer(tmp_path, write_jsonl, word_encoder, tiny_reader_folder):
    rows = [{"id": title, "title": title, "text": text} for title, text in TEXTS.items()]
    folder = tmp_path / "tiny.kb"
    build(folder, [write_jsonl(rows)], options=BuildOptions(encoder=word_encoder))
    return Answerer.open(folder, reader=tiny_reader_folder, encoder=word_encoder, device="cpu")


def test_questions_claims_and_citations_are_counted(answerer):
    found = starter.measure(answerer, "tuning")
    assert found["right"]["n"] == found["abstained"]["n"] == len(found["questions"]) == 60
    assert found["abstained"]["value"] == 0.0  # the threshold of this reader is 0
    assert found["unanswerable_abstained"]["n"] == len(found["unanswerable"]) == 10
    assert found["claims_right"]["n"] == len(found["claims"])
    right = [claim["wanted"] == claim["verdict"] for claim in found["claims"]]
    assert found["claims_right"]["value"] == pytest.approx(sum(right) / len(right))
    cited = found["citations"]
    assert cited["citations"] >= 60
    assert cited["quote_is_exact"] == cited["citations"]
    verdicts = [verdict for question in found["questions"] for verdict in question["verdicts"]]
    assert cited["verdict_supported"] == verdicts.count("supported")


def test_a_citation_holds_if_its_sentence_says_a_right_answer(answerer):
    answer = answerer.ask("What is the capital of France?")
    said = answer.citations[0].sentence.split()[0]
    held = starter.citations_held(answerer, [answer], [[said]])
    assert held["sentence_says_a_right_answer"] >= 1
    none = starter.citations_held(answerer, [answer], [["no such words"]])
    assert none["sentence_says_a_right_answer"] == 0


def test_asking_is_timed_in_parts(answerer):
    found = ask_latency.measure(answerer, rounds=1)
    assert (found["questions"], found["rounds"]) == (60, 1)
    milliseconds = found["milliseconds"]
    assert 0 < milliseconds["percentile_5"] <= milliseconds["median"]
    assert milliseconds["median"] <= milliseconds["percentile_95"]
    assert set(found["median_milliseconds_of"]) == {"retrieve", "read", "verify"}


def test_a_reader_is_measured_on_each_file(tmp_path, tiny_reader_folder):
    (tmp_path / "qa").mkdir()
    (tmp_path / "nli").mkdir()
    text = TEXTS["Paris"]
    answer = {"text": "Paris", "answer_start": 0}
    asked = {"id": "q", "question": "What is the capital?", "answers": [answer]}
    absent = {"id": "r", "question": "Who?", "answers": [], "is_impossible": True}
    article = {"title": "Paris", "paragraphs": [{"context": text, "qas": [asked, absent]}]}
    (tmp_path / "qa" / "squad_dev_a.json").write_text(json.dumps({"data": [article]}))
    pairs = [
        {"premise": text, "hypothesis": "Paris lies on a river.", "label": label}
        for label in ("entailment", "neutral", "contradiction")
    ]
    for name in ("mnli_dev_a", "snli_dev_a"):
        lines = "".join(json.dumps(pair) + "\n" for pair in pairs)
        (tmp_path / "nli" / f"{name}.jsonl").write_text(lines)
    found = reader.measure(Reader.open(tiny_reader_folder, device="cpu"), tmp_path)
    assert found["qa/squad_dev_a.json"]["f1"]["n"] == 1  # what has no answer is not measured here
    for name in ("mnli_dev_a", "snli_dev_a"):
        assert found[f"nli/{name}.jsonl"]["accuracy"]["n"] == 3
        assert found[f"nli/{name}.jsonl"]["accuracy"]["value"] == pytest.approx(1 / 3)
