"""Test the probabilities of places, against softmax by hand, and their way onto tokens."""

import numpy as np
import pytest

from wherefrom.pipeline.prompt import Prompt, PromptBuilder
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.span_shares import (
    MOST,
    NOWHERE,
    SpanShares,
    Window,
    mean_shares,
    on_tokens,
    shares_of,
)

TEXT = "Paris is the capital of France. It lies on the Seine. Gustave Eiffel designed the tower. "


def shown(builder: PromptBuilder, text: str, *, windows: int) -> list[Prompt]:
    prompts = builder.reading("who?", [("", text)])
    assert len(prompts) == windows
    return prompts


def window(prompt: Prompt, starts: dict[int, float], ends: dict[int, float]) -> Window:
    """Make a window whose tokens have these logits by the place in the text, others -20.

    A question's tokens, which no answer can be in, have high logits; no answer has 0.
    """

    def logits(places: np.ndarray, known: dict[int, float]) -> np.ndarray:
        inside = prompt.starts >= 0
        found = np.where(inside, -20.0, 50.0).astype(np.float32)
        found[0] = known.get(NOWHERE, 0.0)
        for token in np.flatnonzero(inside):
            found[token] = known.get(int(places[token]), -20.0)
        return found

    return Window(prompt, logits(prompt.starts, starts), logits(prompt.ends, ends))


def test_one_window_is_a_softmax_over_its_text_and_no_answer(tiny_builder: PromptBuilder) -> None:
    (prompt,) = shown(tiny_builder, TEXT, windows=1)
    known = {NOWHERE: 3.0, 0: 4.0, 13: 2.0}  # Paris, capital
    found = shares_of([window(prompt, known, {5: 1.0, NOWHERE: -9.0})])
    odds = np.exp([4.0, 3.0, 2.0])
    assert [place for place, _ in found.starts] == [0, NOWHERE, 13]
    assert [share for _, share in found.starts] == pytest.approx(odds / odds.sum(), abs=1e-4)
    assert found.ends == ((5, 1.0),)  # the place after "Paris"


def test_a_place_in_two_windows_counts_once_with_its_higher_logit(
    tiny_builder: PromptBuilder,
) -> None:
    words = " ".join(["Paris"] * 90)
    first, second = shown(tiny_builder, words, windows=2)
    both = sorted({*first.starts.tolist()} & {*second.starts.tolist()} - {NOWHERE})
    shared, alone = both[0], int(second.starts.max())
    assert alone not in first.starts
    found = shares_of(
        [
            window(first, {NOWHERE: 1.0, shared: 2.0}, {}),
            window(second, {NOWHERE: -2.0, shared: 0.0, alone: -1.0}, {}),
        ]
    )
    odds = np.exp([2.0, 1.0, 0.0])  # less what no answer has: 2 - 1 and 0 + 2; -1 + 2; 0
    assert [place for place, _ in found.starts] == [shared, alone, NOWHERE]
    assert [share for _, share in found.starts] == pytest.approx(odds / odds.sum(), abs=1e-4)


def test_what_is_hardly_probable_is_left_out_and_the_rest_sums_to_one(
    tiny_builder: PromptBuilder,
) -> None:
    (prompt,) = shown(tiny_builder, TEXT, windows=1)
    places = prompt.starts[prompt.starts >= 0].tolist()
    many = {place: number / 10 for number, place in enumerate(places)}
    ends = {int(end): 0.0 for end in prompt.ends[prompt.ends >= 0][:3]}
    last = int(prompt.ends.max())
    found = shares_of([window(prompt, many, ends | {last: -4.0, NOWHERE: 0.0})])
    assert [place for place, _ in found.starts] == places[: -MOST - 1 : -1]  # the best MOST
    assert [share for _, share in found.ends] == [0.25] * 4  # 0.0046 of the last is too little
    assert sum(share for _, share in found.starts) == pytest.approx(1, abs=1e-3)


def test_a_mean_is_over_the_places_of_all_readers() -> None:
    one = SpanShares(((4, 0.75), (NOWHERE, 0.25)), ((9, 1.0),))
    other = SpanShares(((NOWHERE, 0.5), (7, 0.5)), ((9, 0.5), (3, 0.5)))
    found = mean_shares([one, other])
    assert found.starts == ((NOWHERE, 0.375), (4, 0.375), (7, 0.25))
    assert found.ends == ((9, 0.75), (3, 0.25))
    assert mean_shares([one]) is one


def test_places_go_to_the_tokens_that_hold_them(tiny_builder: PromptBuilder) -> None:
    (prompt,) = shown(tiny_builder, TEXT, windows=1)
    start, end = TEXT.index("Gustave Eiffel"), TEXT.index(" designed")
    shares = SpanShares(((start, 0.5), (start + 2, 0.25), (NOWHERE, 0.25)), ((end, 1.0),))
    starts, ends = (dict(each) for each in on_tokens(shares, prompt))
    first = prompt.starts.tolist().index(start)
    assert starts == {first: 0.75, 0: 0.25}  # "Gustave" is one token, also from its third letter
    assert ends == {prompt.ends.tolist().index(end): 1.0}


def test_what_a_prompt_does_not_show_goes_to_the_token_of_no_answer(
    tiny_builder: PromptBuilder,
) -> None:
    words = " ".join(["Paris"] * 90)
    first, second = shown(tiny_builder, words, windows=2)
    early, late = 0, int(second.starts.max())
    blank = int(second.ends[second.ends >= 0][0])  # between two words, in no token
    shares = SpanShares(
        ((late, 0.5), (early, 0.25), (blank, 0.25)), ((late + 5, 0.75), (early + 5, 0.25))
    )
    shown_first, shown_second = on_tokens(shares, first), on_tokens(shares, second)
    assert dict(shown_first[0]) == {0: 0.75, first.starts.tolist().index(early): 0.25}
    assert dict(shown_first[1]) == {0: 0.75, first.ends.tolist().index(early + 5): 0.25}
    last = second.starts.tolist().index(late)
    assert dict(shown_second[0]) == {last: 0.5, 0: 0.5}
    assert dict(shown_second[1]) == {last: 0.75, 0: 0.25}


def test_a_reader_says_what_its_logits_say(tiny_reader: Reader) -> None:
    texts = [("", "It lies on the Seine."), ("Paris", TEXT * 4)]
    found = tiny_reader.span_shares(["Who?", "Where?"], texts)
    for shares, (_, text) in zip(found, texts, strict=True):
        for each in (shares.starts, shares.ends):
            assert sum(share for _, share in each) == pytest.approx(1, abs=1e-3)
            assert all(NOWHERE <= place <= len(text) for place, _ in each)
    ((best, _), *_), ((last, _), *_) = found[0].starts, found[0].ends
    starts, ends = _logits(tiny_reader, "Who?", texts[0])
    assert (best, last) == (starts, ends)


def _logits(reader: Reader, question: str, text: tuple[str, str]) -> tuple[int, int]:
    """Return the places of the highest logits of a start and of an end in one window."""
    (prompt,) = reader.prompts.reading(question, [text])
    ((_, said),) = reader._run(reader._network.read, [prompt])
    inside = np.flatnonzero((prompt.starts >= 0) | (np.arange(len(prompt.ids)) == 0))
    one, other = (inside[each[0].numpy()[inside].argmax()] for each in (said.start, said.end))
    return int(prompt.starts[one]), int(prompt.ends[other])
