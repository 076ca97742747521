"""Take the title and the prose out of an HTML page.

Paragraphs, headings, items and rows come out as blocks with a blank line between them, so that a
sentence never runs from one into the next; scripts, navigation and forms are left out.
"""

import re
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_LEFT_OUT = [
    "script", "style", "title", "noscript", "template", "nav", "footer", "aside", "form", "button",
    "select", "svg", "iframe", "head", "object", "canvas", "audio", "video",
]  # fmt: skip
_BLOCKS = [
    "address", "article", "blockquote", "body", "caption", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "li", "main", "ol", "p", "pre", "section", "summary", "table", "thead", "tbody", "tfoot",
    "tr", "ul",
]  # fmt: skip
# Control characters cannot occur in the page: they are turned into spaces before it is parsed.
_BLOCK_MARK = "\x1e"
_LINE_MARK = "\x1f"
_CELL_MARK = "\x1d"
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


def webpage_text(html: str) -> tuple[str, str]:
    """Return the title and the text of a page; the title is empty when the page has none.

    Examples
    --------
    >>> webpage_text("<title>Owls</title><p>Owls fly\\nat <b>night</b>.<p>They hunt.")
    ('Owls', 'Owls fly at night.\\n\\nThey hunt.')
    """
    from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)  # XHTML reads well enough as HTML
        page = BeautifulSoup(_CONTROL.sub(" ", html), "html.parser")
    title = _title(page)
    for tag in page(_LEFT_OUT):
        tag.decompose()
    content = page.find("main") or page.find("article") or page.body or page
    return title, _text(content)


def _title(page: "BeautifulSoup") -> str:
    heading = page.title or page.find("h1")
    return " ".join(heading.get_text().split()) if heading else ""


def _text(content: "Tag") -> str:
    from bs4 import CData
    from bs4.element import NavigableString

    for string in list(content.find_all(string=True)):
        if type(string) in (NavigableString, CData):
            kept = str(string) if string.find_parent("pre") else re.sub(r"\s+", " ", string)
            string.replace_with(NavigableString(kept))
    for line in content("br"):
        line.insert_before(_LINE_MARK)
    for cell in content(["td", "th"]):
        cell.insert_before(_CELL_MARK)
    for block in content(_BLOCKS):
        block.insert_before(_BLOCK_MARK)
        block.insert_after(_BLOCK_MARK)
        if block.name == "li":
            block.insert(0, "- ")
    blocks = (_tidy(block) for block in content.get_text().split(_BLOCK_MARK))
    return "\n\n".join(block for block in blocks if block not in ("", "-"))


def _tidy(block: str) -> str:
    block = re.sub(rf" *{_LINE_MARK} *", "\n", block)
    block = re.sub(rf"^\s*(?:{_CELL_MARK}\s*)+", "", block)
    block = re.sub(rf"\s*{_CELL_MARK}\s*", " | ", block)
    return block.strip()
