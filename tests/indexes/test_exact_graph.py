"""The law "exact" for the graph: it is that of the surviving documents and facts, at all times."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wherefrom.indexes.build import build
from wherefrom.indexes.compact import compact
from wherefrom.indexes.delete import delete
from wherefrom.indexes.graph_files import CONTENT
from wherefrom.indexes.info import info
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.indexes.options import BuildOptions
from wherefrom.indexes.verify import verify
from wherefrom.kb.manifest import read_manifest
from wherefrom.kb.passages import PassageRules

RULES = PassageRules(max_words=8, overlap_sentences=1)
TITLES = ["Ada Lovelace", "Mercury", "Mercury (planet)", "Mercury (god)", "Old Rome", "Rome", "!?"]
QUESTIONS = ["Who was Ada Lovelace?", "What is Mercury in Rome?", "old rome"]
SENTENCES = [
    "Ada Lovelace is a countess.",
    "The god Mercury lived in Rome.",
    "Old Rome is old.",
    "Mercury is a planet near the sun.",
    "She saw Lovelace in rome.",
    "It was cold.",
    "They left for Tulsa.",  # a single word that documents without titles may share
    "Tulsa, known as Old Rome, is cold.",
]
texts = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4).map(" ".join)
plain = st.dictionaries(
    st.sampled_from([f"d{n}" for n in range(6)]),
    st.tuples(st.sampled_from(["", *TITLES]), texts),
    min_size=1,
    max_size=5,
)
linked = st.lists(
    st.one_of(
        st.sampled_from(SENTENCES), st.sampled_from(TITLES).map(lambda t: f"See [[{t}|it]] there.")
    ),
    min_size=1,
    max_size=3,
).map(" ".join)
pages = st.dictionaries(st.sampled_from(TITLES[:-1]), linked, min_size=1, max_size=3)
ends = st.sampled_from(["Ada Lovelace", "mercury", "Rome", "sun", "Mercury (god)"])
facts = st.lists(
    st.tuples(ends, st.sampled_from(["knows", "NotKnows"]), ends).map("\t".join), min_size=1
)
fact_files = st.dictionaries(st.sampled_from(["f0.tsv", "f1.tsv"]), facts, min_size=1)
histories = st.lists(
    st.one_of(
        st.tuples(st.just("plain"), plain),
        st.tuples(st.just("pages"), pages),
        st.tuples(st.just("facts"), fact_files),
        st.tuples(st.just("delete"), st.integers(1, 3)),
        st.just(("compact", None)),
    ),
    min_size=1,
    max_size=5,
)


def page(title: str, text: str, number: int) -> str:
    revision = f"<id>1</id><timestamp>2024-01-01T00:00:00Z</timestamp><text>{text}</text>"
    return (
        f"<page><title>{title}</title><ns>0</ns><id>{number}</id><revision>{revision}</revision>"
        f"</page><page><title>Alias of {title}</title><ns>0</ns><id>{number + 100}</id>"
        f'<redirect title="{title}"/><revision>{revision}</revision></page>'
    )


class Sources:
    """Files of documents, pages and facts, at the same places for every knowledge base."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def plain(self, documents: dict[str, tuple[str, str]]) -> list[str]:
        rows = [{"id": n, "title": title, "text": text} for n, (title, text) in documents.items()]
        path = self.folder / "plain.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return [f"jsonl:{path}"]

    def pages(self, texts: dict[str, str]) -> list[str]:
        path = self.folder / "dump.xml"
        inside = "".join(page(title, text, n) for n, (title, text) in enumerate(texts.items()))
        namespaces = '<namespaces><namespace key="0" case="first-letter"/></namespaces>'
        head = f"<siteinfo><base>https://x.org/wiki/Main</base>{namespaces}</siteinfo>"
        path.write_text(
            '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11">'
            f"{head}{inside}</mediawiki>"
        )
        return [f"wikipedia:{path}"]

    def facts(self, files: dict[str, list[str]]) -> list[str]:
        for name, lines in files.items():
            (self.folder / name).write_text("\n".join(lines) + "\n")
        return [f"triples:{self.folder / name}" for name in files]


def content(folder: Path) -> list[bytes]:
    graph = folder / read_manifest(folder).graph
    return [(graph / name).read_bytes() for name in CONTENT]


@pytest.mark.slow
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=histories)
def test_any_history_leaves_the_graph_of_what_survives(
    tmp_path_factory, word_encoder, history: list[tuple[str, object]]
):
    options = BuildOptions(encoder=word_encoder, rules=RULES, block_passages=3)
    sources = Sources(tmp_path_factory.mktemp("sources"))
    live: dict[str, dict[str, object]] = {"plain": {}, "pages": {}, "facts": {}}
    folder = sources.folder / "my.kb"
    reader = None
    for step, (action, value) in enumerate(history):
        if action == "compact" and folder.exists():
            compact(folder)
        elif action == "delete" and folder.exists():
            gone = [*live["plain"], *live["pages"]][:value]
            names = gone + sources.facts(live["facts"])[: value - 1]
            if names:
                delete(folder, names)
                live["plain"] = {n: v for n, v in live["plain"].items() if n not in gone}
                live["pages"] = {n: v for n, v in live["pages"].items() if n not in gone}
                live["facts"] = dict([*live["facts"].items()][value - 1 :])
                never_comes_out(reader, gone)
        elif action in live:
            build(folder, getattr(sources, action)(value), options=options)
            live[action] = {**live[action], **value}
        else:
            continue
        reader = Knowledge.open(folder, encoder=word_encoder)
        fresh = sources.folder / f"fresh{step}.kb"
        specs = [
            spec for kind, held in live.items() if held for spec in getattr(sources, kind)(held)
        ]
        if specs:
            build(fresh, specs, options=options)
            assert content(folder) == content(fresh)
    if not folder.exists():
        return
    verify(folder)
    compact(folder)
    verify(folder)
    if specs:
        assert info(folder).digest == info(fresh).digest
        assert answers(folder, options) == answers(fresh, options)
    else:
        assert answers(folder, options) == [[[]] * len(QUESTIONS)] * 2


def answers(folder: Path, options: BuildOptions) -> list[object]:
    knowledge = Knowledge.open(folder, encoder=options.encoder)
    return [knowledge.search(QUESTIONS, k, retriever="graph") for k in (2, 20)]


def never_comes_out(reader: Knowledge, gone: list[str]) -> None:
    """Look for deleted documents in a knowledge base that was opened before."""
    for hits in reader.search(QUESTIONS, 20, retriever="graph"):
        assert not set(gone) & {hit.passage_id.rpartition("#")[0] for hit in hits}
