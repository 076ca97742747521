"""Tasks of retrieval: which retrievers find the documents that are judged for queries."""

import json
import math
from pathlib import Path

import pytest

from wherefrom.benchmarks.prediction import read_predictions
from wherefrom.benchmarks.query_files import beir_examples
from wherefrom.benchmarks.retriever_arms import RetrieverArms, Searcher, rank_scores
from wherefrom.benchmarks.run import METRICS, PREDICTIONS, REPORT, run_task
from wherefrom.benchmarks.tasks import TASKS
from wherefrom.indexes.build import build
from wherefrom.indexes.knowledge import RETRIEVERS, Knowledge
from wherefrom.indexes.options import BuildOptions
from wherefrom.kb.errors import RecordError, UsageError

DOCUMENTS = {
    "d1": ("Bees", "Bees dance to tell each other where flowers are. Beekeepers watch them."),
    "d2": ("Whales", "Whales sing under the sea for hours, and are heard far away."),
    "d3": ("Volcanoes", "Volcanoes throw out ash and lava."),
    "d4": ("Honey", "Honey is made by bees from what flowers give."),
}
ASKED = {"q1": "How do bees tell where flowers are?", "q2": "lava", "q3": "singing whales"}
GRADES = {"q1": {"d1": 2, "d4": 1, "d3": 0}, "q2": {"d3": 1}, "q3": {"d2": 1, "d1": -1}}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "set"
    (folder / "qrels").mkdir(parents=True)
    rows = [{"_id": name, "title": a, "text": b} for name, (a, b) in DOCUMENTS.items()]
    queries = [{"_id": name, "text": text} for name, text in ASKED.items()]
    for name, lines in (("corpus", rows), ("queries", queries)):
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (folder / f"{name}.jsonl").write_text(text)
    for split, judged in (("dev", ["q3"]), ("test", ["q1", "q2"])):
        lines = [f"{q}\t{d}\t{grade}\n" for q in judged for d, grade in GRADES[q].items()]
        (folder / "qrels" / f"{split}.tsv").write_text(
            "query-id\tcorpus-id\tscore\n" + "".join(lines)
        )
    return folder


@pytest.fixture
def searcher(data: Path, tmp_path: Path, word_encoder) -> Searcher:
    build(tmp_path / "set.kb", [f"beir:{data}"], options=BuildOptions(encoder=word_encoder))
    return Searcher(Knowledge.open(tmp_path / "set.kb", encoder=word_encoder), k=20)


def run(data: Path, out: Path, searcher: Searcher, *, task: str = "beir", **more):
    return run_task(TASKS[task], data, out, searcher, described={}, **more)


def gain(ranking: tuple[str, ...], grades: dict[str, int]) -> float:
    """Compute nDCG@10 from its definition (Järvelin and Kekäläinen 2002), gains as they are."""
    found = sum(grades.get(d, 0) / math.log2(r + 2) for r, d in enumerate(ranking[:10]))
    best = sorted(grades.values(), reverse=True)[:10]
    return found / sum(grade / math.log2(r + 2) for r, grade in enumerate(best))


def test_every_retriever_is_an_arm_and_is_measured_query_by_query(data, tmp_path, searcher):
    done = run(data, tmp_path / "run", searcher)
    assert done.manifest["arms"] == list(RETRIEVERS)
    assert done.manifest["data_file"] == "set/qrels/test.tsv"
    predictions = read_predictions(done.folder / PREDICTIONS)
    assert [(one.arm, one.id) for one in predictions] == [
        (arm, query) for arm in RETRIEVERS for query in ("q1", "q2")
    ]
    for one in predictions:
        assert one.scores["nDCG@10"] == pytest.approx(gain(one.documents, GRADES[one.id]), abs=1e-6)
        relevant = [name for name, grade in GRADES[one.id].items() if grade > 0]
        first = [place for place, name in enumerate(one.documents, 1) if name in relevant]
        assert one.scores["MRR@10"] == pytest.approx(1 / first[0] if first else 0.0, abs=1e-6)
        hits = len(set(one.documents[:2]) & set(relevant))
        assert one.scores["recall@2"] == hits / len(relevant)
        assert one.gold == tuple(relevant)
        assert one.probability is None
        assert one.prediction == one.documents[0]
    names = {"nDCG@10", "MRR@10", "recall@2", "recall@5", "recall@10", "recall@20"}
    assert all(set(found) == names for found in done.metrics["arms"].values())
    found = done.metrics["arms"]["dense"]["nDCG@10"]
    assert found["n"] == 2 and found["low"] <= found["value"] <= found["high"]
    assert "sparse_less_dense" in done.metrics["differences"]
    assert len(done.metrics["findings"]) == 6  # pairs of four
    assert done.metrics["flags"] == []
    page = (done.folder / REPORT).read_text(encoding="utf-8")
    assert page.count("<svg") == 3  # the arms side by side, recall by k, and what each costs
    assert "recall@k" in page and "k / 20" in page and "nan" not in page.lower()


def test_a_run_that_was_cut_short_goes_on_and_equals_an_undisturbed_one(data, tmp_path, searcher):
    whole = run(data, tmp_path / "whole", searcher)
    lines = (whole.folder / PREDICTIONS).read_text().splitlines(keepends=True)
    cut = run(data, tmp_path / "cut", searcher, limit=None)
    (cut.folder / PREDICTIONS).write_text("".join(lines[:3]) + lines[3][:9])
    run(data, tmp_path / "cut", searcher)
    for name in (PREDICTIONS, METRICS):
        assert (cut.folder / name).read_bytes() == (whole.folder / name).read_bytes()


def test_a_split_is_a_file_and_a_folder_means_test_or_the_only_one(data):
    assert [one.id for one in beir_examples(data)] == ["q1", "q2"]
    (only,) = beir_examples(data / "qrels" / "dev.tsv")
    assert (only.text, only.gold, only.grades) == ("singing whales", ("d2",), {"d2": 1, "d1": 0})
    (data / "qrels" / "test.tsv").rename(data / "qrels" / "train.tsv")
    with pytest.raises(UsageError, match=r"no split test; name one of \['dev', 'train'\]"):
        list(beir_examples(data))
    (data / "qrels" / "dev.tsv").unlink()
    assert [one.id for one in beir_examples(data)] == ["q1", "q2"]
    with (data / "qrels" / "train.tsv").open("a") as lines:
        lines.write("q9\td1\t1\n")
    with pytest.raises(RecordError, match=r"train\.tsv, line 6: there is no query 'q9'"):
        list(beir_examples(data))


def test_what_cannot_be_run_is_refused_with_what_to_do(data, tmp_path, searcher):
    with pytest.raises(UsageError, match=r"unknown arm of beir 'dens'.*did you mean dense"):
        run(data, tmp_path / "run", searcher, arms=("dens",))
    with pytest.raises(UsageError, match="each once"):
        run(data, tmp_path / "run", searcher, arms=("dense", "dense"))
    with (data / "qrels" / "test.tsv").open("a") as lines:
        lines.write("q2\td7\t0\nq2\td8\t1\n")
    told = rf"lacks 1 relevant documents.*'d8', of query 'q2'.*wherefrom build KB beir:{data}$"
    with pytest.raises(UsageError, match=told):
        run(data, tmp_path / "run", searcher)
    assert not (tmp_path / "run").exists()


def test_documents_are_found_by_title_where_questions_name_them_so(data, tmp_path, searcher):
    file = tmp_path / "questions.jsonl"
    rows = [
        {"id": 1, "question": "Who dances?", "answer": "bees", "gold_titles": ["Bees", "Honey"]},
        {"id": 2, "question": "Who sings?", "answer": "whales", "gold_titles": ["Whales"]},
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = run(file, tmp_path / "run", searcher, task="multihop", arms=("sparse", "dense"))
    for one in read_predictions(done.folder / PREDICTIONS):
        assert set(one.documents) <= {"Bees", "Honey", "Whales", "d3"}
        assert one.gold == tuple(rows[int(one.id) - 1]["gold_titles"])
    assert done.metrics["arms"]["dense"]["recall@10"]["value"] == 1.0
    rows[0]["gold_titles"] = ["Wasps"]
    file.write_text(json.dumps(rows[0]) + "\n")
    with pytest.raises(UsageError, match=r"'Wasps', of query '1'.*wherefrom build KB SOURCE"):
        run(file, tmp_path / "other", searcher, task="multihop")


def test_of_two_documents_of_one_title_the_better_one_counts(tmp_path, write_jsonl, word_encoder):
    rows = [
        {"id": name, "title": "Mercury", "text": text}
        for name, text in (("m1", "Mercury is a planet."), ("m2", "Mercury is a metal."))
    ]
    folder = tmp_path / "mercury.kb"
    build(folder, [write_jsonl(rows)], options=BuildOptions(encoder=word_encoder))
    searcher = Searcher(Knowledge.open(folder, encoder=word_encoder), k=10)
    file = tmp_path / "questions.jsonl"
    row = {"id": "q", "question": "Is it a metal?", "answer": "m", "gold_titles": ["Mercury"]}
    file.write_text(json.dumps(row) + "\n")
    examples = list(TASKS["multihop"].read(file))
    arms = RetrieverArms(TASKS["multihop"], examples, searcher, source="SOURCE")
    assert arms.predict("dense", 0).documents == ("Mercury", "m1")


def test_what_finds_nothing_counts_as_0():
    assert set(rank_scores([], {"d1": 1}, [2]).values()) == {0.0}
    assert set(rank_scores(["d1"], {"d1": 0}, [2]).values()) == {0.0}
