"""Make the graph of a generation: its entities, and which passages and facts name them.

The graph is a function of the live documents and the facts alone, and is made anew with each
generation, so no edit leaves a trace in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.graph_files import ENTITIES, NAMES, GraphArrays, write_arrays, write_table
from wherefrom.indexes.linking import Linking, first_passages, mentions_of
from wherefrom.indexes.mention_choice import MentionChoice
from wherefrom.indexes.passage_vectors import PassageVectors
from wherefrom.indexes.publish import FolderPart, publish_folder
from wherefrom.kb.durable import make_folder, remove_tree, storage_errors
from wherefrom.kb.entities import NO_ENTITY, Entities, Named, find_entities
from wherefrom.kb.fact_terms import FactTerms, number_terms
from wherefrom.kb.generation import Generation, documents_by_id
from wherefrom.kb.layout import STAGING
from wherefrom.kb.lead_name import lead_name
from wherefrom.kb.linker import Linker
from wherefrom.kb.manifest import Manifest
from wherefrom.kb.name_table import NameTable
from wherefrom.kb.progress import Progress

Rows = NDArray[np.int64]
GRAPH = "graph"


@dataclass(frozen=True, slots=True)
class _Documents:
    """The live documents in order of id: the segment (D,) and the row there (D,) of each."""

    segments: Rows
    rows: Rows

    def places(self) -> Iterator[tuple[int, int]]:
        """Go over the segments and rows."""
        return zip(self.segments.tolist(), self.rows.tolist(), strict=True)


def with_graph(folder: Path, manifest: Manifest, progress: Progress) -> Manifest:
    """Write the graph of the generation that a manifest describes; return the manifest with it."""
    graph = build_graph(Generation(folder, replace(manifest, graph=""), None), progress)
    old = f"{manifest.graph}/"
    kept = {name: file for name, file in manifest.files.items() if not name.startswith(old)}
    files = dict(sorted({**kept, **graph.files}.items()))
    return replace(manifest, graph=graph.folder, files=files)


def build_graph(generation: Generation, progress: Progress) -> FolderPart:
    """Write the graph of a generation and return its folder and files.

    Parameters
    ----------
    generation
        The generation to come; its segments and facts are published already.
    progress
        Told how many passages are linked.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    scratch = generation.folder / STAGING / GRAPH
    remove_tree(scratch)
    make_folder(scratch)
    documents = _documents(generation)
    terms = number_terms(generation.facts)
    entities = find_entities(_named(generation, documents), terms)
    passages, numbers = _passages(generation, documents)
    owners = entities.documents[numbers]
    mentions = mentions_of(generation, _linking(generation, entities, passages, owners), progress)
    arrays = GraphArrays(
        passages=passages,
        documents=numbers.astype(np.int32),
        about=_about(owners),
        mentions=mentions,
        facts=_facts(terms, entities),
    )
    with storage_errors(scratch):
        write_arrays(scratch, arrays)
        write_table(scratch / ENTITIES, {"name": entities.names, "iri": entities.iris})
        names = {"name": entities.surfaces, "entity": entities.owners, "kind": entities.kinds}
        write_table(scratch / NAMES, names)
    return publish_folder(generation.folder, scratch, GRAPH)


def _documents(generation: Generation) -> _Documents:
    places = [(place.segment, place.row) for place in documents_by_id(generation)]
    found = np.array(places, dtype=np.int64).reshape(-1, 2)
    return _Documents(found[:, 0], found[:, 1])


def _named(generation: Generation, documents: _Documents) -> Iterator[Named]:
    """Go over what documents are called; one without a title by the name that it begins with."""
    for number, row in documents.places():
        title, aliases, head = generation.segments[number].names(row)
        yield Named(title if title.strip() else lead_name(head), tuple(aliases))


def _passages(generation: Generation, documents: _Documents) -> tuple[Rows, Rows]:
    """Return the rows (P,) of the live passages in the graph's order, and their documents (P,)."""
    spans = [generation.segments[number].span(row) for number, row in documents.places()]
    counts = np.array([len(span) for span in spans], dtype=np.int64)
    starts = np.array([span.start for span in spans], dtype=np.int64)
    starts += generation.offsets[documents.segments]
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    numbers = np.repeat(np.arange(len(spans)), counts)
    return starts[numbers] + within, numbers


def _about(owners: Rows) -> NDArray[np.int32]:
    passages = np.flatnonzero(owners != NO_ENTITY)
    order = np.lexsort((passages, owners[passages]))
    return np.stack([owners[passages][order], passages[order]]).astype(np.int32)


def _facts(terms: FactTerms, entities: Entities) -> NDArray[np.int32]:
    of_terms = np.append(entities.terms, NO_ENTITY)  # where NO_TERM points
    return np.stack([of_terms[terms.heads], of_terms[terms.tails]]).astype(np.int32)


def _linking(generation: Generation, entities: Entities, passages: Rows, owners: Rows) -> Linking:
    """Gather what the linking of a generation's passages needs."""
    table = NameTable(entities.surfaces, entities.owners, entities.kinds)
    numbers = np.full(int(generation.offsets[-1]), -1, dtype=np.int64)
    numbers[passages] = np.arange(len(passages))
    firsts = first_passages(_about(owners), len(entities), passages)
    choice = MentionChoice(entities.names, firsts, PassageVectors.open(generation))
    return Linking(table, Linker(table), choice, numbers, owners)
