"""The commands that make and keep a knowledge base, through the command line."""

import json

import pytest

from wherefrom.command import run


def test_build_reports_and_building_again_does_nothing(tiny_kb, capsys, tmp_path):
    capsys.readouterr()
    assert run(["build", str(tiny_kb), f"jsonl:{tmp_path / 'documents.jsonl'}", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report.pop("seconds") >= 0
    assert report == {
        "added": 0,
        "replaced": 0,
        "unchanged": 3,
        "skipped": 0,
        "passages": 0,
        "triples": 0,
        "triples_unchanged": 0,
        "generation": 1,
    }


def test_progress_goes_to_stderr_and_the_result_to_stdout(
    tmp_path, write_jsonl, tiny_encoder_folder, capsys
):
    source = write_jsonl([{"id": "a", "title": "A", "text": "One. Two."}])
    folder = str(tmp_path / "my.kb")
    assert run(["build", folder, source, "--encoder", str(tiny_encoder_folder)]) == 0
    printed = capsys.readouterr()
    assert "encode passages" in printed.err
    assert "encode passages" not in printed.out
    assert "documents added      1" in printed.out


def test_rules_reach_the_passages(tmp_path, write_jsonl, tiny_encoder_folder, capsys):
    source = write_jsonl([{"id": "a", "title": "A", "text": "One two. Three four. Five six."}])
    folder = str(tmp_path / "my.kb")
    options = ["--max-words", "2", "--overlap-sentences", "0", "--licence", "CC0"]
    options += ["--encoder", str(tiny_encoder_folder)]
    assert run(["build", folder, source, *options]) == 0
    capsys.readouterr()
    assert run(["info", folder, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["passages"], found["max_words"], found["overlap_sentences"]) == (3, 2, 0)
    assert found["sources"] == [{"spec": source, "licence": "CC0"}]


def test_skipped_records_are_counted_and_named(tmp_path, tiny_encoder_folder, capsys):
    source = tmp_path / "mixed.jsonl"
    good = '{"id": "a", "title": "A", "text": "One."}\n'
    source.write_text(good + '{"id": "b", "title": "B"}\nnonsense\n')
    command = ["build", str(tmp_path / "my.kb"), f"jsonl:{source}"]
    command += ["--encoder", str(tiny_encoder_folder)]
    assert run(command) == 1
    assert "mixed.jsonl, line 2" in capsys.readouterr().err
    assert run([*command, "--skip-bad", "--json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["skipped"] == 2
    assert "mixed.jsonl, line 2" in printed.err
    assert "mixed.jsonl, line 3" in printed.err


def test_columns_reach_the_source(tmp_path, tiny_encoder_folder, capsys):
    (tmp_path / "rows.csv").write_text("key,body\nk1,Bees dance.\nk2,Cats do not.\n")
    folder = str(tmp_path / "my.kb")
    command = ["build", folder, f"hf:{tmp_path / 'rows.csv'}", "--id-column", "key"]
    command += ["--text-column", "body", "--encoder", str(tiny_encoder_folder), "--json"]
    assert run(command) == 0
    assert json.loads(capsys.readouterr().out)["added"] == 2
    assert run(["delete", folder, "k2"]) == 0


def test_what_a_source_passes_over_is_said_on_stderr(tmp_path, tiny_encoder_folder, capsys):
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "a.txt").write_text("Bees dance.")
    (folder / "b.exe").write_bytes(b"\x00\x01")
    command = ["build", str(tmp_path / "my.kb"), f"files:{folder}", "--json"]
    assert run([*command, "--encoder", str(tiny_encoder_folder)]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["added"] == 1
    assert ".exe" in printed.err


def test_delete_then_compact(tiny_kb, capsys):
    capsys.readouterr()
    assert run(["delete", str(tiny_kb), "paris", "--json"]) == 0
    deleted = {"documents": 1, "passages": 1, "triples": 0, "generation": 2}
    assert json.loads(capsys.readouterr().out) == deleted
    assert run(["delete", str(tiny_kb), "berlin", "atlantis"]) == 1
    assert "'atlantis'" in capsys.readouterr().err
    assert run(["compact", str(tiny_kb), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["removed_passages"] == 1
    assert run(["verify", str(tiny_kb), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["documents"] == 2


def test_facts_come_in_and_go_by_their_source(tiny_kb, tmp_path, capsys):
    (tmp_path / "facts.tsv").write_text("bee\tis a\tinsect\nbee\tmakes\thoney\n")
    source = f"triples:{tmp_path / 'facts.tsv'}"
    assert run(["build", str(tiny_kb), source, "--licence", "CC0"]) == 0
    assert "facts added          2" in capsys.readouterr().out
    assert run(["info", str(tiny_kb), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["documents"], found["triples"]) == (3, 2)
    assert found["facts"] == [{"source": source, "triples": 2}]
    assert {"spec": source, "licence": "CC0"} in found["sources"]
    assert run(["info", str(tiny_kb)]) == 0
    assert f"facts of {source}" in capsys.readouterr().out
    assert run(["verify", str(tiny_kb), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["triples"] == 2
    assert run(["delete", str(tiny_kb), f"{source}x"]) == 1
    assert f"did you mean {source!r}" in capsys.readouterr().err
    assert run(["delete", str(tiny_kb), source, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["triples"] == 2


def test_options_of_facts_reach_their_sources(tmp_path, tiny_encoder_folder, capsys):
    lines = [
        f"/a/{number}\t/r/IsA\t/c/{language}/bee\t/c/{language}/tail{number}"
        f'\t{{"weight": {weight}}}\n'
        for number, (language, weight) in enumerate([("en", 2), ("de", 3), ("fr", 4), ("de", 1)])
    ]
    (tmp_path / "net.csv").write_text("".join(lines))
    command = ["build", str(tmp_path / "my.kb"), f"conceptnet:{tmp_path / 'net.csv'}"]
    command += ["--encoder", str(tiny_encoder_folder), "--json"]
    more = ["--language", "en", "--language", "de", "--minimum-weight", "1.5"]
    for options, wanted in ([], 1), (more, 2):
        assert run([*command, *options]) == 0
        assert json.loads(capsys.readouterr().out)["triples"] == wanted


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["starter", "--language", "en"], 2, "--language says how conceptnet:FILE.csv[.gz] is"),
        (["starter", "--minimum-weight", "0"], 2, "--minimum-weight says how conceptnet"),
        (["starter", "--construct", "a.rq"], 2, "--construct says how sparql:ENDPOINT is read"),
        (["conceptnet:a", "--minimum-weight", "much"], 2, "'much' is not a number"),
        (["sparql:http://127.0.0.1:9/"], 2, "--construct FILE.rq"),
        (["sparql:http://127.0.0.1:9/", "--construct", "a.rq"], 1, "a.rq does not exist"),
        (["rdf:a.pdf"], 2, "unknown suffix"),
        (["triples:a.tsv"], 1, "a.tsv does not exist"),
    ],
)
def test_options_that_do_not_fit_are_named(
    tmp_path, tiny_encoder_folder, arguments, code, message, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert run(["build", "my.kb", *arguments, "--encoder", str(tiny_encoder_folder)]) == code
    printed = capsys.readouterr()
    assert (printed.out, message in printed.err) == ("", True), printed.err
    assert not (tmp_path / "my.kb").exists()


def test_facts_alone_are_evidence(tmp_path, tiny_encoder_folder, tiny_reader_folder, capsys):
    (tmp_path / "facts.tsv").write_text("bee\tis a\tinsect\n")
    folder = str(tmp_path / "my.kb")
    build = ["build", folder, f"triples:{tmp_path / 'facts.tsv'}"]
    assert run([*build, "--encoder", str(tiny_encoder_folder)]) == 0
    for command in ("compact", "verify", "info"):
        assert run([command, folder]) == 0
    capsys.readouterr()
    assert run(["search", folder, "bee", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    reader = ["--reader", str(tiny_reader_folder), "--json"]
    assert run(["ask", folder, "What is a bee?", *reader]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [item["text"] for item in answer["evidence"]] == ["bee: is a: insect."]
    assert run(["check", folder, "A bee is an insect.", *reader]) == 0
    assert [item["text"] for item in json.loads(capsys.readouterr().out)["evidence"]]
    choices = ["--choice", "insect", "--choice", "bird"]
    assert run(["choose", folder, "What is a bee?", *choices, *reader]) == 0
    chosen = json.loads(capsys.readouterr().out)
    assert chosen["evidence"][0]["passage_id"].startswith(f"triples:{tmp_path}")
    assert sum(chosen["probabilities"].values()) == pytest.approx(1)


@pytest.mark.parametrize("command", ["info", "verify", "compact"])
def test_people_get_text(tiny_kb, command, capsys):
    capsys.readouterr()
    assert run([command, str(tiny_kb)]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(str(tiny_kb))
    assert "{" not in printed
