"""The export says all there is, in a form that others read, and the same for the same content."""

import gzip
import logging
import re
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from wherefrom.indexes.build import build
from wherefrom.indexes.delete import delete
from wherefrom.indexes.graph import Graph
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.indexes.options import BuildOptions
from wherefrom.indexes.rdf_export import export_rdf
from wherefrom.indexes.rdf_vocabulary import PREFIXES
from wherefrom.kb.errors import DamagedError, StorageError, UsageError
from wherefrom.kb.generation import Generation
from wherefrom.kb.rdf import read_rdf

# what rdflib calls itself, and deprecates
pytestmark = pytest.mark.filterwarnings("ignore:Dataset\\.:DeprecationWarning")
PAGE = Path(__file__).parents[2] / "docs" / "rdf.md"
TEXTS = {
    "paris": ("Paris", "Paris is the capital of France. The Seine flows there."),
    "seine": ("Seine", 'The Seine\nflows through Paris <and> "Rouen" & on.'),
    "odd: #1%ü": ("Été <b>&</b>", "Été <b>&</b> is a song of France. 東京 is far."),
    "blank": ("", "many have seen Paris."),
}
TURTLE = """
@prefix x: <http://x.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
x:Q142 rdfs:label "France"@en, "Frankreich"@de ; x:size "0643801"^^<http://x.org/km2> ; x:near _:b .
_:b rdfs:label "line\\nbreak \\"quoted\\" \\\\ end"@en-GB ; x:in x:Europe .
[] a owl:NegativePropertyAssertion ; owl:sourceIndividual x:Q142 ;
  owl:assertionProperty x:in ; owl:targetIndividual x:Asia .
[] a owl:NegativePropertyAssertion ; owl:sourceIndividual x:Q142 ;
  owl:assertionProperty x:size ; owl:targetValue "7" .
"""
TABLE = "Paris\tlies on\tSeine\t2.5\nParis\tNotIsA\tvillage\nParis\tlies on\tSeine\t1\n"


@pytest.fixture
def sources(tmp_path, write_jsonl) -> list[str]:
    """Give SOURCEs of documents, of RDF and of a table."""
    rows = [{"id": i, "title": t, "text": x, "url": f"u:{t}"} for i, (t, x) in TEXTS.items()]
    documents = [write_jsonl(rows[:2], "a.jsonl"), write_jsonl(rows[2:], "b.jsonl")]
    (tmp_path / "f.ttl").write_text(TURTLE)
    (tmp_path / "f.tsv").write_text(TABLE)
    return [*documents, f"rdf:{tmp_path / 'f.ttl'}", f"triples:{tmp_path / 'f.tsv'}"]


@pytest.fixture
def options(word_encoder) -> BuildOptions:
    return BuildOptions(encoder=word_encoder, licence="CC0")


@pytest.fixture
def graph(tmp_path, sources, options) -> Graph:
    build(tmp_path / "my.kb", sources, options=options)
    return opened(tmp_path / "my.kb")


@pytest.fixture
def dataset(graph, tmp_path) -> rdflib.Dataset:
    """Give the export as rdflib loads it, the default graph being the union of all."""
    export_rdf(graph, tmp_path / "out.nq")
    found = rdflib.Dataset(default_union=True)
    found.parse(data=(tmp_path / "out.nq").read_text(encoding="utf-8"), format="nquads")
    return found


def opened(folder: Path) -> Graph:
    return Graph(Generation.open(folder))


def asked(dataset: rdflib.Dataset, query: str) -> list[tuple[object, ...]]:
    """Answer a query with the prefixes that are documented, as Python's values."""
    declared = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    return [tuple(None if one is None else one.toPython() for one in row)
            for row in dataset.query(declared + query)]  # fmt: skip


def documented(head: str, tail: str) -> str:
    """Return the query for a path of docs/rdf.md, from one entity to another."""
    query = re.search(r"```sparql\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)
    assert query is not None
    names = {'"Paris"': rdflib.Literal(head).n3(), '"Seine"': rdflib.Literal(tail).n3()}
    return re.sub("|".join(names), lambda found: names[found[0]], query[1])


def test_both_libraries_load_the_same_without_a_warning(graph, tmp_path, caplog):
    path = tmp_path / "out.nq"
    report = export_rdf(graph, path)
    with caplog.at_level(logging.WARNING):
        loaded = rdflib.Dataset()
        loaded.parse(data=path.read_text(encoding="utf-8"), format="nquads")
    assert caplog.records == []
    quads = list(ox.parse(path=str(path)))
    assert len(quads) == report.quads > len(set(quads))  # a fact is stated twice
    assert len(loaded) == len(set(quads))
    assert report.bytes == path.stat().st_size


def test_the_same_content_gives_the_same_bytes(graph, sources, options, tmp_path):
    export_rdf(graph, tmp_path / "one.nq")
    other = tmp_path / "other.kb"
    build(other, sources[:0:-1], options=options)
    delete(other, ["blank", sources[2]])
    build(other, sources[::-1], options=options)
    export_rdf(opened(other), tmp_path / "two.nq")
    assert (tmp_path / "one.nq").read_bytes() == (tmp_path / "two.nq").read_bytes()
    for name in ("one.nq.gz", "two.nq.gz"):
        export_rdf(graph, tmp_path / name)
    packed = (tmp_path / "one.nq.gz").read_bytes()
    assert packed == (tmp_path / "two.nq.gz").read_bytes()
    assert gzip.decompress(packed) == (tmp_path / "one.nq").read_bytes()


def test_documents_and_passages_say_where_they_are_from(dataset, graph, sources):
    rows = asked(
        dataset,
        """SELECT ?id ?document ?title ?start ?end ?page ?source ?licence WHERE {
        ?p a wf:Passage ; dcterms:identifier ?id ; wf:start ?start ; wf:end ?end ;
          prov:wasDerivedFrom ?d .
        ?d a wf:Document ; dcterms:identifier ?document ; foaf:page ?page ;
          prov:hadPrimarySource [ rdfs:label ?source ; dcterms:license ?licence ] .
        OPTIONAL { ?d dcterms:title ?title } }""",
    )
    passages = [graph.generation.passage_at(row) for row in graph.arrays.passages.tolist()]
    assert sorted(rows, key=str) == sorted(
        (
            (p.id, p.document_id, p.title or None, p.start, p.end, p.url, p.source, "CC0")
            for p in passages
        ),
        key=str,
    )
    assert {row[6] for row in rows} == set(sources[:2])


def test_entities_have_names_and_keep_their_iris(dataset):
    rows = asked(
        dataset, "SELECT ?e ?name ?other { ?e wf:name ?name OPTIONAL { ?e skos:altLabel ?other } }"
    )
    assert ("http://x.org/Q142", "France", "Frankreich") in rows
    assert ("urn:wherefrom:entity:Seine", "Seine", None) in rows
    assert (
        "urn:wherefrom:entity:%C3%89t%C3%A9%20%3Cb%3E%26%3C%2Fb%3E",
        TEXTS["odd: #1%ü"][0],
        None,
    ) in rows
    (blank,) = {row[0] for row in rows if row[1].startswith("line")}
    assert blank.startswith("urn:wherefrom:node:")


def test_a_fact_that_holds_is_stated_in_the_graph_of_its_source(dataset, sources):
    rows = asked(
        dataset,
        """SELECT ?r ?t ?source { GRAPH ?g { <http://x.org/Q142> ?r ?t } ?g rdfs:label ?source
        FILTER (STRSTARTS(STR(?r), "http://x.org/")) }""",
    )
    told = sorted((relation, str(tail), source) for relation, tail, source in rows)
    assert told[-1] == ("http://x.org/size", "0643801", sources[2])
    assert [relation for relation, *_ in told] == ["http://x.org/near", "http://x.org/size"]


def test_every_fact_is_described_with_its_receipt(dataset, graph):
    rows = asked(
        dataset,
        """SELECT ?o ?weight ?negated ?source ?place {
        ?f a rdf:Statement ; rdf:subject [ wf:name ?s ] ; rdf:predicate ?p ; rdf:object ?o ;
          wf:weight ?weight ; wf:negated ?negated ; wf:place ?place ;
          prov:hadPrimarySource [ rdfs:label ?source ] }""",
    )
    facts = [fact for segment in graph.generation.facts for fact in segment.iterate()]
    assert sorted(row[1:] for row in rows) == sorted(
        (fact.weight, fact.negated, fact.source, fact.place) for fact in facts
    )
    literals = {(f.tail, f.language or None) for f in facts if f.literal}
    found = {
        (str(value), value.language)
        for value in dataset.objects(None, rdflib.RDF.object)
        if isinstance(value, rdflib.Literal)
    }
    assert found == literals


def test_what_does_not_hold_is_not_stated_but_denied(dataset, tmp_path):
    assert asked(dataset, "SELECT * { ?x <http://x.org/in> <http://x.org/Asia> }") == []
    assert asked(dataset, "SELECT * { ?x <urn:wherefrom:relation:NotIsA> ?y }") == []
    rows = asked(
        dataset,
        """SELECT ?property ?predicate { ?f a owl:NegativePropertyAssertion ;
        owl:sourceIndividual [ wf:name "Paris" ] ; owl:assertionProperty ?property ;
        rdf:predicate ?predicate }""",
    )
    assert rows == [("urn:wherefrom:relation:IsA", "urn:wherefrom:relation:NotIsA")]
    read = list(read_rdf(tmp_path / "out.nq", "rdf:out.nq"))
    denied = {(fact.head_iri, fact.relation_iri, fact.tail) for fact in read if fact.negated}
    assert denied == {
        ("http://x.org/Q142", "http://x.org/in", "Asia"),
        ("http://x.org/Q142", "http://x.org/size", "7"),
        ("urn:wherefrom:entity:Paris", "urn:wherefrom:relation:IsA", "village"),
    }


def test_the_documented_query_finds_every_mention_with_its_receipt(dataset, graph):
    for passage, entity, start, end in graph.arrays.mentions.T.tolist():
        owner = int(graph.owners[passage])
        if owner < 0:
            continue
        row = graph.generation.passage_at(int(graph.arrays.passages[passage]))
        rows = asked(dataset, documented(graph.name(owner), graph.name(entity)))
        assert (row.id, start, end) in rows
    assert asked(dataset, documented("Seine", "Moon")) == []


def test_the_documented_query_finds_the_path_that_a_search_shows(dataset, graph, word_encoder):
    knowledge = Knowledge.open(graph.generation.folder, encoder=word_encoder)
    question = "Which country is Paris the capital of?"
    (found,) = knowledge.search_passages([question], 5, retriever="graph")
    steps = [step for one in found for step in one.path if step.passage_id]
    steps = [step for step in steps if step.head in graph.names]  # not what has no name
    assert steps
    for step in steps:
        rows = asked(dataset, documented(step.head, step.tail))
        assert (step.passage_id, step.start, step.end) in rows


def test_wrong_names_are_refused(graph, tmp_path):
    with pytest.raises(UsageError, match=r"out\.ttl: the name .* must end in \.nq or \.nq\.gz"):
        export_rdf(graph, tmp_path / "out.ttl")
    with pytest.raises(UsageError, match="lies in the knowledge base itself"):
        export_rdf(graph, tmp_path / "my.kb" / "out.nq")
    with pytest.raises(StorageError, match="cannot write"):
        export_rdf(graph, tmp_path / "none" / "out.nq")


def test_an_export_that_fails_leaves_the_old_file(graph, tmp_path, monkeypatch):
    (tmp_path / "out.nq").write_text("old")

    def fail(*_):
        raise DamagedError("broken")

    monkeypatch.setattr(Graph, "mentions_in", fail)
    with pytest.raises(DamagedError):
        export_rdf(graph, tmp_path / "out.nq")
    assert (tmp_path / "out.nq").read_text() == "old"
    assert list(tmp_path.glob("*.tmp")) == []
