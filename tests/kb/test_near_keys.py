"""Keys like one that does not exist are found by the letters that they share, then compared."""

from difflib import get_close_matches

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.near_keys import LEAST_RATIO, NearKeys

KEYS = st.lists(st.text("abcé東 ", max_size=8), max_size=20, unique=True)


@given(KEYS, st.text("abcé東 ", max_size=8), st.integers(1, 5))
def test_it_finds_what_difflib_finds(keys, wanted, k):
    found = NearKeys(keys).nearest(wanted, k)
    expected = get_close_matches(wanted, keys, n=k, cutoff=LEAST_RATIO)
    assert len(found) == len(expected)
    assert {keys[number] for number, ratio in found if ratio > found[-1][1]} <= set(expected)
    assert found == sorted(found, key=lambda pair: (-pair[1], pair[0]))


@pytest.mark.parametrize(
    ("wanted", "near"),
    [
        ("lothar ii", "lothair ii"),
        ("lothair", "lothair ii"),
        ("xothair ii", "lothair ii"),  # another first letter
        ("kaiser wilhelm", "kaiser wilhelm ii"),
        ("東京夕ワー", "東京タワー"),
    ],
)
def test_the_nearest_of_many(monkeypatch, wanted, near):
    monkeypatch.setattr("wherefrom.kb.near_keys.COMPARED", 50)
    monkeypatch.setattr("wherefrom.kb.near_keys._BLOCK", 64)
    many = [f"{letter}{number} of {number % 7}" for letter in "abcl" for number in range(500)]
    keys = [*many, "lothair ii", "kaiser wilhelm ii", "東京タワー"]
    assert keys[NearKeys(keys).nearest(wanted, 1)[0][0]] == near


def test_of_nothing_nothing_is_near():
    assert NearKeys([]).nearest("a", 3) == []
    assert NearKeys(["", "b"]).nearest("a", 3) == []
