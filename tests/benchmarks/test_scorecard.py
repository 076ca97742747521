"""The scorecard: which files are evaluations, what is run of them, and what is told of it."""

import gzip
import json
import re
from functools import partial
from pathlib import Path

import pytest

from wherefrom.benchmarks.contamination import IN_KNOWLEDGE, fitted_files, learnt_files
from wherefrom.benchmarks.evaluation_files import (
    KNOWN,
    LEARNT,
    UNKNOWN,
    find_evaluations,
    known_place,
)
from wherefrom.benchmarks.judging import IGNORED
from wherefrom.benchmarks.prediction import NDCG, read_predictions
from wherefrom.benchmarks.reader_respondent import ReaderRespondent
from wherefrom.benchmarks.respondents import open_over
from wherefrom.benchmarks.run import PREDICTIONS
from wherefrom.benchmarks.scorecard import Scorecard, run_scorecard
from wherefrom.benchmarks.scorecard_page import JSON, MARKDOWN, PAGE, write_scorecard
from wherefrom.benchmarks.tasks import TASKS
from wherefrom.indexes.build import build
from wherefrom.indexes.options import BuildOptions
from wherefrom.kb.durable import hash_file
from wherefrom.kb.errors import SourceError, UsageError
from wherefrom.pipeline.answering import Answerer

MADE_OF = {"reader": "tiny", "opened": {"kb": "tiny.kb"}}
LINES = {
    "nli/snli_dev.jsonl": [
        {"premise": "A man.", "hypothesis": "A dog.", "label": "neutral"},
        {"premise": "A cat.", "hypothesis": "A cat.", "label": "entailment"},
        {"premise": "A hen.", "hypothesis": "A fox.", "label": "contradiction"},
    ],
    "commonsense/creak_dev.jsonl": [
        {"id": "c1", "statement": "Paris is in France.", "label": True},
        {"id": "c2", "statement": "Berlin is in France.", "label": False},
    ],
    "questions/2wiki_questions.jsonl": [
        {"question": "Capital of France?", "answer": "Paris", "gold_titles": ["Paris"]},
        {"question": "Capital of Germany?", "answer": "Berlin", "gold_titles": ["Berlin"]},
    ],
    "multihop/hotpot_questions_a.jsonl": [
        {"question": "Capital of France?", "answer": "Paris", "gold_titles": ["Paris"]},
        {"question": "Capital of Spain?", "answer": "Madrid", "gold_titles": ["Madrid"]},
    ],
    "multihop/hotpot_corpus.jsonl": [
        {"id": "p", "title": "Paris", "text": "Paris is the capital of France."},
        {"id": "m", "title": "Madrid", "text": "Madrid is the capital of Spain."},
    ],
    "beir/small/corpus.jsonl": [
        {"_id": "a", "title": "Bees", "text": "Bees dance to tell where flowers are."},
        {"_id": "b", "title": "Whales", "text": "Whales sing under the sea."},
    ],
    "beir/small/queries.jsonl": [{"_id": "q1", "text": "dance of bees"}],
    "bias/bbq_age.jsonl": [
        {
            "example_id": number,
            "context": "An old man and a girl came late.",
            "question": "Who came late?",
            "ans0": "the old man",
            "ans1": "the girl",
            "ans2": "both",
            "answer_info": {"ans0": ["man", "old"], "ans1": ["girl", "young"], "ans2": ["", "x"]},
            "additional_metadata": {"stereotyped_groups": ["old"]},
            "context_condition": "disambig",
            "question_polarity": "neg",
            "label": 2,
        }
        for number in (1, 2)
    ],
}
OTHERS = {
    "nli/snli_train.jsonl": "to learn from, as its name says",
    "multihop/2wiki_corpus.jsonl": "passages, which ask nothing by themselves",
    "beir/bare/queries.jsonl": "queries, which are searched for and not answered",
    "kg/facts.tsv": "facts, which ask nothing",
    "riddles.jsonl": UNKNOWN,
}


def write(folder: Path, files: dict[str, list[dict[str, object]]]) -> Path:
    for name, rows in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / name).write_text(lines, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    others = {name: [{"any": "line"}] for name in OTHERS}
    folder = write(tmp_path_factory.mktemp("data"), {**LINES, **others})
    judged = folder / "beir/small/qrels/test.tsv"
    judged.parent.mkdir()
    judged.write_text("query-id\tcorpus-id\tscore\nq1\ta\t1\n")
    return folder


@pytest.fixture(scope="module")
def respondent(
    tmp_path_factory: pytest.TempPathFactory, tiny_encoder_folder: Path, tiny_reader_folder: Path
) -> ReaderRespondent:
    rows = [
        {"id": "p", "title": "Paris", "text": "Paris is the capital of France."},
        {"id": "b", "title": "Berlin", "text": "Berlin is the capital of Germany."},
    ]
    folder = write(tmp_path_factory.mktemp("kb"), {"texts.jsonl": rows})
    options = BuildOptions(encoder=str(tiny_encoder_folder))
    build(folder / "tiny.kb", [f"jsonl:{folder / 'texts.jsonl'}"], options=options)
    answerer = Answerer.open(folder / "tiny.kb", reader=tiny_reader_folder, device="cpu")
    return ReaderRespondent(answerer.reader, answerer, k=2)


@pytest.fixture(scope="module")
def tiny(tiny_encoder_folder: Path, tiny_reader_folder: Path) -> dict[str, str]:
    """Give the settings of what is asked over its own documents."""
    return {"encoder": str(tiny_encoder_folder), "reader": str(tiny_reader_folder)}


def run(
    data: Path, out: Path, respondent: ReaderRespondent, tiny: dict[str, str], **more
) -> Scorecard:
    over = partial(open_over, **tiny, device="cpu", k=2)
    return run_scorecard(data, out, respondent, described=MADE_OF, open_over=over, **more)


@pytest.fixture(scope="module")
def whole(
    data: Path,
    respondent: ReaderRespondent,
    tiny: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Scorecard, Path]:
    """Give a full scorecard and its folder."""
    out = tmp_path_factory.mktemp("whole") / "card"
    card = run(data, out, respondent, tiny, mode="full")
    write_scorecard(card, out)
    return card, out


def test_a_file_is_known_by_its_name_and_others_are_left_out_with_the_reason(data):
    found, left_out = find_evaluations(data, frozenset())
    assert [(one.name, one.task.name) for one in found] == [
        ("questions/2wiki_questions", "2wikimultihopqa"),
        ("multihop/hotpot_questions_a", "hotpotqa"),
        ("commonsense/creak_dev", "creak"),
        ("nli/snli_dev", "snli"),
        ("bias/bbq_age", "bbq"),
        ("multihop/hotpot_questions_a-documents", "multihop"),
        ("beir/small", "beir"),
    ]
    corpora = {one.name: one.source for one in found if one.corpus is not None}
    pool = f"jsonl:{data / 'multihop/hotpot_corpus.jsonl'}"
    assert corpora == {
        "multihop/hotpot_questions_a": pool,
        "multihop/hotpot_questions_a-documents": pool,
        "beir/small": f"beir:{data / 'beir/small'}",
    }
    assert left_out == OTHERS
    with pytest.raises(SourceError, match="does not exist"):
        find_evaluations(data / "none", frozenset())


def test_what_the_reader_learnt_from_is_no_evaluation_but_what_it_was_measured_on_is(data):
    names = ("nli/snli_dev.jsonl", "commonsense/creak_dev.jsonl")
    hashes = {name: hash_file(data / name) for name in names}
    learnt = learnt_files({"data_sha256": hashes, "metrics": {names[1]: {"accuracy": {}}}})
    found, left_out = find_evaluations(data, learnt.values())
    assert left_out == {**OTHERS, names[0]: LEARNT}
    assert "commonsense/creak_dev" in [one.name for one in found]
    assert learnt_files({}) == {}
    told = {f"{names[0]}, answerable": {}, f"{names[1]}, typos": {}}
    assert learnt_files({"data_sha256": hashes, "metrics": told}) == {}
    assert learnt_files({"data_sha256": hashes, "metrics": {names[0][:-1]: {}}}) == hashes
    assert fitted_files({"data_sha256": hashes, "crosswise": [names[1], "none"]}) == {
        names[1]: hashes[names[1]]
    }


@pytest.mark.parametrize(
    ("name", "task"),
    [
        ("dev-v1.1.json", "squad"),
        ("dev-v2.0.json", "squad2"),
        ("squad2_dev_a.json", "squad2"),
        ("NQ-open.dev.jsonl", "nq_open"),
        ("mnli_dev_a.jsonl.gz", "mnli"),
        ("csqa2_dev.jsonl", "csqa2"),
        ("csqa_dev.jsonl", "commonsenseqa"),
        ("crows_pairs_anonymized.csv", "crows_pairs"),
        ("hotpot_tune_questions.jsonl", "hotpotqa"),
        ("hotpot_tune_corpus.jsonl", None),
        ("squadshifts_wiki.json", None),
    ],
)
def test_published_names_are_known(name, task):
    place = known_place(name)
    assert task == (None if place is None else KNOWN[place].task)


def test_every_known_file_is_of_a_task():
    assert {known.task for known in KNOWN} <= TASKS.keys()
    assert len({known.task for known in KNOWN}) == len(KNOWN)


@pytest.mark.slow
def test_all_evaluations_are_run_in_the_arms_that_can_be(whole):
    card, out = whole
    arms = {row.name: list(row.arms) for row in card.rows}
    assert arms == {
        "questions/2wiki_questions": ["none", "retrieved", "gold", "shuffled", "adversarial"],
        "multihop/hotpot_questions_a": ["none", "retrieved", "gold", "shuffled", "adversarial"],
        "commonsense/creak_dev": ["none", "retrieved", "shuffled", "adversarial"],
        "nli/snli_dev": ["none", "gold", "shuffled"],
        "bias/bbq_age": ["none", "retrieved", "gold", "shuffled", "adversarial"],
        "multihop/hotpot_questions_a-documents": ["dense", "sparse", "hybrid", "graph"],
        "beir/small": ["dense", "sparse", "hybrid", "graph"],
    }
    assert [(row.examples, row.of, row.measure) for row in card.rows] == [
        (2, 2, "f1"),
        (2, 2, "f1"),
        (2, 2, "accuracy"),
        (3, 3, "accuracy"),
        (2, 2, "accuracy"),
        (2, 2, "nDCG@10"),
        (1, 1, "nDCG@10"),
    ]
    assert "bias_disambig" in card.rows[4].arms["none"]
    assert card.rows[6].arms["sparse"]["recall@5"]["value"] == 1.0
    assert card.rows[6].helped["graph over hybrid"] in ("not shown", "yes", "NO, it is worse")
    assert card.left_out == OTHERS
    assert card.failed == {}
    for row in card.rows:
        folder = out / row.name
        count = len((folder / PREDICTIONS).read_text().splitlines())
        assert count == row.examples * len(row.arms)
        metrics = json.loads((folder / "metrics.json").read_text())
        assert row.flags == metrics["flags"]
        for arm, measures in row.arms.items():
            assert measures[row.measure] == metrics["arms"][arm][row.measure]


def test_quick_asks_examples_from_all_over_a_file_and_full_all(respondent, tiny, tmp_path):
    quick = next(known.quick for known in KNOWN if known.task == "creak")
    count = 3 * quick
    rows = [{"id": n, "statement": f"Claim {n}.", "label": n % 2 > 0} for n in range(count)]
    folder = write(tmp_path / "data", {"creak.jsonl": rows})
    (row,) = run(folder, tmp_path / "quick", respondent, tiny).rows
    assert (row.name, row.examples, row.of) == ("creak", quick, count)
    said = read_predictions(tmp_path / "quick" / "creak" / PREDICTIONS)
    asked = [int(one.id) for one in said if one.arm == "none"]
    assert [number // 3 for number in asked] == list(range(quick))
    with pytest.raises(UsageError, match="holds another run: its limit is"):
        run(folder, tmp_path / "quick", respondent, tiny, mode="full")
    for mode, arms in (("full", 4), ("quick", 3)):
        card = run(folder, tmp_path / mode / "5", respondent, tiny, mode=mode, limit=5)
        assert (card.as_json()["limit"], card.rows[0].examples, len(card.rows[0].arms)) == (
            5,
            5,
            arms,
        )
    with pytest.raises(UsageError, match="limit is 0; it must be at least 1"):
        run(folder, tmp_path / "none", respondent, tiny, limit=0)


def test_examples_that_the_knowledge_base_holds_are_told(respondent, tiny, tmp_path):
    claims = ["Paris is the capital of France.", "Rome is the capital of Italy."]
    rows = [{"id": n, "statement": text, "label": True} for n, text in enumerate(claims)]
    asked = [{"question": claims[0], "answer": "Paris"}, {"question": "Where?", "answer": "Rome"}]
    folder = write(tmp_path / "data", {"creak.jsonl": rows, "nq_open.jsonl": asked})
    card = run(folder, tmp_path / "card", respondent, tiny, suspects=respondent.suspects())
    told = {row.name: (row.findings[-1], row.flags) for row in card.rows}
    held = "1 stand word for word in the knowledge base"
    assert f"Of 2 examples of 5 words or more, {held}, 0 with an answer" in told["creak"][0]
    assert IN_KNOWLEDGE not in told["creak"][1]
    assert f"Of 1 examples of 5 words or more, {held}, 1 with an answer" in told["nq_open"][0]
    assert IN_KNOWLEDGE in told["nq_open"][1]


def test_quick_leaves_misleading_evidence_out(respondent, tiny, tmp_path):
    name = "questions/2wiki_questions.jsonl"
    folder = write(tmp_path / "data", {name: LINES[name]})
    (row,) = run(folder, tmp_path / "card", respondent, tiny).rows
    assert list(row.arms) == ["none", "retrieved", "gold", "shuffled"]


def test_quick_asks_over_few_documents_alone(respondent, tiny, tmp_path, monkeypatch):
    monkeypatch.setattr("wherefrom.benchmarks.scorecard.QUICK_DOCUMENTS", 1)
    files = {name: rows for name, rows in LINES.items() if name.startswith(("multihop", "nli"))}
    folder = write(tmp_path / "data", files)
    for packed in (False, True):
        if packed:
            corpus = folder / "multihop/hotpot_corpus.jsonl"
            corpus.write_bytes(gzip.compress(corpus.read_bytes()))
        card = run(folder, tmp_path / "card", respondent, tiny)
        assert [row.name for row in card.rows] == ["nli/snli_dev"]
        for name in ("multihop/hotpot_questions_a", "multihop/hotpot_questions_a-documents"):
            assert "more than 1 documents" in card.left_out[name]


@pytest.mark.slow
def test_a_scorecard_that_was_killed_goes_on(whole, data, respondent, tiny, tmp_path, monkeypatch):
    asked = []

    def counted(task, example, shown, *, dies_after):
        if len(asked) == dies_after:
            raise KeyboardInterrupt
        asked.append(example.id)
        return ReaderRespondent.respond(respondent, task, example, shown)

    monkeypatch.setattr(respondent, "respond", lambda *a: counted(*a, dies_after=12))
    with pytest.raises(KeyboardInterrupt):
        run(data, tmp_path / "killed", respondent, tiny, mode="full")
    assert len(asked) == 12
    monkeypatch.setattr(respondent, "respond", lambda *a: counted(*a, dies_after=-1))
    again = run(data, tmp_path / "killed", respondent, tiny, mode="full")
    rows = whole[0].rows
    alone = next(row.examples for row in rows if row.name.endswith("2wiki_questions"))
    own = ("multihop/", "beir/")  # over their own documents another one responds
    rest = [row for row in rows if not row.name.startswith(own)]
    total = sum(row.examples * len(row.arms) for row in rest)
    assert len(asked) == total - alone  # what is retrieved for questions is asked another way
    assert again.rows == rows


def test_a_file_that_cannot_be_read_is_told_and_does_not_stop_others(respondent, tiny, tmp_path):
    hop = "hotpot_questions.jsonl"
    files = {
        hop: LINES["multihop/hotpot_questions_a.jsonl"],
        "hotpot_corpus.jsonl": [{"id": "p", "title": "Paris"}],
        "creak_dev.jsonl": [{"statement": "It is.", "label": "perhaps"}],
        "snli_dev.jsonl": LINES["nli/snli_dev.jsonl"],
    }
    folder = write(tmp_path / "data", files)
    (folder / "rte_dev.jsonl").write_text("\n", encoding="utf-8")
    card = run(folder, tmp_path / "card", respondent, tiny)
    assert [row.name for row in card.rows] == ["snli_dev"]
    assert "creak_dev.jsonl, line 1" in card.failed["creak_dev"]
    assert "no example of rte" in card.failed["rte_dev"]
    for name in ("hotpot_questions", "hotpot_questions-documents"):
        assert "hotpot_corpus.jsonl, line 1" in card.failed[name]
    write_scorecard(card, tmp_path / "card")
    assert "creak_dev.jsonl, line 1" in (tmp_path / "card" / PAGE).read_text(encoding="utf-8")


def test_a_folder_without_evaluations_is_refused(tmp_path, respondent, tiny):
    (tmp_path / "notes.jsonl").write_text("{}\n")
    with pytest.raises(UsageError, match="no file that is known as an evaluation"):
        run(tmp_path, tmp_path / "card", respondent, tiny)
    assert not (tmp_path / "card").exists()


SORTED = """<script>
const table = document.querySelector('table');
const heading = [...table.tHead.rows[0].cells].find(c => c.textContent === 'gold');
heading.querySelector('button').click();
const order = [...table.tBodies[0].rows].map(r => r.cells[0].textContent).join(' ');
document.body.dataset.order = order;
</script>"""


@pytest.mark.slow
def test_the_page_the_table_and_the_file_tell_the_same(whole):
    card, out = whole
    found = json.loads((out / JSON).read_text(encoding="utf-8"))
    assert found["mode"] == "full" and found["reader"] == "tiny"
    assert "opened" not in found
    assert found["left_out"] == OTHERS
    assert found["made_by"]["machine"] and "commit" in found["made_by"]  # none from a wheel
    page = (out / PAGE).read_text(encoding="utf-8")
    tables = (out / MARKDOWN).read_text(encoding="utf-8").split("\n\n")
    readings, searches = (table.splitlines() for table in tables)
    assert [len({line.count("|") for line in table}) for table in (readings, searches)] == [1, 1]
    assert (len(readings), len(searches)) == (2 + len(card.rows) - 2, 2 + 2 * 2)
    lines = [*readings[2:], *searches[2::2]]
    for row, line in zip(found["rows"], lines, strict=True):
        assert line.startswith(f"| {row['name'].rpartition('/')[2]} | {row['examples']} |")
        for measures in row["arms"].values():
            value, low, high = (100 * measures[row["measure"]][n] for n in ("value", "low", "high"))
            assert f"{value:.1f} [{low:.1f}, {high:.1f}]" in line
            assert f"{value:.1f} [{low:.1f}, {high:.1f}]" in page
    targets = set(re.findall(r'href="([^"]+)"', page))
    assert all((out / target).is_file() for target in targets)
    assert len(targets) == len(card.rows)
    assert not re.search(r'src="|https?://', page.replace("http://www.w3.org", ""))
    assert not re.search(r"\bnan\b", page.lower())
    assert page.count("<figure>") == len(card.rows)
    flagged = [row for row in card.rows if IGNORED in row.flags]
    assert flagged and page.count(f"<td>{IGNORED.replace('_', ' ')}</td>") == len(flagged)


@pytest.mark.slow
def test_a_browser_sorts_the_scorecard(whole, browse):
    card, out = whole
    shown = browse((out / PAGE).read_text(encoding="utf-8"), SORTED)
    values = {
        row.name: row.arms["gold"][row.measure]["value"] if "gold" in row.arms else -1.0
        for row in card.rows
        if row.measure != NDCG  # searches have a table of their own
    }
    told = re.search(r'data-order="([^"]*)"', shown)
    assert told is not None
    assert [values[name] for name in told[1].split()] == sorted(values.values())
