"""Link the passages of a generation: which entities each of them mentions, and where."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.mention_choice import NO_PASSAGE, MentionChoice
from wherefrom.kb.generation import Generation
from wherefrom.kb.linked_mentions import linked_mentions, merged_mentions
from wherefrom.kb.linker import Linker
from wherefrom.kb.name_table import NameTable
from wherefrom.kb.progress import Progress
from wherefrom.kb.records import Link, Mention, Passage

Rows = NDArray[np.int64]
STAGE = "link mentions"
DEAD = -1  # the number of a passage that is deleted


@dataclass(frozen=True, slots=True)
class Linking:
    """What linking needs: names, where they are found, and which entity each means.

    `numbers` holds the number in the graph of the passage in each row of the generation, DEAD where
    it is deleted; `owners` (P,) the entity that each passage of the graph is about.
    """

    table: NameTable
    linker: Linker
    choice: MentionChoice
    numbers: Rows
    owners: Rows


def first_passages(about: NDArray[np.int32], entities: int, passages: Rows) -> Rows:
    """Return the row in the generation of the first passage about each entity, NO_PASSAGE if none.

    Parameters
    ----------
    about
        (2, A) entity and passage, in order.
    entities
        How many there are.
    passages
        (P,) the row in the generation of each passage.
    """
    firsts = np.full(entities, NO_PASSAGE, dtype=np.int64)
    owners, first = np.unique(about[0], return_index=True)
    firsts[owners] = passages[about[1][first]]
    return firsts


def mentions_of(generation: Generation, linking: Linking, progress: Progress) -> NDArray[np.int32]:
    """Return (4, M): passage, entity, start and end of each mention, in order of passage and start.

    `start` and `end` count code points of the document. What a passage is about is no mention in
    it.
    """
    found = array("i")
    progress.start(STAGE, int((linking.numbers != DEAD).sum()))
    for row, passage, links in _passages(generation, linking):
        number = int(linking.numbers[row])
        for start, end, entity in _meant(passage, links, row, linking):
            if entity != linking.owners[number]:
                found.extend((number, entity, passage.start + start, passage.start + end))
        progress.advance(STAGE)
    progress.finish(STAGE)
    mentions = np.frombuffer(found, dtype=np.int32).reshape(-1, 4).T if found else np.empty((4, 0))
    order = np.lexsort((mentions[2], mentions[0]))
    return np.ascontiguousarray(mentions[:, order], dtype=np.int32)


def _meant(
    passage: Passage, links: tuple[Link, ...], row: int, linking: Linking
) -> Iterator[tuple[int, int, int]]:
    """Go over the start, end and entity of each mention of a passage."""
    found = linking.linker.mentions(passage.text)
    linked: list[Mention] = []
    if links:
        linked = linked_mentions(links, linking.table, start=passage.start, end=passage.end)
        found = merged_mentions(linked, found)
    choice = linking.choice
    for mention in found:
        vector = choice.vectors[np.array([row])][0] if len(mention.candidates) > 1 else None
        entity = choice.chosen(passage.text, mention, vector, is_linked=mention in linked)
        if entity is not None:
            yield mention.start, mention.end, entity


def _passages(
    generation: Generation, linking: Linking
) -> Iterator[tuple[int, Passage, tuple[Link, ...]]]:
    """Go over the live passages with their rows in the generation and their documents' links."""
    for number, segment in enumerate(generation.segments):
        links = dict(segment.iterate_links())
        rows = enumerate(segment.iterate_passages(), start=int(generation.offsets[number]))
        for row, passage in rows:
            if linking.numbers[row] != DEAD:
                yield row, passage, links.get(passage.document_id, ())
