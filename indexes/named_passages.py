"""Find the passages of documents by their ids or titles."""

from collections import defaultdict
from collections.abc import Collection

import numpy as np

from wherefrom.kb.generation import Generation, Place
from wherefrom.kb.records import Passage


def named_passages(generation: Generation, names: Collection[str]) -> dict[str, list[Passage]]:
    """Return, of each name that a live document has as id or title, its passages in order.

    An id is looked up; titles are looked for in one pass over all of them.
    """
    places: dict[str, list[Place]] = defaultdict(list)
    titles = set()
    for name in names:
        place = generation.find(name)
        if place is None:
            titles.add(name)
        else:
            places[name] = [place]
    for number, segment in enumerate(generation.segments if titles else ()):
        written = np.array(segment.document_column("title").to_pylist(), dtype=object)
        for row in generation.live_document_rows(number):
            if written[row] in titles:
                places[written[row]].append(Place(number, int(row)))
    return {
        name: [
            generation.segments[place.segment].passage(row)
            for place in found
            for row in generation.segments[place.segment].span(place.row)
        ]
        for name, found in places.items()
    }
