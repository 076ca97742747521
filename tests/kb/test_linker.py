"""Names are found in running text: exactly, whole, without overlap, as a slow search finds them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.linker import Linker
from wherefrom.kb.name_forms import Reading, fits, has_capital, is_part_of_word, name_form
from wherefrom.kb.name_keys import name_key
from wherefrom.kb.name_rows import ALIAS, TITLE
from wherefrom.kb.name_table import NameTable
from wherefrom.kb.records import Mention
from wherefrom.kb.words import joined, words


def linker_of(*names: str) -> Linker:
    """Make a linker of titles; the entity of each is its place."""
    return Linker(NameTable(names, range(len(names)), [TITLE] * len(names)))


def found_in(text: str, *names: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the surfaces that are found and the names that they may mean."""
    mentions = linker_of(*names).mentions(text)
    return [(text[m.start : m.end], tuple(names[one] for one in m.candidates)) for m in mentions]


@pytest.mark.parametrize(
    ("text", "names", "surfaces"),
    [
        ("", ["Paris"], []),
        ("Paris", [], []),
        ("Lothair's son, Lothaïr", ["Lothair"], ["Lothair", "Lothaïr"]),
        ("Beyoncé and BEYONCE", ["Beyonce"], ["Beyoncé", "BEYONCE"]),
        ("Beyonce\u0301!", ["Beyoncé"], ["Beyonce\u0301"]),
        ("Lothaire ruled Lotharingia", ["Lothair", "Lothar"], []),  # never inside a word
        ("Teri O’Neill", ["O'Neill", "Neill"], ["O’Neill"]),
        ("Teri O'Neill", ["Neill"], []),
        ("Don't ask Don", ["Don"], ["Don"]),
        ("Jean-Paul met Jean Paul", ["Jean-Paul"], ["Jean-Paul", "Jean Paul"]),
        ("New York City Hall", ["New York", "New York City", "City Hall"], ["New York City"]),
        ("Lothair II Lothair II", ["Lothair II"], ["Lothair II", "Lothair II"]),  # no word between
        ("She saw The Road. The road ended.", ["The Road"], ["The Road"]),
        ("The road", ["The Road", "road"], ["road"]),  # the longest is not meant
        ("the road of apple pie", ["The Road", "Apple"], ["the road", "apple"]),
        ("A Dog and a dog", ["dog"], ["Dog", "dog"]),
        ("It was Them in 1984", ["It", "Them", "1984", "In"], []),
        ("The film Mercury (planet)", ["Mercury (planet)"], ["Mercury (planet"]),  # whole words
        ("Mercury, a planet", ["Mercury (planet)"], ["Mercury"]),
        ("He lives in Paris. Texas is far.", ["Paris, Texas", "Paris"], ["Paris"]),
        ("He lives in Paris, Texas.", ["Paris, Texas", "Paris"], ["Paris, Texas"]),
        ("İİİ Straße in İstanbul", ["STRASSE", "Istanbul"], ["Straße", "İstanbul"]),
        ("🗽New York🗽", ["New York"], ["New York"]),
        ("我住在北京大学旁边。北京很大。", ["北京", "北京大学", "大学"], ["北京大学", "北京"]),
        ("東京タワーは東京にある", ["東京タワー", "東京"], ["東京タワー", "東京"]),
        ("用iPhone的人", ["iPhone", "人"], ["iPhone"]),
        ("水星绕太阳", ["水星（行星）", "太阳"], ["水星", "太阳"]),
        ("세종대왕은", ["세종 대왕"], ["세종대왕"]),
        ("The U.S. and R&B by AT&T", ["U.S.", "R&B", "AT&T"], ["U.S", "R&B", "AT&T"]),
        ("Windows 3.1 on Windows 3", ["Windows 3"], ["Windows 3"]),
        ("who was lothair the second", ["Lothair", "Who"], ["lothair"]),
    ],
)
def test_names_in_text(text, names, surfaces):
    assert [surface for surface, _ in found_in(text, *names)] == surfaces


def test_candidates_stand_by_kind_then_by_number():
    names = ["Mercury (god)", "Freddie", "Mercury", "Mercury (planet)", "Hg", "Mercury"]
    kinds = [TITLE, TITLE, ALIAS, TITLE, TITLE, TITLE]
    linker = Linker(NameTable(names, [8, 3, 3, 1, 5, 9], kinds))
    (mention,) = linker.mentions("on Mercury")
    assert mention == Mention(3, 10, (9, 1, 8, 3))


def test_an_entity_is_a_candidate_once_and_only_by_names_that_fit():
    names = ["Apple", "apple", "APPLE (company)", "Apple"]
    linker = Linker(NameTable(names, [0, 1, 2, 1], [TITLE, TITLE, TITLE, ALIAS]))
    assert linker.mentions("An apple")[0].candidates == (1,)
    assert linker.mentions("An Apple")[0].candidates == (0, 1, 2)


def test_many_texts_are_read_in_order():
    linker = linker_of("Paris", "Rome")
    texts = ["Rome", "", "Paris and Rome"]
    assert list(linker.mentions_many(texts)) == [linker.mentions(text) for text in texts]


def test_a_large_vocabulary_is_told_apart():
    names = [f"Name{number} of{number % 7}" for number in range(40_000)]  # codes of three bytes
    linker = linker_of(*names)
    for number in (0, 127, 128, 16_383, 16_384, 39_999):
        text = f"It is {names[number]}, not Name{number} of."
        assert [m.candidates for m in linker.mentions(text)] == [(number,)]


PARTS = "The the Road road of Of Paris PARIS Texas Don O Neill neill Jean Paul Paul's".split()
PARTS += "St U S I It 3 11 & 日 本 日本 語 Straße STRASSE İ é E\u0301 e İstanbul t s dog 🗽".split()
GAPS = ["", " ", " ", " ", " ", "-", ", ", ". ", ".", "'", "’", "\n", "\n\n", " (", ") ", " & "]
WRITING = st.lists(st.tuples(st.sampled_from(PARTS), st.sampled_from(GAPS)), max_size=14).map(
    lambda pairs: "".join(part + gap for part, gap in pairs)
)
NAME = st.lists(st.tuples(st.sampled_from(PARTS), st.sampled_from(GAPS)), max_size=4).map(
    lambda pairs: "".join(part + gap for part, gap in pairs)
)
TABLE = st.lists(
    st.tuples(NAME, st.integers(0, 6), st.sampled_from([TITLE, ALIAS])), min_size=1, max_size=12
)


def slowly(table: NameTable, text: str) -> list[Mention]:
    """Find mentions word by word, the longest name first."""
    found = words(text)
    reading = Reading(text, found, is_cased=has_capital(text))
    mentions, at = [], 0
    while at < len(found):
        for last in range(len(found) - 1, at - 1, -1):
            start, end = found.span(at, last)
            meant = []
            for row in table.rows.of(joined(found.folded[at : last + 1])):
                name = table.rows.name(row, table.names)
                form = name_form(name, words(name))
                if form is not None and fits(form, reading, at, last):
                    meant.append(table.rows.entities[row])
            if meant and not is_part_of_word(text, start, end):
                mentions.append(Mention(start, end, tuple(dict.fromkeys(meant))))
                at = last
                break
        at += 1
    return mentions


@given(TABLE, st.lists(st.one_of(WRITING, WRITING.map(str.lower)), min_size=1, max_size=4))
def test_the_automaton_finds_what_a_slow_search_finds(rows, texts):
    table = NameTable(*(list(column) for column in zip(*rows, strict=True)))
    linker = Linker(table)
    for text in texts:
        assert linker.mentions(text) == slowly(table, text)


@given(TABLE, st.one_of(WRITING, st.text(max_size=60)))
def test_mentions_are_whole_words_of_the_text_and_never_overlap(rows, text):
    table = NameTable(*(list(column) for column in zip(*rows, strict=True)))
    names = {name_key(table.rows.name(row, table.names)) for row in range(len(table.rows.kinds))}
    found = words(text)
    starts, ends = set(found.bounds[:-1:2]), set(found.bounds[1::2])
    done = 0
    for mention in Linker(table).mentions(text):
        assert done <= mention.start < mention.end <= len(text)
        assert mention.start in starts and mention.end in ends
        assert name_key(text[mention.start : mention.end]) in names
        assert mention.candidates
        done = mention.end


@given(NAME, st.sampled_from(["", "🗽 ", "。", "(İß) "]))
def test_a_name_is_found_where_it_is_written_as_it_is(name, before):
    text = before + name
    skipped = len(words(before))
    if name_form(name, words(name)) is not None:
        start, end = words(text).span(skipped, len(words(text)) - 1)
        assert Mention(start, end, (0,)) in linker_of(name).mentions(text)
