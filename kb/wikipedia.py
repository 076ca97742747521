"""Read the articles of a MediaWiki dump (pages-articles XML, plain, bzip2 or gzip).

The dump is streamed twice: first for the redirects, which become aliases of the article they lead
to, then for the articles. Only the main namespace is read. The id of a document is its title, not
the number of its page: within the main namespace titles are unique, links and redirects name them,
people can type them, and two dumps of a wiki agree on them but for the few pages that were moved.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from xml.etree.ElementTree import ParseError

from wherefrom.kb.errors import RecordError, SourceError
from wherefrom.kb.found import Found, Place, make_found
from wherefrom.kb.opening import open_bytes, refuse_binary
from wherefrom.kb.redirects import Redirects
from wherefrom.kb.skipped import SkippedRecords, refuse
from wherefrom.kb.starter import wikipedia_url
from wherefrom.kb.wikitext import plain_text

_MAIN_NAMESPACE = 0


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of the main namespace; `redirect` is the title that it leads to, or empty."""

    number: int
    title: str
    redirect: str
    markup: str


@dataclass(frozen=True, slots=True)
class _Site:
    """What a dump says of its wiki: the address of its articles, the names of its namespaces."""

    address: str
    namespaces: tuple[str, ...]


def read_wikipedia(
    path: Path,
    source: str,
    *,
    skipped: SkippedRecords | None = None,
    notice: Callable[[str], None] | None = None,
) -> Iterator[Found]:
    """Yield the articles of a dump in its order.

    Parameters
    ----------
    notice
        Called with one sentence at the end when articles had no prose (nothing but templates,
        tables or lists of sources) and were passed over.

    Raises
    ------
    RecordError
        If the markup of an article cannot be parsed, and `skipped` is None.
    SourceError
        If the file is missing, empty, truncated or not a MediaWiki dump. A dump that is cut short
        is found out in the first pass, before any article is given.
    StorageError
        If the temporary file of the redirects cannot grow.
    """
    pairs = ((page.title, _normal(page.redirect)) for _, page in _pages(path, "") if page.redirect)
    empty = 0
    with closing(Redirects(pairs)) as redirects:
        for site, page in _pages(path, source):
            if page.redirect:
                continue
            place = Place(str(path), f"page {page.number} {page.title!r}")
            try:
                found = _article(place, source, site, page, redirects)
            except RecordError as error:
                refuse(error, skipped)
                continue
            if found is None:
                empty += 1
            else:
                yield found
    if empty and notice is not None:
        notice(f"{path}: passed over {empty} articles without prose")


def _article(
    place: Place, source: str, site: _Site, page: _Page, redirects: Redirects
) -> Found | None:
    """Make the document of a page, or None when it has no prose."""
    from mwparserfromhell.parser import ParserError

    try:
        linked = plain_text(page.markup, namespaces=site.namespaces)
    except (ParserError, RecursionError) as error:
        raise RecordError(f"{place}: the markup cannot be parsed: {error}") from error
    if not linked.text:
        return None
    return make_found(
        place,
        source,
        id=page.title,
        title=page.title,
        text=linked.text,
        url=wikipedia_url(page.title, site.address),
        aliases=redirects.aliases(page.title),
        links=linked.links,
    )


def _pages(path: Path, source: str) -> Iterator[tuple[_Site, _Page]]:
    """Stream the pages of the main namespace; their text only when `source` is given."""
    from mwxml import Dump
    from mwxml.element_iterator import ElementIterator
    from mwxml.errors import MalformedXML

    last = "the beginning"
    with open_bytes(path) as stream:
        refuse_binary(path, stream.peek(4096) if hasattr(stream, "peek") else b"")
        try:
            root = ElementIterator.from_file(stream)
            if root.tag != "mediawiki":
                raise SourceError(f"{path} is not a MediaWiki dump: it holds <{root.tag}>")
            dump = Dump.from_element(root)
            site = _site(dump.site_info)
            for page in dump.pages:
                if page.namespace == _MAIN_NAMESPACE:
                    wanted = bool(source) and not page.redirect
                    markup = _latest_markup(page) if wanted else ""
                    title = _normal(page.title)
                    yield site, _Page(page.id, title, page.redirect or "", markup)
                    last = f"page {page.id} {title!r}"
                # mwxml empties each page but leaves it on the root: millions of empty elements.
                root.element.clear()
        except (ParseError, MalformedXML) as error:
            message = str(error).splitlines()[0] if str(error) else "unexpected end"
            raise SourceError(
                f"{path} is not a whole MediaWiki dump: after {last}: {message}"
            ) from error


def _latest_markup(page: Any) -> str:
    """Return the text of the last revision of a page; a dump with history holds several."""
    markup = ""
    for revision in page:
        markup = revision.text or ""
    return markup


def _site(info: Any) -> _Site:
    address = urljoin(info.base or "https://en.wikipedia.org/wiki/Main_Page", ".")
    return _Site(address, tuple(space.name for space in info.namespaces or () if space.name))


def _normal(title: str) -> str:
    """Return a title as the wiki writes it: spaces, no section, first letter upper."""
    title = " ".join(title.partition("#")[0].replace("_", " ").split())
    return title[:1].upper() + title[1:]
