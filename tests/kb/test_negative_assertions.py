"""A negative property assertion becomes a fact that does not hold; half of one becomes nothing."""

from dataclasses import replace

import pytest

from wherefrom.kb.negative_assertions import with_negations
from wherefrom.kb.records import Triple

OWL = "http://www.w3.org/2002/07/owl#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
E = "http://example.org/"


def statement(relation_iri, tail, **more):
    fields = {"tail_iri": tail} | more
    return Triple(
        head="_:n",
        relation=relation_iri.rpartition("#")[2],
        tail=tail.rpartition("/")[2],
        head_iri="_:n",
        relation_iri=relation_iri,
        source="rdf:x",
        place="_:n in graph http://g",
        **fields,
    )


KIND = statement(TYPE, f"{OWL}NegativePropertyAssertion")
SUBJECT = statement(f"{OWL}sourceIndividual", f"{E}owl")
PROPERTY = statement(f"{OWL}assertionProperty", f"{E}eats")
INDIVIDUAL = statement(f"{OWL}targetIndividual", f"{E}bread")
VALUE = statement(f"{OWL}targetValue", "7", tail_iri="", literal=True, datatype=f"{E}years")
PLAIN = Triple("owl", "eats", "mouse", head_iri=f"{E}owl", place=f"{E}owl")


def test_statements_that_stand_apart_become_one_negated_fact_at_the_end():
    found = list(with_negations([KIND, PLAIN, INDIVIDUAL, PROPERTY, PLAIN, SUBJECT]))
    assert found == [
        PLAIN,
        PLAIN,
        Triple(
            head="owl",
            relation="eats",
            tail="bread",
            negated=True,
            head_iri=f"{E}owl",
            relation_iri=f"{E}eats",
            tail_iri=f"{E}bread",
            source="rdf:x",
            place=f"{E}owl in graph http://g",
        ),
    ]


def test_a_value_stays_a_literal_and_a_name_that_is_denied_is_no_name():
    (negated,) = with_negations([KIND, SUBJECT, PROPERTY, VALUE])
    assert (negated.tail, negated.literal, negated.datatype) == ("7", True, f"{E}years")
    label = replace(PROPERTY, tail_iri="http://www.w3.org/2000/01/rdf-schema#label")
    (negated,) = with_negations([KIND, SUBJECT, label, VALUE])
    assert negated.relation == "rdf-schema label"


@pytest.mark.parametrize(
    "statements",
    [
        [KIND],
        [SUBJECT, PROPERTY, INDIVIDUAL],
        [KIND, SUBJECT, PROPERTY],
        [KIND, PROPERTY, INDIVIDUAL],
        [KIND, SUBJECT, INDIVIDUAL],
        [KIND, SUBJECT, PROPERTY, INDIVIDUAL, VALUE],
        [KIND, SUBJECT, replace(SUBJECT, tail_iri=f"{E}bat"), PROPERTY, INDIVIDUAL],
        [KIND, SUBJECT, replace(PROPERTY, tail_iri="_:inverse"), INDIVIDUAL],
        [KIND, SUBJECT, replace(PROPERTY, tail_iri="", literal=True), INDIVIDUAL],
        [KIND, replace(SUBJECT, tail_iri="", literal=True), PROPERTY, INDIVIDUAL],
        [KIND, SUBJECT, PROPERTY, replace(INDIVIDUAL, literal=True)],
        [KIND, SUBJECT, PROPERTY, replace(VALUE, literal=False)],
    ],
)
def test_what_is_incomplete_or_unclear_negates_nothing(statements):
    assert list(with_negations([*statements, PLAIN])) == [PLAIN, *statements]


def test_repeating_a_statement_changes_nothing_and_graphs_stay_apart():
    whole = [KIND, SUBJECT, PROPERTY, INDIVIDUAL]
    assert len(list(with_negations([*whole, *whole]))) == 1
    elsewhere = [replace(part, place="_:n") for part in whole[:2]]
    assert list(with_negations([*elsewhere, *whole[2:]])) == [*elsewhere, *whole[2:]]
