"""Link the passages of a generation: which entities each of them mentions, and where."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.graph_order import DEAD
from wherefrom.indexes.mention_choice import NO_PASSAGE, MentionChoice
from wherefrom.indexes.shared_names import SharedNames
from wherefrom.kb.generation import Generation
from wherefrom.kb.linked_mentions import linked_mentions, merged_mentions
from wherefrom.kb.linker import Linker
from wherefrom.kb.name_table import NameTable
from wherefrom.kb.progress import Progress
from wherefrom.kb.records import Link, Passage
from wherefrom.kb.segment import Segment

Rows = NDArray[np.int64]
STAGE = "link mentions"


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


def mentions_of(
    generation: Generation, linking: Linking, shared: SharedNames, progress: Progress
) -> NDArray[np.int32]:
    """Return (4, M): passage, entity, start and end of each mention of an entity that has a name.

    `start` and `end` count code points of the document. What a passage is about is no mention in
    it. `shared` is told of every passage.
    """
    found = array("i")
    progress.start(STAGE, int((linking.numbers != DEAD).sum()))
    for row, passage, links in _live_passages(generation, linking.numbers):
        number = int(linking.numbers[row])
        meant = list(_meant(passage, links, row, linking))
        for start, end, entity in meant:
            if entity != linking.owners[number]:
                found.extend((number, entity, passage.start + start, passage.start + end))
        taken = [one[:2] for one in meant]
        shared.add(number, passage.text, passage.start, taken, with_words=not passage.title.strip())
        progress.advance(STAGE)
    progress.finish(STAGE)
    return np.array(found, dtype=np.int32).reshape(-1, 4).T


def _meant(
    passage: Passage, links: tuple[Link, ...], row: int, linking: Linking
) -> Iterator[tuple[int, int, int]]:
    """Go over the start, end and entity of each mention of a passage."""
    linked = linked_mentions(links, linking.table, start=passage.start, end=passage.end)
    found = merged_mentions(linked, linking.linker.mentions(passage.text))
    choice = linking.choice
    for mention in found:
        vector = choice.vectors[np.array([row])][0] if len(mention.candidates) > 1 else None
        entity = choice.chosen(passage.text, mention, vector, is_linked=mention in linked)
        if entity is not None:
            yield mention.start, mention.end, entity


def _live_passages(
    generation: Generation, numbers: Rows
) -> Iterator[tuple[int, Passage, tuple[Link, ...]]]:
    """Go over the live passages with their rows in the generation and their documents' links."""
    row = 0
    for segment in generation.segments:
        for passage, links in _with_links(segment):
            if numbers[row] != DEAD:
                yield row, passage, links
            row += 1


def _with_links(segment: Segment) -> Iterator[tuple[Passage, tuple[Link, ...]]]:
    """Go over the passages of a segment with the links of their documents, one document's held."""
    linked = segment.iterate_links()
    span, links = next(linked, (range(0), ()))
    for row, passage in enumerate(segment.iterate_passages()):
        if row == span.stop:
            span, links = next(linked, (range(0), ()))
        yield passage, links if row in span else ()
