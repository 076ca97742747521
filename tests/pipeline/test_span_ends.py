"""Test where the ends of a span come to lie: around whole words, brackets and quotations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.pipeline.span_ends import balanced, tidied, whole_words

MARKS = "()[]“”„\"'’‘«»"


def place(text: str, cut: str) -> tuple[int, int]:
    return text.index(cut), text.index(cut) + len(cut)


@pytest.mark.parametrize(
    ("text", "cut", "whole"),
    [
        ("An owl hunts.", "w", "owl"),
        ("An owl hunts.", "owl", "owl"),
        ("An owl hunts.", "wl hun", "owl hunts"),
        ("It has 1,234.5 m.", "234", "1,234.5"),
        ("It is −459.67 °F.", "67", "−459.67"),
        ("from 1887-1889 on", "1889", "1889"),
        ("the well-known (big) owl", "known", "known"),
        ("the well-known (big) owl", "(big)", "(big)"),
        ("naïve 🦉 Élan", "lan", "Élan"),
        ("built in 1889.", "889", "1889"),
        ("...", "..", ".."),
        ("by Eugene O'Neill in", "Neill", "O'Neill"),
        ("by Eugene O’Neill in", "Eugene O", "Eugene O’Neill"),
        ("Hawai'i's coast", "i's", "Hawai'i's"),
        ("France's capital", "France", "France"),
        ("FRANCE'S CAPITAL", "FRANCE", "FRANCE"),
        ("the 'Paris' of", "Paris", "Paris"),
    ],
)
def test_a_span_is_widened_to_whole_words(text: str, cut: str, whole: str) -> None:
    start, end = whole_words(text, *place(text, cut))
    assert text[start:end] == whole


@given(st.text("abs 1.,-−'é🦉東", min_size=1, max_size=20), st.data())
def test_a_widened_span_holds_the_first_and_is_wide_enough(text: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(text) - 1))
    last = data.draw(st.integers(first + 1, len(text)))
    start, end = whole_words(text, first, last)
    assert 0 <= start <= first < last <= end <= len(text)
    assert whole_words(text, start, end) == (start, end)


@pytest.mark.parametrize(
    ("text", "cut", "wanted"),
    [
        ("froze at 20 °C (68 °F) then", "68 °F)", "68 °F"),
        ("froze at 20 °C (68 °F) then", "(68 °F", "68 °F"),
        ("froze at 20 °C (68 °F) then", "(68 °F)", "(68 °F)"),
        ("froze at 20 °C (68 °F) then", "20 °C (68 °F", "20 °C (68 °F)"),
        ("froze at 20 °C (68 °F) then", "20 °C (", "20 °C"),
        ("froze at 20 °C (68 °F) then", ") then", "then"),
        ("f((a)(b)) and", "(a)(b", "(a)(b)"),
        ("f((a)(b)) and", "(b))", "(b)"),
        ("f((a)(b)) and", "((a)(b)", "(a)(b)"),
        ("smells of (2E)-hexenal", "2E)-hexenal", "(2E)-hexenal"),
        ("one [of (two) kinds] here", "(two) kinds]", "(two) kinds"),
        ("a) Paris b) Rome", "b) Rome", "b) Rome"),
        ("x (y, or z", "(y", "y"),
        ("株式会社（東京）です", "（東京", "東京"),
        ("half ) and ( half", ") and (", "and"),
        ("it says :) here", ":)", ":)"),
        ("it says ) here", ")", ")"),
    ],
)
def test_brackets_are_balanced(text: str, cut: str, wanted: str) -> None:
    start, end = balanced(text, *place(text, cut))
    assert text[start:end] == wanted


@pytest.mark.parametrize(
    ("text", "cut", "wanted"),
    [
        ('He said "the king is dead," and left.', 'dead,"', "dead"),
        ('He said "the king is dead," and left.', '"the king', "the king"),
        (
            'He said "the king is dead," and left.',
            'said "the king is dead,',
            'said "the king is dead,"',
        ),
        ('is dead" and a "new" king', 'dead"', "dead"),
        ('is dead" and a "new" king', '"new" king', '"new" king'),
        ('"never closed and "Help!" too', 'Help!"', "Help!"),
        ('the ("Help!") album', '("Help!"', '"Help!"'),
        ('"Symphony No. 5" by', 'No. 5"', "No. 5"),
        ("“Hey Jude” by", "“Hey Jude", "Hey Jude"),
        ("„Faust“ von Goethe", "Faust“", "Faust"),
        ("le « Tartuffe » de", "« Tartuffe", "Tartuffe"),
        ("was gone” and “x”.", "gone”", "gone"),
        ("the clock 'Big Ben' in", "Big Ben'", "Big Ben"),
        ("the clock 'Big Ben' in", "clock 'Big Ben", "clock 'Big Ben'"),
        ("the clock ‘Big Ben’ in", "‘Big Ben", "Big Ben"),
        ("'Big Ben' was the Joneses' clock", "Big Ben'", "Big Ben"),
        ("the song 'Blowin' in the Wind' by", "Wind'", "Wind"),
        ("the song ‘Blowin’ in the Winds’ by", "Winds’", "Winds"),
        ("both 'Berlin' and 'Paris' are", "Berlin'", "Berlin"),
    ],
)
def test_quotation_marks_are_balanced(text: str, cut: str, wanted: str) -> None:
    start, end = balanced(text, *place(text, cut))
    assert text[start:end] == wanted


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("the king of rock 'n' roll", "rock 'n' roll"),
        ("the king of rock 'n' roll", "rock 'n'"),
        ("the king of rock ’n’ roll", "’n’ roll"),
        ("by Eugene O'Neill himself", "Eugene O'Neill"),
        ("in the '90s and the '68 revolt", "'90s"),
        ("the '90s and the Beatles' best", "the Beatles'"),
        ("the song 'Blowin' in the Wind' by", "Blowin' in the Wind"),
        ("'Big Ben' was the Joneses' clock", "the Joneses'"),
        ("’tis ’em", "’em"),
        ("He is 5'10\" tall.", "5'10\""),
        ("He is 5' 10½\" tall.", "5' 10½\""),
        ('a 10" record and a 12" one', '12"'),
        ('"He is 5\'10" tall," she said', "5'10\""),
        ("40°42′46″N", "46″"),
        ('say"what"ever', 'say"what'),
        ('" spaced " out "', '" spaced'),
    ],
)
def test_apostrophes_feet_and_inches_are_left_alone(text: str, cut: str) -> None:
    assert balanced(text, *place(text, cut)) == place(text, cut)


@given(st.text(f"ab1s., {MARKS}", min_size=1, max_size=24), st.data())
def test_a_tidied_span_is_words_and_stays_as_it_is(text: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(text) - 1))
    last = data.draw(st.integers(first + 1, len(text)))
    start, end = balanced(text, first, last)
    assert 0 <= start < end <= len(text)
    assert balanced(text, start, end) == (start, end)
    lost = text[first:start] + text[end:last]
    assert not any(character.isalnum() for character in lost)
    gained = text[start:first] + text[last:end]
    assert set(gained) <= set(MARKS)


@given(st.text("ab (", min_size=1, max_size=12))
def test_brackets_that_are_balanced_are_kept(inner: str) -> None:
    text = f"x ({inner.replace('(', '()')}) y"
    assert tidied(text, 2, len(text) - 2) == (2, len(text) - 2)
