"""Read OWL's negative property assertions as facts that do not hold.

Source: W3C, "OWL 2 Web Ontology Language: Mapping to RDF Graphs", 2012, section 2.1, table 1,
https://www.w3.org/TR/owl2-mapping-to-rdf/.

Plain RDF cannot say that something is not so. OWL says it with a node of its own type, which names
the subject, the property and the object in three more statements. Such statements may stand far
apart, so they are held back until all others have passed.
"""

from collections.abc import Iterable, Iterator

from wherefrom.kb.rdf_terms import relation_words
from wherefrom.kb.records import Triple

_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_OWL = "http://www.w3.org/2002/07/owl#"
_ASSERTION = f"{_OWL}NegativePropertyAssertion"
_SUBJECT = f"{_OWL}sourceIndividual"
_PROPERTY = f"{_OWL}assertionProperty"
_INDIVIDUAL = f"{_OWL}targetIndividual"
_VALUE = f"{_OWL}targetValue"
_PARTS = frozenset({_SUBJECT, _PROPERTY, _INDIVIDUAL, _VALUE})


def with_negations(facts: Iterable[Triple]) -> Iterator[Triple]:
    """Yield the facts in order, and after them a negated one for each negative assertion.

    An assertion that is incomplete or names two subjects, properties or objects negates nothing;
    its statements are yielded at the end as they are.
    """
    held: dict[str, list[Triple]] = {}  # by place: the assertion's node and graph
    for fact in facts:
        if fact.relation_iri in _PARTS or (
            fact.relation_iri == _TYPE and fact.tail_iri == _ASSERTION
        ):
            held.setdefault(fact.place, []).append(fact)
        else:
            yield fact
    for statements in held.values():
        negated = _negated(statements)
        yield from statements if negated is None else [negated]


def _negated(statements: list[Triple]) -> Triple | None:
    parts = {statement.relation_iri: statement for statement in statements}
    if len(set(statements)) != len(parts) or not {_TYPE, _SUBJECT, _PROPERTY} <= set(parts):
        return None
    subject, relation = parts[_SUBJECT], parts[_PROPERTY].tail_iri
    targets = [part for part in (parts.get(_INDIVIDUAL), parts.get(_VALUE)) if part is not None]
    if len(targets) != 1 or targets[0].literal != (_VALUE in parts) or subject.literal:
        return None
    if not relation or relation.startswith("_:"):
        return None
    target = targets[0]
    graph = subject.place.removeprefix(subject.head_iri)
    return Triple(
        head=subject.tail,
        relation=relation_words(relation, literal=target.literal, negated=True),
        tail=target.tail,
        negated=True,
        literal=target.literal,
        head_iri=subject.tail_iri,
        relation_iri=relation,
        tail_iri=target.tail_iri,
        language=target.language,
        datatype=target.datatype,
        source=subject.source,
        place=subject.tail_iri + graph,
    )
