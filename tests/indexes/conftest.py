"""Small graphs, made as every graph is: by building a knowledge base."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from wherefrom.indexes.build import build
from wherefrom.indexes.graph import Graph
from wherefrom.indexes.options import BuildOptions
from wherefrom.kb.generation import Generation
from wherefrom.kb.passages import PassageRules

OpenGraph = Callable[..., Graph]


@pytest.fixture
def open_graph(tmp_path: Path, write_jsonl: Callable[..., str], word_encoder: Any) -> OpenGraph:
    """Give a function that makes a knowledge base of documents and facts and opens its graph.

    Documents are `{id or title: text}`, facts lines of a table. Each further call adds to it.
    """
    options = BuildOptions(
        encoder=word_encoder, rules=PassageRules(max_words=12, overlap_sentences=0)
    )

    def make(
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
            sources.append(write_jsonl(rows))
        if lines := list(facts):
            (tmp_path / "facts.tsv").write_text("".join(f"{line}\n" for line in lines))
            sources.append(f"triples:{tmp_path / 'facts.tsv'}")
        build(tmp_path / "my.kb", sources, options=options)
        return Graph(Generation.open(tmp_path / "my.kb"))

    return make
