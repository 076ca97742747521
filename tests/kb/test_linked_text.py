"""Links keep their anchors while the text around them is tidied."""

import re

from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.linked_text import LinkedText
from wherefrom.kb.records import Link


def linked(marked):
    """Read `a [dog] b` as a text with a link on each part in brackets."""
    text, links = "", []
    for part in re.split(r"(\[[^\]]*\])", marked):
        bare = part.strip("[]")
        if part.startswith("["):
            links.append(Link(len(text), len(text) + len(bare), bare))
        text += bare
    return LinkedText(text, tuple(link for link in links if link.start < link.end))


def anchors(one):
    return [one.text[link.start : link.end] for link in one.links]


PIECES = st.lists(st.sampled_from(["dog", " ", "  ", "x", "[cat]", "[a  b]", "[ ]"]))


@given(PIECES.map("".join), st.sampled_from([" ", "", "__", "x"]))
def test_substitution_is_that_of_re_and_moves_links(marked, replacement):
    before = linked(marked)
    after = before.substituted(re.compile(r"\s+"), replacement)
    assert after.text == re.sub(r"\s+", replacement, before.text)
    assert list(after.links) == sorted(after.links, key=lambda link: link.start)
    for link in after.links:
        words = link.target.strip()
        if words:
            anchor = after.text[link.start : link.end]
            assert anchor == re.sub(r"\s+", replacement, words)


def test_a_link_is_cut_back_or_dropped_with_what_it_stood_on():
    one = linked("a [bcd] e [f]")
    assert anchors(one.substituted(re.compile("ab? b|a b"), "Z")) == ["cd", "f"]
    assert anchors(one.substituted(re.compile("d e"), "")) == ["bc", "f"]
    assert anchors(one.substituted(re.compile("bcd"), "new")) == ["f"]


def test_groups_expand_and_what_stays_keeps_its_links():
    one = linked("n [owl] m")
    assert one.substituted(re.compile(r"(n) "), r"\1\1 ") == LinkedText(
        "nn owl m", (Link(3, 6, "owl"),)
    )
    assert one.substituted(re.compile(".+"), lambda match: match[0]) is one


@given(PIECES.map("".join))
def test_trimming_leaves_anchors_without_white_space_at_the_ends(marked):
    after = linked(marked).trimmed()
    assert after.text == after.text.strip()
    assert all(anchor == anchor.strip() != "" for anchor in anchors(after))
    assert anchors(after) == [link.target.strip() for link in after.links]
