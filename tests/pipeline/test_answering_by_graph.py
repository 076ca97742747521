"""Answers over two documents: what is cited, by which path, and when a second walk is made."""

import json
import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from wherefrom.indexes.build import build
from wherefrom.indexes.delete import delete
from wherefrom.indexes.records import MENTION, FoundPassage
from wherefrom.kb.errors import ModelError
from wherefrom.kb.manifest import read_manifest, write_manifest
from wherefrom.pipeline import answering
from wherefrom.pipeline.answering import (
    SECOND_PASSAGES,
    SECONDS_FOR_A_SECOND,
    SURE,
    Answerer,
    wants_second_walk,
)
from wherefrom.pipeline.bundled import bundled_reader
from wherefrom.pipeline.records import Answer, Evidence, Option
from wherefrom.pipeline.retrieval import retrieve

TEXTS = {
    "Lothair II": "Lothair II was the king of Lotharingia from 855 until his death. He was the "
    "second son of the emperor Lothair I. His mother was Ermengarde of Tours.",
    "Ermengarde of Tours": "She was the daughter of a count. She died on 20 March 851 in Erstein.",
    "Lothair I": "Lothair I was an emperor of the Franks. He died on 29 September 855 in Prüm.",
    "Charles the Bald": "Charles the Bald was a king of West Francia. He died in October 877.",
    "Danube": "The Danube is a river that rises in Germany and flows into the Black Sea.",
}
FACTS = ["Lothair II\tspouse\tTeutberga", "Danube\tflows into\tBlack Sea"]
QUESTION = "When did Lothair II's mother die?"
ANSWER = "20 March 851"


@pytest.fixture(scope="module")
def folder() -> Path:
    try:
        return bundled_reader()
    except ModelError as error:
        pytest.skip(str(error))


def write(path: Path, texts: dict[str, str]) -> str:
    rows = [{"id": name, "title": name, "text": text} for name, text in texts.items()]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return f"jsonl:{path}"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """Give a folder with a knowledge base, and its two sources."""
    place = tmp_path_factory.mktemp("two hops")
    (place / "facts.tsv").write_text("".join(f"{line}\n" for line in FACTS))
    sources = write(place / "documents.jsonl", TEXTS), f"triples:{place / 'facts.tsv'}"
    build(place / "my.kb", list(sources))
    return place / "my.kb", *sources


@pytest.fixture
def answerer(built: tuple[Path, str, str], folder: Path, tmp_path: Path) -> Answerer:
    """Give an answerer from a copy of the knowledge base, which may be changed."""
    shutil.copytree(built[0], tmp_path / "my.kb")
    return Answerer.open(tmp_path / "my.kb", reader=folder, device="cpu")


def test_the_second_document_is_cited_by_the_path_to_it(answerer: Answerer) -> None:
    found = answerer.ask(QUESTION)
    assert found.answer == ANSWER
    assert found.question == QUESTION
    (cited, *_) = found.citations
    assert cited.document_id == "Ermengarde of Tours"
    assert found.paths
    ((step,),) = found.paths
    assert (step.head, step.relation, step.tail) == ("Lothair II", MENTION, "Ermengarde of Tours")
    document = answerer.knowledge.document("Lothair II")
    assert document.text[step.start : step.end] == "Ermengarde of Tours"


def test_by_hybrid_no_path_is_told(answerer: Answerer) -> None:
    found = answerer.ask(QUESTION, retriever="hybrid")
    assert found.paths == ()
    assert {item.retriever for item in found.evidence} == {"hybrid"}


def test_without_the_document_between_the_path_is_withdrawn(answerer: Answerer) -> None:
    assert answerer.ask(QUESTION).paths
    delete(answerer.knowledge.folder, ["Lothair II"])
    found = answerer.ask(QUESTION)
    assert "Lothair II" not in {step.head for path in found.paths for step in path}
    assert "Lothair II" not in {item.document_id for item in found.evidence}


def test_without_the_document_at_its_end_the_answer_is_withdrawn(answerer: Answerer) -> None:
    delete(answerer.knowledge.folder, ["Ermengarde of Tours"])
    found = answerer.ask(QUESTION)
    assert found.answer != ANSWER
    assert "Ermengarde of Tours" not in {step.tail for path in found.paths for step in path}


def test_a_document_that_no_longer_names_the_other_leads_there_no_more(
    answerer: Answerer, tmp_path: Path
) -> None:
    changed = TEXTS["Lothair II"].replace("Ermengarde of Tours", "somebody else")
    build(
        answerer.knowledge.folder,
        [write(tmp_path / "documents.jsonl", {"Lothair II": changed})],
    )
    found = answerer.ask(QUESTION)
    assert all(step.tail != "Ermengarde of Tours" for path in found.paths for step in path)


def test_a_question_that_one_passage_answers_is_read_from_the_fused_hits(
    answerer: Answerer,
) -> None:
    question = "Where does the Danube rise?"
    found = answerer.ask(question)
    assert "Germany" in found.answer
    assert {item.retriever for item in found.evidence[:5]} == {"hybrid"}
    assert [item.rank for item in found.evidence] == list(range(1, len(found.evidence) + 1))
    passages = [item.passage_id for item in found.evidence]
    assert len(set(passages)) == len(passages)


def test_facts_of_what_is_named_are_evidence(answerer: Answerer, built: Any) -> None:
    for found in (
        answerer.ask("What does the Danube flow into?").evidence,
        answerer.check("The Danube flows into the Black Sea.").evidence,
        answerer.choose(
            "What does the Danube flow into?", [Option("A", "Black Sea"), Option("B", "Rhine")]
        ).evidence,
    ):
        facts = [item for item in found if item.document_id == built[2]]
        assert [item.text for item in facts] == ["Danube: flows into: Black Sea."]
        assert facts[0].passage_id == f"{built[2]}#line 2: {facts[0].text}"


def test_the_retriever_is_the_best_there_is(answerer: Answerer, folder: Path) -> None:
    """Where an earlier release made the knowledge base there is no graph to walk over."""
    assert answerer.chosen(None) == "graph"
    assert answerer.chosen("sparse") == "sparse"
    kb = answerer.knowledge.folder
    write_manifest(kb, replace(read_manifest(kb), graph=""))
    old = Answerer.open(kb, reader=folder, device="cpu")
    assert old.chosen(None) == "hybrid"
    found = old.ask(QUESTION)
    assert {item.retriever for item in found.evidence} == {"hybrid"}
    assert found.paths == ()
    assert old.check("Lothair II was a king.").evidence[0].retriever == "hybrid"


# --- the second walk ---


def bare(answer: Answer) -> Answer:
    return replace(answer, timing_seconds={})


@pytest.mark.parametrize(
    ("probability", "seconds", "wanted"),
    [
        (0.0, 0.1, True),
        (SURE - 0.01, 0.1, True),
        (SURE, 0.1, False),
        (0.1, SECONDS_FOR_A_SECOND, False),
        (0.1, SECONDS_FOR_A_SECOND - 0.1, True),
    ],
)
def test_who_is_unsure_and_was_quick_walks_again(
    make_evidence: Callable[..., Evidence], probability: float, seconds: float, wanted: bool
) -> None:
    timing = {"retrieve": seconds / 2, "read": seconds / 4, "verify": seconds / 4}
    answer = Answer("?", "", True, probability, evidence=(make_evidence("x"),))
    assert wants_second_walk(replace(answer, timing_seconds=timing)) == wanted
    assert wants_second_walk(replace(answer, timing_seconds=timing), math.inf) == (
        probability < SURE
    )
    assert not wants_second_walk(replace(answer, evidence=(), timing_seconds=timing))


@pytest.fixture
def walks(answerer: Answerer, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the list of the texts from which second walks have begun so far."""
    texts: list[str] = []
    again = answerer.knowledge.search_again

    def noted(query: str, bridge: str, k: int = 10) -> list[FoundPassage]:
        texts.append(bridge)
        return again(query, bridge, k)

    monkeypatch.setattr(answerer.knowledge, "search_again", noted)
    return texts


def test_a_sure_answer_is_not_looked_for_again(
    answerer: Answerer, walks: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "SURE", 0.0)
    for retriever in (None, "graph", "hybrid"):
        answerer.ask(QUESTION, k=2, retriever=retriever)
    assert walks == []


def of_patience(answerer: Answerer, folder: Path, seconds: float) -> Answerer:
    return Answerer(answerer.knowledge, reader=folder, device="cpu", patience_seconds=seconds)


def test_an_unsure_answer_is_looked_for_again_from_what_was_read(
    answerer: Answerer, walks: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "Where is the palace of the count?"
    answerer = of_patience(answerer, folder, math.inf)  # however busy the machine is
    monkeypatch.setattr(answering, "SURE", 0.0)
    first = answerer.ask(question, k=2, retriever="graph")
    monkeypatch.setattr(answering, "SURE", 1.1)
    second = answerer.ask(question, k=2, retriever="graph")
    assert walks == [answering.bridge_text(answerer.reader, question, first.evidence)]
    assert second.probability >= first.probability
    assert second.evidence[: len(first.evidence)] == first.evidence
    assert len(second.evidence) <= len(first.evidence) + SECOND_PASSAGES
    assert [item.rank for item in second.evidence] == list(range(1, len(second.evidence) + 1))
    if second.probability == first.probability:
        assert bare(second) == bare(first)
    assert set(second.timing_seconds) == {"retrieve", "read", "verify"}
    answerer.ask(question, k=2, retriever="hybrid")
    assert len(walks) == 1


@pytest.mark.parametrize(("seconds", "count"), [(0.0, 0), (math.inf, 1)])
def test_a_slow_answer_is_not_looked_for_again(
    seconds, count, answerer: Answerer, walks: list[str], folder: Path, monkeypatch
) -> None:
    monkeypatch.setattr(answering, "SURE", 1.1)
    of_patience(answerer, folder, seconds).ask(QUESTION, k=2, retriever="graph")
    assert len(walks) == count


def test_a_better_second_answer_counts_with_the_time_of_both(
    answerer: Answerer, walks: list[str]
) -> None:
    """The first reading is of a passage on something else; the walk comes to what was asked for."""
    (everything,) = retrieve(answerer.knowledge, ["Where does the Danube rise?"], k=5)
    danube = next(item for item in everything if item.document_id == "Danube")
    other = replace(danube, text="The Danube is named here.", end=25, passage_id="other#0")
    first = answerer.read("Where does the Danube rise?", [other], retrieve_seconds=100.0)
    found = answerer._second(answerer.reader, "Where does the Danube rise?", first, 5)
    assert "Germany" in found.answer
    assert found.probability > first.probability
    assert found.citations[0].document_id == "Danube"
    assert found.evidence[0] == other
    assert 1 < len(found.evidence) <= 1 + SECOND_PASSAGES
    assert found.timing_seconds["retrieve"] > 100.0
    assert found.timing_seconds["read"] > first.timing_seconds["read"]


def test_an_answer_that_nothing_betters_stays(answerer: Answerer, walks: list[str]) -> None:
    first = answerer.ask(QUESTION, retriever="hybrid", k=20)
    found = answerer._second(answerer.reader, QUESTION, replace(first, probability=1.0), 20)
    assert bare(found) == bare(replace(first, probability=1.0))
    assert len(walks) == 1


def test_the_encoder_is_loaded_before_the_time_of_a_question_begins(
    answerer: Answerer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the first question would seem slow, and be denied the second walk that others have."""
    loaded: list[bool] = []
    knowledge, search = answerer.knowledge, answerer.knowledge.search_passages

    def noted(*arguments: Any, **named: Any) -> list[list[FoundPassage]]:
        loaded.append(knowledge._encoder is not None)
        return search(*arguments, **named)

    monkeypatch.setattr(knowledge, "search_passages", noted)
    answerer.ask("Where is the palace?", k=2)
    assert loaded == [True] * len(loaded) != []


def test_two_facts_answer_what_neither_does(tmp_path: Path, folder: Path) -> None:
    lines = ["Elmstead Castle\tarchitect\tOrla Vance", "Orla Vance\tplace of birth\tPort Quillon"]
    (tmp_path / "facts.tsv").write_text("".join(f"{line}\n" for line in lines))
    build(tmp_path / "facts.kb", [f"triples:{tmp_path / 'facts.tsv'}"])
    answerer = Answerer.open(tmp_path / "facts.kb", reader=folder, device="cpu")
    found = answerer.ask("Where was the architect of Elmstead Castle born?")
    assert found.answer == "Port Quillon"
    (path,) = found.paths
    assert [step[:3] for step in path] == [
        ("Elmstead Castle", "architect", "Orla Vance"),
        ("Orla Vance", "place of birth", "Port Quillon"),
    ]
    assert [step.place for step in path] == ["line 1", "line 2"]
    cited = {citation.passage_id for citation in found.citations}
    assert cited <= {item.passage_id for item in found.evidence}
