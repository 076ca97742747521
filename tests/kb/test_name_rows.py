"""Rows of names stand in the order in which their entities are candidates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.errors import UsageError
from wherefrom.kb.name_keys import name_key, without_suffix
from wherefrom.kb.name_rows import ALIAS, SHORT_TITLE, TITLE, name_rows

NAMES = ["Mercury", "Mercury (planet)", "mercury", "Hg", "Hg (x)", "!!!", "東京", "東京（駅）"]
TABLES = st.lists(
    st.tuples(st.sampled_from(NAMES), st.integers(0, 4), st.sampled_from([TITLE, ALIAS])),
    max_size=12,
)


def columns(table):
    return tuple(list(column) for column in zip(*table, strict=True)) if table else ([], [], [])


@given(TABLES)
def test_rows_are_grouped_by_key_and_sorted_by_kind_and_entity(table):
    names, entities, kinds = columns(table)
    rows = name_rows(names, entities, kinds)
    expected = set()
    for source, (name, entity, kind) in enumerate(table):
        expected.add((name_key(name), kind, entity, source))
        if kind == TITLE and without_suffix(name) != name:
            expected.add((name_key(without_suffix(name)), SHORT_TITLE, entity, source))
    found = []
    for key in rows.keys:
        of_key = [(rows.kinds[r], rows.entities[r], rows.sources[r]) for r in rows.of(key)]
        assert of_key == sorted(of_key)
        assert all(name_key(rows.name(row, names)) == key for row in rows.of(key))
        found += [(key, *row) for row in of_key]
    assert len(found) == len(expected)
    assert set(found) == expected


def test_a_key_that_is_not_there_has_no_rows():
    assert list(name_rows([], [], []).of("mercury")) == []
    assert list(name_rows(["Hg"], [1], [ALIAS]).of("mercury")) == []


def test_columns_of_different_length_are_refused():
    with pytest.raises(UsageError, match="got 2 names, 1 entities and 2 kinds"):
        name_rows(["a", "b"], [0], [TITLE, TITLE])


@pytest.mark.parametrize("kind", [SHORT_TITLE, 3, -1])
def test_another_kind_is_refused(kind):
    with pytest.raises(
        UsageError, match=rf"name 1 \('b'\) is of kind {kind}; choose 0 for a title"
    ):
        name_rows(["a", "b"], [0, 1], [TITLE, kind])
