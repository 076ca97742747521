"""Small graphs, made as every graph is: by building a knowledge base."""

import json
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from wherefrom.indexes.build import build
from wherefrom.indexes.graph import Graph
from wherefrom.indexes.options import BuildOptions
from wherefrom.kb.generation import Generation
from wherefrom.kb.passages import PassageRules

RULES = PassageRules(max_words=12, overlap_sentences=0)
MakeGraph = Callable[..., Graph]


@pytest.fixture
def make_graph(word_encoder: Any) -> MakeGraph:
    """Give a function that makes a knowledge base in a folder, and opens its graph.

    Documents are `{id and title: text}`, facts lines of a table. Each further call adds to it.
    """

    def make(
        folder: Path,
        documents: dict[str, str] | None = None,
        facts: Iterable[str] = (),
        *,
        specs: Iterable[str] = (),
        untitled: bool = False,
    ) -> Graph:
        sources = list(specs)
        if documents:
            rows = [
                {"id": name, "title": "" if untitled else name, "text": text}
                for name, text in documents.items()
            ]
            path = folder / "documents.jsonl"
            path.write_text("".join(json.dumps(row) + "\n" for row in rows))
            sources.append(f"jsonl:{path}")
        if lines := list(facts):
            (folder / "facts.tsv").write_text("".join(f"{line}\n" for line in lines))
            sources.append(f"triples:{folder / 'facts.tsv'}")
        options = BuildOptions(encoder=word_encoder, rules=RULES)
        build(folder / "my.kb", sources, options=options)
        return Graph(Generation.open(folder / "my.kb"))

    return make


@pytest.fixture
def open_graph(tmp_path: Path, make_graph: MakeGraph) -> MakeGraph:
    """Give the same function for the knowledge base `my.kb` in the folder of the test."""
    return partial(make_graph, tmp_path)
