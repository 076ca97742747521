"""Building with facts: each SOURCE is replaced as a whole, all at once or not at all."""

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
from wherefrom.indexes.reports import FactCount
from wherefrom.indexes.verify import verify
from wherefrom.kb.errors import DamagedError, MissingError, RecordError, SourceError, UsageError
from wherefrom.kb.generation import Generation
from wherefrom.kb.source import SkippedRecords, SourceOptions

PARIS = {"id": "paris", "title": "Paris", "text": "Paris is the capital of France."}
BERLIN = {"id": "berlin", "title": "Berlin", "text": "Berlin is the capital of Germany."}
BEES = ["bee\tis a\tinsect", "bee\tmakes\thoney"]
CATS = ["cat\tis a\tmammal"]
WriteFacts = Callable[..., str]


@pytest.fixture
def options(word_encoder) -> BuildOptions:
    return BuildOptions(encoder=word_encoder)


@pytest.fixture
def write_facts(tmp_path: Path) -> WriteFacts:
    """Give a function that writes lines to a file and returns its SOURCE."""

    def write(lines: list[str], name: str = "bees.tsv") -> str:
        path = tmp_path / name
        path.write_text("".join(f"{line}\n" for line in lines))
        return f"triples:{path}"

    return write


def files(folder: Path) -> dict[str, tuple[int, int]]:
    """Return inode and time of each file, apart from lock and stamps."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("lock", "stamps.json")
    }


def facts(folder: Path) -> list[str]:
    """Return the facts of all sources, in the order of the manifest."""
    found = (fact for part in Generation.open(folder).facts for fact in part.iterate())
    return [f"{fact.head}\t{fact.relation}\t{fact.tail}" for fact in found]


def test_facts_and_documents_come_in_together(tmp_path, write_jsonl, write_facts, options):
    folder = tmp_path / "my.kb"
    bees, cats = write_facts(BEES), write_facts(CATS, "a-cats.tsv")
    report = build(folder, [bees, write_jsonl([PARIS]), cats], options=options)
    assert (report.added, report.triples, report.triples_unchanged) == (1, 3, 0)
    found = info(folder)
    assert (found.documents, found.triples) == (1, 3)
    assert found.facts == (FactCount(cats, 1), FactCount(bees, 2))  # in order of source
    assert facts(folder) == CATS + BEES
    (fact,) = Generation.open(folder).facts[0].iterate()
    assert (fact.source, fact.place) == (cats, "line 1")
    assert verify(folder).triples == 3
    assert not (folder / "staging").exists()


def test_the_same_facts_again_change_nothing(tmp_path, write_facts, options):
    folder = tmp_path / "my.kb"
    bees = write_facts(BEES)
    build(folder, [bees], options=options)
    before = files(folder)
    report = build(folder, [bees, bees], options=options)
    assert (report.triples, report.triples_unchanged, report.generation) == (0, 2, 1)
    assert files(folder) == before


def test_only_what_changed_is_replaced(tmp_path, write_jsonl, write_facts, options):
    folder = tmp_path / "my.kb"
    cats = write_facts(CATS, "cats.tsv")
    build(folder, [write_jsonl([PARIS]), write_facts(BEES), cats], options=options)
    before = files(folder)
    changed = ["bee\tis a\tfly", *BEES[1:], *CATS]
    report = build(folder, [write_facts(changed), cats], options=options)
    assert (report.triples, report.triples_unchanged, report.generation) == (3, 1, 2)
    assert facts(folder) == changed + CATS
    after = files(folder)
    kept = {name for name in before if name.partition("/")[0] not in ("facts", "graph")}
    kept -= {"manifest.json"}
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    facts_kept = {name for name in before.keys() & after.keys() if name.startswith("facts/")}
    assert [after[name] for name in facts_kept] == [before[name] for name in facts_kept]
    assert (len(facts_kept), len(list((folder / "facts").iterdir()))) == (1, 2)
    verify(folder)


def test_facts_that_moved_are_replaced_but_not_those_in_another_order(
    tmp_path, write_facts, options, monkeypatch
):
    folder = tmp_path / "my.kb"
    spec = write_facts(BEES)
    build(folder, [spec], options=options)
    digest = info(folder).digest
    write_facts(["", *BEES])  # one line further down
    assert build(folder, [spec], options=options).generation == 2
    assert [f.place for f in Generation.open(folder).facts[0].iterate()] == ["line 2", "line 3"]
    assert info(folder).digest == digest

    def reversed_facts(*arguments):
        return reversed(list(read(*arguments)))

    from wherefrom.indexes.fact_intake import read_parsed_facts as read

    monkeypatch.setattr("wherefrom.indexes.fact_intake.read_parsed_facts", reversed_facts)
    report = build(folder, [spec], options=options)  # as an endpoint may answer
    assert (report.generation, report.triples_unchanged) == (2, 2)


def test_documents_alone_leave_facts_alone(tmp_path, write_jsonl, write_facts, options):
    folder = tmp_path / "my.kb"
    bees = write_facts(BEES)
    build(folder, [bees], options=options)
    report = build(folder, [write_jsonl([PARIS])], options=options)
    assert (report.added, report.triples, report.triples_unchanged) == (1, 0, 0)
    assert facts(folder) == BEES
    assert next(source.spec for source in info(folder).sources) == bees
    verify(folder)


def test_new_facts_need_no_encoder(tmp_path, write_jsonl, write_facts, options):
    folder = tmp_path / "my.kb"
    build(folder, [write_jsonl([PARIS])], options=options)
    build(folder, [write_facts(BEES)])  # the encoder of the tests is nowhere to be loaded from
    assert facts(folder) == BEES
    assert delete(folder, ["paris"]).documents == 1


def test_equal_facts_of_two_sources_share_a_file(tmp_path, write_facts, options):
    folder = tmp_path / "my.kb"
    one, two = write_facts(BEES, "one.tsv"), write_facts(BEES, "two.tsv")
    build(folder, [one, two], options=options)
    assert (info(folder).triples, len(list((folder / "facts").iterdir()))) == (4, 1)
    assert [part.triple(0).source for part in Generation.open(folder).facts] == [one, two]
    verify(folder)
    delete(folder, [one])
    assert facts(folder) == BEES
    verify(folder)


def test_a_fact_that_occurs_twice_counts_once(tmp_path, write_facts, options):
    report = build(tmp_path / "my.kb", [write_facts([*BEES, *BEES])], options=options)
    assert report.triples == 2


@pytest.mark.parametrize(
    ("lines", "error", "message"),
    [
        (["head\trelation\ttail"], SourceError, r"bad\.tsv holds no facts; nothing was changed"),
        ([*CATS, "one column"], RecordError, r"bad\.tsv, line 2"),
        (None, SourceError, r"bad\.tsv does not exist"),
    ],
)
def test_a_source_that_fails_leaves_everything_as_it_was(
    tmp_path, write_jsonl, write_facts, options, lines, error, message
):
    folder = tmp_path / "my.kb"
    build(folder, [write_jsonl([PARIS]), write_facts(BEES)], options=options)
    before = files(folder)
    bad = f"triples:{tmp_path}/bad.tsv" if lines is None else write_facts(lines, "bad.tsv")
    good = write_facts(CATS, "good.tsv")
    with pytest.raises(error, match=message):
        build(folder, [write_jsonl([BERLIN]), good, bad], options=options)
    assert files(folder) == before
    with pytest.raises(error, match=message):
        build(tmp_path / "new.kb", [good, bad], options=options)
    assert not (tmp_path / "new.kb").exists()


def test_bad_facts_are_counted_on_wish(tmp_path, write_facts, word_encoder):
    options = BuildOptions(encoder=word_encoder, sources=SourceOptions(skipped=SkippedRecords()))
    report = build(tmp_path / "my.kb", [write_facts([*BEES, "one"])], options=options)
    assert (report.triples, report.skipped) == (2, 1)


def test_a_build_that_dies_leaves_the_old_facts(
    tmp_path, write_jsonl, write_facts, options, monkeypatch
):
    """At the last moment: everything is published, only the manifest is not written."""

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    folder = tmp_path / "my.kb"
    bees = write_facts(BEES)
    build(folder, [bees], options=options)
    before = info(folder)
    write_facts(CATS)
    monkeypatch.setattr("wherefrom.indexes.build.commit", die)
    with pytest.raises(KeyboardInterrupt, match="same command goes on"):
        build(folder, [bees, write_jsonl([PARIS])], options=options)
    monkeypatch.undo()
    assert len(list((folder / "facts").iterdir())) == 2
    assert facts(folder) == BEES
    assert (info(folder).generation, info(folder).digest) == (1, before.digest)
    build(folder, [bees, write_jsonl([PARIS])], options=options)
    assert facts(folder) == CATS
    assert len(list((folder / "facts").iterdir())) == 1
    verify(folder)


def test_options_that_fit_no_source_are_refused_before_anything_is_made(tmp_path, options):
    unfit = BuildOptions(encoder=options.encoder, sources=SourceOptions(languages=("de",)))
    with pytest.raises(UsageError, match="--language says how conceptnet"):
        build(tmp_path / "my.kb", ["triples:a.tsv"], options=unfit)
    assert not (tmp_path / "my.kb").exists()


def test_a_source_that_cannot_be_read_is_refused_before_documents_are(
    tmp_path, write_jsonl, options
):
    bad_documents = write_jsonl([{"id": "x"}])
    with pytest.raises(UsageError, match="suffix"):
        build(tmp_path / "my.kb", [bad_documents, f"rdf:{tmp_path}/a.tsv"], options=options)
    assert not (tmp_path / "my.kb").exists()


def test_a_knowledge_base_of_facts_alone(tmp_path, write_facts, options):
    folder = tmp_path / "my.kb"
    bees, cats = write_facts(BEES), write_facts(CATS, "cats.tsv")
    build(folder, [bees, cats], options=options)
    assert (info(folder).documents, info(folder).triples) == (0, 3)
    knowledge = Knowledge.open(folder, encoder=options.encoder)
    for retriever in ("dense", "sparse", "hybrid"):
        assert knowledge.search(["bee"], 3, retriever=retriever) == [[]]
    assert compact(folder).removed_passages == 0
    assert delete(folder, [bees]).triples == 2
    assert facts(folder) == CATS
    verify(folder)
    delete(folder, [cats])
    assert info(folder).triples == 0
    assert compact(folder).freed_bytes >= 0
    verify(folder)


def test_deleting_documents_and_facts_at_once(tmp_path, write_jsonl, write_facts, options):
    folder = tmp_path / "my.kb"
    bees, cats = write_facts(BEES), write_facts(CATS, "cats.tsv")
    build(folder, [write_jsonl([PARIS, BERLIN]), bees, cats], options=options)
    report = delete(folder, ["paris", bees, bees])
    assert (report.documents, report.passages, report.triples) == (1, 1, 2)
    assert facts(folder) == CATS
    assert bees not in [source.spec for source in info(folder).sources]
    assert len(list((folder / "facts").iterdir())) == 1
    verify(folder)
    compact(folder)
    fresh = tmp_path / "fresh.kb"
    build(fresh, [write_jsonl([BERLIN]), cats], options=options)
    assert info(folder).digest == info(fresh).digest
    assert {s.spec for s in info(folder).sources} == {s.spec for s in info(fresh).sources}


def test_what_cannot_be_deleted_is_named_with_the_nearest_match(
    tmp_path, write_jsonl, write_facts, options
):
    folder = tmp_path / "my.kb"
    bees = write_facts(BEES)
    build(folder, [write_jsonl([PARIS]), bees], options=options)
    before = files(folder)
    for wrong, near in ((bees.replace("bees", "bee"), bees), ("Pari", "paris")):
        with pytest.raises(MissingError) as caught:
            delete(folder, [bees, wrong])
        assert f"no document {wrong!r}" in str(caught.value)
        assert f"facts of such a SOURCE (did you mean {near!r}?); nothing" in str(caught.value)
    assert files(folder) == before


def test_licences_of_known_sources(tmp_path, write_facts, word_encoder):
    path = tmp_path / "net.csv"
    path.write_text("/a/1\t/r/IsA\t/c/en/bee\t/c/en/insect\t" + '{"weight": 2.0}\n')
    specs = [write_facts(BEES), f"conceptnet:{path}"]
    build(tmp_path / "my.kb", specs, options=BuildOptions(encoder=word_encoder, licence="CC0"))
    found = [source.licence for source in info(tmp_path / "my.kb").sources]
    assert found == ["CC0", "CC BY-SA 4.0"]


@pytest.mark.parametrize("damage", ["digest", "triples", "sum", "order"])
def test_verify_counts_and_digests_facts(tmp_path, write_facts, options, damage, monkeypatch):
    folder = tmp_path / "my.kb"
    build(folder, [write_facts(BEES), write_facts(CATS, "cats.tsv")], options=options)
    monkeypatch.setattr("wherefrom.kb.manifest._self_digest", lambda content: "trusted")
    content = json.loads((folder / "manifest.json").read_text()) | {"sha256": "trusted"}
    if damage == "digest":
        content["facts"][0]["digest"] = "0" * 64
    elif damage == "triples":
        content["triples"] = 4
    elif damage == "sum":
        content["digest"] = "0" * 64
    else:
        content["facts"].reverse()
    (folder / "manifest.json").write_text(json.dumps(content))
    with pytest.raises(DamagedError):
        verify(folder)


def test_a_damaged_file_of_facts_is_named(tmp_path, write_facts, options):
    folder = tmp_path / "my.kb"
    build(folder, [write_facts(BEES)], options=options)
    (path,) = (folder / "facts").iterdir()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    for opens in (Knowledge.open, verify, Generation.open):
        with pytest.raises(DamagedError, match=path.name):
            opens(folder)
