"""Proper names are found by their capitals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.proper_names import BEGINS, SEVERAL, WITHIN, proper_names, written_names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("He met Ada Lovelace in Old Rome.", ["Ada Lovelace", "Old Rome"]),
        (
            "The House of Lords and the Duke of the West sat.",
            ["House of Lords", "Duke of the West"],
        ),
        ("In World War II it burnt.", ["World War II"]),
        ("The Beatles played. The United Nations met.", ["United Nations"]),
        ("Richard Wright's Native Son is sad.", ["Richard Wright", "Native Son"]),
        ("Conan O'Brien and J. R. R. Tolkien", ["Conan O'Brien", "J. R. R. Tolkien"]),
        ("She took Vitamin C. The West was far.", ["Vitamin C."]),
        ("Élise Müller met Иван Петров and Jean-Paul Sartre", None),
        ("Paris. Texas is big. Ada (Lovelace), Rome", []),
        ("ada lovelace in old rome", []),
        ("Ada of old Rome", []),
        ("李白和杜甫是朋友。", []),
        ("MacDonald von der Leyen", ["MacDonald von der Leyen"]),
        ("", []),
    ],
)
def test_names_of_texts(text, names):
    found = [text[start:end] for start, end in proper_names(text)]
    wanted = ["Élise Müller", "Иван Петров", "Jean-Paul Sartre"] if names is None else names
    assert found == wanted


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Seattle is wet.", [("Seattle", BEGINS)]),
        ("He left. Seattle wept.", [("Seattle", BEGINS)]),
        ('It says: "Rome burnt."', [("Rome", BEGINS)]),
        ("In Seattle it rains.", [("Seattle", WITHIN)]),
        ("Ada Lovelace saw Rome", [("Ada Lovelace", SEVERAL), ("Rome", WITHIN)]),
        ("In May he met Al in the East.", [("East", WITHIN)]),  # no month, nothing so short
        ("so said Jay-Z. He left.", [("Jay-Z", WITHIN)]),
        ("none here", []),
    ],
)
def test_single_words_with_what_speaks_for_them(text, names):
    assert [(text[start:end], kind) for start, end, kind in written_names(text)] == names


@given(st.text(alphabet="ABÉabé .'-of the\n", max_size=80))
def test_names_stand_in_order_and_apart(text):
    done = 0
    for start, end in proper_names(text):
        assert done <= start < end <= len(text)
        assert len(text[start:end].split()) > 1
        assert text[start].isupper()
        done = end
