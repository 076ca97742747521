"""Test which dates are read from words, and which of two is earlier."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.pipeline.dates import Date, asked_end, is_earlier, read_dates

MONTHS = "January February March April May June July August September October November December"


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("20 March 851", [(851, 3, 20)]),
        ("on the 3rd of May, 1990", [(1990, 5, 3)]),
        ("July 4th, 1776", [(1776, 7, 4)]),
        ("May 1945", [(1945, 5)]),
        ("16 January 1835- December 19, 1909", [(1835, 1, 16), (1909, 12, 19)]),
        ("21 March 192011 January 2010", [(1920, 3, 21), (2010, 1, 11)]),
        ("between 1913 and 1921", [(1913,), (1921,)]),
        ("44 BC, or 101 BCE", [(-101,)]),
        ("1,500 people in 12345 rooms", []),
        ("", []),
    ],
)
def test_dates_are_read_in_order(text: str, dates: list[Date]) -> None:
    assert read_dates(text) == dates


@given(st.dates())
def test_a_written_date_is_read_in_both_orders(date: object) -> None:
    year, month, day = date.year, date.month, date.day  # type: ignore[attr-defined]
    if year >= 100:
        name = MONTHS.split()[month - 1]
        wanted = [(year, month, day)]
        assert read_dates(f"{day} {name} {year}") == wanted
        assert read_dates(f"born {name} {day}, {year})") == wanted


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=3),
    st.lists(st.integers(1, 9), min_size=1, max_size=3),
)
def test_of_two_dates_at_most_one_is_earlier(one: list[int], other: list[int]) -> None:
    found, turned = is_earlier(tuple(one), tuple(other)), is_earlier(tuple(other), tuple(one))
    assert (found is None) == (turned is None)
    assert found is None or found is not turned
    known = min(len(one), len(other))
    assert (found is None) == (one[:known] == other[:known])


def test_years_before_christ_are_earlier() -> None:
    (early,), (late,) = read_dates("in 753 BC"), read_dates("in 476 AD")
    assert is_earlier(early, late) is True


@pytest.mark.parametrize(
    ("question", "marked", "left"),
    [
        ("When did he die?", "11 May 1928 – 9 May 1997", "9 May 1997"),
        ("When was he born?", "11 May 1928 – 9 May 1997", "11 May 1928"),
        ("What is his date of death?", "1845 - 31 July 1926", "31 July 1926"),
        ("In which year did she die?", "848 – after 890", "890"),
        ("When was he born and when did he die?", "1845 - 1926", "1845 - 1926"),
        ("When did he reign?", "1845 - 1926", "1845 - 1926"),
        ("Where did he die?", "1845 - 1926", "1845 - 1926"),
        ("When did he die?", "1845, 1900 and 1926", "1845, 1900 and 1926"),
        ("When did he die?", "1845 in Rome - 1926", "1845 in Rome - 1926"),
        ("When did he die?", "9 May 1997", "9 May 1997"),
    ],
)
def test_of_both_ends_of_a_life_the_one_that_is_asked_for_is_left(
    question: str, marked: str, left: str
) -> None:
    text = f"Somebody (born in 1800; {marked}) lived until 1999."
    start = text.index(marked)
    first, last = asked_end(question, text, start, start + len(marked))
    assert text[first:last] == left
