"""The law "exact": whatever was added, changed and deleted, what counts is what is left."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wherefrom.indexes.build import build
from wherefrom.indexes.compact import compact
from wherefrom.indexes.delete import delete
from wherefrom.indexes.dense_kind import Flat, Hnsw, IvfFlat, IvfPq
from wherefrom.indexes.info import info
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.indexes.options import BuildOptions
from wherefrom.indexes.verify import verify
from wherefrom.kb.passages import PassageRules

WORDS = ["cats", "mice", "paris", "berlin", "seine", "river", "old", "new"]
QUERIES = ["cats and mice", "the river seine", "old paris", "new", "berlin berlin"]
RULES = PassageRules(max_words=6, overlap_sentences=1)

texts = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(lambda ws: " ".join(ws) + "."),
    min_size=1,
    max_size=4,
).map(" ".join)
# few ids and few words: many replacements, many ties
names = st.sampled_from([f"d{number}" for number in range(12)])
additions = st.tuples(st.just("add"), st.dictionaries(names, texts, min_size=1, max_size=8))
deletions = st.tuples(st.just("delete"), st.sets(names, min_size=1, max_size=4))
facts = st.lists(
    st.tuples(*[st.sampled_from(WORDS[:3])] * 3).map("\t".join), min_size=1, max_size=5
)
files = st.sampled_from(["f0.tsv", "f1.tsv", "f2.tsv"])
fact_additions = st.tuples(st.just("facts"), st.dictionaries(files, facts, min_size=1, max_size=3))
fact_deletions = st.tuples(st.just("delete"), st.sets(files, min_size=1, max_size=2))
# approximate indexes of so few vectors look through all of them
kinds = st.sampled_from([Flat(), Hnsw(), IvfFlat(), IvfPq()])
changes = st.one_of(
    additions, deletions, fact_additions, fact_deletions, st.just(("compact", None))
)
histories = st.lists(changes, max_size=6)


def add(folder: Path, documents: dict[str, str], options: BuildOptions) -> None:
    source = folder.parent / "source.jsonl"
    lines = [
        json.dumps({"id": name, "title": name.upper(), "text": text})
        for name, text in documents.items()
    ]
    source.write_text("\n".join(lines) + "\n")
    build(folder, [f"jsonl:{source}"], options=options)


def add_facts(folder: Path, sources: dict[str, list[str]], options: BuildOptions) -> None:
    for name, lines in sources.items():
        (folder.parent / name).write_text("\n".join(lines) + "\n")
    build(folder, [source_of(folder, name) for name in sources], options=options)


def source_of(folder: Path, name: str) -> str:
    return f"triples:{folder.parent / name}"


def answers(folder: Path, options: BuildOptions) -> list[object]:
    knowledge = Knowledge.open(folder, encoder=options.encoder)
    found: list[object] = []
    for retriever in ("dense", "sparse", "hybrid"):
        for k in (1, 3, 50):
            found.append(knowledge.search(QUERIES, k, retriever=retriever))
    return found


@pytest.mark.slow
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=st.dictionaries(names, texts, min_size=1, max_size=8), history=histories, kind=kinds)
def test_any_history_equals_a_fresh_build(
    tmp_path_factory, word_encoder, first: dict[str, str], history: list[tuple[str, object]], kind
):
    options = BuildOptions(encoder=word_encoder, rules=RULES, dense=kind, block_passages=3)
    folder = tmp_path_factory.mktemp("exact") / "my.kb"
    add(folder, first, options)
    live: dict[str, str] = dict(first)
    known: dict[str, list[str]] = {}
    reader = Knowledge.open(folder, encoder=word_encoder)
    for action, value in history:
        if action == "add":
            add(folder, value, options)
            live.update(value)
        elif action == "facts":
            add_facts(folder, value, options)
            known.update(value)
        elif action == "delete" and value & (live.keys() | known.keys()):
            gone = value & (live.keys() | known.keys())
            delete(folder, [name if name in live else source_of(folder, name) for name in gone])
            live = {name: text for name, text in live.items() if name not in gone}
            known = {name: lines for name, lines in known.items() if name not in gone}
            deleted_never_come_out(reader, gone)
        elif action == "compact":
            compact(folder)
        assert info(folder).documents == len(live)
        assert info(folder).triples == sum(len(set(lines)) for lines in known.values())
    compact(folder)
    verify(folder)
    fresh = tmp_path_factory.mktemp("exact") / "fresh.kb"
    if live:
        add(fresh, live, options)
        assert answers(folder, options) == answers(fresh, options)
    else:
        assert all(not hits for found in answers(folder, options) for hits in found)
    if known:
        add_facts(fresh, known, options)
    if live or known:
        assert info(folder).digest == info(fresh).digest
        assert info(folder).passages == info(fresh).passages
    else:
        assert info(folder).digest == "0" * 64


def deleted_never_come_out(reader: Knowledge, gone: set[str]) -> None:
    for retriever in ("dense", "sparse", "hybrid"):
        for hits in reader.search(QUERIES, 50, retriever=retriever):
            assert not gone & {hit.passage_id.rpartition("#")[0] for hit in hits}


def test_dense_search_equals_brute_force(tmp_path, word_encoder):
    options = BuildOptions(encoder=word_encoder, rules=RULES, block_passages=7)
    folder = tmp_path / "my.kb"
    rng = np.random.default_rng(3)
    for part in range(3):  # three segments, with many equal texts
        documents = {
            f"d{part}-{number}": " ".join(rng.choice(WORDS, size=3).tolist()) + "."
            for number in range(60)
        }
        add(folder, documents, options)
    delete(folder, [f"d1-{number}" for number in range(0, 60, 2)])
    knowledge = Knowledge.open(folder, encoder=word_encoder)
    names = [f"d{part}-{n}" for part in range(3) for n in range(60) if part != 1 or n % 2]
    passages = [knowledge.passage(f"{name}#0") for name in names]
    vectors = word_encoder.encode_queries([f"{p.title}. {p.text}" for p in passages])
    queries = word_encoder.encode_queries(QUERIES)
    for k in (1, 5, 20):
        for query, hits in zip(queries, knowledge.search_vectors(queries, k), strict=True):
            scores = (vectors * query).sum(axis=1)
            order = sorted(range(len(names)), key=lambda n: (-scores[n], passages[n].id))[:k]
            assert [hit.passage_id for hit in hits] == [passages[n].id for n in order]
            np.testing.assert_allclose([hit.score for hit in hits], scores[order], rtol=1e-5)
