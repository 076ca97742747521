import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.digest import MultisetDigest
from wherefrom.kb.errors import DamagedError, FormatError, MissingError
from wherefrom.kb.manifest import (
    FactsRecord,
    FileRecord,
    Manifest,
    SegmentRecord,
    SourceRecord,
    parse_manifest,
    read_manifest,
    write_manifest,
)
from wherefrom.kb.writer_lock import writer_lock

MANIFEST = Manifest(
    generation=3,
    digest=MultisetDigest(7),
    documents=2,
    passages=5,
    triples=9,
    encoder={"reference": "x", "dimensions": 8, "normalised": True},
    dense={"kind": "flat"},
    rules={"max_words": 100},
    segments=(SegmentRecord("0" * 16, 2, 6, "deleted/0.npy"),),
    sparse="sparse/" + "1" * 16,
    facts=(
        FactsRecord("2" * 16, "rdf:ä.ttl", 4, MultisetDigest(3)),
        FactsRecord("3" * 16, "triples:a.tsv", 5, MultisetDigest(2**256 - 1)),
    ),
    graph="graph/" + "4" * 16,
    sources=(SourceRecord("jsonl:ä.jsonl", "MIT"),),
    files={"dense/0.faiss": FileRecord(12, "a" * 64)},
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_manifest(tmp_path, MANIFEST)
    return tmp_path


def test_what_is_written_is_read(folder):
    assert read_manifest(folder) == MANIFEST
    assert [path.name for path in folder.iterdir()] == ["manifest.json"]


@given(st.data())
def test_no_altered_byte_goes_unseen(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("manifest")
    write_manifest(folder, MANIFEST)
    content = bytearray((folder / "manifest.json").read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    try:
        found = parse_manifest(bytes(content), folder)
    except (DamagedError, FormatError) as error:
        assert str(folder) in str(error)
    else:
        assert found == MANIFEST  # white space between fields may change


@given(st.data())
def test_no_truncation_goes_unseen(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("manifest")
    write_manifest(folder, MANIFEST)
    content = (folder / "manifest.json").read_bytes()
    content = content[: data.draw(st.integers(0, len(content) - 2))]
    with pytest.raises(DamagedError, match=r"manifest\.json is (empty|not whole JSON)"):
        parse_manifest(content, folder / "manifest.json")


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        (b"", DamagedError, "is empty"),
        (b"\n", DamagedError, r"is empty \(1 bytes\)"),
        (b"{", DamagedError, "not whole JSON"),
        (b"\xff\xfe\x00", DamagedError, "not whole JSON"),
        (b"[" * 100_000, DamagedError, "not whole JSON"),
        (b"[]", FormatError, "not the manifest of a wherefrom knowledge base"),
        (b'{"name": "web app"}', FormatError, "was another directory meant"),
        (
            b'{"format": "wherefrom knowledge base", "version": 3}',
            FormatError,
            "version 3; this release of wherefrom reads versions 1 and 2 only",
        ),
        (b'{"format": "wherefrom knowledge base", "version": true}', FormatError, "version True"),
        (b'{"format": "wherefrom knowledge base", "version": 1}', DamagedError, "was altered"),
        (b'{"format": "wherefrom knowledge base", "version": 2}', DamagedError, "was altered"),
    ],
)
def test_what_is_no_manifest_is_named(tmp_path, content, error, message):
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(error, match=message):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("generation", -1),
        ("documents", True),
        ("digest", "xyz"),
        ("sparse", "../elsewhere"),
        ("segments", {}),
        ("segments", [7]),
        ("encoder", {"deep": {}}),
        ("facts", [{"name": "0" * 16, "source": "rdf:x", "triples": -1, "digest": "0" * 64}]),
        ("facts", [{"name": "../../x", "source": "rdf:x", "triples": 1, "digest": "0" * 64}]),
        ("triples", None),
        ("graph", "/elsewhere"),
        ("files", {"/etc/passwd": {"bytes": 1, "sha256": "a" * 64}}),
        ("files", {"a": {"bytes": 1, "sha256": "short"}}),
    ],
)
def test_a_field_of_the_wrong_kind_is_named(folder, field, value, monkeypatch):
    monkeypatch.setattr("wherefrom.kb.manifest._self_digest", lambda content: "trusted")
    content = json.loads((folder / "manifest.json").read_text()) | {field: value}
    content["sha256"] = "trusted"
    with pytest.raises(DamagedError, match=field):
        parse_manifest(json.dumps(content).encode(), folder)


def test_a_manifest_of_the_first_version_has_no_facts(tmp_path):
    """As the releases before facts wrote it."""
    content = {
        "format": "wherefrom knowledge base",
        "version": 1,
        "generation": 3,
        "digest": f"{7:064x}",
        "documents": 2,
        "passages": 5,
        "encoder": {"reference": "x", "dimensions": 8, "normalised": True},
        "dense": {"kind": "flat"},
        "rules": {"max_words": 100},
        "segments": [{"name": "0" * 16, "documents": 2, "passages": 6, "mask": "deleted/0.npy"}],
        "sparse": "sparse/" + "1" * 16,
        "sources": [{"spec": "jsonl:ä.jsonl", "licence": "MIT"}],
        "files": {"dense/0.faiss": {"bytes": 12, "sha256": "a" * 64}},
        "sha256": "59f7e80f5ece1c9c5e635212eaf553bfcc67f42b6e0dc96765e7d51b40d68c78",
    }
    (tmp_path / "manifest.json").write_text(json.dumps(content))
    found = read_manifest(tmp_path)
    assert found == replace(MANIFEST, triples=0, facts=(), graph="")
    write_manifest(tmp_path, found)
    assert json.loads((tmp_path / "manifest.json").read_text())["version"] == 2


def test_absence_says_what_is_there(tmp_path):
    with pytest.raises(MissingError, match="make one: wherefrom build"):
        read_manifest(tmp_path / "absent.kb")
    (tmp_path / "file").write_text("x")
    with pytest.raises(MissingError, match="is a file"):
        read_manifest(tmp_path / "file")
    (tmp_path / "other").mkdir()
    with pytest.raises(MissingError, match="is not a knowledge base"):
        read_manifest(tmp_path / "other")
    with writer_lock(tmp_path / "other"):
        pass
    with pytest.raises(MissingError, match="run the build that was begun there again"):
        read_manifest(tmp_path / "other")
