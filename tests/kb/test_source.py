"""A SOURCE is taken apart, read, and no id is let through twice."""

import json

import pytest

from wherefrom.kb.errors import RecordError, SourceError, UsageError
from wherefrom.kb.source import (
    SkippedRecords,
    Source,
    SourceOptions,
    parse_source,
    read_source,
    read_sources,
)


def write(path, ids):
    lines = (json.dumps({"id": id_, "title": "", "text": f"About {id_}."}) for id_ in ids)
    path.write_text("\n".join(lines), encoding="utf-8")
    return f"jsonl:{path}"


def test_a_source_is_taken_apart():
    assert parse_source("starter") == Source("starter", "starter", "")
    assert parse_source("jsonl:C:/a.jsonl") == Source("jsonl:C:/a.jsonl", "jsonl", "C:/a.jsonl")
    assert parse_source("hf:squad:train").location == "squad:train"


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("json:a", r"unknown source 'json'; choose starter, jsonl, .* \(did you mean jsonl\?\)"),
        ("wikipdia:x", "did you mean wikipedia"),
        ("", "unknown source ''"),
        ("jsonl", "write jsonl:FILE"),
        ("beir:", "write beir:DIR"),
        ("starter:all", "takes nothing after its name; write starter"),
        ("starter:", "write starter"),
    ],
)
def test_a_malformed_source_is_refused_at_once(spec, message):
    with pytest.raises(UsageError, match=message):
        read_sources(["starter", spec])


def test_sources_are_read_one_after_the_other(tmp_path):
    first, second = write(tmp_path / "1", ["b", "a"]), write(tmp_path / "2", ["c"])
    found = list(read_sources([second, first]))
    assert [document.id for document in found] == ["c", "b", "a"]
    assert [document.source for document in found] == [second, first, first]


def test_a_second_use_of_an_id_names_both_places(tmp_path):
    first, second = write(tmp_path / "1", ["a", "b"]), write(tmp_path / "2", ["c", "b"])
    with pytest.raises(RecordError) as caught:
        list(read_sources([first, second]))
    assert str(caught.value) == (
        f"{tmp_path / '2'}, line 2: the id 'b' was already used at {tmp_path / '1'}, line 2; "
        "ids must be unique in one build"
    )


def test_a_second_use_of_an_id_can_be_skipped(tmp_path):
    skipped = SkippedRecords()
    spec = write(tmp_path / "1", ["a", "b", "a", "a"])
    found = list(read_source(spec, SourceOptions(skipped=skipped)))
    assert [document.id for document in found] == ["a", "b"]
    assert skipped.count == 2


def test_every_kind_of_source_is_reachable(tmp_path):
    for scheme in ("beir", "files", "jsonl", "wikipedia", "hf"):
        with pytest.raises(SourceError, match="does not exist"):
            list(read_source(f"{scheme}:{tmp_path}/nothing"))


def test_a_home_folder_is_expanded(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    write(tmp_path / "docs.jsonl", ["a"])
    assert [document.id for document in read_source("jsonl:~/docs.jsonl")] == ["a"]
