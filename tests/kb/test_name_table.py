"""A name is resolved to the entities that it may mean, the likeliest first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.errors import UsageError
from wherefrom.kb.name_rows import ALIAS, TITLE
from wherefrom.kb.name_table import (
    SAME_ALIAS,
    SAME_BUT_SUFFIX,
    SAME_KEY,
    SAME_TITLE,
    NamedEntity,
    NameTable,
)

ROWS = [
    ("Mercury (planet)", 4, TITLE),
    ("Mercury", 7, TITLE),
    ("Hg", 7, ALIAS),
    ("MERCURY", 2, ALIAS),
    ("Mercury (god)", 1, TITLE),
    ("Lothair II", 9, TITLE),
    ("Lothaire II", 9, ALIAS),
    ("!!!", 5, TITLE),
    ("???", 6, TITLE),
    ("Us", 10, TITLE),
    ("US", 11, ALIAS),
]


@pytest.fixture
def table() -> NameTable:
    return NameTable(*(list(column) for column in zip(*ROWS, strict=True)))


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (
            "Mercury",
            [
                (7, "Mercury", SAME_TITLE),
                (2, "MERCURY", SAME_KEY),
                (1, "Mercury (god)", SAME_BUT_SUFFIX),
                (4, "Mercury (planet)", SAME_BUT_SUFFIX),
            ],
        ),
        (
            "Mercury (god)",
            [
                (1, "Mercury (god)", SAME_TITLE),
                (7, "Mercury", SAME_BUT_SUFFIX),
                (4, "Mercury (planet)", SAME_BUT_SUFFIX),
                (2, "MERCURY", SAME_BUT_SUFFIX),
            ],
        ),
        (
            "mercury（poem）",
            [
                (7, "Mercury", SAME_BUT_SUFFIX),
                (1, "Mercury (god)", SAME_BUT_SUFFIX),
                (4, "Mercury (planet)", SAME_BUT_SUFFIX),
                (2, "MERCURY", SAME_BUT_SUFFIX),
            ],
        ),
        ("hg", [(7, "Hg", SAME_KEY)]),
        ("Hg", [(7, "Hg", SAME_ALIAS)]),
        ("LOTHAÏR II", [(9, "Lothair II", SAME_KEY)]),
        ("!!!", [(5, "!!!", SAME_TITLE)]),
        ("US", [(11, "US", SAME_ALIAS), (10, "Us", SAME_KEY)]),
        ("!", []),
        ("", []),
        ("Xanthippe of Athens", []),
    ],
)
def test_names_are_resolved_in_order(table, name, found):
    assert table.resolve(name, k=10) == [NamedEntity(*one) for one in found]


def test_what_is_only_like_it_scores_less(table):
    (found,) = table.resolve("Lothiar II")
    assert (found.entity, found.name) == (9, "Lothair II")
    assert 0 < found.score < SAME_BUT_SUFFIX
    assert [one.name for one in table.resolve("Merkury (planet)", k=1)] == ["Mercury (planet)"]


def test_of_equal_scores_titles_come_first_and_no_entity_twice(table):
    (found,) = table.resolve("lothaire ii", k=5)
    assert found == NamedEntity(9, "Lothaire II", SAME_KEY)
    assert [one.entity for one in table.resolve("mercury", k=2)] == [7, 2]
    names = NameTable(["A b", "A-b", "a b"], [5, 3, 1], [TITLE, TITLE, ALIAS])
    assert [one.entity for one in names.resolve("a B")] == [3, 5, 1]


@given(st.text(max_size=12), st.integers(1, 4))
def test_no_more_than_asked_for_each_once_best_first(name, k):
    table = NameTable(*(list(column) for column in zip(*ROWS, strict=True)))
    found = table.resolve(name, k=k)
    assert len({one.entity for one in found}) == len(found) <= k
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


@pytest.mark.parametrize("name", [name for name, _, _ in ROWS])
def test_every_name_leads_to_its_entity(table, name):
    wanted = {entity for other, entity, _ in ROWS if other == name}
    assert table.resolve(name, k=1)[0].entity in wanted
    assert set(table.linked(name)) == wanted


@pytest.mark.parametrize(
    ("target", "entities"),
    [
        ("Mercury", (7,)),
        ("mercury", (7,)),  # of those that differ by case a title goes before an alias
        ("Mercury_(planet)#Orbit", (4,)),
        ("Mercury (poem)", ()),  # a link says exactly what it means
        ("Planet", ()),
        ("#Orbit", ()),
    ],
)
def test_where_a_link_leads(table, target, entities):
    assert table.linked(target) == entities


def test_no_results_cannot_be_asked_for(table):
    with pytest.raises(UsageError, match="k must be at least 1, got 0"):
        table.resolve("Mercury", k=0)


def test_an_empty_table_knows_no_name():
    assert NameTable([], [], []).resolve("Mercury") == []
