"""nDCG@10 by documents, against a slow right way, on a data set of a few documents."""

import json
import math

import pytest

from wherefrom.benchmarks.retrieval_nfcorpus import evaluate, measure

DOCUMENTS = {
    "d1": "Bees dance to tell each other where flowers are.",
    "d2": "Whales sing under the sea for hours.",
    "d3": "Volcanoes throw out ash and lava.",
}
GRADES = {"q1": {"d1": 2, "d2": 1}, "q2": {"d3": 1}, "q3": {"d2": 1}}


def gain(ranking: list[str], grades: dict[str, int]) -> float:
    """Compute nDCG@10 from its definition (Järvelin and Kekäläinen 2002), gains as they are."""
    found = sum(grades.get(d, 0) / math.log2(r + 2) for r, d in enumerate(ranking[:10]))
    best = sorted(grades.values(), reverse=True)[:10]
    return found / sum(grade / math.log2(r + 2) for r, grade in enumerate(best))


def test_the_measure_is_the_definition_and_what_finds_nothing_counts_as_0():
    rankings = {"q1": ["d2", "d3", "d1"], "q2": ["d1", "d3"]}
    run = {q: {d: 1 / (r + 1) for r, d in enumerate(ds)} for q, ds in rankings.items()}
    wanted = sum(gain(rankings.get(query, []), GRADES[query]) for query in GRADES) / 3
    found = evaluate(GRADES, run)
    assert found["value"] == pytest.approx(wanted)
    assert found["low"] <= wanted <= found["high"]


def test_a_small_data_set_is_measured_with_every_retriever(tmp_path):
    data = tmp_path / "set"
    (data / "qrels").mkdir(parents=True)
    rows = [{"_id": name, "title": "", "text": text} for name, text in DOCUMENTS.items()]
    asked = {"q1": "How do bees tell where flowers are?", "q2": "lava", "q3": "singing whales"}
    queries = [{"_id": name, "text": text} for name, text in asked.items()]
    for name, lines in (("corpus", rows), ("queries", queries)):
        (data / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    for split, queries_of in (("dev", ["q3"]), ("test", ["q1", "q2"])):
        judged = [f"{q}\t{d}\t{g}\n" for q in queries_of for d, g in GRADES[q].items()]
        (data / "qrels" / f"{split}.tsv").write_text(
            "query-id\tcorpus-id\tscore\n" + "".join(judged)
        )
    found = measure(data, tmp_path / "set.kb")
    assert (found["dev"]["queries"], found["test"]["queries"]) == (1, 2)
    assert set(found["test"]) == {"queries", "dense", "sparse", "hybrid", "graph"}
    assert found["test"]["graph"]["value"] > 0
    assert found["dev"]["dense"]["value"] == found["test"]["hybrid"]["value"] == 1.0
    assert 0 < found["test"]["sparse"]["value"] <= 1.0
