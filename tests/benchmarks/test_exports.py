"""What others' official scripts say of an exported run is what the run says itself."""

import json
import re
import string
from collections import Counter
from collections.abc import Callable, Collection
from pathlib import Path

import ir_measures
import pytest
import pytrec_eval
from ir_measures import RR, R, nDCG

from wherefrom.benchmarks.example import Example
from wherefrom.benchmarks.exports import FORMS, export_run
from wherefrom.benchmarks.prediction import Prediction, read_predictions
from wherefrom.benchmarks.respondent import Response, Shown
from wherefrom.benchmarks.retriever_arms import Searcher
from wherefrom.benchmarks.run import METRICS, PREDICTIONS, Run, run_task
from wherefrom.benchmarks.task import Task
from wherefrom.benchmarks.tasks import TASKS
from wherefrom.indexes.build import build
from wherefrom.indexes.knowledge import RETRIEVERS, Knowledge
from wherefrom.indexes.options import BuildOptions
from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.records import Citation, Evidence

SMALLEST = 1e-4  # a hundredth of a point
WORDS = "bees dance whales sing under the sea volcanoes throw ash over flowers and hours".split()

# Of each question the right answers, what is said, and exact match and F1, counted by hand.
SAID = {
    "the same": (["on the Seine"], "on the Seine", 1, 1),
    "articles, case and points": (["The Seine"], "seine.", 1, 1),
    "the better of two": (["in Paris", "Paris"], "Paris", 1, 1),
    "half of it": (["Henri Bergson"], "Henri", 0, 2 / 3),
    "more than it": (["Bergson"], "by Henri Bergson in 1907", 0, 1 / 3),
    "a word twice": (["so so"], "so", 0, 2 / 3),
    "joined by a stroke": (["nine-year"], "nine year", 0, 0),
    "something else": (["Rome"], "Berlin", 0, 0),
    "abstained wrongly": (["Rome"], "", 0, 0),
    "abstained rightly": ([], "", 1, 1),
    "answered wrongly": ([], "Rome", 0, 0),
    "nothing but an article": ([], "the", 1, 1),
    "an answer that is but an article": (["a", "alpha"], "", 0, 0),
}


@pytest.fixture
def searched(tmp_path: Path, word_encoder) -> Run:
    """Run every retriever for queries of one to three words, with grades from 0 to 2."""
    data = tmp_path / "set"
    (data / "qrels").mkdir(parents=True)
    texts = [" ".join(WORDS[(n * step) % len(WORDS)] for n in range(5)) for step in range(1, 30)]
    rows = [{"_id": f"d {n}", "title": "", "text": text} for n, text in enumerate(texts)]
    asked = [" ".join(WORDS[n % len(WORDS) :][: 1 + n % 3]) for n in range(20)]
    queries = [{"_id": f"q{n}", "text": text} for n, text in enumerate(asked)]
    for name, lines in (("corpus", rows), ("queries", queries)):
        (data / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    judged = [
        f"q{q}\td {(7 * q + 3 * n) % len(rows)}\t{(q + n) % 3}\n"
        for q in range(20)
        for n in range(4)
    ]
    (data / "qrels" / "test.tsv").write_text("query\tdocument\tgrade\n" + "".join(judged))
    build(tmp_path / "set.kb", [f"beir:{data}"], options=BuildOptions(encoder=word_encoder))
    searcher = Searcher(Knowledge.open(tmp_path / "set.kb", encoder=word_encoder), k=20)
    return run_task(TASKS["beir"], data, tmp_path / "run", searcher, described={})


def test_trec_eval_says_of_the_exported_files_what_the_run_says(searched, tmp_path):
    files = export_run(searched.folder, "trec", tmp_path / "trec")
    assert [file.name for file in files] == [*(f"{arm}.run" for arm in RETRIEVERS), "qrels.txt"]
    judged = list(ir_measures.read_trec_qrels(str(files[-1])))
    names = {"nDCG@10": nDCG @ 10, "MRR@10": RR @ 10}
    names |= {f"recall@{depth}": R @ depth for depth in (2, 5, 10, 20)}
    for arm, file in zip(RETRIEVERS, files, strict=False):
        run = list(ir_measures.read_trec_run(str(file)))
        found = ir_measures.calc_aggregate(list(names.values()), judged, run)
        said = searched.metrics["arms"][arm]
        assert set(said) == set(names)
        assert 0 < said["nDCG@10"]["value"] < 1
        for name, measure in names.items():
            assert found[measure] == pytest.approx(said[name]["value"], abs=SMALLEST)
        with files[-1].open() as qrels, file.open() as ranked:
            evaluator = pytrec_eval.RelevanceEvaluator(
                pytrec_eval.parse_qrel(qrels), {"ndcg_cut_10", "recall_20"}
            )
            values = evaluator.evaluate(pytrec_eval.parse_run(ranked)).values()
        for name, key in (("nDCG@10", "ndcg_cut_10"), ("recall@20", "recall_20")):
            mean = sum(one[key] for one in values) / len(values)
            assert mean == pytest.approx(said[name]["value"], abs=SMALLEST)


class Says:
    """Answer each question as a test plants it, with a citation."""

    retrieves = False

    def __init__(self, answers: dict[str, str]) -> None:
        self.answers = answers

    def find(self, task: Task, example: Example) -> Shown:
        raise UsageError("nothing to search")

    def documents(self, names: Collection[str]) -> dict[str, tuple[Evidence, ...]]:
        return {}

    def respond(self, task: Task, example: Example, shown: Shown) -> Response:
        said = self.answers[example.id]
        place = (f"d&{example.id}#0", f"d&{example.id}", "Élan", "", 3, 3 + len(said))
        cited = Citation(*place, said, f"It is {said}.", "supported", 0.75)
        return Response(said, 0.75, (cited,) if said else (), shown[0])

    def respond_alone(self, task: Task, example: Example) -> Response:
        return self.respond(task, example, self.find(task, example))


@pytest.fixture
def squad(tmp_path: Path) -> Path:
    """Write the questions in SQuAD's format, each with a paragraph that says its answers."""
    paragraphs = []
    for name, (right, _, _, _) in SAID.items():
        context = f"{name}: " + ", ".join(right)
        answers = [{"text": text, "answer_start": context.index(text)} for text in right]
        asked = {"id": name, "question": "What?", "answers": answers, "is_impossible": not right}
        paragraphs.append({"context": context, "qas": [asked]})
    file = tmp_path / "squad.json"
    file.write_text(json.dumps({"data": [{"title": "T", "paragraphs": paragraphs}]}))
    return file


@pytest.fixture
def answered(squad: Path, tmp_path: Path) -> Run:
    says = Says({name: said for name, (_, said, _, _) in SAID.items()})
    made = {"arms": ("gold",), "described": {}}
    return run_task(TASKS["squad2"], squad, tmp_path / "answered", says, **made)


def official_words(text: str) -> list[str]:
    """Normalise as SQuAD's script says: case, then punctuation, then articles, then spaces."""
    bare = "".join(letter for letter in text.lower() if letter not in set(string.punctuation))
    return re.sub(re.compile(r"\b(a|an|the)\b", re.UNICODE), " ", bare).split()


def official_f1(right: str, said: str) -> float:
    """Compare as SQuAD 2.0's script does: where one is empty, both must be."""
    wanted, found = official_words(right), official_words(said)
    if not wanted or not found:
        return float(wanted == found)
    same = sum((Counter(wanted) & Counter(found)).values())
    if not same:
        return 0.0
    precision, recall = same / len(found), same / len(wanted)
    return 2 * precision * recall / (precision + recall)


def official(squad: Path, file: Path) -> dict[str, float]:
    """Score an exported file by the definition of SQuAD 2.0's script, question by question."""
    said = json.loads(file.read_text(encoding="utf-8"))
    exact, f1 = [], []
    for article in json.loads(squad.read_text())["data"]:
        for question in (asked for one in article["paragraphs"] for asked in one["qas"]):
            texts = [answer["text"] for answer in question["answers"]]
            right = [text for text in texts if official_words(text)] or [""]
            answer = said[question["id"]]
            same = [official_words(text) == official_words(answer) for text in right]
            exact.append(float(max(same)))
            f1.append(max(official_f1(text, answer) for text in right))
    return {"exact_match": sum(exact) / len(exact), "f1": sum(f1) / len(f1)}


def test_squads_script_says_of_the_exported_file_what_the_run_says(answered, squad, tmp_path):
    (file,) = export_run(answered.folder, "squad", tmp_path / "out")
    assert file == tmp_path / "out" / "gold.json"
    assert json.loads(file.read_text()) == {name: said for name, (_, said, _, _) in SAID.items()}
    by_hand = {
        "exact_match": sum(exact for _, _, exact, _ in SAID.values()) / len(SAID),
        "f1": sum(f1 for _, _, _, f1 in SAID.values()) / len(SAID),
    }
    found = official(squad, file)
    for name, value in by_hand.items():
        assert answered.metrics["arms"]["gold"][name]["value"] == pytest.approx(value, abs=SMALLEST)
        assert found[name] == pytest.approx(value, abs=SMALLEST)


def test_each_answer_is_scored_as_counted_by_hand(answered):
    for one in read_predictions(answered.folder / PREDICTIONS):
        scores = (one.scores["exact_match"], one.scores["f1"])
        assert scores == pytest.approx(SAID[one.id][2:], abs=1e-6), one.id


def test_lines_of_kilt_have_answers_with_the_places_that_they_cite(answered, searched, tmp_path):
    (file,) = export_run(answered.folder, "kilt", tmp_path / "kilt")
    lines = {one["id"]: one["output"] for one in map(json.loads, file.read_text().splitlines())}
    assert list(lines) == list(SAID)
    assert lines["half of it"] == [
        {
            "answer": "Henri",
            "provenance": [
                {
                    "wikipedia_id": "d&half of it",
                    "title": "Élan",
                    "start_character": 3,
                    "end_character": 8,
                }
            ],
        }
    ]
    assert lines["abstained rightly"] == [{"answer": "(abstained)", "provenance": []}]
    files = export_run(searched.folder, "kilt", tmp_path / "found")
    (first, *_), (dense, *_) = (
        [json.loads(line) for line in files[0].read_text().splitlines()],
        read_predictions(searched.folder / PREDICTIONS),
    )
    found = [one["wikipedia_id"] for one in first["output"][0]["provenance"]]
    assert (first["id"], tuple(found)) == (dense.id, dense.documents)


def test_verdicts_have_the_names_of_fever_in_kilt_and_other_answers_keep_theirs():
    said = [
        Prediction(label, "none", label, 0.5, (gold,), {})
        for label, gold in (("supported", "refuted"), ("undecided", "undecided"))
    ]
    named = [json.loads(line)["output"][0]["answer"] for line in kilt(said)]
    assert named == ["SUPPORTS", "NOT ENOUGH INFO"]
    other = Prediction("q", "none", "supported", 0.5, ("a beam",), {})
    assert [json.loads(line)["output"][0]["answer"] for line in kilt([other])] == ["supported"]


def kilt(said: list[Prediction]) -> list[str]:
    return FORMS["kilt"].text(said).splitlines()


def refused(told: str) -> Callable[..., object]:
    return pytest.raises(UsageError, match=told)


def test_what_cannot_be_exported_is_refused(answered, searched, tmp_path):
    out = tmp_path / "out"
    with refused(r"unknown format 'treq'; choose trec, squad or kilt \(did you mean trec"):
        export_run(answered.folder, "treq", out)
    with refused("format trec is for tasks whose examples are a query; squad2 has a question"):
        export_run(answered.folder, "trec", out)
    with refused("beir has a query"):
        export_run(searched.folder, "squad", out)
    with refused("is no run"):
        export_run(tmp_path, "kilt", out)
    (answered.folder / METRICS).unlink()
    with refused("has not ended"):
        export_run(answered.folder, "kilt", out)
    assert not out.exists()
    out.write_text("mine")
    with refused("is a file"):
        export_run(searched.folder, "trec", out)
    assert out.read_text() == "mine"
    assert set(FORMS) == {"trec", "squad", "kilt"}
