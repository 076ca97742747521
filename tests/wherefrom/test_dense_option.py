"""The kind of dense index, chosen on the command line."""

import json

import pytest

from wherefrom.command import run


@pytest.mark.parametrize("kind", ["flat", "hnsw", "ivf-flat", "ivf-pq"])
def test_the_kind_reaches_the_knowledge_base(
    tmp_path, write_jsonl, tiny_encoder_folder, capsys, kind
):
    source = write_jsonl([{"id": "a", "title": "A", "text": "Bees dance."}])
    folder, encoder = str(tmp_path / "my.kb"), str(tiny_encoder_folder)
    assert run(["build", folder, source, "--dense", kind, "--encoder", encoder]) == 0
    capsys.readouterr()
    assert run(["info", folder, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["dense"] == kind
    assert run(["search", folder, "bees", "--retriever", "dense", "--json"]) == 0
    assert [hit["passage_id"] for hit in json.loads(capsys.readouterr().out)] == ["a#0"]


def test_an_unknown_kind_is_wrong_usage_and_gets_the_nearest(tmp_path, write_jsonl, capsys):
    source = write_jsonl([{"id": "a", "title": "A", "text": "Bees dance."}])
    assert run(["build", str(tmp_path / "my.kb"), source, "--dense", "ivfpq"]) == 2
    message = capsys.readouterr().err
    assert "unknown dense index 'ivfpq'" in message
    assert "choose flat, hnsw, ivf-flat or ivf-pq (did you mean ivf-pq?)" in message
    assert not (tmp_path / "my.kb").exists()


def test_another_kind_than_the_knowledge_base_has_is_wrong_usage(
    tiny_kb, write_jsonl, tiny_encoder_folder, capsys
):
    source = write_jsonl([{"id": "a", "title": "A", "text": "Bees dance."}], "more.jsonl")
    assert run(["build", str(tiny_kb), source, "--dense", "hnsw"]) == 2
    assert "was made with the dense index Flat()" in capsys.readouterr().err
