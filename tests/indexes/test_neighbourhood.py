"""What stands around an entity: everything has its receipt, and much is only counted."""

import time

import pytest

from wherefrom.indexes.neighbourhood import neighbourhood
from wherefrom.kb.errors import MissingError, UsageError

DOCUMENTS = {
    "Paris": "Paris is the capital of France. The Seine flows there. France pays for it.",
    "Rome": "Rome is older than Paris. Romans came to Paris. No Paris, no Rome.",
    "Seine": "The Seine comes from Dijon.",
    "Dijon": "Dijon lies in France.",
    "France": "A country.",
    "Oslo": "Oslo is far from Paris.",
}
FACTS = [
    "Paris\tlies on\tSeine",
    "Paris\tcapital of\tFrance\t3",
    "Paris\tNotIsA\tvillage",
    "Rome\tsister of\tParis\t2",
    "Paris\tis\tParis",
]
HUB = 20_000


@pytest.fixture
def graph(open_graph):
    return open_graph(DOCUMENTS, FACTS)


@pytest.fixture
def paris(graph):
    (found,) = neighbourhood(graph, "Paris").entities
    return found


def test_mentions_come_with_their_receipts_the_most_frequent_first(graph, paris):
    assert [(one.name, one.times) for one in paris.mentions] == [("France", 2), ("Seine", 1)]
    mentioned_by = [(one.name, one.times, one.passage_id) for one in paris.mentioned_by]
    assert mentioned_by == [("Rome", 2, "Rome#0"), ("Oslo", 1, "Oslo#0"), ("Rome", 1, "Rome#1")]
    for mention in (*paris.mentions, *paris.mentioned_by):
        text = graph.generation.document(mention.title).text
        assert text[mention.start : mention.end] == mention.quote
        begin = mention.sentence_start
        assert text[begin : begin + len(mention.sentence)] == mention.sentence
        before, quote, after = mention.parts()
        assert (before + quote + after, quote) == (mention.sentence, mention.quote)
        assert mention.sentence.endswith(".")


def test_facts_come_with_their_receipts_the_heaviest_first(paris):
    told = [(fact.head, fact.words, fact.tail, fact.place) for fact in paris.facts]
    assert told == [
        ("Paris", "capital of", "France", "line 2"),
        ("Rome", "sister of", "Paris", "line 4"),
        ("Paris", "lies on", "Seine", "line 1"),
        ("Paris", "NotIsA", "village", "line 3"),
        ("Paris", "is", "Paris", "line 5"),
    ]
    assert [fact.negated for fact in paris.facts] == [False, False, False, True, False]
    assert {fact.source for fact in paris.facts} == {paris.facts[0].source}


def test_names_passages_and_totals(paris):
    assert (paris.name, paris.names, paris.iri) == ("Paris", ("Paris",), "")
    assert [(one.passage_id, one.start) for one in paris.passages] == [
        ("Paris#0", 0),
        ("Paris#1", 55),
    ]
    assert paris.totals == {
        "names": 1,
        "passages": 2,
        "mentions": 2,
        "mentioned_by": 3,
        "facts": 5,
    }


def test_literals_and_denials_are_told(open_graph, tmp_path):
    (tmp_path / "f.ttl").write_text(
        "@prefix x: <http://x.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        'x:a x:size "7" . [] a owl:NegativePropertyAssertion ; owl:sourceIndividual x:a ;\n'
        "owl:assertionProperty x:likes ; owl:targetIndividual x:b ."
    )
    graph = open_graph(specs=[f"rdf:{tmp_path / 'f.ttl'}"])
    (around,) = neighbourhood(graph, "http://x.org/a").entities
    told = [(fact.words, fact.tail, fact.literal, fact.negated) for fact in around.facts]
    assert told == [("size", "7", True, False), ("not likes", "b", False, True)]


def test_no_more_than_most_are_told_and_all_are_counted(graph, paris):
    (found,) = neighbourhood(graph, "Paris", most=1).entities
    told = (found.names, found.passages, found.mentions, found.mentioned_by, found.facts)
    assert [len(part) for part in told] == [1] * 5
    assert found.totals == paris.totals
    assert (found.mentions, found.facts) == (paris.mentions[:1], paris.facts[:1])


def test_deeper_come_the_neighbours_and_then_theirs(graph):
    levels = [
        [one.name for one in neighbourhood(graph, "Dijon", depth=depth).entities]
        for depth in (1, 2, 3)
    ]
    assert levels == [
        ["Dijon"],
        ["Dijon", "France", "Seine"],
        ["Dijon", "France", "Seine", "Paris"],
    ]
    assert len(neighbourhood(graph, "Dijon", depth=2, most=1).entities) == 2


def test_other_meanings_are_named(open_graph):
    graph = open_graph({"Paris": "A city.", "Paris (Texas)": "Another."})
    found = neighbourhood(graph, "paris")
    assert (found.asked, found.others) == ("paris", ("Paris (Texas)",))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"depth": 0}, "from 1 to 5, got 0"),
        ({"depth": 6}, "from 1 to 5, got 6"),
        ({"most": 0}, "at least 1 of each kind must be shown, got 0"),
    ],
)
def test_wrong_numbers_are_refused(graph, options, message):
    with pytest.raises(UsageError, match=message):
        neighbourhood(graph, "Paris", **options)
    with pytest.raises(MissingError):
        neighbourhood(graph, "Berlin")


def test_a_passage_about_nothing_without_a_title_is_called_by_its_id(open_graph):
    graph = open_graph({"Paris": "A city."})
    graph = open_graph({"nameless": "many people have seen Paris."}, untitled=True)
    (found,) = neighbourhood(graph, "Paris").entities
    assert [(one.entity, one.name) for one in found.mentioned_by] == [(-1, "nameless#0")]


def test_a_hub_answers_quickly(open_graph):
    graph = open_graph({"Hub": "All."}, (f"Hub\tleads to\tplace {n}" for n in range(HUB)))
    neighbourhood(graph, "Hub")  # opens the graph
    started = time.process_time()
    (found,) = neighbourhood(graph, "Hub", most=5).entities
    assert time.process_time() - started < 0.5
    assert (len(found.facts), found.totals["facts"]) == (5, HUB)
