"""The commands that show and hand on the graph, through the command line."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from wherefrom.command import run
from wherefrom.kb.manifest import read_manifest, write_manifest
from wherefrom.opened import KnowledgeBase

FACTS = "Paris\tlies in\tFrance\t2\nParis\tNotIsA\tvillage\n"
TEXTS = {
    "paris": ("Paris", "Paris is the capital of France."),
    "texas": ("Paris (Texas)", "A city in Texas."),
    "france": ("France", "France is near Spain. Its capital is Paris <now>."),
}


@pytest.fixture
def graph_kb(tmp_path: Path, write_jsonl, tiny_encoder_folder, monkeypatch) -> str:
    """Give a knowledge base with facts."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))  # where stores of quads are kept
    rows = [{"id": name, "title": title, "text": text} for name, (title, text) in TEXTS.items()]
    (tmp_path / "facts.tsv").write_text(FACTS)
    sources = [write_jsonl(rows), f"triples:{tmp_path / 'facts.tsv'}"]
    folder = str(tmp_path / "my.kb")
    assert run(["build", folder, *sources, "--encoder", str(tiny_encoder_folder)]) == 0
    return folder


@pytest.fixture
def printed(graph_kb, capsys):
    """Give a function that runs a command and returns its code, stdout and stderr."""

    def run_it(command, *more):
        capsys.readouterr()
        code = run([command, graph_kb, *map(str, more)])
        return code, *capsys.readouterr()

    return run_it


def test_graph_shows_names_mentions_and_facts(printed):
    code, out, err = printed("graph", "France")
    assert (code, err) == (0, "")
    assert "  Mentioned by (1)\n    Paris\n      Paris is the capital of France.\n" in out
    assert "    Paris → lies in → France · weight 2\n" in out
    assert "paris#0, characters 24 to 30" in out


def test_graph_says_what_else_a_name_may_mean(printed):
    code, out, err = printed("graph", "paris", "--most", "1", "--json")
    assert code == 0
    assert err == "'paris' is taken for Paris; it may also mean Paris (Texas)\n"
    found = json.loads(out)
    assert found["others"] == ["Paris (Texas)"]
    assert [fact["relation"] for fact in found["entities"][0]["facts"]] == ["lies in"]
    assert found["entities"][0]["totals"]["facts"] == 2


def test_graph_goes_deeper(printed):
    code, out, _ = printed("graph", "village", "--depth", "3", "--json")
    assert code == 0
    assert [one["name"] for one in json.loads(out)["entities"]] == ["village", "Paris", "France"]


@pytest.mark.parametrize(
    ("more", "code", "message"),
    [
        (["Pari"], 1, "is called 'Pari' (did you mean 'Paris'"),
        (["France", "--out", "x.png"], 2, "x.png: a drawing is written as .svg or .html"),
        (["France", "--depth", "0"], 2, "from 1 to 5, got 0"),
        (["France", "--most", "few"], 2, "'few' is not a whole number"),
    ],
)
def test_graph_refuses(printed, more, code, message):
    found, out, err = printed("graph", *more)
    assert (found, out) == (code, "")
    assert err.startswith("error: ") and message in err


@pytest.mark.parametrize("suffix", ["svg", "html"])
def test_graph_draws(printed, tmp_path, suffix):
    path = tmp_path / f"out.{suffix}"
    code, out, err = printed("graph", "France", "--out", path)
    assert (code, err) == (0, f"drawn in {path}\n")
    assert "Mentioned by" in out
    assert "France" in path.read_text(encoding="utf-8")


def test_export_writes_what_the_library_writes(printed, graph_kb, tmp_path):
    code, out, err = printed("export", "--rdf", tmp_path / "one.nq")
    assert code == 0
    assert "quads" in out and "write quads" in err
    code, out, _ = printed("export", "--rdf", tmp_path / "two.nq", "--json")
    report = json.loads(out)
    assert report["bytes"] == (tmp_path / "two.nq").stat().st_size
    KnowledgeBase.open(graph_kb).export_rdf(tmp_path / "three.nq")
    files = [(tmp_path / f"{name}.nq").read_bytes() for name in ("one", "two", "three")]
    assert len(set(files)) == 1
    assert report["quads"] == files[0].count(b"\n")
    assert printed("export", "--rdf", tmp_path / "out.ttl")[0] == 2


def test_sparql_answers_in_each_form(printed, tmp_path):
    (tmp_path / "q.rq").write_text('SELECT ?name { ?x wf:name ?name FILTER(?name = "Paris") }')
    assert printed("sparql", f"@{tmp_path / 'q.rq'}")[:2] == (0, "name\n─────\nParis\n1 solution\n")
    code, out, _ = printed("sparql", "ASK { ?fact wf:negated true }", "--json")
    assert (code, json.loads(out)) == (0, {"head": {}, "boolean": True})
    code, out, _ = printed("sparql", "CONSTRUCT WHERE { ?x a wf:Document }")
    assert (code, out.count(" .\n")) == (0, 3)


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        ("SELECT", 2, "the query is no SPARQL: line 1"),
        ("@none.rq", 2, "the query in none.rq cannot be read: No such file or directory"),
        ("@bytes.rq", 2, "bytes.rq is no text in UTF-8"),
        ("ASK { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", 2, "SERVICE asks another server"),
        ("DROP ALL", 2, "would change something (DROP)"),
    ],
)
def test_sparql_refuses(printed, query, code, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bytes.rq").write_bytes(b"ASK { ?s ?p '\xff' }")
    found, out, err = printed("sparql", query)
    assert (found, out) == (code, "")
    assert message in err


def test_sparql_is_stopped_in_time(printed):
    patterns = " . ".join(f"?a{n} ?b{n} ?c{n}" for n in range(9))
    query = f"SELECT (COUNT(*) AS ?n) {{ {patterns} }}"
    code, _, err = printed("sparql", query, "--timeout-seconds", "0.5")
    assert code == 1
    assert "the query was stopped after 0.5 seconds" in err


def test_python_gives_the_same(graph_kb):
    kb = KnowledgeBase.open(graph_kb)
    assert kb.graph.entities == len({*kb.graph.names})
    (paris,) = kb.neighbourhood("Paris").entities
    assert [fact.tail for fact in paris.facts] == ["France", "village"]
    (row,) = kb.sparql('SELECT ?x { ?x wf:name "Paris" }')
    assert row["x"].value == "urn:wherefrom:entity:Paris"


@pytest.mark.parametrize(
    "arguments",
    [["graph", "KB", "x"], ["sparql", "KB", "ASK {}"], ["export", "KB", "--rdf", "x.nq"]],
)
def test_a_missing_knowledge_base_is_named(arguments, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(["absent.kb" if word == "KB" else word for word in arguments]) == 1
    assert "absent.kb" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_knowledge_base_without_a_graph_is_named(printed, graph_kb):
    """Take the graph away as an earlier release, which knew none, would have left it."""
    folder = Path(graph_kb)
    write_manifest(folder, replace(read_manifest(folder), graph=""))
    for more in (["graph", "x"], ["sparql", "ASK {}"], ["export", "--rdf", "x.nq"]):
        code, out, err = printed(*more)
        assert (code, out) == (2, "")
        assert "has no graph, for an earlier release made it" in err
