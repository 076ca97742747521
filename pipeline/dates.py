"""Read dates from words, say which is earlier, and which end of a life a question asks for."""

import re

# Year, month, day: as many of them as are known. Years before Christ are negative.
Date = tuple[int, ...]

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
)
MONTH = "(?:" + "|".join(_MONTHS) + ")"
_GLUED = re.compile(  # a year and the next date, as in "192011 May 1990"
    rf"(?<!\d{{5}})(?<=\d{{4}})(?=(?:\d{{1,2}}\s+)?{MONTH})", re.IGNORECASE
)
_YEAR = r"\d{3,4}(?!\d|,\d)(?:\s*bce?\b)?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = re.compile(
    rf"(?<!\d,)\b(?:(?:(?P<day>{_DAY})\s+(?:of\s+)?)?"
    rf"(?P<month>{MONTH}),?\s+(?:of\s+)?(?P<year>{_YEAR})"
    rf"|(?P<month2>{MONTH})\s+(?P<day2>{_DAY}),?\s+(?P<year2>{_YEAR})|(?P<year3>{_YEAR}))",
    re.IGNORECASE,
)
_TIME = re.compile(r"\b(?:when|year|date|day)\b", re.IGNORECASE)
_BIRTH = re.compile(r"\b(?:born|birth|birthday)\b", re.IGNORECASE)
_DEATH = re.compile(r"\b(?:die|died|death)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*[-–—]\s*(?:(?:after|before|about|around|circa|ca?\.)\s*)?")


def read_dates(text: str) -> list[Date]:
    """Return the dates in a text, in order.

    Examples
    --------
    >>> read_dates("20 March 851"), read_dates("born July 4, 1776"), read_dates("44 to 101 BC")
    ([(851, 3, 20)], [(1776, 7, 4)], [(-101,)])
    >>> read_dates("May 1945"), read_dates("about 1,500 people"), read_dates("in spring")
    ([(1945, 5)], [], [])
    """
    return [_date(found) for found in _DATE.finditer(_GLUED.sub(" ", text))]


def is_earlier(one: Date, other: Date) -> bool | None:
    """Tell whether one date is earlier than another, None where both tell too little.

    Examples
    --------
    >>> is_earlier((1961,), (1963, 2)), is_earlier((1961, 2), (1961, 1)), is_earlier((9,), (9, 5))
    (True, False, None)
    """
    for mine, its in zip(one, other, strict=False):
        if mine != its:
            return mine < its
    return None


def asked_end(question: str, text: str, start: int, end: int) -> tuple[int, int]:
    """Narrow a span that gives both ends of a life to the one that a question asks for.

    Examples
    --------
    >>> text = "Marco Ferreri (11 May 1928 – 9 May 1997) was an Italian director."
    >>> start, end = asked_end("When did Marco Ferreri die?", text, 15, 39)
    >>> text[start:end]
    '9 May 1997'
    """
    birth, death = _BIRTH.search(question), _DEATH.search(question)
    if not _TIME.search(question) or bool(birth) == bool(death):
        return start, end
    ends = list(_DATE.finditer(text, start, end))
    if len(ends) != 2 or not _BETWEEN.fullmatch(text[ends[0].end() : ends[1].start()]):
        return start, end
    return ends[1 if death else 0].span()


def _date(found: re.Match[str]) -> Date:
    year = found["year"] or found["year2"] or found["year3"]
    number = _number(year) * (-1 if "b" in year.lower() else 1)
    month, day = found["month"] or found["month2"], found["day"] or found["day2"]
    if not month:
        return (number,)
    known = (number, _MONTHS.index(month.lower()) + 1)
    return (*known, _number(day)) if day else known


def _number(text: str) -> int:
    return int(re.sub(r"\D", "", text))
