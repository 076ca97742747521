"""The prose of a page comes out in blocks, without scripts and navigation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.webpage import webpage_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One <b>two</b>\n three.</p><p>Four</p>", "One two three.\n\nFour"),
        ("<body><nav>Menu</nav><script>x()</script><p>Text</p><footer>F</footer>", "Text"),
        ("<div>Side</div><main><p>Main</p></main>", "Main"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<ul><li>one<li>two</ul>", "- one\n\n- two"),
        ("<table><tr><th>H<td>V</tr><tr><td>1</table>", "H | V\n\n1"),
        ("<pre>x\n  y</pre>", "x\n  y"),
        ("&lt;b&gt; &amp;&nbsp;&eacute; <!-- no -->", "<b> & é"),
        ("<p>a\x00\x07b</p>", "a b"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_text(html, text):
    assert webpage_text(html)[1] == text


def test_title_is_that_of_the_head_or_the_first_heading():
    assert webpage_text("<title> A\n b </title><h1>C</h1>")[0] == "A b"
    assert webpage_text("<h1>C <i>d</i></h1>")[0] == "C d"
    assert webpage_text("<p>x")[0] == ""


def test_xhtml_and_deep_pages_are_read():
    assert webpage_text('<?xml version="1.0"?><html><body><p>x</p></body></html>')[1] == "x"
    assert webpage_text("<div>" * 5000 + "x" + "</div>" * 5000)[1] == "x"


@given(st.text("<>/abp! -=\"'&;\n\x1e\x1d", max_size=80))
def test_no_page_breaks_it(html):
    _, text = webpage_text(html)
    assert not {"\x1d", "\x1e", "\x1f"} & set(text)
