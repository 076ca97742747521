"""What a sentence speaks of is told by itself, or by what was asked and written before it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.pipeline.reference import named_share, spoken_of

TITLES = ["Berlin Wall", "Great Wall of China", "William Shakespeare", "Vienna", "Mercury (planet)"]


@pytest.mark.parametrize(
    ("sentence", "context", "spoken"),
    [
        ("It was built to protect China.", "Why was the Berlin Wall built?", {"Berlin Wall"}),
        ("The wall protected China.", "Why was the Berlin Wall built?", {"Berlin Wall"}),
        ("He wrote 39 plays.", "What did Shakespeare write?", {"William Shakespeare"}),
        ("It is hot.", "How hot is mercury?", {"Mercury (planet)"}),
        ("Its wall is long.", "Who? Vienna and the Berlin Wall.", {"Vienna", "Berlin Wall"}),
        ("It is hot.", "How hot is the sun?", None),
        ("It is a wall.", "Which wall is long?", {"Berlin Wall"}),
        ("The Berlin Wall fell.", "What is Vienna?", None),
        ("The capital of Austria is Vienna.", "What of William Shakespeare?", None),
        ("The capital is old.", "What of Vienna?", {"Vienna"}),
        ("Shakespeare lived.", "What of Vienna?", None),
        ("", "What of Vienna?", None),
        ("It.", "", None),
    ],
)
def test_what_a_sentence_speaks_of(sentence: str, context: str, spoken: set[str] | None) -> None:
    assert spoken_of(sentence, context, TITLES) == spoken


def test_without_titles_it_may_be_any() -> None:
    assert spoken_of("It is old.", "Is Vienna old?", []) is None
    assert spoken_of("It is old.", "Is Vienna old?", ["", "…"]) is None


@given(st.text(), st.text(), st.lists(st.text(), max_size=4))
def test_what_is_spoken_of_is_among_the_titles(
    sentence: str, context: str, titles: list[str]
) -> None:
    found = spoken_of(sentence, context, titles)
    assert found is None or (found and found <= set(titles))
    assert all(0 <= named_share(title, set()) <= 1 for title in titles)
