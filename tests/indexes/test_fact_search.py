"""Facts of what a question names are found by how their sentences resemble it."""

import pytest

from wherefrom.indexes import fact_search
from wherefrom.indexes.delete import delete
from wherefrom.indexes.fact_search import MOST_COMPARED, FoundFact, facts_near
from wherefrom.indexes.graph import Graph
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.kb.fact_words import fact_sentence

FACTS = [
    "owl\tCapableOf\thunt mice",
    "owl\tAtLocation\tforest",
    "owl\tNotCapableOf\tsing opera",
    "mouse\tAtLocation\tkitchen",
    "owl\tIsA\tbird",
]


@pytest.fixture
def knowledge(open_graph, tmp_path, word_encoder) -> Knowledge:
    open_graph({"Rain": "It rained in the forest."}, FACTS)
    return Knowledge.open(tmp_path / "my.kb", encoder=word_encoder)


def sentences(found: list[FoundFact]) -> list[str]:
    return [one.sentence for one in found]


def test_the_nearest_facts_come_first(knowledge, word_encoder):
    question = "Where in the forest is an owl found?"
    (found,) = knowledge.search_facts([question], 3)
    assert sentences(found)[0] == "owl is found at forest."
    assert len(found) == 3
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    (vector,) = word_encoder.encode_queries([question])
    for one in found:
        assert one.sentence == fact_sentence(one.fact)
        assert one.score == pytest.approx(float(word_encoder.encode([one.sentence])[0] @ vector))


def test_facts_say_where_they_stand(knowledge, tmp_path):
    (found,) = knowledge.search_facts(["The owl cannot sing opera!"], 1)
    assert sentences(found) == ["owl cannot sing opera."]
    assert found[0].fact.negated
    assert found[0].fact.source == f"triples:{tmp_path / 'facts.tsv'}"
    assert found[0].fact.place == "line 3"


def test_facts_of_all_that_is_named_and_of_nothing_else(knowledge):
    owl, both, none = knowledge.search_facts(["owl", "a mouse and an owl", "rain?"], 9)
    assert len(owl) == 4
    assert set(sentences(both)) == {*sentences(owl), "mouse is found at kitchen."}
    assert none == []
    assert set(sentences(knowledge.search_facts(["the forest"], 9)[0])) == {
        "owl is found at forest."  # facts are those that it is the tail of, too
    }


def test_a_batch_equals_its_questions(knowledge):
    questions = ["owl in a forest", "mouse", "?", "owl"]
    together = knowledge.search_facts(questions, 2)
    alone = [knowledge.search_facts([one], 2)[0] for one in questions]
    assert [sentences(found) for found in together] == [sentences(found) for found in alone]
    assert knowledge.search_facts([], 2) == []


def test_what_only_names_its_head_is_no_fact_to_read(open_graph, tmp_path, word_encoder):
    rdf = tmp_path / "a.ttl"
    rdf.write_text(
        "@prefix s: <http://www.w3.org/2004/02/skos/core#> . @prefix x: <http://x.org/> .\n"
        'x:o s:prefLabel "owl" ; s:altLabel "night bird" ; x:weighs "500 g" ; x:label "L7" .\n'
    )
    open_graph(specs=[f"rdf:{rdf}"])
    knowledge = Knowledge.open(tmp_path / "my.kb", encoder=word_encoder)
    (found,) = knowledge.search_facts(["owl"], 9)
    assert {one.fact.tail for one in found} == {"500 g", "L7"}
    assert {one.fact.tail for one in knowledge.search_facts(["night bird"], 9)[0]} == {
        "500 g",
        "L7",
    }


def test_facts_that_say_the_same_are_told_once(open_graph, tmp_path, word_encoder):
    open_graph(facts=["owl\tIsA\tbird", "owl\tIsA\tbird", "owl\thypernym\tbird"])
    knowledge = Knowledge.open(tmp_path / "my.kb", encoder=word_encoder)
    (found,) = knowledge.search_facts(["owl"], 9)
    assert sentences(found) == ["owl is a kind of bird."]
    assert found[0].fact.place == "line 1"


def many_facts() -> list[str]:
    return [
        *(f"owl\tsees\tthing {n:03}" for n in range(300)),
        "owl\teats\tgolden mice at night",
    ]


def test_of_many_facts_those_that_share_words_are_compared(open_graph, tmp_path, word_encoder):
    open_graph(facts=many_facts())
    knowledge = Knowledge.open(tmp_path / "my.kb", encoder=word_encoder)
    word_encoder.calls.clear()
    (found,) = knowledge.search_facts(["Does the owl eat golden mice?"], 400)
    assert sentences(found)[0] == "owl: eats: golden mice at night."
    assert len(found) == MOST_COMPARED == max(word_encoder.calls)


def test_so_many_facts_of_an_entity_are_looked_at(open_graph, word_encoder, monkeypatch):
    monkeypatch.setattr(fact_search, "MOST_READ", 5)
    graph: Graph = open_graph(facts=many_facts())
    vectors = word_encoder.encode_queries(["owl"])
    (owl,) = graph.having("name", "owl")
    (found,) = facts_near(graph, word_encoder, ["owl"], vectors, [(owl,)], 400)
    assert len(found) == 5


def test_deleted_facts_are_gone_at_once(knowledge, tmp_path):
    assert knowledge.search_facts(["owl"])[0]
    delete(knowledge.folder, [f"triples:{tmp_path / 'facts.tsv'}"])
    assert knowledge.search_facts(["owl"]) == [[]]


def test_without_facts_there_is_nothing_to_find(open_graph, tmp_path, word_encoder):
    open_graph({"owl": "It rained."})
    knowledge = Knowledge.open(tmp_path / "my.kb", encoder=word_encoder)
    word_encoder.calls.clear()
    assert knowledge.search_facts(["owl", "rain"]) == [[], []]
    assert word_encoder.calls == []


def test_facts_of_rdf_are_worded_by_labels(open_graph, tmp_path, word_encoder):
    """Wikidata calls all by numbers, and labels a relation under another IRI than it states it."""
    wikidata = "http://www.wikidata.org"
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    (tmp_path / "a.nt").write_text(
        f'<{wikidata}/entity/Q1> {label} "Elmstead Castle" .\n'
        f'<{wikidata}/entity/Q2> {label} "Orla Vance" .\n'
        f'<{wikidata}/entity/P84> {label} "architect" .\n'
        f"<{wikidata}/entity/Q1> <{wikidata}/prop/direct/P84> <{wikidata}/entity/Q2> .\n"
        f"<{wikidata}/entity/Q1> <{wikidata}/prop/direct/P9> <{wikidata}/entity/Q2> .\n"
    )
    open_graph(specs=[f"rdf:{tmp_path / 'a.nt'}"])
    knowledge = Knowledge.open(tmp_path / "my.kb", encoder=word_encoder)
    (found,) = knowledge.search_facts(["Who is the architect of Elmstead Castle?"], 5)
    assert [one.sentence for one in found] == [
        "Elmstead Castle: architect: Orla Vance.",
        "Elmstead Castle: p9: Orla Vance.",
    ]
    assert found[0].fact.relation_iri.endswith("/P84")
