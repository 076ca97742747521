"""Turn the wiki markup of an article into plain text with its internal links.

The markup is parsed by mwparserfromhell; this module decides what of it a reader of the article
would read as prose. Left out: templates (but for those in `templates`), tables, references,
galleries, files, categories, comments, and the sections that only list sources and other pages.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wherefrom.kb.linked_text import LinkedText
from wherefrom.kb.records import Link
from wherefrom.kb.templates import template_text

if TYPE_CHECKING:
    from mwparserfromhell.nodes import Heading, HTMLEntity, Node, Tag, Template, Wikilink
    from mwparserfromhell.wikicode import Wikicode

_LEFT_OUT_TAGS = frozenset([
    "ref", "references", "table", "gallery", "timeline", "imagemap", "score", "graph",
    "mapframe", "maplink", "templatestyles", "section", "indicator", "hr", "hiero",
    "templatedata", "style", "script", "inputbox", "categorytree", "noinclude", "includeonly",
])  # fmt: skip
_BLOCK_TAGS = frozenset(["p", "div", "blockquote", "center", "poem", "pre", "syntaxhighlight"])
_APPARATUS = frozenset([
    "references", "external links", "see also", "further reading", "notes", "footnotes",
    "citations", "notes and references", "references and notes", "sources", "explanatory notes",
    "general references", "works cited", "notes and citations",
])  # fmt: skip
_LINK_TRAIL = re.compile(r"[a-zà-öø-ÿ]+")
_INTERWIKI = re.compile(r"[a-z][a-z-]*:\S")  # wikt:word, fr:Chien; a title has a space or capital
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]+)*:")

_SUBSTITUTIONS = [
    (re.compile(r"__[A-Z]+__"), ""),  # __NOTOC__ and its kin
    (re.compile(r"(?m)^[ \t]*(?:\{\||\|\}|\|-).*$"), ""),  # what is left of broken tables
    (re.compile(r"\{\{|\}\}"), ""),  # and of broken templates
    (re.compile(r"[\x00\x02-\x08\x0b-\x1f\x7f\ud800-\udfff\u200e\u200f\ufeff]"), ""),
    (re.compile(r"[^\S\n]+"), " "),
    (re.compile(r"(?<=[(（])[\s,;:]+"), ""),  # "( ; born 1900)", after a template went
    (re.compile(r"[\s,;:]+(?=[)）])"), ""),
    (re.compile(r" ?(?:\(\)|（）|\[\])"), ""),
    (re.compile(r"([,;])(?:\s*[,;])+"), r"\1"),
    (re.compile(r" +(?=[,.;:!?)](?:\s|$))"), ""),
    (re.compile(r"[^\S\n]+"), " "),
    (re.compile(r" ?\n ?"), "\n"),
    (re.compile(r"(?m)^-+$"), ""),  # an item that held only a template
    (re.compile(r"(?m)^(- .*\n)(?=[^-\n])"), "\\1\n"),  # a list ends before a paragraph
    (re.compile(r"\n{3,}"), "\n\n"),
]
_HEADING_MARK = "\x01"  # one for each level, until the headings of empty sections have been found
_HEADING = re.compile(r"(\x01+)[^\n]*")
_HEADING_MARKS = re.compile(r"\x01+ ?")


def plain_text(markup: str, *, namespaces: Iterable[str] = ()) -> LinkedText:
    """Return the prose of an article and its links to other articles.

    Parameters
    ----------
    markup
        The wiki markup.
    namespaces
        The names of the wiki's namespaces but the main one; a link into one of them is no link
        to an article. The English names of files and categories are always known.

    Returns
    -------
    LinkedText
        Paragraphs, headings and lists parted by blank lines; links in order, each the exact
        place of its anchor and the title it points to, without its section, first letter upper.

    Raises
    ------
    mwparserfromhell.parser.ParserError
        If the parser gives up.

    Examples
    --------
    >>> plain_text("A '''dog''' is a [[Tame animal|tame]] [[wolf]].{{cn}}")
    LinkedText(text='A dog is a tame wolf.', links=(Link(start=11, end=15, target='Tame animal'), \
Link(start=16, end=20, target='Wolf')))
    """
    import mwparserfromhell

    names = frozenset(name.lower() for name in namespaces if name)
    writer = _Writer(names | {"file", "image", "media", "category"})
    writer.write(mwparserfromhell.parse(markup.replace(_HEADING_MARK, "")))
    linked = LinkedText("".join(writer.parts), tuple(writer.links))
    for pattern, replacement in _SUBSTITUTIONS:
        linked = linked.substituted(pattern, replacement)
    return _without_empty_sections(linked).substituted(*_SUBSTITUTIONS[-1]).trimmed()


def _without_empty_sections(linked: LinkedText) -> LinkedText:
    """Remove the headings that nothing follows, and the marks from the others."""
    empty = set()
    next_start, next_level = len(linked.text), 0
    for match in reversed(list(_HEADING.finditer(linked.text))):
        level = len(match[1])
        if next_level <= level and not linked.text[match.end() : next_start].strip():
            empty.add(match.start())
            next_start = match.start()
        else:
            next_start, next_level = match.start(), level
    kept = linked.substituted(_HEADING, lambda match: "" if match.start() in empty else match[0])
    return kept.substituted(_HEADING_MARKS, "")


@dataclass(slots=True)
class _Writer:
    """What has been written so far: the parts of the text, its length, the links in it."""

    namespaces: frozenset[str]
    parts: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    length: int = 0
    left_out_level: int = 0  # the level of the heading whose section is being left out, or 0
    after_link: bool = False

    def put(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def write(self, code: "Wikicode | None") -> None:
        """Write the nodes of a piece of markup in order."""
        from mwparserfromhell import nodes

        self.after_link = False
        for node in code.nodes if code is not None else ():
            if isinstance(node, nodes.Heading):
                self.heading(node)
            if self.left_out_level:
                continue
            if isinstance(node, nodes.Text):
                self.text(str(node.value))
            elif isinstance(node, nodes.Wikilink):
                self.wikilink(node)
            else:
                self.other(node)
            self.after_link = isinstance(node, nodes.Wikilink)

    def text(self, text: str) -> None:
        trail = _LINK_TRAIL.match(text) if self.after_link and self.links else None
        if trail and self.links[-1].end == self.length:
            last = self.links[-1]
            self.links[-1] = Link(last.start, last.end + trail.end(), last.target)
        self.put(text)

    def other(self, node: "Node") -> None:
        from mwparserfromhell import nodes

        if isinstance(node, nodes.Tag):
            self.tag(node)
        elif isinstance(node, nodes.Template):
            self.template(node)
        elif isinstance(node, nodes.HTMLEntity):
            self.put(_entity(node))
        elif isinstance(node, nodes.ExternalLink) and (node.title or not node.brackets):
            self.write(node.title if node.title else node.url)

    def heading(self, node: "Heading") -> None:
        if self.left_out_level and node.level > self.left_out_level:
            return
        name = " ".join(node.title.strip_code().split())
        self.left_out_level = node.level if name.lower() in _APPARATUS else 0
        if not self.left_out_level:
            self.put(f"\n\n{_HEADING_MARK * node.level}")
            self.write(node.title)
            self.put("\n\n")

    def tag(self, node: "Tag") -> None:
        name = str(node.tag).strip().lower()
        if name in _LEFT_OUT_TAGS:
            return
        if name == "br":
            self.put("\n")
        elif name == "li":
            if node.wiki_markup:  # "**" is two of these
                self.put("-" if not self.parts or self.parts[-1] != "-" else "")
            else:
                self.put("\n- ")
            self.write(node.contents)
        elif name in ("dd", "dt", *_BLOCK_TAGS):
            self.put("\n\n" if not self.ends_with_break() else "\n")
            self.write(node.contents)
            self.put("" if name in ("dd", "dt") else "\n\n")
        else:
            self.write(node.contents)

    def ends_with_break(self) -> bool:
        return bool(self.parts) and self.parts[-1].endswith("\n")

    def template(self, node: "Template") -> None:
        """Write the words that a template stands for, with the links in them."""
        import mwparserfromhell

        arguments = [str(param.value) for param in node.params if not param.showkey]
        words = template_text(node.name.strip_code().strip(), arguments)
        if words:
            self.write(mwparserfromhell.parse(words))

    def wikilink(self, node: "Wikilink") -> None:
        title = " ".join(str(node.title.strip_code()).replace("_", " ").split())
        inner = node.text
        kind = title.partition(":")[0].strip().lower()
        if kind in self.namespaces and kind in ("file", "image", "media", "category"):
            return
        if inner is None and (_LANGUAGE.match(title)):
            return  # a link to the same article in another language shows nothing
        start = self.length
        if inner is None:
            self.put(title.removeprefix(":"))
        else:
            self.write(inner)
        target = self.target(title)
        if target and self.length > start:
            self.links.append(Link(start, self.length, target))

    def target(self, title: str) -> str:
        """Return the title of the article that a link points to, empty if it is none."""
        title = title.removeprefix(":").partition("#")[0].strip()
        kind, colon, _ = title.partition(":")
        if not title or (colon and kind.strip().lower() in self.namespaces):
            return ""
        if _INTERWIKI.match(title):
            return ""
        return title[0].upper() + title[1:]


def _entity(node: "HTMLEntity") -> str:
    try:
        return str(node.normalize())
    except (ValueError, OverflowError):
        return ""
