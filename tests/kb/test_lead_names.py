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
        # a title of words that begin sentences, and one with words in lower case
        ("Two Brides and a Baby is a film.", "Two Brides and a Baby"),
        ("His Name Is Nobody is a film.", "His Name Is Nobody"),
        ("La mazurka del barone is a film.", "La mazurka del barone"),
        ("Araneus cavaticus, commonly known as a spider, bites.", "Araneus cavaticus"),
        ("``Wonderful World ''is a song.", "Wonderful World"),
        # a nickname or an initial does not end the sentence
        ('Elwyn B. "E. B." White (1899 – 1985) was a writer.', 'Elwyn B. "E. B." White'),
        # what tells the name from others, without honours
        ("Leland, North Carolina, is a town.", "Leland, North Carolina"),
        ("Hugh Sturt, 2nd Baron of Ulm, KCVO (1859 – 1919) sat.", "Hugh Sturt, 2nd Baron of Ulm"),
        ("Love, Honor and Obey is a film.", "Love, Honor and Obey"),
        ("Ann Lee, and not Ben, was there.", "Ann Lee"),
        # another verb follows: the words with capitals
        ("Lake Edward lies at an elevation of 920 metres.", "Lake Edward"),
        ("Denmark lost.", ""),
        ("Casablanca's New Port opened.", "Casablanca's New Port"),
        ("Bank of England's notes turned blue.", "Bank of England"),
        ("Similarly, films are long.", ""),
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
        (
            "John Thomas Sayles (born 1950) is a writer.",
            (
                "John Sayles",
                "Thomas Sayles",
                "John Thomas",
                "J. T. Sayles",
                "John T. Sayles",
                "J. Thomas Sayles",
                "Jack Sayles",
                "Johnny Sayles",
            ),
        ),
        ("Edgar Romero (1924 – 2013) was a director.", ("Ed Romero", "Eddie Romero")),
        ("Errol Nolan II (born August 18, 1991) is a sprinter.", ("Errol Nolan",)),
        ("Jan Tyndall FRS (1820 – 1893) was a physicist.", ("Jan Tyndall",)),
        ("Arno van der Biesen (1899 – 1968) was a sailor.", ()),
        (
            'Melvin "Tony" Bettenhausen (1916 – 1961) was a driver.',
            ("Melvin Bettenhausen", "Tony Bettenhausen"),
        ),
        ("Sir Ed Lee is a writer. He lives in Ulm.", ("Ed Lee",)),
        ("Jean Tangye (née Nicol; 1919 – 1986) wrote.", ("Jean Nicol",)),
        (
            "Princess Anna Amalia of Prussia (1723 – 1787) was an abbess.",
            ("Anna Amalia of Prussia",),
        ),
        ("Robert V of Dreux (1200 – 1250) was a count.", ()),
        ("Louis, Dauphin of France (1729 – 1765) was a son.", ()),
        ("Hugh Stafford, 4th Baron Stafford (1572 – 1625) sat.", ("Hugh Stafford",)),
        ("Choi Jin (born 1994), better known by her stage name Sulli, is a singer.", ("Sulli",)),
        (
            "William I (1781 – 1864) was King of Württemberg.",
            ("William I of Württemberg", "William I, King of Württemberg"),
        ),
        ("Hugh IV of Ulm (died 1272) was the duke of Ulm.", ("Hugh IV, Duke of Ulm",)),
        ("Rakim Mayers, born Kim Lee, sings.", ("Kim Lee",)),
        ("Ann Lee (born May 5, 1972) sings.", ()),
        ("The Patriarca family, known as the New England crime family, is old.", ()),
        ("Red Dust, also known as Their, is a film.", ()),
        ("They Who Dare (aka Last Raid) is a film.", ("Last Raid",)),
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
