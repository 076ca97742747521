"""Names that a person takes for the same have the same key."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.name_keys import name_key, without_suffix


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lothair II", "LOTHAÏR  ii"),
        ("Beyoncé", "Beyonce"),
        ("Beyoncé", unicodedata.normalize("NFD", "BEYONCÉ")),
        ("O'Neill", "O’Neill"),
        ("Jean-Paul Sartre", "Jean Paul Sartre"),
        ("St. Louis", "St Louis"),
        ("Paris, Texas", "Paris (Texas)"),
        ("AC/DC", "Ac-Dc"),
        ("Straße", "STRASSE"),
        ("İstanbul", "Istanbul"),
        ("ＮＨＫ", "NHK"),
        ("東京 タワー", "東京タワー"),
        ("가나", unicodedata.normalize("NFD", "가나")),
    ],
)
def test_names_that_meet(one, other):
    assert name_key(one) == name_key(other) != ""


@pytest.mark.parametrize(("one", "other"), [("Lothair", "Lothair II"), ("か", "が"), ("水", "氷")])
def test_names_that_differ(one, other):
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize("name", ["", " ", "!!!", "—", "🗽", "\u0301"])
def test_a_name_without_letters_has_no_key(name):
    assert name_key(name) == ""


@given(st.text(max_size=40))
def test_the_key_of_a_key_is_the_key(name):
    assert name_key(name_key(name)) == name_key(name)


@given(st.text(max_size=40), st.text(st.characters(categories=["P", "Z"]), max_size=3))
def test_case_composition_and_what_stands_around_make_no_difference(name, around):
    key = name_key(name)
    assert name_key(name.lower()) == name_key(unicodedata.normalize("NFC", name.lower()))
    assert name_key(f"{around} {name} {around}") == key
    assert name_key(f"{name.lower()}") == key


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Mercury (planet)", "Mercury"),
        ("Theodred II (Bishop of Elmham)", "Theodred II"),
        ("Foo (bar (baz)) ", "Foo"),
        ("Foo (a) (b)", "Foo (a)"),
        ("水星（行星）", "水星"),
        ("水星(行星)", "水星"),
        ("1984 (novel)", "1984"),
        ("(planet)", "(planet)"),
        ("  (planet)", "  (planet)"),
        ('"" (film)', '"" (film)'),
        ("(What's the Story) Morning Glory?", "(What's the Story) Morning Glory?"),
        ("f(x)", "f(x)"),
        ("Iron(II)", "Iron(II)"),
        ("Foo )", "Foo )"),
        ("Foo (a]", "Foo (a]"),
        ("Foo （a)", "Foo （a)"),
        ("Mercury", "Mercury"),
        (")", ")"),
        ("", ""),
    ],
)
def test_what_tells_names_apart_is_taken_off(name, short):
    assert without_suffix(name) == short


@given(st.text(st.sampled_from("aé (（)）東"), max_size=12))
def test_a_name_without_its_suffix_still_names(name):
    short = without_suffix(name)
    assert name.startswith(short) or name.strip().startswith(short)
    assert bool(name_key(short)) == bool(name_key(name))
