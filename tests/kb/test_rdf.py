"""Every syntax of RDF gives the same facts, in order, and says where it is malformed."""

import bz2
import gzip
import os
import subprocess
import sys
import tracemalloc
from collections import Counter

import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wherefrom.kb.errors import RecordError, SourceError, UsageError
from wherefrom.kb.rdf import SUFFIXES, read_rdf
from wherefrom.kb.skipped import SkippedRecords

E = "http://example.org/"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
INVALID = "http://wherefrom.invalid"
XML = (
    '<?xml version="1.0"?>\n'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    ' xmlns:owl="http://www.w3.org/2002/07/owl#" xmlns:e="http://example.org/">\n%s\n</rdf:RDF>\n'
)
OWLS = {  # one thing, said in each syntax: its name, what it eats, and something without a name
    ".nt": (
        f'<{E}Barn_owl> <{LABEL}> "barn owl"@en .\n\n# a comment\n'
        f"<{E}Barn_owl> <{E}eats> <{E}mouse> .\n<{E}Barn_owl> <{E}eats> _:food .\n"
    ),
    ".nq": (
        f'<{E}Barn_owl> <{LABEL}> "barn owl"@en .\n'
        f"<{E}Barn_owl> <{E}eats> <{E}mouse> .\n<{E}Barn_owl> <{E}eats> _:food .\n"
    ),
    ".ttl": (
        f"@prefix e: <{E}> .\ne:Barn_owl <{LABEL}> 'barn owl'@en ; e:eats e:mouse , _:food .\n"
    ),
    ".trig": (
        f"@prefix e: <{E}> .\n{{ e:Barn_owl <{LABEL}> 'barn owl'@en ; e:eats e:mouse , _:food . }}"
    ),
    ".rdf": XML
    % (
        f'<rdf:Description rdf:about="{E}Barn_owl">\n<label xmlns="{LABEL[:-5]}" xml:lang="en">'
        f'barn owl</label>\n<e:eats rdf:resource="{E}mouse"/>\n<e:eats rdf:nodeID="food"/>\n'
        "</rdf:Description>"
    ),
    ".jsonld": (
        f'{{"@context": {{"@vocab": "{E}", "label": "{LABEL}"}}, "@id": "{E}Barn_owl",\n'
        '"label": {"@value": "barn owl", "@language": "en"},\n'
        f'"eats": [{{"@id": "{E}mouse"}}, {{"@id": "_:food"}}]}}'
    ),
}
OWLS |= {".xml": OWLS[".rdf"], ".owl": OWLS[".rdf"]}


def written(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def facts(path, skipped=None):
    return list(read_rdf(path, f"rdf:{path.name}", skipped=skipped))


def short(found):
    return [(fact.head, fact.relation, fact.tail) for fact in found]


@pytest.mark.parametrize("suffix", OWLS)
def test_each_syntax_gives_the_same_facts_in_order(tmp_path, suffix):
    found = facts(written(tmp_path, f"owls{suffix}", OWLS[suffix]))
    assert short(found) == [
        ("Barn owl", "label", "barn owl"),
        ("Barn owl", "eats", "mouse"),
        ("Barn owl", "eats", "_:food"),
    ]
    assert [fact.literal for fact in found] == [True, False, False]
    assert found[0].language == "en"
    assert {fact.place for fact in found} == {f"{E}Barn_owl"}
    assert {fact.source for fact in found} == {f"rdf:owls{suffix}"}


def test_all_suffixes_are_tested():
    assert set(OWLS) == set(SUFFIXES)


@pytest.mark.parametrize("suffix", OWLS)
@pytest.mark.parametrize(("ending", "compress"), [(".gz", gzip.compress), (".BZ2", bz2.compress)])
def test_files_may_be_compressed_and_begin_with_a_mark(tmp_path, suffix, ending, compress):
    content = b"\xef\xbb\xbf" + OWLS[suffix].encode()
    packed = written(tmp_path, f"owls{suffix}{ending}", compress(content))
    assert len(facts(packed)) == 3
    plain = written(tmp_path, f"again{suffix.upper()}{ending}", content)
    assert short(facts(plain)) == short(facts(packed))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("owls.tll", "unknown suffix of a file of RDF '.tll'; choose .ttl, .trig.*mean .ttl"),
        ("owls.n3.gz", "unknown suffix of a file of RDF '.n3'"),
        ("owls", "unknown suffix of a file of RDF ''"),
        ("owls.gz", "unknown suffix of a file of RDF ''"),
    ],
)
def test_an_unknown_suffix_is_refused_at_once(tmp_path, name, message):
    with pytest.raises(UsageError, match=message) as caught:
        read_rdf(tmp_path / name, "rdf:x")
    assert str(tmp_path / name) in str(caught.value)


@pytest.mark.parametrize("suffix", [".nt", ".ttl", ".rdf", ".jsonld"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "does not exist"),
        (b"", r"is empty \(0 bytes\)"),
        (gzip.compress(b"", mtime=0), "is empty once unpacked"),
        (b"%PDF-1.7\n", "is a PDF document"),
        (b"\x7fELF\x00\x00", "is binary"),
        ("<a>".encode("utf-16"), "is UTF-16 text"),
    ],
)
def test_what_is_no_text_file_is_refused(tmp_path, suffix, content, message):
    path = tmp_path / f"owls{suffix}"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SourceError, match=message):
        facts(path, SkippedRecords())


@pytest.mark.parametrize("suffix", [".nt", ".ttl", ".rdf", ".jsonld"])
@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress])
def test_a_truncated_file_is_refused_even_when_skipping(tmp_path, suffix, compress):
    noise = "".join(f"{number} " for number in range(50_000))  # does not pack to nothing
    content = OWLS[suffix].replace("barn owl", noise)
    path = written(tmp_path, f"owls{suffix}.gz", compress(content.encode())[:-20])
    with pytest.raises(SourceError, match=r"owls\..*gz is truncated"):
        facts(path, SkippedRecords())


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (f"<{E}a> <{E}b> .\n", "at column"),
        (f"<{E}a> <b> <{E}c> .\n", "No scheme found in an absolute IRI"),
        (f"<{E}a b> <{E}b> <{E}c> .\n", "Invalid IRI code point ' '"),
        (f"<{E}a> <{E}b> <{E}c> <{E}d> <{E}e> .\n", "at column"),
        (f'<{E}a> <{E}b> "\\ud800" .\n', "not a valid unicode character"),
        (f'<{E}a> <{E}b> "\\u0000" .\n', "control character U[+]0000"),
        (f"<{E}a> <{E}b> <<( <{E}a> <{E}b> <{E}c> )>> .\n", "is a triple"),
        ("<<( " * 200 + "\n", "more than 100 triples inside one another"),
        (b'<http://a/a> <http://a/b> "caf\xe9" .\n', "byte 0xe9 at byte 30 is not UTF-8"),
        (f"<{E}a> <{E}b> <{E}", "was the file cut short"),
    ],
)
@pytest.mark.parametrize("suffix", [".nt", ".nq"])
def test_a_bad_line_is_named_or_skipped(tmp_path, suffix, line, message):
    bad = line if isinstance(line, bytes) else line.encode()
    path = written(tmp_path, f"owls{suffix}", OWLS[".nq"].encode() + bad)
    with pytest.raises(RecordError, match=message) as caught:
        facts(path)
    assert str(caught.value).startswith(f"{path}, line 4: ")
    content = OWLS[".nq"].encode() + bad.rstrip(b"\n") + b"\n" + OWLS[".nq"].encode()
    path.write_bytes(content)
    skipped = SkippedRecords()
    assert len(facts(path, skipped)) == 6
    assert skipped.count == 1


@pytest.mark.parametrize(
    ("suffix", "content", "message"),
    [
        (".ttl", f"<{E}a> <{E}b> 1 .\n\ne:a e:b e:c .", r"line 3: The prefix e: has not been decl"),
        (".ttl", f"<{E}a> <{E}b> 'cut sh", "line 1: Unexpected end of file at column"),
        (".ttl", f"<{E}a> <{E}b> 1 .\n<{E}a> <{E}b c> 1 .", "line 2: Invalid IRI code point"),
        (".trig", f"<{E}g> {{ <{E}a> <{E}b> 1 .\n", "line 2: "),
        (".ttl", f"<{E}a> <{E}b> " + f"<<( <{E}a> <{E}b> " * 50_000, "more than 100 triples"),
        (".rdf", XML.replace("/rdf:RDF", "/rdf:RD") % "", "line 4: not XML: mismatched tag"),
        (".rdf", XML % '<e:A/>\n<e:B rdf:about="http://a b"/>', "line 4: .*Invalid IRI code point"),
        (".rdf", XML % '<e:B>\n<e:c rdf:resource="a" rdf:nodeID="b"/></e:B>', "line 4: Not both"),
        (".rdf", "<html><body>Owls</body></html>", "line 1: XML namespaces are required"),
        (".rdf", "<!DOCTYPE a [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]><a>&b;</a>", "other entities"),
        (".owl", XML.replace("?>", " encoding='latin1'?>", 1) % "", "encoding is 'latin1'"),
        (".jsonld", '{"@context": "https://schema.org", "name": "owl"}', "nothing is fetched"),
        (".jsonld", '{\n"a": }', "line 2: not JSON"),
    ],
)
def test_a_malformed_document_stops_with_its_line(tmp_path, suffix, content, message):
    path = written(tmp_path, f"owls{suffix}", content)
    with pytest.raises(SourceError, match=message) as caught:
        facts(path, SkippedRecords())
    assert str(caught.value).startswith(str(path))


def test_the_good_beginning_of_a_bad_document_is_yielded(tmp_path):
    path = written(tmp_path, "owls.ttl", OWLS[".ttl"] + "\n?")
    reading = read_rdf(path, "rdf:owls.ttl")
    assert short([next(reading), next(reading), next(reading)])[0][0] == "Barn owl"
    with pytest.raises(SourceError, match="line 4"):
        next(reading)


def test_relative_iris_name_the_file_but_no_path(tmp_path):
    turtle = written(tmp_path, "my owls.ttl.gz", f"<#owl> <{E}in> <> , <nest> .")
    assert [fact.tail_iri for fact in facts(turtle)] == [
        f"{INVALID}/my%20owls.ttl/",
        f"{INVALID}/my%20owls.ttl/nest",
    ]
    assert facts(turtle)[0].head_iri == f"{INVALID}/my%20owls.ttl/#owl"
    assert short(facts(turtle))[0] == ("owl", "in", "my owls.ttl")
    xml = written(tmp_path, "a.owl", XML % '<e:Bird rdf:ID="owl"/>')
    json_ld = written(tmp_path, "a.jsonld", f'{{"@id": "#owl", "{E}in": {{"@id": "nest"}}}}')
    assert facts(xml)[0].head_iri == f"{INVALID}/a.owl/#owl"
    assert facts(json_ld)[0].head_iri == f"{INVALID}/a.jsonld/#owl"
    assert facts(json_ld)[0].tail_iri == f"{INVALID}/a.jsonld/nest"
    assert not any(str(tmp_path) in repr(fact) for fact in facts(turtle) + facts(xml))


@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        (".nq", f'<{E}a> <{E}b> "1" <{E}g> .\n<{E}a> <{E}b> "2" _:g .\n<{E}a> <{E}b> "3" .\n'),
        (
            ".trig",
            f"<{E}g> {{ <{E}a> <{E}b> '1' }} _:g {{ <{E}a> <{E}b> '2' }} <{E}a> <{E}b> '3' .",
        ),
        (
            ".jsonld",
            f'[{{"@id": "{E}g", "@graph": {{"@id": "{E}a", "{E}b": "1"}}}}, {{"@id": "_:g", '
            f'"@graph": {{"@id": "{E}a", "{E}b": "2"}}}}, {{"@id": "{E}a", "{E}b": "3"}}]',
        ),
    ],
)
def test_all_graphs_are_read_and_named(tmp_path, suffix, content):
    found = facts(written(tmp_path, f"owls{suffix}", content))
    assert [(fact.tail, fact.place) for fact in found] == [
        ("1", f"{E}a in graph {E}g"),
        ("2", f"{E}a in graph _:g"),
        ("3", f"{E}a"),
    ]


def test_a_negative_assertion_of_owl_is_a_negated_fact(tmp_path):
    assertion = (
        '<owl:NegativePropertyAssertion><owl:sourceIndividual rdf:resource="http://example.org/owl"/>'
        '<owl:assertionProperty rdf:resource="http://example.org/eats"/>'
        '<owl:targetIndividual rdf:resource="http://example.org/bread"/>'
        '</owl:NegativePropertyAssertion><e:Bird rdf:about="http://example.org/owl"/>'
    )
    plain, negated = facts(written(tmp_path, "owls.owl", XML % assertion))
    assert (plain.relation, plain.tail, plain.negated) == ("type", "Bird", False)
    assert (negated.head, negated.relation, negated.tail) == ("owl", "eats", "bread")
    assert negated.negated


NAMELESS = {
    ".ttl": f"[] <{E}p> [ <{E}q> (1 2) ] . _:b1 <{E}p> _:anon1 .",
    ".trig": f"{{ [] <{E}p> [ <{E}q> (1 2) ] }} [] {{ _:b1 <{E}p> _:anon1 }}",
    ".rdf": XML % '<e:A><e:p rdf:parseType="Collection"><e:B/><e:C/></e:p></e:A><e:D/>',
    ".jsonld": f'[{{"{E}p": [{{"{E}q": {{"@list": [1, 2]}}}}, {{"{E}r": "1"}}]}}, {{"{E}p": "2"}}]',
}


def test_the_same_file_gives_the_same_facts_in_every_process(tmp_path):
    paths = [written(tmp_path, f"a{suffix}", text) for suffix, text in NAMELESS.items()]
    script = (
        "import sys; from pathlib import Path; from wherefrom.kb.rdf import read_rdf\n"
        "for name in sys.argv[1:]:\n    print(*read_rdf(Path(name), name), sep='\\n')"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", script, *map(str, paths)],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert outputs[0] == outputs[1]
    assert outputs[0].splitlines() == [
        repr(fact) for path in paths for fact in read_rdf(path, str(path))
    ]
    assert "_:anon1" in outputs[0]


def test_lines_are_streamed_in_constant_memory(tmp_path):
    lines = (f'<{E}a> <{E}p> "{number:0200}" .\n' for number in range(30_000))
    path = written(tmp_path, "many.nt", "".join(lines))
    assert next(read_rdf(path, "rdf:many.nt")).head == "a"
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_rdf(path, "rdf:many.nt")) == 30_000
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert path.stat().st_size > 6_000_000 > 5_000_000 > 10 * peak_bytes


NAMES = st.sampled_from([rdflib.URIRef(f"{E}{name}") for name in ("owl", "Barn_owl", "é", "a%20b")])
NODES = NAMES | st.sampled_from([rdflib.BNode("x"), rdflib.BNode("y")])
PROPERTIES = st.sampled_from([rdflib.URIRef(f"{E}eats"), rdflib.URIRef(LABEL), rdflib.RDF.type])
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]) | st.sampled_from("\n\t"))
LITERALS = (
    st.builds(rdflib.Literal, TEXT)
    | st.builds(rdflib.Literal, TEXT, lang=st.sampled_from(["en", "de-AT"]))
    | st.builds(rdflib.Literal, st.integers() | st.booleans() | st.dates())
)
STATEMENTS = st.lists(st.tuples(NODES, PROPERTIES, NODES | LITERALS), max_size=8)
SERIALISERS = {".nt": "nt", ".ttl": "turtle", ".rdf": "xml", ".jsonld": "json-ld"}
SERIALISERS |= {".nq": "nquads", ".trig": "trig"}


def expected(statement):
    """Say what a statement must become, by another way; blank nodes are all alike."""
    subject, predicate, object_ = (
        "_:" if isinstance(term, rdflib.BNode) else str(term) for term in statement
    )
    last = statement[2]
    if not isinstance(last, rdflib.Literal):
        return subject, predicate, object_, "", "", False
    datatype = "" if last.language or last.datatype == rdflib.XSD.string else last.datatype
    return subject, predicate, object_, (last.language or "").lower(), str(datatype or ""), True


def summary(fact):
    head, tail = ("_:" if iri.startswith("_:") else iri for iri in (fact.head_iri, fact.tail_iri))
    tail = fact.tail if fact.literal else tail
    return head, fact.relation_iri, tail, fact.language, fact.datatype, fact.literal


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib.*")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STATEMENTS, st.sampled_from(sorted(SERIALISERS)))
def test_what_rdflib_writes_is_read(tmp_path_factory, statements, suffix):
    if suffix == ".jsonld":  # as rdflib writes it, a nameless node that refers to itself is lost
        statements = [
            one for one in statements if not any(isinstance(t, rdflib.BNode) for t in one)
        ]
    graph = rdflib.Dataset() if suffix in (".nq", ".trig") else rdflib.Graph()
    for statement in statements:
        graph.add(statement)
    path = tmp_path_factory.mktemp("rdf") / f"graph{suffix}"
    graph.serialize(path, format=SERIALISERS[suffix], encoding="utf-8")
    if path.stat().st_size == 0:
        return
    found = facts(path)
    assert Counter(map(summary, found)) == Counter(map(expected, set(statements)))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(OWLS)), st.integers(0, 400), st.integers(0, 30), st.binary(max_size=4)
)
def test_a_damaged_file_gives_facts_or_an_error_that_names_it(
    tmp_path_factory, suffix, at, length, instead
):
    content = OWLS[suffix].encode()
    path = tmp_path_factory.mktemp("rdf") / f"owls{suffix}"
    path.write_bytes(content[:at] + instead + content[at + length :])
    try:
        assert all(fact.head and fact.relation for fact in facts(path))
    except SourceError as error:
        assert str(path) in str(error)
