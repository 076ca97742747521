"""Recall over several documents, on a pool whose second hop only the graph can find."""

import json
from pathlib import Path

import pytest

from wherefrom.benchmarks.multihop import DEPTHS, measure, recalls_of, summary
from wherefrom.benchmarks.pools import POOLS, OpenedPool, PoolQuestion, open_pool
from wherefrom.indexes.records import Hit
from wherefrom.kb.errors import SourceError, UsageError

DOCUMENTS = {
    "Red Film": "Red Film is a film. Eve Gray wrote it. Ann Lee directed it. Tom Brown played.",
    "Blue Film": "Blue Film is a film. Tom Brown directed it. Ann Lee played.",
    "Ann Lee": "Ann Lee is from Ulm.",
    "Eve Gray": "Eve Gray is from Bonn.",
    "Tom Brown": "Tom Brown is from Kiel.",
    "Birth": "Birth is where one was born. The person who directed it was born.",
    "Night": "Night is when it rained. Where was it born?",
}
QUESTIONS = {
    "Where was the person born who directed Red Film?": ["Red Film", "Ann Lee"],
    "Where was the person born who directed Blue Film?": ["Blue Film", "Tom Brown"],
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give the files of two pools: one by titles, one by ids."""
    folder = tmp_path / "data"
    folder.mkdir()
    ids = {title: str(number) for number, title in enumerate(DOCUMENTS)}
    rows = [{"id": ids[t], "title": t, "text": text, "more": [1]} for t, text in DOCUMENTS.items()]
    asked = [
        {"question": q, "gold_titles": gold, "gold_ids": [ids[title] for title in gold]}
        for q, gold in QUESTIONS.items()
    ]
    for pool in POOLS.values():
        for name, lines in ((pool.corpus, rows), (pool.questions, asked)):
            (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


@pytest.mark.parametrize("untitled", [False, True])
def test_a_small_pool_is_measured(data, tmp_path, word_encoder, untitled):
    found = measure("2wiki", data, tmp_path, untitled=untitled, encoder=word_encoder)
    assert (found["documents"], found["questions"]) == (7, 2)
    assert set(found["recall"]) == {"dense", "sparse", "hybrid", "graph", "mentions", "walk"}
    recall = {arm: values["@5"]["value"] for arm, values in found["recall"].items()}
    assert recall["graph"] == recall["walk"] == 1.0 > recall["hybrid"]
    differences = found["differences"]
    assert differences["graph - hybrid"]["@5"]["value"] == pytest.approx(1 - recall["hybrid"])
    steps = ("mentions - hybrid", "walk - mentions", "graph - walk")
    for depth in DEPTHS:
        total = sum(differences[step][f"@{depth}"]["value"] for step in steps)
        assert total == pytest.approx(differences["graph - hybrid"][f"@{depth}"]["value"])
    assert min(found["milliseconds_per_question"].values()) > 0


def test_a_knowledge_base_that_is_there_is_taken_if_it_is_of_the_pool(data, tmp_path, word_encoder):
    first = measure("hotpot", data, tmp_path, encoder=word_encoder)
    kb = tmp_path / "pool.kb"
    again = measure("musique", data, tmp_path / "none", kb=kb, encoder=word_encoder)
    assert again["recall"] == first["recall"]  # by ids as by titles
    (data / POOLS["2wiki"].corpus).write_text(
        "".join(json.dumps({"id": t, "title": t, "text": ""}) + "\n" for t in list(DOCUMENTS)[:5])
    )
    with pytest.raises(UsageError, match="holds 7 documents, the pool 5"):
        measure("2wiki", data, tmp_path / "none", kb=kb, encoder=word_encoder)


def test_a_question_that_needs_what_is_not_there_is_refused(data):
    file = data / POOLS["2wiki"].questions
    file.write_text(json.dumps({"question": "x", "gold_titles": ["Absent"]}) + "\n")
    with pytest.raises(SourceError, match="no document is called 'Absent'"):
        open_pool(POOLS["2wiki"], data)


def test_recall_counts_documents_among_the_first_hits():
    pool = OpenedPool(
        {"a": "A", "b": "B", "c": "A"},
        [PoolQuestion("?", frozenset("AB")), PoolQuestion("??", frozenset("B"))],
    )
    hits = [Hit(name, 1.0) for name in ("a#0", "a#1", "c#0", "b#7")]
    assert recalls_of([hits, hits], pool).tolist() == [[0.5, 1.0, 1.0], [0.0, 1.0, 1.0]]
    assert recalls_of([[], hits[3:]], pool).tolist() == [[0.0] * 3, [1.0] * 3]
    whole = summary(recalls_of([hits, hits], pool))
    assert whole["@2"]["value"] == 0.25
    assert whole["@2"]["low"] <= 0.25 <= whole["@2"]["high"]
