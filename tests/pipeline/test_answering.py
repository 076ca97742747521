"""Test what holds of every answer, check and choice, whatever the reader says.

The readers here have learnt nothing, so what they mark is as good as random; what is promised of
citations, probabilities and abstentions holds all the same.
"""

import math
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from wherefrom.indexes.delete import delete
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.kb.errors import ModelError, QuestionError, UsageError
from wherefrom.pipeline.answering import Answerer
from wherefrom.pipeline.reader_manifest import read_manifest, write_manifest
from wherefrom.pipeline.reading import CITATIONS, find_candidates
from wherefrom.pipeline.records import VERDICTS, Answer, Citation, Evidence, Option
from wherefrom.pipeline.retrieval import retrieve

QUESTIONS = [
    "What is the capital of France?",
    "When did the wall fall?",
    "Who was born in Ulm?",
    "東京?",
    "🦉",
    "?",
    "owls owls owls",
    "[SEP] [CLS] [MASK] e\u0301",
]
OPTIONS = [Option("A", "Paris"), Option("B", "東京"), Option("C", "")]


@pytest.fixture
def make_answerer(
    knowledge: Knowledge, tiny_reader_folder: Path, tmp_path: Path
) -> Callable[..., Answerer]:
    """Give a function that opens the tiny reader with a threshold and weights of its features."""

    def make(threshold: float = 0.5, **weights: float) -> Answerer:
        folder = tmp_path / f"reader {threshold}"
        shutil.copytree(tiny_reader_folder, folder)
        manifest = read_manifest(folder)
        calibration = replace(
            manifest.calibration,
            answer_weights=weights or {"margin": 0.2, "entailment": 0.3, "log_rank": -0.1},
            answer_threshold=threshold,
        )
        write_manifest(folder, replace(manifest, calibration=calibration))
        return Answerer(knowledge, reader=folder, device="cpu")

    return make


def check_citations(
    knowledge: Knowledge, cited: Sequence[Citation], evidence: Sequence[Evidence]
) -> None:
    """Assert what is promised of citations."""
    shown = {item.passage_id: item for item in evidence}
    taken: dict[str, set[int]] = {}
    assert len(cited) <= CITATIONS
    for citation in cited:
        document = knowledge.document(citation.document_id)
        passage = shown[citation.passage_id]
        assert citation.quote == document.text[citation.start : citation.end] != ""
        assert citation.quote in citation.sentence
        assert citation.sentence in document.text
        assert passage.start <= citation.start < citation.end <= passage.end
        assert (citation.title, citation.url) == (document.title, document.url)
        assert citation.verdict in VERDICTS
        assert 0 <= citation.entailment <= 1
        places = set(range(citation.start, citation.end))
        assert not taken.setdefault(citation.document_id, set()) & places
        taken[citation.document_id] |= places


def check_answer(knowledge: Knowledge, answer: Answer) -> None:
    """Assert what is promised of an answer."""
    assert 0 <= answer.probability <= 1
    assert set(answer.timing_seconds) == {"retrieve", "read", "verify"}
    assert all(seconds >= 0 for seconds in answer.timing_seconds.values())
    check_citations(knowledge, answer.citations, answer.evidence)
    if answer.abstained:
        assert (answer.answer, answer.citations) == ("", ())
    else:
        assert answer.answer == answer.citations[0].quote


@pytest.mark.parametrize("threshold", [0.0, 0.5])
@pytest.mark.parametrize("retriever", ["dense", "hybrid"])
def test_every_answer_keeps_its_promises(
    make_answerer: Callable[..., Answerer], threshold: float, retriever: str
) -> None:
    answerer = make_answerer(threshold)
    answers = answerer.ask_many(QUESTIONS, k=6, retriever=retriever)
    assert [answer.question for answer in answers] == QUESTIONS
    for answer in answers:
        check_answer(answerer.knowledge, answer)
        assert answer.abstained == (answer.probability < threshold)
        assert {item.retriever for item in answer.evidence} <= {retriever}
    if threshold == 0.0:
        assert not any(answer.abstained for answer in answers)
        assert max(len(answer.citations) for answer in answers) >= 1


def test_nothing_is_certain_enough_for_a_threshold_of_one(
    make_answerer: Callable[..., Answerer],
) -> None:
    for answer in make_answerer(1.0).ask_many(QUESTIONS):
        assert answer.abstained
        assert (answer.answer, answer.citations) == ("", ())
        assert 0 < answer.probability < 1


@pytest.mark.parametrize("weight", [1.0, -1.0])
def test_the_most_probable_candidate_is_the_answer(
    make_answerer: Callable[..., Answerer], weight: float
) -> None:
    """With a negative weight the candidate with the lowest margin is, which comes last."""
    answerer = make_answerer(0.0, margin=weight)
    (evidence,) = retrieve(answerer.knowledge, QUESTIONS[:1])
    candidates = find_candidates(answerer.reader, QUESTIONS[0], evidence)
    assert len(candidates) > 2
    found = answerer.read(QUESTIONS[0], evidence)
    assert found.answer == candidates[0 if weight > 0 else -1].text
    odds = weight * candidates[0 if weight > 0 else -1].best.margin
    assert found.probability == pytest.approx(1 / (1 + math.exp(-odds)))


def test_several_passages_that_say_the_same_can_be_cited(
    knowledge: Knowledge, make_answerer: Callable[..., Answerer]
) -> None:
    """Ask of passages that consist of one token: every reader must mark it."""
    answerer = make_answerer(0.0)
    (first, *_) = answerer.ask("Paris").evidence
    evidence = [
        replace(first, document_id=name, passage_id=f"{name}#0", text="Paris", rank=rank)
        for rank, name in enumerate(("a", "b", "c", "d", "e"), start=1)
    ]
    found = answerer.read("Which city?", evidence)
    assert found.answer == found.citations[0].quote == "Paris"
    names = [citation.document_id for citation in found.citations]
    assert len(set(names)) == len(names) <= CITATIONS
    others = {citation.verdict for citation in found.citations[1:]}
    assert others <= {"supported"}


def test_a_deleted_document_is_never_cited(
    knowledge: Knowledge, make_answerer: Callable[..., Answerer]
) -> None:
    answerer = make_answerer(0.0)
    before = answerer.ask("What is the capital of France?", k=20)
    assert "paris" in {item.document_id for item in before.evidence}
    delete(knowledge.folder, ["paris"])
    answers = answerer.ask_many(QUESTIONS, k=20)
    check = answerer.check("Paris is the capital of France.", k=20)
    choice = answerer.choose(QUESTIONS[0], OPTIONS, k=20)
    for found in (*answers, check, choice):
        names = {item.document_id for item in (*found.evidence, *found.citations)}
        assert names
        assert "paris" not in names


def test_a_knowledge_base_without_documents_abstains(
    knowledge: Knowledge, make_answerer: Callable[..., Answerer]
) -> None:
    delete(knowledge.folder, ["paris", "berlin", "ulm/é", "owls"])
    answerer = make_answerer(0.0)
    answer = answerer.ask(QUESTIONS[0])
    assert (answer.abstained, answer.answer, answer.probability) == (True, "", 0.0)
    assert (answer.citations, answer.evidence) == ((), ())
    assert answerer.check("Owls hunt.").verdict == "undecided"
    assert sum(answerer.choose("Who?", OPTIONS).probabilities.values()) == pytest.approx(1)


def test_a_batch_equals_its_questions(make_answerer: Callable[..., Answerer]) -> None:
    answerer = make_answerer()

    def told(answer: Answer) -> Answer:
        return replace(answer, timing_seconds={})

    together = [told(answer) for answer in answerer.ask_many(QUESTIONS)]
    assert together == [told(answerer.ask(question)) for question in QUESTIONS]
    assert answerer.ask_many([]) == []
    with ThreadPoolExecutor(4) as threads:
        assert [told(answer) for answer in threads.map(answerer.ask, QUESTIONS)] == together


@pytest.mark.parametrize("claim", ["Paris is the capital of France.", "Owls hunt.", "東京 🦉", "?"])
def test_every_check_keeps_its_promises(make_answerer: Callable[..., Answerer], claim: str) -> None:
    answerer = make_answerer()
    found = answerer.check(claim, k=6)
    assert found.claim == claim
    assert found.verdict in VERDICTS
    assert tuple(found.probabilities) == VERDICTS
    assert sum(found.probabilities.values()) == pytest.approx(1)
    assert found.probabilities[found.verdict] == max(found.probabilities.values())
    check_citations(answerer.knowledge, found.citations, found.evidence)
    if found.verdict == "undecided":
        assert found.citations == ()
    assert answerer.check_many([claim, claim], k=6) == [found, found]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_choice_keeps_its_promises(
    make_answerer: Callable[..., Answerer], question: str
) -> None:
    answerer = make_answerer()
    found = answerer.choose(question, OPTIONS, k=4)
    assert list(found.probabilities) == ["A", "B", "C"]
    assert sum(found.probabilities.values()) == pytest.approx(1)
    assert found.probabilities[found.choice] == max(found.probabilities.values())
    check_citations(answerer.knowledge, found.citations, found.evidence)
    passages = [item.passage_id for item in found.evidence]
    assert len(set(passages)) == len(passages)


@pytest.mark.parametrize("job", ["ask", "check", "choose"])
@pytest.mark.parametrize(
    ("text", "arguments", "message"),
    [
        ("", {}, "the (question|claim) is empty"),
        (" \t\n", {}, "the (question|claim) is empty"),
        ("why " * 25_000, {}, "the (question|claim) has 100,000 characters, at most"),
        ("x", {"k": 0}, "k must be at least 1, got 0"),
        ("x", {"retriever": "hibrid"}, "unknown retriever 'hibrid'.*did you mean hybrid"),
    ],
)
def test_wrong_questions_are_refused(
    make_answerer: Callable[..., Answerer],
    job: str,
    text: str,
    arguments: dict[str, Any],
    message: str,
) -> None:
    answerer = make_answerer()
    with pytest.raises(UsageError, match=message):
        if job == "choose":
            answerer.choose(text, OPTIONS, **arguments)
        else:
            getattr(answerer, job)(text, **arguments)


@pytest.fixture
def idle_answerer(
    make_answerer: Callable[..., Answerer], monkeypatch: pytest.MonkeyPatch
) -> Answerer:
    """Give an answerer that must not get as far as looking for anything."""
    answerer = make_answerer()

    def looked(*_: object, **__: object) -> None:
        raise AssertionError("it went to work")

    monkeypatch.setattr(answerer.knowledge, "search_passages", looked)
    return answerer


def test_one_question_that_is_too_long_is_found_before_any_is_answered(
    idle_answerer: Answerer,
) -> None:
    long = "the capital " * 40
    message = r"question 2 of 3 is too long for the reader: 80 tokens, at most 45 are allowed"
    with pytest.raises(QuestionError, match=message):
        idle_answerer.ask_many(["Who?", long, "Where?"])
    message = r"claim 3 of 3 is too long for the reader: 80 tokens, at most 32 are allowed"
    with pytest.raises(QuestionError, match=message):
        idle_answerer.check_many(["Owls hunt.", "Owls fly.", long])
    with pytest.raises(QuestionError, match=r"question 2 of 2 is too long for the reader: 80"):
        idle_answerer.choose_many([("Who?", OPTIONS), (long, OPTIONS)])
    for job in (idle_answerer.ask, idle_answerer.check):
        with pytest.raises(QuestionError, match=r"the (question|claim) is too long .*'the capital"):
            job(long)


def test_every_choice_is_looked_at_before_any_is_made(idle_answerer: Answerer) -> None:
    for options, message in (
        (OPTIONS[:1], r"question 2 of 2 needs at least two choices, got \['A'\]"),
        ([*OPTIONS, OPTIONS[0]], r"question 2 of 2 has a choice twice among \['A', 'B', 'C', 'A'"),
        ([*OPTIONS, Option("D", "caf\udce9")], r"has a choice with bytes .*: 'caf\?'"),
    ):
        with pytest.raises(QuestionError, match=message):
            idle_answerer.choose_many([("Who?", OPTIONS), ("Which?", options)])


def test_a_question_as_long_as_allowed_is_answered(make_answerer: Callable[..., Answerer]) -> None:
    """What is made of it, a statement and a premise, is cut."""
    answerer = make_answerer(0.0)
    question = "capital " * answerer.reader.prompts.question_tokens
    check_answer(answerer.knowledge, answerer.ask(question))
    claim = "capital " * answerer.reader.prompts.claim_tokens
    assert answerer.check(claim).claim == claim
    options = [Option("A", "Paris"), Option("B", "the Seine " * 2_000)]
    assert answerer.choose(question, options).choice in ("A", "B")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], r"the question needs at least two choices, got \[\]"),
        (OPTIONS[:1], r"needs at least two choices, got \['A'\]"),
        ([OPTIONS[0], Option("A", "Rome")], r"has a choice twice among \['A', 'A'\]"),
    ],
)
def test_options_that_are_no_choice_are_refused(
    make_answerer: Callable[..., Answerer], options: list[Option], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        make_answerer().choose("Which?", options)


def test_a_reader_is_loaded_when_it_is_needed(knowledge: Knowledge, tmp_path: Path) -> None:
    answerer = Answerer(knowledge, reader=tmp_path / "none")
    with pytest.raises(ModelError, match=r"no reader in .*none"):
        answerer.ask("Who?")


def test_opening_by_path(knowledge: Knowledge, word_encoder: Any, tiny_reader_folder: Path) -> None:
    answerer = Answerer.open(
        knowledge.folder, reader=tiny_reader_folder, encoder=word_encoder, device="cpu"
    )
    assert answerer.ask("Who?").question == "Who?"
    assert answerer.reader.manifest.name == "tiny"
