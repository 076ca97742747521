"""Facts on disk: what is written is read, each fact once, and damage is named."""

import tracemalloc
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.digest import MultisetDigest, fact_digest
from wherefrom.kb.errors import DamagedError, StorageError
from wherefrom.kb.fact_segment import FactSegment, open_facts
from wherefrom.kb.fact_writer import BATCH_ROWS, COLUMNS, FactScratch, write_facts
from wherefrom.kb.manifest import FactsRecord
from wherefrom.kb.records import Triple
from wherefrom.kb.segment_names import facts_path

SOURCE = "triples:facts.tsv"
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=3)
facts_of_few_words = st.lists(
    st.builds(
        Triple,
        head=words,
        relation=words,
        tail=words,
        weight=st.floats(allow_nan=False, width=32),
        negated=st.booleans(),
        literal=st.booleans(),
        head_iri=words,
        language=st.sampled_from(["", "en"]),
        source=st.just(SOURCE),
        place=st.sampled_from(["line 1", "line 2"]),
    ),
    max_size=12,
)


def some_facts(count: int) -> list[Triple]:
    return [
        Triple(
            f"head {n} 日本",
            "is a",
            f"tail {n % 7}",
            n / 2,
            negated=n % 5 == 0,
            literal=n % 3 == 0,
            head_iri=f"http://x/{n}" if n % 2 else "",
            language="en" if n % 3 == 0 else "",
            source=SOURCE,
            place=f"line {n + 1}",
        )
        for n in range(count)
    ]


def written(folder: Path, facts: list[Triple]) -> FactScratch:
    return write_facts(folder / "facts.arrow", iter(facts), advance=lambda count: None)


def test_every_field_but_the_source_is_a_column():
    names = [field.name for field in fields(Triple)]
    names.remove("source")
    assert tuple(names) == COLUMNS


@pytest.mark.parametrize("count", [1, 7, 8, 40])
def test_what_is_written_is_read(tmp_path, monkeypatch, count):
    monkeypatch.setattr("wherefrom.kb.fact_writer.BATCH_ROWS", 7)  # several batches
    facts = some_facts(count)
    scratch = written(tmp_path, facts)
    found = scratch.open(SOURCE)
    assert (found.triples, found.source) == (count, SOURCE)
    assert list(found.iterate()) == facts
    assert [found.triple(row) for row in range(count)] == facts
    assert found.column("tail").to_pylist() == [fact.tail for fact in facts]
    assert found.column("weight").to_pylist() == [fact.weight for fact in facts]
    assert scratch.digest == found.digest() == MultisetDigest().plus(map(fact_digest, facts))


def test_no_facts_make_an_empty_file(tmp_path):
    scratch = written(tmp_path, [])
    assert (scratch.triples, scratch.digest) == (0, MultisetDigest())
    assert list(scratch.open(SOURCE).iterate()) == []


@given(facts_of_few_words)
def test_a_fact_is_kept_once_and_in_order(tmp_path_factory, facts):
    scratch = written(tmp_path_factory.mktemp("facts"), facts)
    wanted: dict[Triple, Triple] = {}
    for fact in facts:
        # 0.0 and -0.0 are equal, but not the same
        wanted.setdefault((replace(fact, place=""), str(fact.weight)), fact)
    assert list(scratch.open(SOURCE).iterate()) == list(wanted.values())
    assert scratch.triples == len(wanted)


@given(facts_of_few_words, st.randoms())
def test_digests_do_not_depend_on_order(tmp_path_factory, facts, chance):
    facts = list({replace(fact, place=""): fact for fact in facts}.values())
    folder = tmp_path_factory.mktemp("facts")
    one = written(folder, facts)
    first = one.open(SOURCE).placed_digest()
    chance.shuffle(facts)
    other = written(folder, facts)
    assert (one.digest, first) == (other.digest, other.open(SOURCE).placed_digest())
    moved = written(folder, [replace(fact, place="line 9") for fact in facts])
    assert moved.digest == one.digest
    assert (moved.open(SOURCE).placed_digest() == first) == (not facts)


def test_all_progress_is_told_but_not_of_each_fact(tmp_path):
    told: list[int] = []
    facts = [Triple("a", "b", str(number % 2_000)) for number in range(5_000)]
    write_facts(tmp_path / "facts.arrow", facts, advance=told.append)
    assert sum(told) == 5_000
    assert len(told) < 10


@pytest.mark.slow
def test_memory_does_not_grow_with_the_facts(tmp_path):
    def peak(count: int) -> int:
        facts = (Triple(f"head {number}", "is a", "tail", source=SOURCE) for number in range(count))
        tracemalloc.start()
        scratch = write_facts(tmp_path / "facts.arrow", facts, advance=lambda count: None)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert scratch.triples == count
        return found

    assert peak(8 * BATCH_ROWS) < 1.1 * peak(2 * BATCH_ROWS)


def test_batches_bound_what_is_held(tmp_path):
    import pyarrow as pa

    count = BATCH_ROWS + 1
    written(tmp_path, [Triple(str(number), "is a", "number") for number in range(count)])
    with pa.OSFile(str(tmp_path / "facts.arrow")) as file:
        reader = pa.ipc.open_file(file)
        sizes = [reader.get_batch(n).num_rows for n in range(reader.num_record_batches)]
    assert sizes == [BATCH_ROWS, 1]


def test_a_source_that_fails_leaves_the_file_closed(tmp_path):
    def failing():
        yield Triple("a", "b", "c")
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):  # an open file would be a warning
        write_facts(tmp_path / "facts.arrow", failing(), advance=lambda count: None)


def test_a_disk_that_refuses_is_named(tmp_path):
    with pytest.raises(StorageError, match=r"cannot write .*absent"):
        write_facts(tmp_path / "absent" / "facts.arrow", [], advance=lambda count: None)


@pytest.mark.parametrize("content", [b"", b"rubbish", None])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content):
    path = tmp_path / "facts.arrow"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DamagedError, match=r"facts\.arrow cannot be read"):
        FactSegment(path, SOURCE)


def test_a_file_of_another_length_is_refused(tmp_path):
    name = "0123456789abcdef"
    (tmp_path / "facts").mkdir()
    scratch = written(tmp_path, some_facts(3))
    scratch.path.rename(tmp_path / facts_path(name))
    record = FactsRecord(name, SOURCE, 3, scratch.digest)
    assert open_facts(tmp_path, record).triples == 3
    with pytest.raises(DamagedError, match=rf"{name}\.arrow holds 3 facts, the manifest says 4"):
        open_facts(tmp_path, replace(record, triples=4))
