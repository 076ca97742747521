"""Test what negated facts do to answers: they refute, and never support, lead on or answer."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from wherefrom.indexes.build import build
from wherefrom.kb.errors import ModelError
from wherefrom.pipeline.answering import Answerer
from wherefrom.pipeline.bundled import bundled_reader
from wherefrom.pipeline.denial import affirmed
from wherefrom.pipeline.records import Evidence, Option
from wherefrom.pipeline.retrieval import retrieve

DENIED = [
    ("penguin", "NotCapableOf", "fly"),
    ("dog", "NotCapableOf", "fly"),
    ("whale", "NotIsA", "fish"),
    ("hammer", "NotUsedFor", "eating"),
]


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    """Give an answerer of facts that say what does not hold, and one that does."""
    try:
        folder = bundled_reader()
    except ModelError as error:
        pytest.skip(str(error))
    place = tmp_path_factory.mktemp("denied")
    facts = [*DENIED, ("bird", "IsA", "animal")]
    (place / "facts.tsv").write_text("".join("\t".join(fact) + "\n" for fact in facts))
    build(place / "my.kb", [f"triples:{place / 'facts.tsv'}"])
    return Answerer.open(place / "my.kb", reader=folder, device="cpu")


@pytest.mark.parametrize(
    ("statement", "without"),
    [
        ("A penguin cannot fly.", "A penguin can fly."),
        ("A penguin can not fly.", "A penguin can fly."),
        ("A penguin can't fly.", "A penguin can fly."),
        ("It won’t rain.", "It will rain."),
        ("Whales aren't fish.", "Whales are fish."),
        ("A dog is not a cat.", "A dog is a cat."),
        ("He has never been there.", "He has been there."),
        ("Notes are not kept.", "Notes are kept."),
        ("The knot can be cut.", "The knot can be cut."),
    ],
)
def test_negations_are_taken_out(statement: str, without: str) -> None:
    assert affirmed(statement) == without
    assert affirmed(without) == without


@pytest.mark.parametrize(
    "claim",
    ["A penguin can fly.", "A dog can fly.", "A whale is a fish.", "A hammer is used for eating."],
)
def test_what_is_denied_is_refuted(answerer: Answerer, claim: str) -> None:
    found = answerer.check(claim)
    assert found.verdict == "refuted"
    assert found.probabilities["supported"] < 0.1
    assert found.citations[0].verdict == "refuted"


@pytest.mark.parametrize("claim", ["A penguin cannot fly.", "A whale is not a fish."])
def test_who_denies_the_same_is_supported(answerer: Answerer, claim: str) -> None:
    found = answerer.check(claim)
    assert found.verdict == "supported"
    assert found.citations[0].verdict == "supported"


def test_what_has_nothing_to_do_with_it_stays_undecided(answerer: Answerer) -> None:
    assert answerer.check("A penguin lays eggs.").verdict == "undecided"


def test_a_choice_that_is_denied_is_not_taken(answerer: Answerer) -> None:
    can = answerer.choose("What can a dog do?", [Option("A", "fly"), Option("B", "bark")])
    assert can.choice == "B"
    kind = answerer.choose("What is a whale?", [Option("A", "fish"), Option("B", "mammal")])
    assert kind.choice == "B"


def test_what_is_denied_is_no_answer(answerer: Answerer) -> None:
    for question in ("What can a penguin do?", "What is a whale?"):
        found = answerer.ask(question)
        assert found.abstained
        assert not found.paths


def test_evidence_says_what_it_denies(answerer: Answerer) -> None:
    (found,) = retrieve(answerer.knowledge, ["What can a penguin do?"], retriever="graph")
    denial = next(item for item in found if item.denies)
    assert (denial.text, denial.denies) == ("penguin cannot fly.", "penguin can fly.")
    assert denial.path[0].relation == "NotCapableOf"
    (found,) = retrieve(answerer.knowledge, ["What is a bird?"], retriever="graph")
    assert [item.denies for item in found] == [""]


def test_a_negation_that_its_relation_does_not_say_stands_in_the_path(
    tmp_path: Path, make_evidence: Callable[..., Evidence]
) -> None:
    """OWL denies with a statement about the statement; the relation's own name is affirmative."""
    owl = "http://www.w3.org/2002/07/owl#"
    (tmp_path / "a.ttl").write_text(
        f"@prefix owl: <{owl}> . @prefix e: <http://example.org/> .\n"
        'e:Paris <http://www.w3.org/2000/01/rdf-schema#label> "Paris" .\n'
        "[] a owl:NegativePropertyAssertion ; owl:sourceIndividual e:Paris ;\n"
        "  owl:assertionProperty e:capitalOf ; owl:targetIndividual e:Germany .\n"
    )
    build(tmp_path / "my.kb", [f"rdf:{tmp_path / 'a.ttl'}"])
    knowledge = Answerer.open(tmp_path / "my.kb").knowledge
    (found,) = retrieve(knowledge, ["Is Paris the capital of Germany?"], retriever="graph")
    (denial,) = [item for item in found if item.denies]
    assert json.dumps(denial.path[0][:3]) == '["Paris", "not capitalOf", "Germany"]'
    assert denial.denies == "Paris: capital of: Germany."
