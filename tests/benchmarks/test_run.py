"""Runs of tasks: arms, resuming, what is measured, and what is flagged."""

import json
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from wherefrom.benchmarks.arms import Arms
from wherefrom.benchmarks.example import Example, marked_evidence
from wherefrom.benchmarks.judging import IGNORED
from wherefrom.benchmarks.respondent import Response, Shown, parts
from wherefrom.benchmarks.run import METRICS, PREDICTIONS, REPORT, TIMING, run_task
from wherefrom.benchmarks.run_comparison import compare_runs, is_more_than_noise
from wherefrom.benchmarks.task import Task
from wherefrom.benchmarks.tasks import TASKS
from wherefrom.kb.errors import DamagedError, RecordError, UsageError
from wherefrom.pipeline.records import Evidence

MADE_OF = {"reader": "planted"}


class Planted:
    """Respond to claims by a rule that a test plants."""

    def __init__(
        self,
        rule: Callable[[Example, Shown], str],
        *,
        dies_after: int = -1,
        retrieves: bool = True,
    ) -> None:
        self.rule = rule
        self.retrieves = retrieves
        self.responses = 0
        self._dies_after = dies_after

    def find(self, task: Task, example: Example) -> Shown:
        return parts(example, [marked_evidence(f"found-{example.id}", f"about {example.id}")])

    def documents(self, names: Collection[str]) -> dict[str, tuple[Evidence, ...]]:
        return {}

    def respond(self, task: Task, example: Example, shown: Shown) -> Response:
        if self.responses == self._dies_after:
            raise KeyboardInterrupt
        self.responses += 1
        return Response(self.rule(example, shown), 0.75, evidence=shown[0])

    def respond_alone(self, task: Task, example: Example) -> Response:
        return self.respond(task, example, self.find(task, example))


def reads(example: Example, shown: Shown) -> str:
    """Say what is right where the evidence is the example's own, and what is wrong elsewhere."""
    own = any(item.text in (f"about {example.id}", "told") for item in shown[0])
    return example.gold[0] if own else "neither"


def ignores(example: Example, shown: Shown) -> str:
    return "true"


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    file = tmp_path / "claims.jsonl"
    rows = [{"id": f"c{n}", "statement": f"Claim {n}.", "label": n % 3 > 0} for n in range(40)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def run(file: Path, out: Path, respondent: Planted, task: Task = TASKS["creak"], **more):
    chosen = {"arms": ("none", "retrieved", "shuffled"), "described": MADE_OF}
    return run_task(task, file, out, respondent, **chosen | more)


def test_a_reader_that_reads_is_told_from_one_that_ignores_its_evidence(claims, tmp_path):
    good = run(claims, tmp_path / "good", Planted(reads)).metrics
    assert good["arms"]["retrieved"]["accuracy"]["value"] == 1.0
    assert good["arms"]["shuffled"]["accuracy"]["value"] == 0.0
    assert good["flags"] == []
    assert good["findings"][0].startswith("Retrieved evidence is better than the evidence of an")
    bad = run(claims, tmp_path / "bad", Planted(ignores)).metrics
    assert bad["flags"] == [IGNORED]
    assert bad["findings"][0].startswith("Retrieved evidence cannot be told from")
    assert bad["arms"]["none"]["accuracy"]["value"] == pytest.approx(26 / 40)


def test_a_run_that_was_killed_goes_on_and_equals_an_undisturbed_one(claims, tmp_path):
    whole = run(claims, tmp_path / "whole", Planted(reads))
    out = tmp_path / "killed"
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            run(claims, out, Planted(reads, dies_after=35))
        with (out / PREDICTIONS).open("a") as lines:
            lines.write('{"id": "c')  # a line that the kill cut short
    last = Planted(reads)
    run(claims, out, last)
    assert last.responses == 3 * 40 - 3 * 35
    timing = json.loads((out / TIMING).read_text())
    assert {arm: one["n"] for arm, one in timing.items()} == {"none": 40, "retrieved": 40} | {
        "shuffled": 40
    }
    assert "time of an example" in (out / REPORT).read_text()
    for name in (PREDICTIONS, METRICS):
        assert (out / name).read_bytes() == (whole.folder / name).read_bytes()
    again = Planted(reads)
    run(claims, out, again)
    assert again.responses == 0


def test_a_file_of_times_that_cannot_be_read_is_named(claims, tmp_path):
    run(claims, tmp_path / "run", Planted(reads), limit=4)
    (tmp_path / "run" / TIMING).write_text('{"none": 3}')
    with pytest.raises(DamagedError, match=r"timing.json does not say how long arms took"):
        run(claims, tmp_path / "run", Planted(reads), limit=4)


def test_another_run_is_not_mixed_into_a_folder(claims, tmp_path):
    out = tmp_path / "run"
    run(claims, out, Planted(reads), limit=4)
    with pytest.raises(UsageError, match="its limit is 4, this one's is 5"):
        run(claims, out, Planted(reads), limit=5)
    with pytest.raises(UsageError, match="its reader is 'planted', this one's is 'other'"):
        run(claims, out, Planted(reads), limit=4, described={"reader": "other"})
    strange = tmp_path / "strange"
    strange.mkdir()
    (strange / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        run(claims, strange, Planted(reads))
    assert (strange / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("arms", "told"),
    [
        (("retreived",), "did you mean retrieved"),
        (("none", "none"), "each once"),
        ((), "each once"),
        (("gold",), r"40 of 40 examples of creak mark no evidence \(the first is 'c0'\)"),
    ],
)
def test_an_arm_that_cannot_be_run_is_refused_before_anything_is(arms, told, claims, tmp_path):
    respondent = Planted(reads)
    with pytest.raises(UsageError, match=told):
        run(claims, tmp_path / "run", respondent, arms=arms)
    assert respondent.responses == 0
    assert not (tmp_path / "run").exists()


def test_what_can_be_run_is_run_where_no_arm_is_named(claims, tmp_path):
    done = run(claims, tmp_path / "a", Planted(reads), arms=None)
    assert done.manifest["arms"] == ["none", "retrieved", "shuffled", "adversarial"]
    done = run(claims, tmp_path / "b", Planted(reads, retrieves=False), arms=None)
    assert done.manifest["arms"] == ["none"]
    with pytest.raises(UsageError, match="nothing to retrieve from for creak"):
        run(claims, tmp_path / "c", Planted(reads, retrieves=False), arms=("retrieved",))


def test_files_without_examples_or_with_one_id_twice_are_refused(tmp_path):
    file = tmp_path / "a.jsonl"
    row = json.dumps({"id": "same", "statement": "It is.", "label": True}) + "\n"
    file.write_text(row * 2)
    with pytest.raises(RecordError, match="'same' stands twice"):
        run(file, tmp_path / "run", Planted(reads))
    file.write_text("\n")
    with pytest.raises(UsageError, match="holds no example of creak"):
        run(file, tmp_path / "run", Planted(reads))
    file.write_text(row)
    with pytest.raises(UsageError, match="shuffled evidence takes two"):
        run(file, tmp_path / "run", Planted(reads))
    file.write_text(row + row.replace("same", "other"))
    asked = tmp_path / "asked.jsonl"
    asked.write_text("".join(f'{{"id": {n}, "question": "Who?", "answer": "A"}}\n' for n in "12"))
    with pytest.raises(UsageError, match="all examples of question have one answer"):
        run_task(
            TASKS["question"],
            asked,
            tmp_path / "run",
            Planted(reads),
            arms=("adversarial",),
            described={},
        )
    with pytest.raises(UsageError, match="limit is 0"):
        run(file, tmp_path / "run", Planted(reads), limit=0)


@pytest.mark.parametrize("name", ["squad", "squad2"])
@pytest.mark.parametrize("answers", [[{"text": "Paris", "answer_start": 0}], []])
def test_a_reader_may_abstain_where_the_file_has_questions_without_an_answer(
    name, answers, tmp_path
):
    told: set[bool] = set()

    class Told(Planted):
        def respond(self, task: Task, example: Example, shown: Shown) -> Response:
            told.add(task.unanswerable)
            return super().respond(task, example, shown)

    asked = [{"id": f"q{n}", "question": "Where?", "answers": answers} for n in range(2)]
    asked.append({"id": "q", "question": "Where?", "answers": [{"text": "P", "answer_start": 0}]})
    paragraph = {"context": "Paris.", "qas": asked}
    file = tmp_path / "squad.json"
    file.write_text(json.dumps({"data": [{"title": "P", "paragraphs": [paragraph]}]}))
    respondent = Told(ignores, retrieves=False)
    run(file, tmp_path / "run", respondent, task=TASKS[name], arms=("gold",), limit=1)
    assert told == {name == "squad2" or not answers}


def test_shuffled_evidence_is_never_the_same(tmp_path):
    paragraphs = [marked_evidence("p", text) for text in ("One.", "Two.", "Three.")]
    examples = [Example(f"q{n}", "Who?", ("a",), evidence=(paragraphs[n // 4],)) for n in range(12)]
    shown: dict[str, Shown] = {}

    def noted(example: Example, evidence: Shown) -> str:
        shown[example.id] = evidence
        return "a"

    arms = Arms(TASKS["squad"], examples, Planted(noted, retrieves=False), seed=3)
    for number in range(12):
        arms.respond("shuffled", number)
    own = {example.id: example.evidence for example in examples}
    assert all(shown[name][0] != evidence for name, evidence in own.items())
    assert {evidence[0][0].text for evidence in shown.values()} == {"One.", "Two.", "Three."}


@pytest.mark.parametrize(
    ("task", "text", "label", "told"),
    [
        ("creak", "Paris is in France.", "true", "Paris is not in France."),
        ("creak", "Paris is in Spain.", "false", "Paris is in Spain."),
        ("creak", "All birds fly.", "true", "It is false that All birds fly."),
        ("fever", "Paris is old.", "undecided", "Paris is not old."),
        ("boolq", "Is Paris old?", "yes", "Is Paris old: no."),
        ("boolq", "Is Paris old?", "no", "Is Paris old: yes."),
    ],
)
def test_a_claim_is_put_behind_what_speaks_for_another_verdict(task, text, label, told):
    examples = [Example("a", text, (label,)), Example("b", "It is so.", (label,))]
    shown: list[Shown] = []

    def noted(example: Example, evidence: Shown) -> str:
        shown.append(evidence)
        return label

    arms = Arms(TASKS[task], examples, Planted(noted), seed=0)
    arms.require(["adversarial"])
    arms.respond("adversarial", 0)
    assert [item.text for item in shown[0][0]] == [told, "about a"]
    assert [item.rank for item in shown[0][0]] == [1, 2]


def test_nothing_misleading_is_stated_of_pairs():
    examples = [Example(n, "A.", ("neutral",), evidence=(marked_evidence(n, n),)) for n in "ab"]
    arms = Arms(TASKS["snli"], examples, Planted(ignores), seed=0)
    with pytest.raises(UsageError, match="nothing misleading can be stated of a pair"):
        arms.require(["adversarial"])


@pytest.mark.parametrize(
    ("lost", "gained", "noise"), [(50, 0, False), (300, 250, False), (530, 480, True)]
)
def test_a_lost_point_of_5000_is_significant_as_the_arithmetic_says(lost, gained, noise, tmp_path):
    """One point of 5,000 is 50 examples; McNemar's z is 50 / sqrt(changed)."""
    file = tmp_path / "claims.jsonl"
    rows = [{"id": n, "statement": f"{n}.", "label": True} for n in range(5_000)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")

    def before(example: Example, shown: Shown) -> str:
        return "false" if int(example.id) < gained else "true"

    def after(example: Example, shown: Shown) -> str:
        return "false" if gained <= int(example.id) < gained + lost else "true"

    for name, rule in (("before", before), ("after", after)):
        run(file, tmp_path / name, Planted(rule), arms=("none",))
    found = compare_runs(tmp_path / "before", tmp_path / "after")
    accuracy = found.differences["none"]["accuracy"]
    assert accuracy["value"] == pytest.approx(-0.01)
    assert (accuracy["gained"], accuracy["lost"]) == (gained, lost)
    assert is_more_than_noise(accuracy) is (50 / (gained + lost) ** 0.5 > 1.96)
    assert is_more_than_noise(accuracy) is not noise
    assert found.settings == {}


def test_runs_of_other_data_are_not_compared(claims, tmp_path):
    run(claims, tmp_path / "a", Planted(reads), arms=("none",))
    run(claims, tmp_path / "b", Planted(reads), arms=("retrieved",))
    with pytest.raises(UsageError, match="no arm in common"):
        compare_runs(tmp_path / "a", tmp_path / "b")
    claims.write_text(claims.read_text() + "\n")
    run(claims, tmp_path / "c", Planted(reads), arms=("none",))
    with pytest.raises(UsageError, match="data_sha256"):
        compare_runs(tmp_path / "a", tmp_path / "c")
    with pytest.raises(UsageError, match="is no run"):
        compare_runs(tmp_path / "a", tmp_path)
