"""Names that a text cannot hold are left out, and none that it may hold is."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wherefrom.kb.linker import Linker
from wherefrom.kb.name_filter import rows_that_may_stand_in
from wherefrom.kb.name_rows import ALIAS, TITLE
from wherefrom.kb.name_table import NameTable

PIECES = [
    "Ada",
    "ada",
    "ÁDA",
    "Straße",
    "STRASSE",
    "the",
    "Road",
    "東京",
    "都",
    "ﬁn",
    "Ｘ１",
    "8½",
    "II",
]
BETWEEN = [" ", "-", " (", ") ", "'", ". ", "“", "", "\n"]
text = st.lists(st.tuples(st.sampled_from(BETWEEN), st.sampled_from(PIECES)), max_size=7).map(
    lambda pairs: "".join(a + b for a, b in pairs)
)
name = text.filter(str.strip)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(name, st.sampled_from([TITLE, ALIAS])), max_size=12), text)
def test_a_linker_of_the_names_that_are_left_finds_what_one_of_all_names_finds(
    named: list[tuple[str, int]], said: str
) -> None:
    names = [one for one, _ in named]
    kinds = [kind for _, kind in named]
    rows = rows_that_may_stand_in([said], pa.chunked_array([names], type=pa.string()))
    some = NameTable([names[row] for row in rows], rows.tolist(), [kinds[row] for row in rows])
    everything = NameTable(names, range(len(names)), kinds)
    assert Linker(some).mentions(said) == Linker(everything).mentions(said)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Where is (Ada)?", ["Ada", "Ada (poem)"]),
        ("the road to Ada", ["Ada", "“Ada” Road", "The Ada", "Ada (poem)"]),
        ("a dam", []),
        ("adamant", []),
        ("strasse", []),
        ("STRASSE 8", ["Straße 8"]),
        ("東京都", ["東京", "東京（都）"]),
    ],
)
def test_what_is_left(said: str, left: list[str]) -> None:
    names = ["Ada", "“Ada” Road", "The Ada", "Straße 8", "Ada (poem)", "...", "東京", "東京（都）"]
    rows = rows_that_may_stand_in([said], pa.chunked_array([names]))
    assert [names[row] for row in rows] == left
