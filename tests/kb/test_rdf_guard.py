"""What would harm a parser never reaches it; everything else passes unchanged."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.errors import SourceError
from wherefrom.kb.rdf_guard import TripleTermGuard, XmlGuard, is_too_deep

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DEEP = b"<<( <http://a> <http://b> " * 101


def passed(guard, size=64):
    pieces = []
    while piece := guard.read(size):
        assert len(piece) <= size
        pieces.append(piece)
    return b"".join(pieces)


def xml(content):
    return passed(XmlGuard(io.BytesIO(content), "owls.rdf"))


@given(st.lists(st.sampled_from([b"<<(", b")>>", b"<", b"(", b"\n", b"owl"])), st.integers(1, 8))
def test_a_harmless_document_passes_unchanged(parts, size):
    content = b" ".join(parts[:100])
    assert passed(TripleTermGuard(io.BytesIO(content), "owls.ttl"), size) == content


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1024])
def test_deeply_nested_triples_are_stopped_wherever_they_are_cut(size):
    with pytest.raises(SourceError, match=r"owls\.ttl, line 3: more than 100 triples inside"):
        passed(TripleTermGuard(io.BytesIO(b"\n\n" + DEEP), "owls.ttl"), size)
    assert is_too_deep(DEEP)
    flat = b"<<( <http://a> <http://b> <http://c> )>> " * 1000
    assert passed(TripleTermGuard(io.BytesIO(flat), "owls.ttl"), size) == flat


def test_abbreviations_of_namespaces_pass():
    content = (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE rdf:RDF [\n'
        b'<!ENTITY owl "http://www.w3.org/2002/07/owl#">\n]>\n'
        b'<a xmlns="&owl;">&owl;&amp;\n</a>\n'
    )
    assert xml(content) == content


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<a>\n<b></a>", r"owls\.rdf, line 2: not XML: mismatched tag at column"),
        (b"<a>\n<b>", r"line 2: not XML: no element found at column 4 \(was the file cut short"),
        (b"<a>\n\xe9</a>", r"line 2: not XML: not well-formed \(invalid token\)"),
        (b"<a/>\nmore", "line 2: not XML: junk after document element"),
        (b"plain words", "line 1: not XML: syntax error"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>', "the encoding is 'ISO-8859-1'"),
        (b'<?xml version="1.0" encoding="KOI-9"?><a/>', "the encoding is 'KOI-9'"),
        (b'<!DOCTYPE a [\n<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>', "line 2: .*'e'"),
        (b'<!DOCTYPE a [<!ENTITY % p "x">]><a/>', "'p' stands outside the file"),
        (b'<!DOCTYPE a [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><a>&b;</a>', "made of other entities"),
        (b'<!DOCTYPE a [<!ENTITY a "' + b"x" * 1001 + b'">]><a/>', "1001 characters; 1000 are"),
        (b"<a>" * 1001, "more than 1000 elements inside one another"),
    ],
)
def test_harmful_or_broken_xml_is_stopped(content, message):
    with pytest.raises(SourceError, match=message):
        xml(content)


def test_the_line_is_the_one_that_was_passed_on_last():
    guard = XmlGuard(io.BytesIO(b"<a>\n<b/>\n" + b" " * 20 + b"\n</a>"), "owls.rdf")
    lines = []
    while guard.read(8):
        lines.append(guard.line)
    assert lines == [1, 2, 3, 3, 3, 4]
