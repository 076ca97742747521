"""A text without a title is called as its first sentence begins, if that is a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.lead_names import MOST_WORDS, SEARCHED, lead_names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Lothair II (835 – 869) was the king of Lotharingia.", "Lothair II"),
        ("  The Eiffel Tower is a tower.", "Eiffel Tower"),
        ("Susan B. Nelson, an economist, was born in Ulm.", "Susan B. Nelson"),
        ("St. Louis is a city.", "St. Louis"),
        ("P. T. Thanu Pillai was a lawyer.", "P. T. Thanu Pillai"),
        ('"The Hukilau Song" is a song of 1948.', "Hukilau Song"),
        ('"When the Stars Go Blue" is a song.', "When the Stars Go Blue"),
        ("Ana Paula Höfling – a dancer – lives in Rome.", "Ana Paula Höfling"),
        ("The United States–Canada outbreak was bad.", "United States–Canada outbreak"),
        ("Battle of the Bulge may refer to: a film", "Battle of the Bulge"),
        ("Adventure in Paradise or Tian tang qi yu is a film.", "Adventure in Paradise"),
        ("Paris\n\nParis is the capital of France.", "Paris"),  # a heading
        ("Paris", "Paris"),
        ("1984 is a novel.", ""),
        ("He was born in Ulm.", ""),
        ("In 1984, the town burnt down.", ""),
        ("However, Paris is large.", ""),
        ("There are cats.", ""),
        ("Cats eat mice.", ""),  # no verb of being: nobody knows where the name ends
        ("photosynthesis is a process.", ""),
        ("Numerous live performance events dedicated to house music are held.", ""),
        ("(born 1985) is a singer.", ""),
        ("北京是中国的首都。", ""),
        ("", ""),
        (" \n", ""),
        ("The", ""),
    ],
)
def test_names_of_texts(text, name):
    assert lead_names(text).title == name


@pytest.mark.parametrize(
    ("text", "aliases"),
    [
        ("John Thomas Sayles (born 1950) is a writer.", ("John Sayles",)),
        ("Errol Osbourne Nolan II (born August 18, 1991) is a sprinter.", ("Errol Nolan",)),
        (
            "Francis Michael Durango Magalona (1964 – 2009) was a rapper.",
            ("Francis Magalona", "Francis Durango Magalona"),
        ),
        (
            'Melvin Eugene "Tony" Bettenhausen (1916 – 1961) was a driver.',
            ("Melvin Bettenhausen", "Tony Bettenhausen"),
        ),
        (
            "Princess Anna Amalia of Prussia (1723 – 1787) was an abbess.",
            ("Anna Amalia of Prussia",),
        ),
        ("Louis, Dauphin of France (1729 – 1765) was a son.", ("Louis, Dauphin of France",)),
        ("Young is a town.", ()),
        ("Araneus cavaticus, commonly known as the Barn Spider, is a spider.", ("Barn Spider",)),
        ("New York City (population 8,000,000) is a city.", ()),
        ("Leonardo da Vinci (1452 – 1519) was a painter.", ()),
        ("He was known as Jack Sayles.", ()),
    ],
)
def test_other_names_of_texts(text, aliases):
    assert lead_names(text).aliases == aliases


def test_a_long_beginning_is_no_name():
    words = " ".join(f"Name{n}" for n in range(MOST_WORDS + 1))
    assert lead_names(f"{words} is a list.").title == ""
    assert lead_names(f"{words.rpartition(' ')[0]} is a list.").title == words.rpartition(" ")[0]


def test_only_the_beginning_is_looked_at():
    text = "Paris shines " + "and shines " * SEARCHED
    assert lead_names(text + "is Rome.").title == ""
    assert lead_names("Ulm is a town. " + "x" * 1_000_000).title == "Ulm"


@given(st.text(max_size=400))
def test_a_name_is_a_part_of_the_text(text):
    name = lead_names(text).title
    assert name in text[:SEARCHED]
    assert name == name.strip()
    assert len(name.split()) <= MOST_WORDS
