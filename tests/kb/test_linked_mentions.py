"""Links of a document are mentions, and win over names that were found in the same place."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.linked_mentions import linked_mentions, merged_mentions
from wherefrom.kb.linker import Linker
from wherefrom.kb.name_rows import ALIAS, TITLE
from wherefrom.kb.name_table import NameTable
from wherefrom.kb.records import Link, Mention

TEXT = "Ann saw it in Paris. Paris is in Texas, and It is a film of 1990 by Ann Lee."
TABLE = NameTable(
    ["Paris", "Paris, Texas", "It (film)", "Texas", "Ann Lee", "The Lone Star State"],
    [0, 1, 2, 3, 4, 3],
    [TITLE, TITLE, TITLE, TITLE, TITLE, ALIAS],
)
LINKS = (
    Link(0, 3, "Ann Lee"),
    Link(14, 19, "Paris, Texas"),
    Link(33, 38, "the lone star state#Towns"),
    Link(44, 46, "It (film)"),
    Link(60, 64, "1990 in film"),
    Link(68, 71, "Ann (given name)"),
)


def test_links_and_names_of_a_passage():
    start, end = 8, len(TEXT)
    passage = TEXT[start:end]
    matched = Linker(TABLE).mentions(passage)
    assert [(passage[m.start : m.end], m.candidates) for m in matched] == [
        ("Paris", (0,)),
        ("Paris", (0,)),
        ("Texas", (3,)),
        ("Ann Lee", (4,)),
    ]
    found = merged_mentions(linked_mentions(LINKS, TABLE, start=start, end=end), matched)
    assert [(passage[m.start : m.end], m.candidates) for m in found] == [
        ("Paris", (1,)),  # the link says which
        ("Paris", (0,)),
        ("Texas", (3,)),  # by an alias
        ("It", (2,)),  # a name that only a link can mean
    ]  # and Ann is linked to someone who is not in the table


def test_links_that_do_not_lie_whole_in_the_passage_are_not_its_own():
    links = [Link(0, 5, "Paris"), Link(4, 9, "Texas"), Link(5, 5, "Paris"), Link(8, 12, "Paris")]
    assert linked_mentions(links, TABLE, start=3, end=10) == [Mention(1, 6, (3,))]
    assert linked_mentions(links, TABLE, start=20, end=30) == []


def test_of_nested_links_the_outer_one_counts():
    links = [Link(0, 4, "Texas"), Link(0, 12, "Paris"), Link(6, 8, "Texas"), Link(12, 14, "Texas")]
    found = linked_mentions(links, TABLE, start=0, end=20)
    assert found == [Mention(0, 12, (0,)), Mention(12, 14, (3,))]


def in_order(candidates: st.SearchStrategy[tuple[int, ...]]) -> st.SearchStrategy[list[Mention]]:
    """Draw mentions in order and without overlap: gaps and lengths in turns."""
    steps = st.tuples(st.integers(0, 4), st.integers(1, 5), candidates)

    def laid(drawn: list[tuple[int, int, tuple[int, ...]]]) -> list[Mention]:
        mentions, place = [], 0
        for gap, length, of in drawn:
            mentions.append(Mention(place + gap, place + gap + length, of))
            place += gap + length
        return mentions

    return st.lists(steps, max_size=8).map(laid)


def overlap(one: Mention, other: Mention) -> bool:
    return one.start < other.end and other.start < one.end


@given(in_order(st.sampled_from([(), (0,), (1, 2)])), in_order(st.just((9,))))
def test_a_link_wins_where_both_overlap(linked, matched):
    merged = merged_mentions(linked, matched)
    kept = [m for m in linked if m.candidates]
    kept += [m for m in matched if not any(overlap(m, link) for link in linked)]
    assert merged == sorted(kept, key=lambda mention: mention.start)
    assert all(one.end <= other.start for one, other in pairwise(merged))
