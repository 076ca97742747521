"""Wiki markup becomes what a reader of the article reads, links in place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.wikitext import plain_text

NAMESPACES = ("Talk", "File", "Category", "Help")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("'''Ada''' ''wrote'' it.", "Ada wrote it."),
        ("One.<ref>{{cite|a}}</ref> Two.<ref name=x />", "One. Two."),
        ("A {{Infobox|a={{b|c}}}}wall {{convert|5|m|ft}} high.", "A wall 5 m high."),
        ("Ada ({{IPA|x}}; born 1815) wrote.", "Ada (born 1815) wrote."),
        ("Ada ({{IPA|x}}) wrote.", "Ada wrote."),
        ("Ada ({{lang|fr|Adèle}}, ) wrote , it .", "Ada (Adèle) wrote, it."),
        ("Before\n{| class=x\n| a\n{|\n| b\n|}\n|}\nafter", "Before\n\nafter"),
        ("A[[File:x.jpg|thumb|A [[cat]] sits]]B", "AB"),
        ("A <!-- no -->B&nbsp;C &amp; D", "A B C & D"),
        ("H<sub>2</sub>O<br/>x<hr>", "H2O\nx"),
        ("<math>E=mc^2</math> <nowiki>[[x]]</nowiki>", "E=mc^2 [[x]]"),
        ("* one\n** two\n# three\nAfter", "- one\n- two\n- three\n\nAfter"),
        ("* {{cn}}\n* x", "- x"),
        ("See:\n:An indented line\nnext", "See:\n\nAn indented line\nnext"),
        ("[http://x.org a site], [http://x.org] and http://y.org", "a site, and http://y.org"),
        ("__NOTOC__Text {{{1}}}", "Text"),
        ("[[Category:Men]] [[:Category:Men]] [[fr:Ada]]", "Category:Men"),
        ("== A ==\nx\n=== B ===\n{{main|C}}\n== D ==\n=== E ===\ny", "A\n\nx\n\nD\n\nE\n\ny"),
        ("x\n== See also ==\n* [[Y]]\n=== Sub ===\nz\n== Works ==\nw", "x\n\nWorks\n\nw"),
        ("x\n== References ==\n{{reflist}}", "x"),
        ("{{quote|To [[be]]}}", "To be"),
        ("broken {{template and [[link", "broken template and [[link"),
        ("&#xD800;a&#x7;b", "ab"),
        ("", ""),
        ("{{Infobox}}", ""),
    ],
)
def test_text(markup, text):
    assert plain_text(markup, namespaces=NAMESPACES).text == text


@pytest.mark.parametrize(
    ("markup", "links"),
    [
        ("A [[dog]] and [[Gray wolf|wolves]].", [("dog", "Dog"), ("wolves", "Gray wolf")]),
        ("[[dog]]s and [[cat|CAT]]s2", [("dogs", "Dog"), ("CATs", "Cat")]),
        ("[[bus]]''es''", [("bus", "Bus")]),
        ("[[London#City|the City]] [[#here|here]]", [("the City", "London")]),
        ("[[a_b  c]]", [("a b c", "A b c")]),
        ("[[Charles Babbage|''Charles'' {{nowrap|B.}}]]", [("Charles B.", "Charles Babbage")]),
        ("[[wikt:dog|dog]] [[Help:X|x]] [[:Category:Y]]", []),
        ("[[Star Trek: Picard]]", [("Star Trek: Picard", "Star Trek: Picard")]),
        ("[[dog|{{nothing}}]] x", []),
        ("== On [[owls]] ==\nx", [("owls", "Owls")]),
        ("* {{lang|fr|[[chat]]}}\n* (; [[b]])", [("chat", "Chat"), ("b", "B")]),
    ],
)
def test_links(markup, links):
    linked = plain_text(markup, namespaces=NAMESPACES)
    assert [(linked.text[one.start : one.end], one.target) for one in linked.links] == links


PIECES = [
    "[[",
    "]]",
    "{{",
    "}}",
    "|",
    "''",
    "== ",
    " ==\n",
    "\n",
    "* ",
    "<ref>",
    "</ref>",
    "{|",
    "|}",
]
PIECES += [
    "dog",
    "Cat",
    " ",
    "(",
    ")",
    ";",
    ",",
    "#",
    "File:",
    "convert",
    "<br/>",
    "&nbsp;",
    "\x01",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_links_lie_in_order_and_inside_whatever_the_markup(markup):
    linked = plain_text(markup, namespaces=NAMESPACES)
    assert linked.text == linked.text.strip()
    assert "\x01" not in linked.text
    done = 0
    for link in linked.links:
        assert done <= link.start < link.end <= len(linked.text)
        anchor = linked.text[link.start : link.end]
        assert anchor == anchor.strip()
        done = link.end
