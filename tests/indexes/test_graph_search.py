"""A walk finds what a question does not say: what its entities mention, and facts join."""

import numpy as np
import pytest

from wherefrom.indexes.graph import Graph
from wherefrom.indexes.graph_edges import weigh_edges
from wherefrom.indexes.graph_search import WalkRules, named_entities, start_of, walk_from
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.indexes.records import Hit

DOCUMENTS = {
    "Red Film": "Eve Gray wrote it. Ann Lee directed it. Tom Brown played.",
    "Ann Lee": "She was born in Ulm.",
    "Eve Gray": "She was born in Bonn.",
    "Tom Brown": "He was born in Kiel.",
    "Blue Film": "Where was the director of this film born? Nobody knows where.",
    "Green Film": "The one who directed this film was born where film was.",
    "Other": "It rained in the night.",
}
QUESTION = "Where was the one who directed Red Film born?"


@pytest.fixture
def graph(open_graph) -> Graph:
    return open_graph(DOCUMENTS)


@pytest.fixture
def knowledge(graph, tmp_path, word_encoder) -> Knowledge:
    return Knowledge.open(tmp_path / "my.kb", encoder=word_encoder)


def found(knowledge: Knowledge, question: str, k: int = 10, retriever: str = "graph") -> list[str]:
    (hits,) = knowledge.search([question], k, retriever=retriever)
    assert len({hit.passage_id for hit in hits}) == len(hits) <= k
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    return [hit.passage_id.rpartition("#")[0] for hit in hits]


def test_the_second_hop_is_found(knowledge):
    assert "Ann Lee" not in found(knowledge, QUESTION, 3, "hybrid")
    assert set(found(knowledge, QUESTION, 3)) >= {"Red Film", "Ann Lee"}


def test_the_mention_whose_sentence_resembles_the_question_is_preferred(knowledge):
    for person, part in (("Ann Lee", "directed"), ("Eve Gray", "wrote"), ("Tom Brown", "played")):
        (hits,) = knowledge.search([f"{part} it {part} Red Film"], 9, retriever="graph")
        scores = {hit.passage_id: hit.score for hit in hits}
        people = [f"{name}#0" for name in ("Ann Lee", "Eve Gray", "Tom Brown")]
        assert max(people, key=lambda name: scores[name]) == f"{person}#0"


def test_without_preference_all_mentions_count_alike(graph, word_encoder):
    edges = weigh_edges(graph)
    (vector,) = word_encoder.encode_queries([QUESTION])
    entities = named_entities(graph, QUESTION, vector)
    start = start_of(graph, entities, vector, [])
    ranking = walk_from(
        graph, edges, word_encoder, [start], [[]], 9, rules=WalkRules(preference=0.0)
    )[0]
    assert set(ranking.preference.values()) == {1.0}
    scores = {hit.passage_id: hit.score for hit in ranking.hits}
    assert scores["Ann Lee#0"] == pytest.approx(scores["Eve Gray#0"])


def test_a_batch_equals_its_questions(knowledge):
    questions = [QUESTION, "Tom Brown", "rain in the night"]
    together = knowledge.search(questions, 4, retriever="graph")
    assert together == [knowledge.search([one], 4, retriever="graph")[0] for one in questions]
    assert knowledge.search([], 4, retriever="graph") == []


def test_fused_hits_follow_where_the_walk_ends(knowledge):
    everything = found(knowledge, "Eve Gray", 50)
    assert set(everything) == set(DOCUMENTS)
    assert everything.index("Eve Gray") < everything.index("Other")


def test_where_a_walk_begins(graph, word_encoder):
    (vector,) = word_encoder.encode_queries([QUESTION])
    entities = named_entities(graph, QUESTION, vector)
    assert [graph.name(one) for one in entities] == ["Red Film"]
    hits = [Hit("Blue Film#0", 0.9), Hit("Other#0", 0.5)]
    rules = WalkRules(named=0.6)
    start = start_of(graph, entities, vector, hits, rules=rules)
    assert start.home.sum() == pytest.approx(1)
    about = graph.about(entities[0])
    assert start.home[about].sum() == pytest.approx(0.6)
    nearest = graph.number_of_row[[graph.generation.row(hit.passage_id) for hit in hits]]
    assert start.home[nearest].sum() == pytest.approx(0.4)
    assert start.nearest.tolist() == nearest.tolist()
    assert sorted(start.passages.tolist()) == sorted([*about.tolist(), *nearest.tolist()])
    alone = start_of(graph, entities, vector, [])
    assert alone.home[about].sum() == pytest.approx(1)
    assert start_of(graph, [], vector, hits).home[nearest].sum() == pytest.approx(1)
    assert not start_of(graph, [], vector, []).home.any()
    only_one = start_of(graph, [], vector, hits, rules=WalkRules(hits=1))
    assert only_one.nearest.tolist() == nearest[:1].tolist()


def test_what_no_passage_is_about_counts_less(open_graph, word_encoder):
    graph = open_graph({"Red Film": "Ann Lee made it.", "Blue Film": "Ann Lee made it, too."})
    (vector,) = word_encoder.encode_queries(["Ann Lee"])
    entities = named_entities(graph, "Did Ann Lee make Red Film?", vector)
    assert [graph.name(one) for one in entities] == ["Ann Lee", "Red Film"]
    hits = [Hit("Blue Film#0", 0.9)]
    rules = WalkRules(named=0.6, bare_named=0.25)
    home = start_of(graph, entities, vector, hits, rules=rules).home
    bare = graph.passages + entities[0]
    assert home[bare] == pytest.approx(0.6 * 0.25 / 1.25)
    assert home[graph.about(entities[1])].sum() == pytest.approx(0.6 / 1.25)
    alone = start_of(graph, entities[:1], vector, hits, rules=rules).home
    assert alone[bare] == pytest.approx(0.6 * 0.25)
    assert start_of(graph, entities[:1], vector, [], rules=rules).home[bare] == pytest.approx(1)


@pytest.mark.parametrize("heading", ["Ann Lee and Red Film", "ann lee in red film"])
def test_in_a_heading_or_in_haste_capitals_make_no_shared_name(open_graph, word_encoder, heading):
    graph = open_graph({"Red Film": "Ann Lee made it.", "Blue Film": "Ann Lee made it, too."})
    (vector,) = word_encoder.encode_queries([heading])
    assert [graph.name(one) for one in named_entities(graph, heading, vector)] == ["Red Film"]


def test_a_shared_word_within_a_longer_name_is_not_named(open_graph, word_encoder):
    documents = {"1": "They left for Tulsa.", "2": "It rains in Tulsa."}
    graph = open_graph(documents, untitled=True)
    for question, names in (("Who left Tulsa?", ["Tulsa"]), ("Who was Ann Tulsa to them?", [])):
        (vector,) = word_encoder.encode_queries([question])
        assert [graph.name(one) for one in named_entities(graph, question, vector)] == names


def test_a_shared_name_leads_from_one_text_to_another(open_graph, tmp_path, word_encoder):
    documents = {
        "Port Quill": "The harbour was built by Ann Lee.",
        "2": "Nobody forgot how Ann Lee left for Ulm.",
        "3": "It rained.",
    }
    open_graph(documents)
    knowledge = Knowledge.open(tmp_path / "my.kb", encoder=word_encoder)
    assert found(knowledge, "Where did the builder of Port Quill go?", 2) == ["Port Quill", "2"]


def test_where_nothing_is_named_shared_names_alone_stir_no_hits(open_graph, tmp_path, word_encoder):
    documents = {str(number): f"The Health Study of {number} owls." for number in range(6)}
    open_graph(documents, untitled=True)
    knowledge = Knowledge.open(tmp_path / "my.kb", encoder=word_encoder)
    assert knowledge.graph.entities  # the study that all share
    asked = "owls and 3 mice"
    walked, fused = (
        knowledge.search([asked], 6, retriever=retriever)[0] for retriever in ("graph", "hybrid")
    )
    assert walked == fused


def test_nowhere_to_begin_finds_nothing(graph, word_encoder):
    (vector,) = word_encoder.encode_queries(["rain"])
    start = start_of(graph, [], vector, [])
    (ranking,) = walk_from(graph, weigh_edges(graph), word_encoder, [start], [[]], 5)
    assert ranking.hits == []


def test_a_document_stands_at_its_best_passage(open_graph, tmp_path, word_encoder):
    long = "Red things are here and there, all over the wide and open land. "
    open_graph({"Long": f"{long}Where is the golden ring? {long}", "Ring": "See Long, the tale."})
    knowledge = Knowledge.open(tmp_path / "my.kb", encoder=word_encoder)
    (hits,) = knowledge.search(["the golden ring in Long"], 5, retriever="graph")
    first, *others = [hit for hit in hits if hit.passage_id.startswith("Long#")]
    assert "golden ring" in knowledge.passage(first.passage_id).text
    assert others
    assert all(hit.score < 0.1 * first.score for hit in others)


def test_an_entity_of_facts_alone_leads_to_passages(open_graph, tmp_path, word_encoder):
    graph = open_graph({"Ulm": "A town.", "Bonn": "A town."}, ["Zed Quux\tlives in\tUlm"])
    (vector,) = word_encoder.encode_queries(["Zed Quux"])
    entities = named_entities(graph, "Zed Quux", vector)
    start = start_of(graph, entities, vector, [])
    assert np.flatnonzero(start.home).tolist() == [graph.passages + entities[0]]
    (ranking,) = walk_from(graph, weigh_edges(graph), word_encoder, [start], [[]], 5)
    assert [hit.passage_id for hit in ranking.hits] == ["Ulm#0"]


def test_a_fact_that_does_not_hold_leads_nowhere(open_graph, word_encoder):
    graph = open_graph({"Ulm": "A town."}, ["Zed Quux\tNotLivesIn\tUlm"])
    (vector,) = word_encoder.encode_queries(["Zed Quux"])
    start = start_of(graph, named_entities(graph, "Zed Quux", vector), vector, [])
    (ranking,) = walk_from(graph, weigh_edges(graph), word_encoder, [start], [[]], 5)
    assert ranking.hits == []


def test_facts_alone_find_no_passage(open_graph, tmp_path, word_encoder):
    open_graph(facts=["bee\tmakes\thoney"])
    knowledge = Knowledge.open(tmp_path / "my.kb", encoder=word_encoder)
    assert knowledge.search(["What makes honey?"], 3, retriever="graph") == [[]]
