"""A dump gives its articles, with redirects as aliases and links in place."""

import bz2
import gzip
from pathlib import Path

import pytest

from wherefrom.kb.errors import RecordError, SourceError
from wherefrom.kb.records import Link
from wherefrom.kb.skipped import SkippedRecords
from wherefrom.kb.wikipedia import read_wikipedia

DUMP = Path(__file__).with_name("dump.xml")
ADA = """\
Augusta Ada King, Countess of Lovelace (10 December 1815 – 27 November 1852) was an English \
mathematician and writer, known for her work on Charles Babbage's Analytical Engine. \
She was the only child of Lord Byron and Lady Byron.

Work

She lived 5 mi from the City and wrote algorithms.
- The first program
- Note G"""


def documents(path, **options):
    return [found.document for found in read_wikipedia(path, f"wikipedia:{path}", **options)]


def test_articles_aliases_and_addresses():
    ada, c = documents(DUMP)
    assert (ada.id, ada.title) == ("Ada Lovelace", "Ada Lovelace")
    assert ada.text == ADA
    assert ada.aliases == ("Ada Byron", "Countess of Lovelace")
    assert ada.url == "https://test.example.org/wiki/Ada_Lovelace"
    assert ada.source == f"wikipedia:{DUMP}"
    assert (c.id, c.url) == ("C++ & C?", "https://test.example.org/wiki/C%2B%2B_%26_C%3F")
    assert c.text == "C was inspired by Ada. 北京是首都。"
    assert c.links == (Link(18, 21, "Ada Lovelace"), Link(26, 28, "首都"))


def test_links_are_exact():
    ada, _ = documents(DUMP)
    assert [(ada.text[link.start : link.end], link.target) for link in ada.links] == [
        ("mathematician", "Mathematician"),
        ("Charles Babbage", "Charles Babbage"),
        ("Analytical Engine", "Analytical engine"),
        ("Lord Byron", "Lord Byron"),
        ("Lady Byron", "Anne Isabella Byron"),
        ("the City", "London"),
        ("algorithms", "Algorithm"),
        ("program", "Computer program"),
    ]


@pytest.mark.parametrize("compress", [bz2.compress, gzip.compress])
def test_a_compressed_dump_is_the_same(tmp_path, compress):
    path = tmp_path / "dump.xml.bz2"
    path.write_bytes(compress(DUMP.read_bytes()))
    plain = [(one.id, one.text, one.aliases, one.links) for one in documents(DUMP)]
    assert [(one.id, one.text, one.aliases, one.links) for one in documents(path)] == plain


def test_articles_without_prose_are_said():
    said = []
    documents(DUMP, notice=said.append)
    assert said == [f"{DUMP}: passed over 2 articles without prose"]


@pytest.mark.parametrize("share", [0.2, 0.5, 0.99])
def test_a_dump_that_is_cut_short_is_refused_before_any_article(tmp_path, share):
    path = tmp_path / "dump.xml"
    data = DUMP.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    found = read_wikipedia(path, "wikipedia:x", skipped=SkippedRecords())
    with pytest.raises(SourceError, match=r"dump\.xml is not a whole MediaWiki dump: after "):
        next(found)


def test_a_truncated_archive_is_refused(tmp_path):
    path = tmp_path / "dump.xml.bz2"
    path.write_bytes(bz2.compress(DUMP.read_bytes())[:-30])
    with pytest.raises(SourceError, match="truncated"):
        documents(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("<html></html>", "is not a MediaWiki dump: it holds <html>"),
        ("<mediawiki></mediawiki>", "is not a whole MediaWiki dump"),
        ("nonsense", "is not a whole MediaWiki dump"),
        ("\x00\x01", "is binary"),
        ("<mediawiki><siteinfo></siteinfo><page><odd/></page></mediawiki>", "not a whole"),
    ],
)
def test_what_is_no_dump_is_refused(tmp_path, content, message):
    path = tmp_path / "dump.xml"
    path.write_text(content)
    with pytest.raises(SourceError, match=message):
        documents(path)


def test_markup_that_cannot_be_parsed_is_named_or_skipped(monkeypatch):
    def fail(markup, *, namespaces):
        raise RecursionError("too deep")

    monkeypatch.setattr("wherefrom.kb.wikipedia.plain_text", fail)
    with pytest.raises(RecordError, match=r"dump\.xml, page 1 'Ada Lovelace': the markup cannot"):
        documents(DUMP)
    skipped = SkippedRecords()
    assert documents(DUMP, skipped=skipped) == []
    assert skipped.count == 4


def test_memory_does_not_grow_with_the_dump(tmp_path):
    import gc
    import tracemalloc

    gc.collect()
    gc.freeze()  # what other tests left would put off the collection of what this one leaves
    head, _, rest = DUMP.read_text(encoding="utf-8").partition("  <page>")
    page = "  <page>" + rest.split("  <page>")[0]
    peaks = []
    for pages in (3, 30, 300):  # the first one pays for what is imported and compiled
        path = tmp_path / f"{pages}.xml"
        many = "".join(page.replace("Ada Lovelace", f"Ada {n}") for n in range(pages))
        path.write_text(f"{head}{many}</mediawiki>\n", encoding="utf-8")
        tracemalloc.start()
        assert sum(1 for _ in read_wikipedia(path, "wikipedia:x")) == pages
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    gc.unfreeze()
    assert peaks[2] < 1.5 * peaks[1]
