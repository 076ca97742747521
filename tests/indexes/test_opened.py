"""Paths of what a walk found: no path rests on what is no longer there, or is no longer said."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wherefrom.indexes.compact import compact
from wherefrom.indexes.delete import delete
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.indexes.records import MENTION, FoundPassage, PathStep
from wherefrom.kb.errors import MissingError

DOCUMENTS = {
    "Red Film": "It was directed by Ann Lee.",
    "Ann Lee": "She was born in Ulm.",
    "Ulm": "A city.",
    "Other": "It rained in the night.",
}
FACTS = ["Red Film\tdirector\tEve Gray", "Eve Gray\tstudied in\tUlm"]
QUESTION = "Where was the director of Red Film born?"


@pytest.fixture
def knowledge(open_graph: Callable[..., Any], tmp_path: Path, word_encoder: Any) -> Knowledge:
    open_graph(DOCUMENTS, FACTS)
    return Knowledge.open(tmp_path / "my.kb", encoder=word_encoder)


def led(knowledge: Knowledge, question: str = QUESTION) -> dict[str, tuple[PathStep, ...]]:
    """Return the path to each passage; all receipts are looked up in what is opened now."""
    (found,) = knowledge.search_passages([question], 10, retriever="graph")
    check_receipts(knowledge, found)
    return {one.passage.id: one.path for one in found}


def check_receipts(knowledge: Knowledge, found: list[FoundPassage]) -> None:
    sources = {one.source for one in knowledge.info.facts}
    for one in found:
        for step in one.path:
            if step.relation == MENTION:
                passage = knowledge.passage(step.passage_id)
                said = knowledge.document(passage.document_id).text[step.start : step.end]
                assert said.casefold() == step.tail.casefold()
                assert passage.title == step.head
            else:
                assert step.source in sources
                assert step.place.startswith("line ")


def rewrite(open_graph: Callable[..., Any], **texts: str) -> None:
    open_graph(DOCUMENTS | {name.replace("_", " "): text for name, text in texts.items()}, FACTS)


def through(path: tuple[PathStep, ...]) -> list[str]:
    return [step.relation for step in path]


def test_hits_of_a_walk_come_with_the_paths_to_them(knowledge):
    paths = led(knowledge)
    assert paths["Red Film#0"] == ()
    assert paths["Ann Lee#0"] == (PathStep("Red Film", MENTION, "Ann Lee", "Red Film#0", 19, 26),)
    assert through(paths["Ulm#0"]) in (["mention", "mention"], ["director", "studied in"])
    assert paths["Other#0"] == ()


def test_hits_are_those_of_the_search(knowledge):
    (found,) = knowledge.search_passages([QUESTION], 3, retriever="graph")
    assert [one.hit for one in found] == knowledge.search([QUESTION], 3, retriever="graph")[0]
    (plain,) = knowledge.search_passages([QUESTION], 3, retriever="hybrid")
    assert [one.path for one in plain] == [()] * 3


def test_without_the_document_between_the_path_is_another_or_gone(knowledge):
    assert led(knowledge)["Ann Lee#0"]
    delete(knowledge.folder, ["Red Film"])
    after = led(knowledge)
    assert "Red Film#0" not in after
    assert after["Ann Lee#0"] == ()
    assert through(after["Ulm#0"]) in ([], ["director", "studied in"])
    delete(knowledge.folder, ["Ann Lee"])
    assert "Ann Lee" not in str(led(knowledge))


def test_without_the_source_of_its_facts_the_path_is_another_or_gone(
    open_graph, tmp_path, word_encoder
):
    documents = {"Red Film": "It is red.", "Ulm": "A city.", "Ann Lee": "She was born in Ulm."}
    open_graph(documents, FACTS)
    knowledge = Knowledge.open(tmp_path / "my.kb", encoder=word_encoder)
    assert through(led(knowledge)["Ulm#0"]) == ["director", "studied in"]
    delete(knowledge.folder, [f"triples:{tmp_path / 'facts.tsv'}"])
    assert through(led(knowledge)["Ulm#0"]) in ([], ["mention"])
    assert "triples:" not in str(led(knowledge))


def test_one_fact_less_and_the_path_is_gone(open_graph, tmp_path, word_encoder):
    near = {f"Near {n}": f"Where was the director of film {n} born?" for n in range(3)}
    documents = {"Red Film": "It is red.", "Ulm": "A city.", **near}
    open_graph(documents, FACTS)
    knowledge = Knowledge.open(tmp_path / "my.kb", encoder=word_encoder)
    assert len(led(knowledge)["Ulm#0"]) == 2
    for fewer in (FACTS[:1], FACTS[1:], [FACTS[0], FACTS[1].replace("studied", "NotStudied")]):
        open_graph(documents, fewer)
        assert led(knowledge)["Ulm#0"] == ()
        open_graph(documents, FACTS)
        assert len(led(knowledge)["Ulm#0"]) == 2


def test_a_document_that_no_longer_names_the_other_leads_there_no_more(knowledge, open_graph):
    rewrite(open_graph, Red_Film="It was directed by somebody.")
    assert led(knowledge)["Ann Lee#0"] == ()
    rewrite(open_graph, Red_Film="At last, it was directed by Ann Lee.")
    (step,) = led(knowledge)["Ann Lee#0"]
    assert (step.start, step.end) == (28, 35)


def test_compacting_changes_no_path(knowledge):
    delete(knowledge.folder, ["Other"])
    before = led(knowledge)
    compact(knowledge.folder)
    assert led(knowledge) == before


def test_a_second_walk_begins_at_what_was_read_too(knowledge, open_graph):
    open_graph(
        {
            "Bonn": "It lies on the Rhine, as everyone knows who was there once.",
            "Rhine": "Water.",
            **{f"Filler {n}": "Where was it born? The director of a film." for n in range(30)},
        }
    )
    assert "Rhine#0" not in led(knowledge)
    found = knowledge.search_again(QUESTION, "Bonn. 1889", 10)
    check_receipts(knowledge, found)
    paths = {one.passage.id: one.path for one in found}
    assert paths["Bonn#0"] == ()
    assert paths["Rhine#0"] == (PathStep("Bonn", MENTION, "Rhine", "Bonn#0", 15, 20),)
    plain = knowledge.search_again(QUESTION, "", 10)
    assert plain == knowledge.search_passages([QUESTION], 10, retriever="graph")[0]


def test_passages_that_are_known_are_led_to_as_those_that_a_walk_found(knowledge):
    found = knowledge.search_passages([QUESTION], 10, retriever="graph")[0]
    known = [one.passage.id for one in found][::-1]
    assert knowledge.paths_to(QUESTION, known) == [one.path for one in found][::-1]
    assert any(one.path for one in found)
    assert knowledge.paths_to(QUESTION, []) == []
    with pytest.raises(MissingError):
        knowledge.paths_to(QUESTION, ["nowhere#0"])


def test_the_best_retriever_is_the_graph_where_there_is_one(knowledge):
    assert knowledge.best_retriever == "graph"
