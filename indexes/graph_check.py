"""Check that a graph is one of its generation: every number leads to what is there, and is live."""

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.graph import Graph
from wherefrom.indexes.graph_files import (
    ABOUT,
    CONTENT,
    DOCUMENTS,
    ENTITIES,
    FACTS,
    MENTIONS,
    NAMES,
    PASSAGES,
    read_names,
)
from wherefrom.indexes.graph_order import graph_order
from wherefrom.indexes.publish import graph_of
from wherefrom.kb.entities import NO_ENTITY
from wherefrom.kb.generation import Generation
from wherefrom.kb.integrity import require
from wherefrom.kb.name_rows import ALIAS, TITLE
from wherefrom.kb.progress import Progress

STAGE = "check graph"

Numbers = NDArray[np.integer]


def verify_graph(generation: Generation, progress: Progress) -> None:
    """Check the graph of a generation; there may be none.

    Its passages are the live ones in their order, entities have names, mentions lie in the text of
    their passages, and it has every fact.

    Raises
    ------
    DamagedError
        If anything is not as it must be; the message says what.
    """
    if not generation.manifest.graph:
        return
    part = graph_of(generation.manifest)
    wanted = {f"{part.folder}/{name}" for name in (PASSAGES, *CONTENT)}
    require(set(part.files) == wanted, f"{part.folder}: it has the files {sorted(part.files)}")
    graph = Graph(generation)
    _check_passages(graph)
    _check_names(graph)
    _check_about(graph)
    _check_facts(graph)
    _check_mentions(graph, progress)


def _check_passages(graph: Graph) -> None:
    arrays, order = graph.arrays, graph_order(graph.generation)
    live = np.array_equal(arrays.passages, order.rows)
    _require(graph, live, PASSAGES, "its passages are not the live ones in their order")
    same = np.array_equal(arrays.documents, order.documents)
    _require(graph, same, DOCUMENTS, "its documents are not those of the passages")


def _check_names(graph: Graph) -> None:
    """Check that every entity has a title, and that names stand in order of entity."""
    _, entities, kinds = read_names(graph.generation.folder / graph.generation.manifest.graph)
    entity, kind = np.array(entities, dtype=np.int64), np.array(kinds, dtype=np.int64)
    inside = _within(entity, 0, graph.entities)
    _require(graph, inside, NAMES, "a name belongs to no entity")
    _require(graph, bool((np.diff(entity) >= 0).all()), NAMES, "the names are out of order")
    known = bool(np.isin(kind, (TITLE, ALIAS)).all())
    _require(graph, known, NAMES, "a name is neither a title nor an alias")
    titled = np.unique(entity[kind == TITLE])
    _require(graph, len(titled) == graph.entities, ENTITIES, "an entity has no title")


def _check_about(graph: Graph) -> None:
    about = graph.arrays.about
    inside = _within(about[0], 0, graph.entities) and _within(about[1], 0, graph.passages)
    _require(graph, inside, ABOUT, "an entity or passage does not exist")
    _require(graph, _is_rising(about), ABOUT, "it is out of order")
    once = len(np.unique(about[1])) == about.shape[1]
    _require(graph, once, ABOUT, "a passage is about two entities")
    documents = graph.arrays.documents
    firsts = np.searchsorted(documents, documents)  # passages of the same documents
    alike = np.array_equal(graph.owners, graph.owners[firsts])
    _require(graph, alike, ABOUT, "a document is about two entities")


def _check_facts(graph: Graph) -> None:
    heads, tails = graph.arrays.facts
    wanted = graph.generation.manifest.triples
    counted = f"it holds {len(heads)} facts, the manifest says {wanted}"
    _require(graph, len(heads) == wanted, FACTS, counted)
    inside = _within(heads, 0, graph.entities) and _within(tails, NO_ENTITY, graph.entities)
    _require(graph, inside, FACTS, "an entity does not exist")
    literal = graph.fact_column("literal").astype(bool)
    told_apart = np.array_equal(tails == NO_ENTITY, literal)
    _require(graph, told_apart, FACTS, "a value is taken for an entity, or an entity for a value")


def _check_mentions(graph: Graph, progress: Progress) -> None:
    mentions = graph.arrays.mentions
    passage, entity = mentions[:2]
    inside = _within(passage, 0, graph.passages) and _within(entity, 0, graph.entities)
    _require(graph, inside, MENTIONS, "a passage or entity does not exist")
    _require(graph, _is_rising(mentions[[0, 2]]), MENTIONS, "it is out of order")
    own = bool((graph.owners[passage] == entity).any())
    _require(graph, not own, MENTIONS, "a passage mentions what it is about")
    progress.start(STAGE, len(passage))
    for number in np.unique(passage).tolist():
        found = graph.generation.passage_at(int(graph.arrays.passages[number]))
        _, _, starts, ends = graph.mentions_in(number).tolist()
        named = all(
            found.start <= start < end <= found.end
            and found.text[start - found.start : end - found.start].strip()
            for start, end in zip(starts, ends, strict=True)
        )
        _require(graph, named, MENTIONS, f"a mention lies outside passage {found.id!r}")
        progress.advance(STAGE, len(starts))
    progress.finish(STAGE)


def _within(numbers: Numbers, low: int, high: int) -> bool:
    return not len(numbers) or bool(numbers.min() >= low and numbers.max() < high)


def _is_rising(pairs: Numbers) -> bool:
    """Say whether pairs (2, N) stand in order, none of them twice."""
    first, second = np.diff(pairs[0]), np.diff(pairs[1])
    return bool(((first > 0) | ((first == 0) & (second > 0))).all())


def _require(graph: Graph, condition: bool, file: str, problem: str) -> None:
    generation = graph.generation
    require(condition, f"{generation.folder / generation.manifest.graph / file}: {problem}")
