"""Look an entity up by a name or an IRI."""

from dataclasses import dataclass

from wherefrom.indexes.graph import Graph
from wherefrom.kb.errors import MissingError
from wherefrom.kb.name_keys import without_suffix
from wherefrom.kb.name_table import SAME_BUT_SUFFIX

CANDIDATES = 10  # entities of one name that are told of


@dataclass(frozen=True, slots=True)
class NamedBy:
    """The entity that a name means most likely, and others that it may mean, likeliest first."""

    entity: int
    others: tuple[int, ...] = ()


def find_entity(graph: Graph, name: str) -> NamedBy:
    """Find the entity that has a name or an IRI.

    An IRI means one entity, and so does the name of only one with what tells it apart in brackets
    ("Mercury (planet)"). Any other name means first the entities that are shown by it, then those
    that have it as `wherefrom.kb.name_table.NameTable.resolve` orders them.

    Raises
    ------
    MissingError
        If there is none; the message names those whose names are nearest.
    """
    with_iri = graph.having("iri", name) if ":" in name else []
    if with_iri:  # several may be the blank node of one label, each in its own source
        return NamedBy(with_iri[0], tuple(with_iri[1:CANDIDATES]))
    shown = graph.having("name", name)
    if len(shown) == 1 and without_suffix(name) != name:
        return NamedBy(shown[0])
    found = graph.table.resolve(name, CANDIDATES)
    same = [one.entity for one in found if one.score >= SAME_BUT_SUFFIX]
    meant = list(dict.fromkeys([*shown, *same]))[:CANDIDATES]
    if not meant:
        raise _missing(graph, name, [one.entity for one in found])
    return NamedBy(meant[0], tuple(meant[1:]))


def _missing(graph: Graph, name: str, nearest: list[int]) -> MissingError:
    names = [repr(graph.name(entity)) for entity in nearest[:3]]
    hint = f" (did you mean {' or '.join(names)}?)" if names else ""
    folder = graph.generation.folder
    return MissingError(f"nothing in {folder} is called {name!r}{hint}")
