"""Make the graph of a generation: its entities, and which passages and facts name them.

The graph is a function of the live documents and the facts alone, and is made anew with each
generation, so no edit leaves a trace in it.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.graph_files import GraphArrays, write_arrays, write_entities
from wherefrom.indexes.graph_order import GraphOrder, graph_order
from wherefrom.indexes.linking import Linking, first_passages, mentions_of
from wherefrom.indexes.mention_choice import MentionChoice
from wherefrom.indexes.passage_vectors import PassageVectors
from wherefrom.indexes.publish import FolderPart, publish_folder
from wherefrom.indexes.shared_names import SharedNames
from wherefrom.kb.durable import make_folder, remove_tree, storage_errors
from wherefrom.kb.entities import (
    NO_ENTITY,
    DocumentNames,
    Entities,
    find_entities,
    with_names,
)
from wherefrom.kb.fact_terms import FactTerms, number_terms
from wherefrom.kb.generation import Generation
from wherefrom.kb.layout import STAGING
from wherefrom.kb.lead_names import lead_names
from wherefrom.kb.linker import Linker
from wherefrom.kb.manifest import Manifest
from wherefrom.kb.name_table import NameTable
from wherefrom.kb.progress import Progress

Rows = NDArray[np.int64]
GRAPH = "graph"


def with_graph(folder: Path, manifest: Manifest, progress: Progress) -> Manifest:
    """Write the graph of the generation that a manifest describes; return the manifest with it.

    The manifest may name an older graph, but none of its files.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    graph = build_graph(Generation(folder, replace(manifest, graph=""), None), progress)
    files = dict(sorted({**manifest.files, **graph.files}.items()))
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
    try:
        _write_graph(generation, scratch, progress)
        return publish_folder(generation.folder, scratch, GRAPH)
    finally:
        remove_tree(scratch)
        with suppress(OSError):  # it may hold what an unfinished build has left
            scratch.parent.rmdir()


def _write_graph(generation: Generation, scratch: Path, progress: Progress) -> None:
    """Write the files of the graph into `scratch`."""
    make_folder(scratch)
    order = graph_order(generation)
    terms = number_terms(generation.facts)
    entities = find_entities(_document_names(generation, order), terms)
    owners = entities.documents[order.documents]
    about = _about(owners)
    mentions = np.empty((4, 0), dtype=np.int32)
    if len(order.rows):  # a linker of the names of a million facts takes long to make
        linking = _linking(generation, order, entities, about)
        shared = SharedNames(order.documents, linking.table.rows.keys)
        mentions = mentions_of(generation, linking, shared, progress)
        names, more = shared.found(len(entities))
        entities = with_names(entities, names)
        mentions = _in_order(np.concatenate([mentions, more], axis=1))
    arrays = GraphArrays(
        passages=order.rows,
        documents=order.documents.astype(np.int32),
        about=about,
        mentions=mentions,
        facts=_facts(terms, entities),
    )
    with storage_errors(scratch):
        write_arrays(scratch, arrays)
        write_entities(scratch, entities)


def _document_names(generation: Generation, order: GraphOrder) -> Iterator[DocumentNames]:
    """Go over what documents are called; one without a title by the name that it begins with."""
    for number, row in order.iterate_documents():
        segment = generation.segments[number]
        title, aliases = segment.names(row)
        if title.strip():
            yield DocumentNames(title, aliases)
        else:
            found = lead_names(segment.text(row))
            yield replace(found, aliases=(*aliases, *found.aliases))


def _in_order(mentions: NDArray[np.int32]) -> NDArray[np.int32]:
    """Order mentions (4, M) by passage and start."""
    return np.ascontiguousarray(mentions[:, np.lexsort((mentions[2], mentions[0]))])


def _about(owners: Rows) -> NDArray[np.int32]:
    """Return (2, A): entity and passage, in order, given what each passage is about (P,)."""
    passages = np.flatnonzero(owners != NO_ENTITY)
    order = np.argsort(owners[passages], kind="stable")
    return np.stack([owners[passages][order], passages[order]]).astype(np.int32)


def _facts(terms: FactTerms, entities: Entities) -> NDArray[np.int32]:
    """Return (2, F): the entities of head and tail of each fact."""
    of_terms = np.append(entities.terms, NO_ENTITY)  # where NO_TERM points
    return np.stack([of_terms[terms.heads], of_terms[terms.tails]]).astype(np.int32)


def _linking(
    generation: Generation, order: GraphOrder, entities: Entities, about: NDArray[np.int32]
) -> Linking:
    """Gather what the linking of a generation's passages needs."""
    table = NameTable(entities.surfaces, entities.owners, entities.kinds)
    firsts = first_passages(about, len(entities), order.rows)
    return Linking(
        table=table,
        linker=Linker(table),
        choice=MentionChoice(
            entities.names, firsts, PassageVectors.open(generation), generation.title_at
        ),
        numbers=order.numbers(int(generation.offsets[-1])),
        owners=entities.documents[order.documents],
    )
