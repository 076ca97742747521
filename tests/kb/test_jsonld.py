"""JSON-LD is read in the order of the document, as it was written, and never from the network."""

import json

import pyoxigraph as ox
import pytest
import rdflib

from wherefrom.kb.errors import RecordError, SourceError
from wherefrom.kb.jsonld import jsonld_quads
from wherefrom.kb.skipped import SkippedRecords

E = "http://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"
VOCABULARY = {"@vocab": E, "xsd": XSD}


def quads(document, skipped=None):
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    found = jsonld_quads(content, file="owls.jsonld", base="http://base.invalid/", skipped=skipped)
    return [quad for _, quad in found]


def test_statements_come_in_the_order_of_the_document():
    document = {
        "@context": VOCABULARY,
        "@id": f"{E}owl",
        "@type": "Bird",
        "name": {"@value": "Eule", "@language": "de"},
        "eats": [{"@id": "mouse"}, {"name": "vole"}],
    }
    assert [str(quad.object) for quad in quads(document)[:3]] == [
        f"<{E}Bird>",
        '"Eule"@de',
        "<http://base.invalid/mouse>",
    ]
    assert isinstance(quads(document)[-1].object, ox.BlankNode)


def test_literals_stay_as_they_were_written_and_the_setting_of_rdflib_too():
    document = {
        "@context": VOCABULARY | {"born": {"@id": f"{E}born", "@type": "xsd:dateTime"}},
        "@id": f"{E}owl",
        "count": {"@value": "01", "@type": "xsd:integer"},
        "born": "2020-01-01T00:00:00Z",
        "weight": 1.5,
        "wild": True,
    }
    before = rdflib.NORMALIZE_LITERALS
    assert [quad.object.value for quad in quads(document)] == [
        "01",
        "2020-01-01T00:00:00Z",
        "1.5",
        "true",
    ]
    assert rdflib.NORMALIZE_LITERALS is before


def test_named_graphs_are_read_and_named():
    inner = {"@id": f"{E}owl", "name": "owl"}
    (quad,) = quads({"@context": VOCABULARY, "@id": f"{E}g", "@graph": [inner]})
    assert quad.graph_name == ox.NamedNode(f"{E}g")
    (quad,) = quads({"@context": VOCABULARY, "@graph": [inner]})
    assert quad.graph_name == ox.DefaultGraph()


@pytest.mark.parametrize(
    "context",
    [
        "https://schema.org",
        "local.jsonld",
        [VOCABULARY, "https://schema.org"],
        {"@vocab": E, "part": {"@id": "part", "@context": "https://schema.org"}},
        {"@version": 1.1, "@import": "https://schema.org"},
    ],
)
def test_a_context_elsewhere_is_refused(context):
    document = {"@context": context, "name": "owl"}
    for nested in (document, [document], {"@graph": [{"x": [document]}]}):
        with pytest.raises(SourceError, match="nothing is fetched from the network"):
            quads(nested)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{\n "@id": ', "owls.jsonld, line 2: not JSON: Expecting value at column"),
        (b'{"a":\n "caf\xe9"}', "line 2: byte 0xe9 at byte"),
        (b"[" * 100_000, "not usable JSON"),
        (b"5", "found a number .5.; JSON-LD is an object or an array"),
        (b'{"@context": 5, "a": 1}', "not JSON-LD that can be read"),
        (b'{"@id": "http://x", "@reverse": 3}', "not JSON-LD that can be read"),
        (b'{"http://p": ' * 500 + b"1" + b"}" * 500, "nested too deeply"),
        (b'{"name": "owl"}', "its keys or ids are no IRIs"),
        (b'[{"@id": "http://x", "name": "owl"}]', 'does it lack an "@context"'),
    ],
)
def test_what_is_no_json_ld_is_refused(content, message):
    with pytest.raises(SourceError, match=message):
        quads(content)


@pytest.mark.parametrize("document", [[], {}, {"@context": VOCABULARY, "@graph": []}])
def test_a_document_may_state_nothing(document):
    assert quads(document) == []


def test_malformed_terms_are_refused_or_skipped():
    document = [
        {"@id": "http://example.org/a<b", f"{E}p": "1"},
        {"@id": f"{E}owl", f"{E}p": [{"@value": "x", "@language": "toolonglanguage"}, "\ud83d"]},
        {"@id": "_:a b", f"{E}p": "1"},
        {"@id": f"{E}owl", f"{E}p": "1"},
    ]
    for item in document[:3]:
        with pytest.raises(RecordError, match=r"owls\.jsonld, in a string"):
            quads(item)
    skipped = SkippedRecords()
    assert [quad.object.value for quad in quads(document, skipped)] == ["1"]
    assert skipped.count == 4
