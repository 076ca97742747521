"""A SOURCE of facts is taken apart and read; options that fit none are refused."""

import gzip
from pathlib import Path

import pytest

from wherefrom.kb.errors import SourceError, UsageError
from wherefrom.kb.fact_source import read_facts
from wherefrom.kb.records import Triple
from wherefrom.kb.source import FACT_SCHEMES, SourceOptions, parse_sources, read_sources

QUERY = Path("query.rq")


def test_facts_come_with_their_source_and_place(tmp_path):
    path = tmp_path / "facts.tsv"
    path.write_text("bee\tis a\tinsect\n")
    spec = f"triples:{path}"
    assert list(read_facts(spec)) == [
        Triple("bee", "is a", "insect", source=spec, place="line 1"),
    ]


def test_a_home_folder_is_expanded(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "facts.tsv").write_text("bee\tis a\tinsect\n")
    assert [fact.head for fact in read_facts("triples:~/facts.tsv")] == ["bee"]


@pytest.mark.parametrize("scheme", [name for name in FACT_SCHEMES if name != "sparql"])
def test_every_kind_of_source_is_reachable(tmp_path, scheme):
    with pytest.raises(SourceError, match="does not exist"):
        list(read_facts(f"{scheme}:{tmp_path}/nothing.ttl"))


def test_documents_are_no_facts_and_facts_no_documents():
    with pytest.raises(UsageError, match="'starter' holds documents, not facts"):
        read_facts("starter")
    with pytest.raises(UsageError, match=r"'triples:a\.tsv' holds facts, not documents"):
        read_sources(["starter", "triples:a.tsv"])


@pytest.mark.parametrize(
    ("specs", "options", "message"),
    [
        (["triples:"], SourceOptions(), r"lacks what to read; write triples:FILE\.tsv"),
        (["tripels:a"], SourceOptions(), "did you mean triples"),
        (
            ["starter", "rdf:a.ttl"],
            SourceOptions(languages=("en",)),
            r"--language says how conceptnet:FILE\.csv\[\.gz\] is read, and no such source is "
            r"given; found starter, rdf:a\.ttl",
        ),
        (["wordnet:a"], SourceOptions(minimum_weight=0.0), "--minimum-weight says how conceptnet"),
        (["rdf:a.ttl"], SourceOptions(construct=QUERY), "--construct says how sparql:ENDPOINT"),
        (["sparql:http://x"], SourceOptions(), r"name the file .* with --construct FILE\.rq"),
    ],
)
def test_what_does_not_fit_is_refused_at_once(specs, options, message):
    with pytest.raises(UsageError, match=message):
        parse_sources(specs, options)


def test_options_that_fit_one_of_the_sources_are_allowed():
    options = SourceOptions(languages=("en",), minimum_weight=1.0, construct=QUERY)
    specs = ["starter", "sparql:http://x", "conceptnet:a.csv"]
    found = parse_sources(specs, options)
    assert [source.spec for source in found] == specs
    assert [source.holds_facts for source in found] == [False, True, True]


def test_the_options_of_conceptnet_reach_it(tmp_path):
    lines = [
        "/a/1\t/r/IsA\t/c/en/bee\t/c/en/insect\t" + '{"weight": 2.0}',
        "/a/2\t/r/IsA\t/c/en/bee\t/c/en/animal\t" + '{"weight": 0.5}',
        "/a/3\t/r/IsA\t/c/de/biene\t/c/de/insekt\t" + '{"weight": 2.0}',
    ]
    path = tmp_path / "assertions.csv.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    spec = f"conceptnet:{path}"
    assert [fact.tail for fact in read_facts(spec)] == ["insect", "animal"]
    german = SourceOptions(languages=("de",))
    assert [fact.tail for fact in read_facts(spec, german)] == ["insekt"]
    heavy = SourceOptions(minimum_weight=1.0)
    assert [fact.tail for fact in read_facts(spec, heavy)] == ["insect"]


def test_a_query_may_be_compressed_and_is_checked_at_once(tmp_path):
    path = tmp_path / "query.rq.gz"
    path.write_bytes(gzip.compress(b"CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"))
    options = SourceOptions(construct=path)
    assert iter(read_facts("sparql:http://127.0.0.1:9/sparql", options))  # nothing is asked yet
    with pytest.raises(UsageError):
        read_facts("sparql:ftp://127.0.0.1/", options)
    path.write_text("SELECT ?s WHERE { ?s ?p ?o }")
    with pytest.raises(UsageError, match="CONSTRUCT"):
        read_facts("sparql:http://127.0.0.1:9/sparql", options)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"query\.rq does not exist"),
        (b"", "is empty"),
        (b" \n", "only white space"),
        (b"CONSTRUCT \xff", "0xff at byte 10 is not UTF-8"),
        (b"PK\x03\x04", "is a zip archive"),
    ],
)
def test_a_query_that_cannot_be_read_is_named(tmp_path, content, message):
    path = tmp_path / "query.rq"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SourceError, match=message):
        read_facts("sparql:http://127.0.0.1:9/sparql", SourceOptions(construct=path))
