"""The capitals and the punctuation of a name decide which places of a text may mean it."""

import pytest

from wherefrom.kb.name_forms import (
    NameForm,
    Reading,
    breaks_between,
    fits,
    has_capital,
    is_part_of_word,
    name_form,
)
from wherefrom.kb.words import words


def form_of(name: str) -> NameForm | None:
    return name_form(name, words(name))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "!!!",
        "It",
        "IT",
        "The Who",
        "What Is This?",
        "I",
        "X",
        "x",
        "The K",
        "3",
        "1984",
        "9/11",
        "1914–1918",
        "The 100",
        "In 1984",
        "水",
        "二",
        "一九八四",
        "٣٤",  # Arabic digits
    ],
)
def test_names_that_say_nothing_in_running_text(name):
    assert form_of(name) is None


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("dog", NameForm()),
        ("Apple", NameForm((0,))),
        ("iPhone", NameForm((0,))),
        ("The Road", NameForm((1,))),
        ("THE ROAD", NameForm((0, 1))),
        ("The arts", NameForm()),
        ("Ludwig van Beethoven", NameForm((0, 2))),
        ("Apollo 11", NameForm((0,))),
        ("2001: A Space Odyssey", NameForm((2, 3), ":")),
        ("Paris, Texas", NameForm((0, 1), ",")),
        ("Dwayne “The Rock” Johnson", NameForm((0, 2, 3), '""')),
        ("Mercury (planet)", NameForm((0,), "(")),
        ("U.S.", NameForm((0, 1), "", are_initials=True)),
        ("A.I.", NameForm((0, 1), "", are_initials=True)),
        ("R&B", NameForm((0, 1), "&", are_initials=True)),
        ("AT&T", NameForm((0, 1), "&")),
        ("三国", NameForm()),
        ("東京タワー", NameForm()),
        ("50 Cent", NameForm((1,))),
        ("3D", NameForm((0,))),
    ],
)
def test_the_form_of_a_name(name, form):
    assert form_of(name) == form


def may_mean(name: str, text: str, surface: str) -> bool:
    """Return whether the first place in `text` with the words of `surface` may be the name."""
    form = form_of(name)
    assert form is not None
    found, wanted = words(text), words(surface).folded
    first = next(at for at in range(len(found)) if found.folded[at : at + len(wanted)] == wanted)
    reading = Reading(text, found, is_cased=has_capital(text))
    return fits(form, reading, first, first + len(wanted) - 1)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Apple", "He founded Apple."),
        ("Apple", "APPLE"),
        ("The Road", "He wrote the Road."),
        ("The Road", "THE ROAD"),
        ("dog", "Dog"),
        ("ice cream", "Ice Cream"),
        ("iPhone", "The IPHONE"),
        ("The Road", "the road"),  # nothing in this text has a capital
        ("Battle of Hastings", "The Battle Of Hastings."),
        ("Paris, Texas", "In Paris, Texas"),
        ("Paris, Texas", "In Paris Texas"),
        ("Jean-Paul Sartre", "Jean Paul Sartre"),
        ("Jean Paul Sartre", "Jean–Paul\nSartre"),
        ("St Louis", "St. Louis"),
        ("J. R. R. Tolkien", "J.R.R. Tolkien"),
        ("Dwayne “The Rock” Johnson", 'Dwayne "The Rock" Johnson'),
        ("U.S.", "in the U.S. Army"),
        ("Johnson & Johnson", "Johnson & Johnson"),
        ("你好，李焕英", "《你好,李焕英》"),
    ],
)
def test_places_that_fit(name, text):
    assert may_mean(name, text, name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Apple", "An apple"),
        ("The Road", "The road"),
        ("The Road", "On the road"),
        ("iPhone", "An iphone"),
        ("Battle of Hastings", "The battle of Hastings"),
        ("Paris Texas", "In Paris, Texas"),
        ("Paris Texas", "Near Paris. Texas is"),
        ("New York City", "In New York. City officials"),
        ("Paris Texas", "Paris\n\nTexas"),
        ("War Peace", "War (Peace)"),
        ("Paris, Texas", "Paris; Texas"),
        ("A.I.", "Plan A. I think"),
        ("R&B", "R. B. Smith"),
        ("AT&T", "At T"),
        ("Johnson & Johnson", "Johnson Johnson"),
        ("東京大阪", "東京、大阪"),
    ],
)
def test_places_that_do_not_fit(name, text):
    assert not may_mean(name, text, name)


@pytest.mark.parametrize(
    ("text", "breaks"),
    [
        ("a b", ""),
        ("a-b_c/d·e", ""),
        ("St. Louis", ""),
        ("Rome. Paris", "."),
        ("a\nb", ""),
        ("a \n \n b", "\n"),
        ("a，b（c", ",("),
        ("«a» b", '"'),
        ("東、京", "、"),
        ("a", ""),
    ],
)
def test_marks_between_words(text, breaks):
    found = words(text)
    assert breaks_between(text, found, 0, len(found) - 1) == breaks


@pytest.mark.parametrize(
    ("text", "part", "found"),
    [
        ("Don't", "Don", True),
        ("DON’T", "DON", True),
        ("Don'tx", "Don", False),
        ("Lothair's", "Lothair", False),
        ("Beatles'", "Beatles", False),
        ("O'Neill", "Neill", True),
        ("(O’Neill)", "Neill", True),
        ("l'Italie", "Italie", False),
        ("the 'Neill'", "Neill", False),
        ("McO'Neill", "Neill", False),
        ("Windows 3.1", "Windows 3", True),
        ("Windows 3. One", "Windows 3", False),
        ("Windows.1", "Windows", False),
    ],
)
def test_what_a_reader_sees_as_one_word(text, part, found):
    start = text.index(part)
    assert is_part_of_word(text, start, start + len(part)) is found
