"""Test the search for spans against going through all of them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from wherefrom.pipeline.prompt import NO_OFFSET, Prompt
from wherefrom.pipeline.spans import LONGEST_TOKENS, Span, best_spans, join_windows

LEAD, END = 3, 1  # tokens before and after the text


def prompt_of(length: int) -> Prompt:
    """Make a prompt whose text has tokens of two characters with a space between."""
    places = np.full(LEAD + length + END, NO_OFFSET, dtype=np.int32)
    starts, ends = places.copy(), places.copy()
    starts[LEAD : LEAD + length] = np.arange(length) * 3
    ends[LEAD : LEAD + length] = np.arange(length) * 3 + 2
    zeros = np.zeros(len(places), dtype=np.int32)
    return Prompt(0, zeros, zeros, starts, ends)


def oracle(
    prompt: Prompt, start_logits: np.ndarray, end_logits: np.ndarray, count: int, longest: int
) -> list[Span]:
    """Try every pair of tokens; take the best one, then the best that shares none with it, …"""
    nothing = start_logits[0] + end_logits[0]
    inside = [i for i, start in enumerate(prompt.starts) if start != NO_OFFSET]
    free = [
        (first, last)
        for first in inside
        for last in inside
        if first <= last and last - first < longest
    ]
    found = []
    while free and len(found) < count:
        first, last = max(free, key=lambda pair: start_logits[pair[0]] + end_logits[pair[1]])
        margin = float(start_logits[first] + end_logits[last] - nothing)
        found.append(Span(int(prompt.starts[first]), int(prompt.ends[last]), margin))
        free = [(a, b) for a, b in free if b < first or a > last]
    return found


def logits(length: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(-9, 9), min_size=length, max_size=length)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Prompt, np.ndarray, np.ndarray]:
    length = draw(st.integers(0, 12))
    padding = draw(st.integers(0, 3))
    prompt = prompt_of(length)
    rows = [draw(logits(len(prompt.ids) + padding)) for _ in range(2)]
    return prompt, np.array(rows[0], dtype=np.float32), np.array(rows[1], dtype=np.float32)


@settings(deadline=None)
@given(cases(), st.integers(1, 5), st.integers(1, 6))
def test_spans_are_those_that_trying_all_would_find(
    case: tuple[Prompt, np.ndarray, np.ndarray], count: int, longest: int
) -> None:
    prompt, start_logits, end_logits = case
    found = best_spans(prompt, start_logits, end_logits, count=count, longest_tokens=longest)
    assert found == oracle(prompt, start_logits, end_logits, count, longest)


@settings(deadline=None)
@given(cases(), st.integers(1, 5))
def test_no_two_spans_overlap_and_margins_fall(
    case: tuple[Prompt, np.ndarray, np.ndarray], count: int
) -> None:
    found = best_spans(*case, count=count)
    assert [span.margin for span in found] == sorted((s.margin for s in found), reverse=True)
    for number, span in enumerate(found):
        assert span.start < span.end
        assert all(a.end <= span.start or span.end <= a.start for a in found[:number])


def test_the_margin_is_over_no_answer() -> None:
    prompt = prompt_of(2)
    starts = np.array([1.5, 9, 9, 4, 0, 9], dtype=np.float32)
    ends = np.array([0.5, 9, 9, 0, 3, 9], dtype=np.float32)
    assert best_spans(prompt, starts, ends, count=1) == [Span(0, 5, 5.0)]


def test_no_answer_is_longer_than_the_limit() -> None:
    prompt = prompt_of(100)
    starts, ends = np.zeros((2, 104), dtype=np.float32)
    starts[LEAD], ends[LEAD + 99] = 50, 60
    best = best_spans(prompt, starts, ends, count=9)
    assert all(span.end - span.start <= 3 * LONGEST_TOKENS for span in best)
    assert best[0].margin == 60


def test_a_prompt_without_text_has_no_spans() -> None:
    assert best_spans(prompt_of(0), np.zeros(4), np.zeros(4)) == []


def test_windows_that_found_the_same_words_count_once() -> None:
    windows = [Span(10, 14, 3.0), Span(0, 4, 1.0), Span(10, 14, 4.0), Span(12, 20, 2.0)]
    assert join_windows(windows, count=3) == [Span(10, 14, 4.0), Span(0, 4, 1.0)]
    assert join_windows(windows, count=1) == [Span(10, 14, 4.0)]
    assert join_windows([], count=3) == []
