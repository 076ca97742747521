"""Runs of a real reader: over a knowledge base, over marked documents, and over pairs alone."""

import json
from collections.abc import Callable

import pytest

from wherefrom.benchmarks.example import Example
from wherefrom.benchmarks.prediction import read_predictions
from wherefrom.benchmarks.reader_respondent import ReaderRespondent
from wherefrom.benchmarks.run import MANIFEST, METRICS, PREDICTIONS, REPORT, run_task
from wherefrom.benchmarks.tasks import TASKS
from wherefrom.indexes.build import build
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.indexes.options import BuildOptions
from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.answering import Answerer
from wherefrom.pipeline.reader import Reader

MADE_OF = {"reader": "planted"}


@pytest.fixture
def make_respondent(
    tmp_path, write_jsonl, word_encoder, tiny_reader_folder
) -> Callable[..., ReaderRespondent]:
    """Give a function that makes a real reader respond over articles, by title and text."""

    def make(articles: dict[str, str], **settings) -> ReaderRespondent:
        rows = [
            {"id": title[0].lower(), "title": title, "text": articles[title]} for title in articles
        ]
        folder = tmp_path / "tiny.kb"
        build(folder, [write_jsonl(rows)], options=BuildOptions(encoder=word_encoder))
        answerer = Answerer.open(
            folder, reader=tiny_reader_folder, encoder=word_encoder, device="cpu"
        )
        return ReaderRespondent(answerer.reader, answerer, **settings)

    return make


@pytest.fixture
def respondent(make_respondent) -> ReaderRespondent:
    articles = {
        "Paris": "Paris is the capital of France.",
        "Berlin": "Berlin is the capital of Germany.",
    }
    return make_respondent(articles, k=2)


QUESTIONS = [
    {"id": 1, "question": "Capital of France?", "answer": "Paris", "gold_titles": ["Paris"]},
    {"id": 2, "question": "Capital of Germany?", "answer": "Berlin", "gold_titles": ["Berlin"]},
]


def test_a_real_reader_runs_every_arm_over_a_knowledge_base(respondent, tmp_path):
    file = tmp_path / "q.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in QUESTIONS), encoding="utf-8")
    arms = ("none", "retrieved", "gold", "shuffled", "adversarial")
    task = TASKS["2wikimultihopqa"]
    made = {"arms": arms, "described": MADE_OF}
    done = run_task(task, file, tmp_path / "run", respondent, **made)
    predictions = read_predictions(done.folder / PREDICTIONS)
    assert [(one.arm, one.id) for one in predictions] == [(a, i) for a in arms for i in ("1", "2")]
    by_arm = {arm: [one for one in predictions if one.arm == arm] for arm in arms}
    assert all(one.evidence == () and one.scores["abstained"] for one in by_arm["none"])
    assert [one.evidence for one in by_arm["gold"]] == [("p#0",), ("b#0",)]
    assert all(one.scores["recall@2"] == 1.0 for one in by_arm["retrieved"])
    assert [one.evidence[0] for one in by_arm["adversarial"]] == [
        "adversarial-1#0",
        "adversarial-2#0",
    ]
    beside = {**MADE_OF, "opened": {"device": "cpu", "threads": 2}}
    again = run_task(task, file, tmp_path / "again", respondent, **{**made, "described": beside})
    for name in (PREDICTIONS, METRICS):
        assert (again.folder / name).read_bytes() == (done.folder / name).read_bytes()
    manifest = json.loads((done.folder / MANIFEST).read_text())
    assert manifest["examples"] == 2
    page = (done.folder / REPORT).read_text()
    assert "Capital of Germany?" in page
    assert "http" not in page.replace("http://www.w3.org", "")


@pytest.mark.parametrize(
    ("task", "rows"),
    [
        ("2wikimultihopqa", QUESTIONS),
        ("creak", [{"id": n, "sent": f"Paris is {n}.", "label": True} for n in "ab"]),
    ],
)
def test_evidence_is_looked_for_once_for_all_arms(task, rows, respondent, tmp_path, monkeypatch):
    asked = []
    search = Knowledge.search_passages

    def counted(self, queries, *others, **named):
        asked.extend(queries)
        return search(self, queries, *others, **named)

    monkeypatch.setattr(Knowledge, "search_passages", counted)
    file = tmp_path / "q.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    run_task(TASKS[task], file, tmp_path / "run", respondent, described=MADE_OF)
    assert sorted(asked) == sorted(row.get("question") or row["sent"] for row in rows)


def test_a_question_that_is_too_long_stops_no_run(respondent, tmp_path):
    file = tmp_path / "q.jsonl"
    rows = [{**QUESTIONS[0], "question": "Which capital? " * 99}, QUESTIONS[1]]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    arms = ("retrieved", "gold", "shuffled")  # of no evidence at all nothing is read
    task = TASKS["2wikimultihopqa"]
    done = run_task(task, file, tmp_path / "run", respondent, arms=arms, described=MADE_OF)
    for one in read_predictions(done.folder / PREDICTIONS):
        assert bool(one.refused) is (one.id == "1"), one
        if one.refused:
            assert (one.prediction, one.probability, one.scores["abstained"]) == ("", 0.0, 1.0)
    told = [line for line in done.metrics["findings"] if "refused" in line]
    assert [line.split(" 1 of")[0] for line in told] == [f"In the arm {arm}" for arm in arms]
    assert "1 of 2 examples were refused and count as abstentions; of '1', the question" in told[0]
    assert "tokens" in told[0]
    assert told[0] in (done.folder / REPORT).read_text().replace("&#x27;", "'")


def test_the_path_to_a_marked_document_is_told(make_respondent):
    articles = {"Paris": "Paris is the twin of Berlin.", "Berlin": "It is the capital of Germany."}
    respondent = make_respondent(articles, retriever="dense")
    asked = Example("1", "Where is the twin of Paris?", ("Germany",), documents=("Berlin",))
    shown = (respondent.documents(asked.documents)["Berlin"],)
    (seen,) = respondent.respond(TASKS["2wikimultihopqa"], asked, shown).evidence
    assert [(step.head, step.tail) for step in seen.path] == [("Paris", "Berlin")]
    found = respondent.find(TASKS["2wikimultihopqa"], asked)  # not marked, so shown as it is
    seen = respondent.respond(TASKS["2wikimultihopqa"], asked, found).evidence
    assert [item.path for item in seen] == [()] * 2


def test_a_document_that_the_knowledge_base_lacks_is_named(respondent, tmp_path):
    file = tmp_path / "q.jsonl"
    rows = [QUESTIONS[0], {**QUESTIONS[1], "gold_titles": ["Rome"]}]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    task = TASKS["2wikimultihopqa"]
    with pytest.raises(UsageError, match="example '2' marks the document 'Rome', which the know"):
        run_task(task, file, tmp_path / "run", respondent, arms=("gold",), described={})


@pytest.mark.parametrize(
    ("task", "rows"),
    [
        ("snli", [("A man.", "A dog.", "neutral"), ("A cat.", "A cat.", "entailment")]),
        ("rte", [("A man.", "A dog.", "not_entailment"), ("A cat.", "A cat.", "entailment")]),
    ],
)
def test_pairs_are_read_with_their_premise_and_by_the_hypothesis_alone(
    task, rows, tiny_reader_folder, word_encoder, tmp_path
):
    file = tmp_path / "pairs.jsonl"
    names = ("premise", "hypothesis", "label")
    lines = [json.dumps(dict(zip(names, row, strict=True))) + "\n" for row in rows]
    file.write_text("".join(lines), encoding="utf-8")
    reader = Reader.open(tiny_reader_folder, device="cpu")
    alone = ReaderRespondent(reader)
    done = run_task(TASKS[task], file, tmp_path / "run", alone, described=MADE_OF)
    assert done.manifest["arms"] == ["none", "gold", "shuffled"]
    said = {(one.arm, one.id): one for one in read_predictions(done.folder / PREDICTIONS)}
    given = reader.infer(["A man."], ["A dog."])[0]
    bare = reader.infer([""], ["A dog."])[0]
    sure = max(given) if task == "snli" else max(given[0], given[1] + given[2])
    assert said["gold", "1"].probability == pytest.approx(sure, abs=1e-5)
    sure = max(bare) if task == "snli" else max(bare[0], bare[1] + bare[2])
    assert said["none", "1"].probability == pytest.approx(sure, abs=1e-5)
