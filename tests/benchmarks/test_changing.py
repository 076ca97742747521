"""Changed examples: each way, what it does to what is right, and what is told of it."""

import json
from pathlib import Path

import pytest

from wherefrom.benchmarks.changing import Change
from wherefrom.benchmarks.example import Example, marked_evidence
from wherefrom.benchmarks.prediction import read_predictions
from wherefrom.benchmarks.respondent import Response, Shown
from wherefrom.benchmarks.run import METRICS, PREDICTIONS, REPORT, run_task
from wherefrom.benchmarks.task import Task
from wherefrom.benchmarks.tasks import TASKS
from wherefrom.kb.errors import UsageError

TEXT = "The tower was built by Gustave Eiffel in Paris. It was painted later."
ASKED = "Who built the tower in Paris?"


def question(name: str = "q", text: str = ASKED, answer: str = "Gustave Eiffel") -> Example:
    return Example(name, text, (answer,), evidence=(marked_evidence(name, TEXT, title="Tower"),))


@pytest.fixture
def wordnet(tmp_path: Path) -> Path:
    """Give a dictionary that knows one word for another."""
    lines = {"noun": "1 06 n 02 tower 0 turret 0 000 | a gloss\n"}
    for part in ("noun", "verb", "adj", "adv"):
        (tmp_path / f"data.{part}").write_text("  the licence\n" + lines.get(part, ""))
        (tmp_path / f"index.{part}").write_text("  the licence\n")
    return tmp_path


def test_typing_errors_change_what_is_asked_and_nothing_else():
    (copy,) = Change.of("typos").apply(TASKS["squad"], [question()])
    assert copy.text != ASKED
    assert len(copy.text) == len(ASKED)
    assert (copy.gold, copy.evidence) == (("Gustave Eiffel",), question().evidence)
    assert Change.of("typos").apply(TASKS["squad"], [question()]) == [copy]


def test_of_a_pair_the_premise_is_mistyped_too():
    pair = Example("p", "Somebody painted towers.", ("neutral",), evidence=question().evidence)
    (copy,) = Change.of("typos").apply(TASKS["snli"], [pair])
    assert copy.text != pair.text
    assert copy.evidence[0].text != TEXT
    assert copy.evidence[0].end == len(copy.evidence[0].text)


def test_synonyms_stand_for_words(wordnet):
    change = Change.of("synonyms", wordnet)
    (copy,) = change.apply(TASKS["squad"], [question()])
    assert copy.text == "Who built the turret in Paris?"
    assert set(change.described) == {"changed", "synonyms_sha256"}


@pytest.mark.parametrize(
    ("task", "label", "denied"),
    [
        ("creak", "true", "false"),
        ("creak", "false", "true"),
        ("fever", "supported", "refuted"),
        ("fever", "undecided", "undecided"),
        ("snli", "entailment", "contradiction"),
        ("snli", "neutral", "neutral"),
        ("rte", "entailment", "not_entailment"),
    ],
)
def test_a_denial_has_the_label_that_it_makes(task, label, denied):
    example = Example("a", "The tower is old.", (label,), evidence=question().evidence)
    (copy,) = Change.of("negation").apply(TASKS[task], [example])
    assert (copy.text, copy.gold) == ("The tower is not old.", (denied,))


@pytest.mark.parametrize(("task", "label"), [("snli", "contradiction"), ("rte", "not_entailment")])
def test_what_is_right_of_a_denial_is_not_guessed(task, label):
    example = Example("a", "The tower is old.", (label,), evidence=question().evidence)
    with pytest.raises(UsageError, match=f"denials change no example of {task}"):
        Change.of("negation").apply(TASKS[task], [example])


def test_other_names_stand_in_question_text_and_answer():
    other = question("r", "Who met Marie Curie in London?", "Marie Curie")
    text = "There Marie Curie met people in London."
    other = Example("r", other.text, other.gold, evidence=(marked_evidence("r", text),))
    copies = Change.of("entities").apply(TASKS["squad"], [question(), other])
    changed = [copy for copy in copies if copy is not None]
    assert changed
    for copy in changed:
        assert copy.gold[0] in copy.evidence[0].text
        assert copy.evidence[0].text not in (TEXT, text)


def test_a_distractor_sentence_stands_in_the_marked_text_beside_the_answer():
    other = question("r", "Who painted the tower in London?", "Marie Curie")
    text = "The tower in London was painted by Marie Curie."
    other = Example("r", other.text, other.gold, evidence=(marked_evidence("r", text),))
    copies = Change.of("distractors").apply(TASKS["squad"], [question(), other])
    assert copies[0].gold == ("Gustave Eiffel",)
    assert copies[0].text == ASKED
    assert len(copies[0].evidence[0].text) > len(TEXT)
    assert "Gustave Eiffel" in copies[0].evidence[0].text


def test_wrong_ways_are_told(wordnet):
    with pytest.raises(UsageError, match="did you mean typos"):
        Change.of("typo")
    with pytest.raises(UsageError, match="is needed for the change synonyms"):
        Change.of("synonyms")
    with pytest.raises(UsageError, match="is of use only for the change synonyms"):
        Change.of("typos", wordnet)


class Fragile:
    """Answer rightly what is asked without typing errors, from what is marked."""

    retrieves = False

    def find(self, task: Task, example: Example) -> Shown:
        raise AssertionError

    documents = respond_alone = find

    def respond(self, task: Task, example: Example, shown: Shown) -> Response:
        right = example.text.startswith("Number") and bool(shown[0])
        return Response(example.gold[0] if right else "nothing", 0.5, evidence=shown[0])


def test_a_run_measures_changed_examples_beside_the_unchanged(tmp_path):
    file = tmp_path / "asked.jsonl"
    rows = [
        {"id": n, "question": f"Number {n} of what?" if n < 9 else f"{n}?", "answer": f"a{n}"}
        | {"evidence": [f"a{n}"]}
        for n in range(12)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    made = {"described": {}, "arms": ("none", "gold")}
    change = Change.of("typos")
    done = run_task(TASKS["question"], file, tmp_path / "run", Fragile(), change=change, **made)
    said = read_predictions(tmp_path / "run" / PREDICTIONS)
    assert [one.arm for one in said] == ["none"] * 12 + ["gold"] * 12 + ["none+typos"] * 9 + [
        "gold+typos"
    ] * 9
    assert done.manifest["changed"] == "typos"
    found = done.metrics["differences"]["gold+typos_less_gold"]
    assert (found["n"], found["value"]) == (9, 0.0)
    assert "With typing errors, marked evidence does no better or worse than without them: " in (
        "".join(done.metrics["findings"])
    )
    changed = Change.of("typos").apply(TASKS["question"], list(TASKS["question"].read(file)))
    assert changed[0].text in (tmp_path / "run" / REPORT).read_text()
    plain = run_task(TASKS["question"], file, tmp_path / "plain", Fragile(), **made)
    assert not any("+" in arm for arm in plain.metrics["arms"])
    with pytest.raises(UsageError, match="its changed is 'typos', this one's is None"):
        run_task(TASKS["question"], file, tmp_path / "run", Fragile(), **made)
    before = (tmp_path / "run" / METRICS).read_bytes()
    lines = (tmp_path / "run" / PREDICTIONS).read_text().splitlines(keepends=True)
    (tmp_path / "run" / PREDICTIONS).write_text("".join(lines[:30]))
    run_task(TASKS["question"], file, tmp_path / "run", Fragile(), change=change, **made)
    assert (tmp_path / "run" / METRICS).read_bytes() == before


def test_names_are_not_changed_where_a_knowledge_base_is_searched(tmp_path):
    file = tmp_path / "asked.jsonl"
    file.write_text('{"question": "Who?", "answer": "Ada", "evidence": ["Ada."]}\n')
    searching = Fragile()
    searching.retrieves = True
    with pytest.raises(UsageError, match="leave out --kb"):
        run_task(
            TASKS["question"],
            file,
            tmp_path / "run",
            searching,
            arms=("none",),
            described={},
            change=Change.of("entities"),
        )
    assert not (tmp_path / "run").exists()
