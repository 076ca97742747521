import json
from collections.abc import Callable
from pathlib import Path

import pytest

from wherefrom.indexes.build import build
from wherefrom.indexes.compact import compact
from wherefrom.indexes.delete import delete
from wherefrom.indexes.info import info
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.indexes.options import BuildOptions
from wherefrom.indexes.verify import verify
from wherefrom.kb.errors import (
    EncoderMismatchError,
    LockedError,
    MissingError,
    RecordError,
    SourceError,
    UsageError,
)
from wherefrom.kb.passages import PassageRules
from wherefrom.kb.source import SkippedRecords, SourceOptions
from wherefrom.kb.writer_lock import writer_lock

PARIS = {"id": "paris", "title": "Paris", "text": "Paris is the capital of France."}
BERLIN = {"id": "berlin", "title": "Berlin", "text": "Berlin is the capital of Germany."}
CATS = {"id": "cats", "title": "Cats", "text": "Cats eat mice. " * 60}
WriteJsonl = Callable[..., str]


@pytest.fixture
def options(word_encoder) -> BuildOptions:
    return BuildOptions(encoder=word_encoder, block_passages=2)


def found(folder: Path, options: BuildOptions, query: str = "capital of france") -> list[str]:
    knowledge = Knowledge.open(folder, encoder=options.encoder)
    return [hit.passage_id for hit in knowledge.search([query], 3)[0]]


def test_a_new_knowledge_base_answers(tmp_path, write_jsonl: WriteJsonl, options):
    folder = tmp_path / "new" / "my.kb"
    report = build(folder, [write_jsonl([PARIS, BERLIN, CATS])], options=options)
    assert (report.added, report.replaced, report.unchanged) == (3, 0, 0)
    assert report.generation == 1
    assert found(folder, options)[0] == "paris#0"
    assert info(folder).documents == 3
    assert not (folder / "staging").exists()
    verify(folder)


def test_building_again_changes_nothing(tmp_path, write_jsonl: WriteJsonl, options):
    folder = tmp_path / "my.kb"
    spec = write_jsonl([PARIS, BERLIN])
    build(folder, [spec], options=options)
    before = {path: path.stat() for path in folder.rglob("*") if path.is_file()}
    options.encoder.calls.clear()
    report = build(folder, [spec], options=options)
    assert (report.added, report.replaced, report.unchanged) == (0, 0, 2)
    after = {path: path.stat() for path in folder.rglob("*") if path.is_file()}
    same = {path for path in before if path.name not in ("lock", "stamps.json")}
    assert {p: after[p].st_mtime_ns for p in same} == {p: before[p].st_mtime_ns for p in same}
    assert not options.encoder.calls


def test_a_changed_document_replaces_its_old_version(tmp_path, write_jsonl: WriteJsonl, options):
    folder = tmp_path / "my.kb"
    build(folder, [write_jsonl([PARIS, BERLIN])], options=options)
    changed = {**PARIS, "text": "Paris lies on the Seine."}
    report = build(folder, [write_jsonl([changed, BERLIN])], options=options)
    assert (report.added, report.replaced, report.unchanged) == (0, 1, 1)
    knowledge = Knowledge.open(folder, encoder=options.encoder)
    assert knowledge.document("paris").text == "Paris lies on the Seine."
    assert info(folder).documents == 2
    assert info(folder).deleted_passages == 1
    verify(folder)


def test_only_new_passages_are_encoded(tmp_path, write_jsonl: WriteJsonl, options):
    folder = tmp_path / "my.kb"
    build(folder, [write_jsonl([PARIS])], options=options)
    options.encoder.calls.clear()
    build(folder, [write_jsonl([PARIS, BERLIN])], options=options)
    assert options.encoder.calls == [1]


def test_a_bad_record_leaves_the_knowledge_base_as_it_was(tmp_path, write_jsonl, options):
    folder = tmp_path / "my.kb"
    build(folder, [write_jsonl([PARIS])], options=options)
    digest = info(folder).digest
    with pytest.raises(RecordError, match="line 2"):
        build(folder, [write_jsonl([BERLIN, {"id": "x", "title": "X"}])], options=options)
    assert info(folder).digest == digest
    assert found(folder, options) == ["paris#0"]


def test_a_new_knowledge_base_that_fails_leaves_no_trace(tmp_path, write_jsonl, options):
    with pytest.raises(RecordError):
        build(tmp_path / "my.kb", [write_jsonl([{"id": "x", "title": "X"}])], options=options)
    assert not (tmp_path / "my.kb").exists()
    kept = tmp_path / "empty"
    kept.mkdir()
    with pytest.raises(RecordError):
        build(kept, [write_jsonl([{"id": "x", "title": "X"}])], options=options)
    assert list(kept.iterdir()) == []


def test_bad_records_are_counted_on_wish(tmp_path, write_jsonl, word_encoder):
    spec = write_jsonl([PARIS, {"id": "x", "title": "X"}])
    sources = SourceOptions(skipped=SkippedRecords())
    report = build(
        tmp_path / "my.kb", [spec], options=BuildOptions(encoder=word_encoder, sources=sources)
    )
    assert (report.added, report.skipped) == (1, 1)


def test_a_source_without_documents_is_an_error(tmp_path, write_jsonl, word_encoder):
    good = write_jsonl([PARIS], "good.jsonl")
    bad = write_jsonl([{"id": "x", "title": "X"}], "bad.jsonl")
    options = BuildOptions(encoder=word_encoder, sources=SourceOptions(skipped=SkippedRecords()))
    with pytest.raises(SourceError, match=r"bad\.jsonl holds no documents"):
        build(tmp_path / "my.kb", [good, bad], options=options)
    assert not (tmp_path / "my.kb").exists()


@pytest.mark.parametrize("specs", [[], "starter", ["json:x"]])
def test_wrong_sources_are_refused_before_anything_is_made(tmp_path, specs):
    with pytest.raises(UsageError):
        build(tmp_path / "my.kb", specs)
    assert not (tmp_path / "my.kb").exists()


def test_a_foreign_directory_is_refused(tmp_path, write_jsonl, options):
    folder = tmp_path / "mine"
    (folder / "documents").mkdir(parents=True)
    (folder / "documents" / "0123456789abcdef.arrow").write_text("mine")
    with pytest.raises(UsageError, match="not a knowledge base and not empty"):
        build(folder, [write_jsonl([PARIS])], options=options)
    assert (folder / "documents" / "0123456789abcdef.arrow").read_text() == "mine"


def test_a_file_is_refused(tmp_path, write_jsonl, options):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UsageError, match="is a file"):
        build(tmp_path / "file", [write_jsonl([PARIS])], options=options)


def test_another_encoder_is_refused(tmp_path, write_jsonl, options, make_word_encoder):
    folder = tmp_path / "my.kb"
    build(folder, [write_jsonl([PARIS])], options=options)
    other = make_word_encoder(name="others")
    with pytest.raises(EncoderMismatchError, match=r"tests/words.*tests/others"):
        build(folder, [write_jsonl([BERLIN])], options=BuildOptions(encoder=other))
    with pytest.raises(EncoderMismatchError, match="weights_sha256"):
        Knowledge.open(folder, encoder=other).search(["x"], 1)


def test_other_rules_are_refused(tmp_path, write_jsonl, options, word_encoder):
    folder = tmp_path / "my.kb"
    build(folder, [write_jsonl([PARIS])], options=options)
    rules = PassageRules(max_words=7)
    with pytest.raises(UsageError, match=r"max_words=100.*max_words=7"):
        build(
            folder, [write_jsonl([BERLIN])], options=BuildOptions(encoder=word_encoder, rules=rules)
        )


def test_a_second_writer_is_refused(tmp_path, write_jsonl, options):
    folder = tmp_path / "my.kb"
    build(folder, [write_jsonl([PARIS])], options=options)
    with writer_lock(folder):
        for write in (
            lambda: build(folder, [write_jsonl([BERLIN])], options=options),
            lambda: delete(folder, ["paris"]),
            lambda: compact(folder),
        ):
            with pytest.raises(LockedError, match=r"process [0-9]+"):
                write()
        assert found(folder, options) == ["paris#0"]


def test_an_interrupt_says_how_to_go_on(tmp_path, write_jsonl, options, monkeypatch):
    folder = tmp_path / "my.kb"
    build(folder, [write_jsonl([PARIS])], options=options)
    digest = info(folder).digest
    encode = options.encoder.encode

    def interrupted(texts, *, progress=None):
        if len(options.encoder.calls) >= 2:
            raise KeyboardInterrupt
        return encode(texts, progress=progress)

    spec = write_jsonl([BERLIN, CATS])
    monkeypatch.setattr(options.encoder, "encode", interrupted)
    with pytest.raises(KeyboardInterrupt, match="same command goes on"):
        build(folder, [spec], options=options)
    assert info(folder).digest == digest
    assert info(folder).unfinished_bytes > 0
    monkeypatch.undo()
    options.encoder.calls.clear()
    report = build(folder, [spec], options=options)
    assert sum(options.encoder.calls) < report.passages
    verify(folder)


def test_a_change_between_a_killed_build_and_the_next_costs_little(
    tmp_path, write_jsonl, word_encoder, monkeypatch
):
    """A document that gets longer shifts the passages after it, but not their blocks."""
    options = BuildOptions(encoder=word_encoder, block_passages=32)
    documents = [
        {"id": f"d{number}", "title": "", "text": f"The number is {number}."}
        for number in range(1_000)
    ]
    monkeypatch.setattr("wherefrom.indexes.build.commit", interrupt)
    with pytest.raises(KeyboardInterrupt):
        build(tmp_path / "my.kb", [write_jsonl(documents)], options=options)
    monkeypatch.undo()
    word_encoder.calls.clear()
    documents[100] = {**CATS, "id": "d100"}
    report = build(tmp_path / "my.kb", [write_jsonl(documents)], options=options)
    assert report.passages > 1_000
    assert 0 < sum(word_encoder.calls) < 300
    verify(tmp_path / "my.kb")


def test_a_damaged_staged_block_is_made_again(tmp_path, write_jsonl, options, monkeypatch):
    folder = tmp_path / "my.kb"
    spec = write_jsonl([PARIS, BERLIN, CATS])
    monkeypatch.setattr("wherefrom.indexes.build.commit", interrupt)
    with pytest.raises(KeyboardInterrupt):
        build(folder, [spec], options=options)
    monkeypatch.undo()
    blocks = sorted((folder / "staging").glob("*.npy"))
    content = bytearray(blocks[0].read_bytes())
    content[-1] ^= 1
    blocks[0].write_bytes(content)
    with pytest.raises(MissingError, match="run the build that was begun there again"):
        info(folder)
    options.encoder.calls.clear()
    build(folder, [spec], options=options)
    assert len(options.encoder.calls) == 1
    verify(folder)


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_licences_are_kept(tmp_path, write_jsonl, word_encoder):
    folder = tmp_path / "my.kb"
    one, two = write_jsonl([PARIS], "one.jsonl"), write_jsonl([BERLIN], "two.jsonl")
    build(folder, [one], options=BuildOptions(encoder=word_encoder, licence="MIT"))
    build(folder, [two], options=BuildOptions(encoder=word_encoder))
    assert [(s.spec, s.licence) for s in info(folder).sources] == [(one, "MIT"), (two, "unknown")]
    delete(folder, ["paris"])
    compact(folder)
    assert [source.spec for source in info(folder).sources] == [two]


def test_the_manifest_names_every_file(tmp_path, write_jsonl, options):
    folder = tmp_path / "my.kb"
    build(folder, [write_jsonl([PARIS, BERLIN])], options=options)
    delete(folder, ["berlin"])
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    named = set(json.loads((folder / "manifest.json").read_text())["files"])
    assert files - named <= {"manifest.json", "lock", "stamps.json"}
    assert named <= files


def test_rubbish_of_a_killed_writer_is_removed(tmp_path, write_jsonl, options):
    folder = tmp_path / "my.kb"
    build(folder, [write_jsonl([PARIS, BERLIN])], options=options)
    (folder / "dense" / "0123456789abcdef.faiss").write_text("rubbish")
    (folder / "manifest.json.123.tmp").write_text("rubbish")
    (folder / "documents" / "notes.txt").write_text("not ours")
    delete(folder, ["berlin"])
    assert not (folder / "dense" / "0123456789abcdef.faiss").exists()
    assert not (folder / "manifest.json.123.tmp").exists()
    assert (folder / "documents" / "notes.txt").exists()
