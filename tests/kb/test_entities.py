"""Documents and facts that share a name speak of one entity; what has an IRI is kept apart."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.entities import NO_ENTITY, DocumentNames, Entities, find_entities, with_names
from wherefrom.kb.fact_terms import FactTerms, Term
from wherefrom.kb.name_keys import name_key
from wherefrom.kb.name_rows import ALIAS, TITLE
from wherefrom.kb.name_table import NameTable

EX = "http://example.org/"


def facts_about(*terms: Term) -> FactTerms:
    return FactTerms(terms, np.empty(0, np.int64), np.empty(0, np.int64))


def found(documents: list[DocumentNames], *terms: Term) -> Entities:
    return find_entities(documents, facts_about(*terms))


def names_of(entities: Entities, entity: int) -> list[tuple[str, int]]:
    rows = zip(entities.surfaces, entities.owners, entities.kinds, strict=True)
    return [(surface, kind) for surface, owner, kind in rows if owner == entity]


def test_nothing_has_no_entities():
    nothing = found([])
    assert len(nothing) == len(nothing.documents) == len(nothing.terms) == 0


def test_titles_and_terms_with_one_key_are_one_entity():
    documents = [DocumentNames("Paris"), DocumentNames("Berlin"), DocumentNames("PARIS")]
    entities = found(documents, Term("paris", "", "paris"), Term("rome", "", "rome"))
    assert entities.names == ["Berlin", "PARIS", "rome"]  # a title before a term, then by letters
    assert entities.documents.tolist() == [1, 0, 1]
    assert entities.terms.tolist() == [1, 2]
    assert names_of(entities, 1) == [("PARIS", TITLE), ("Paris", TITLE), ("paris", TITLE)]


def test_a_document_without_a_title_has_no_entity():
    entities = found([DocumentNames(" "), DocumentNames(""), DocumentNames("!!!")])
    assert entities.documents.tolist() == [NO_ENTITY, NO_ENTITY, 0]
    assert entities.names == ["!!!"]


def test_aliases_belong_to_the_entity():
    entities = found([DocumentNames("Ada Lovelace", ("Ada Byron", "Ada Lovelace"))])
    assert names_of(entities, 0) == [("Ada Byron", ALIAS), ("Ada Lovelace", TITLE)]
    table = NameTable(entities.surfaces, entities.owners, entities.kinds)
    assert table.linked("Ada_Byron") == (0,)


def test_the_same_name_with_different_suffixes_is_of_two_entities():
    entities = found([DocumentNames("Mercury (planet)"), DocumentNames("Mercury (element)")])
    assert entities.names == ["Mercury (element)", "Mercury (planet)"]
    assert entities.documents.tolist() == [1, 0]


def test_one_iri_joins_the_document_of_its_name():
    entities = found([DocumentNames("Paris")], Term("Q90", EX + "Q90", "Paris", ("Q90", "Lutetia")))
    assert entities.names == ["Paris"]
    assert entities.iris == [EX + "Q90"]
    assert names_of(entities, 0) == [("Lutetia", ALIAS), ("Paris", TITLE), ("Q90", ALIAS)]


def test_iris_that_share_a_name_are_kept_apart():
    terms = [
        Term("Q90", EX + "Q90", "Paris", ("Q90",)),
        Term("Q830149", EX + "Q830149", "paris", ("Q830149",)),
        Term("paris", "", "paris"),
    ]
    entities = found([DocumentNames("Paris")], *terms)
    assert entities.names == ["Paris", "paris (Q830149)", "Paris (Q90)"]
    assert entities.iris == ["", EX + "Q830149", EX + "Q90"]
    assert entities.documents.tolist() == [0]
    assert entities.terms.tolist() == [2, 1, 0]
    table = NameTable(entities.surfaces, entities.owners, entities.kinds)
    assert {one.entity for one in table.resolve("Paris")} == {0, 1, 2}


def test_words_that_say_no_more_than_the_name_are_not_shown_twice():
    terms = [Term("bank", EX + "bank/n", "bank"), Term("bank", EX + "bank/v", "bank")]
    assert found([], *terms).names == ["bank", "bank"]


def test_blank_nodes_of_two_sources_are_two_entities():
    terms = [Term("_:a", "_:a", "_:a", scope=f"triples:{n}.ttl") for n in range(2)]
    entities = found([], *terms)
    assert entities.iris == ["_:a", "_:a"]
    assert entities.terms.tolist() == [0, 1]


NAMES = st.sampled_from(["Paris", "PARIS", "paris", "Rome", "Rome (film)", "!", "?", "", " ", "ß"])
DOCUMENTS = st.lists(st.builds(DocumentNames, NAMES, st.lists(NAMES, max_size=2).map(tuple)))
TERMS = st.lists(
    st.builds(
        Term,
        st.sampled_from(["a", "b"]),
        st.sampled_from(["", f"{EX}1", f"{EX}2", "_:x"]),
        NAMES.filter(str.strip),
        st.lists(NAMES, max_size=2).map(tuple),
    ),
    unique_by=lambda term: (term.iri, "" if term.iri else term.name),
    max_size=6,
)


def test_entities_of_a_name_alone_come_last():
    entities = found([DocumentNames("Rome", ("Roma",)), DocumentNames("Ada")])
    more = with_names(entities, ["Old Rome", "Zoë Bit"])
    assert more.names == ["Ada", "Rome", "Old Rome", "Zoë Bit"]
    assert more.iris == [""] * 4
    assert more.surfaces == ["Ada", "Roma", "Rome", "Old Rome", "Zoë Bit"]
    assert more.owners == [0, 1, 1, 2, 3]
    assert more.kinds == [TITLE, ALIAS, TITLE, TITLE, TITLE]
    assert more.documents.tolist() == entities.documents.tolist() == [1, 0]


@given(DOCUMENTS, TERMS, st.randoms(use_true_random=False))
def test_order_leaves_no_trace(documents, terms, random):
    entities = found(documents, *terms)
    order = random.sample(range(len(documents)), len(documents))
    mixed = random.sample(terms, len(terms))
    again = found([documents[place] for place in order], *mixed)
    assert (again.names, again.iris) == (entities.names, entities.iris)
    assert (again.surfaces, again.owners) == (entities.surfaces, entities.owners)
    assert again.kinds == entities.kinds
    assert again.documents.tolist() == [entities.documents[place] for place in order]
    of_terms = dict(zip(terms, entities.terms.tolist(), strict=True))
    assert again.terms.tolist() == [of_terms[term] for term in mixed]


@given(DOCUMENTS, TERMS)
def test_every_name_belongs_to_the_entities_that_have_it(documents, terms):
    entities = found(documents, *terms)
    assert entities.owners == sorted(entities.owners)
    rows = set(zip(entities.surfaces, entities.owners, entities.kinds, strict=True))
    assert len(rows) == len(entities.owners)
    assert all(map(str.strip, entities.surfaces))
    for names, entity in zip(documents, entities.documents.tolist(), strict=True):
        if names.title.strip():
            assert (names.title, entity, TITLE) in rows
            aliases = {name for name in names.aliases if name.strip()} - {names.title}
            assert all((name, entity, ALIAS) in rows for name in aliases)
            assert name_key(entities.names[entity]) == name_key(names.title)
        else:
            assert entity == NO_ENTITY
    for term, entity in zip(terms, entities.terms.tolist(), strict=True):
        assert (term.name, entity, TITLE) in rows
        assert entities.iris[entity] == term.iri or not term.iri
    different = {term.iri for term in terms if term.iri}
    joined = {
        entity for term, entity in zip(terms, entities.terms.tolist(), strict=True) if term.iri
    }
    assert len(joined) == len(different)  # no two IRIs are one entity
