"""Look entities up by name, and list the names of each."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.graph import Graph
from wherefrom.indexes.graph_files import ENTITIES, NAMES
from wherefrom.kb.arrow_table import ArrowTable
from wherefrom.kb.errors import MissingError
from wherefrom.kb.name_table import SAME_BUT_SUFFIX

CANDIDATES = 10  # entities of one name that are told of


class EntityNames:
    """All names of each entity, titles and aliases, in order."""

    def __init__(self, graph: Graph) -> None:
        self._table = ArrowTable(_folder(graph) / NAMES)
        self._owners: NDArray[np.int64] = self._table.column("entity").to_numpy()

    def of(self, entity: int) -> list[str]:
        """Return the names of an entity, each once, in order."""
        low, high = np.searchsorted(self._owners, [entity, entity + 1])
        return list(dict.fromkeys(self._table.values("name", np.arange(low, high))))


@dataclass(frozen=True, slots=True)
class NamedBy:
    """The entity that a name means most likely, and others that it may mean, likeliest first."""

    entity: int
    others: tuple[int, ...] = ()


def find_entity(graph: Graph, name: str) -> NamedBy:
    """Find the entity that has a name or an IRI.

    An IRI means one entity. A name means first the entities that are shown by it, then those that
    have it as `wherefrom.kb.name_table.NameTable.resolve` orders them.

    Raises
    ------
    MissingError
        If there is none; the message names those whose names are nearest.
    """
    with_iri = _rows(graph, "iri", name) if ":" in name else []
    if with_iri:
        return NamedBy(with_iri[0])
    found = graph.table.resolve(name, CANDIDATES)
    same = [one.entity for one in found if one.score >= SAME_BUT_SUFFIX]
    meant = list(dict.fromkeys([*_rows(graph, "name", name), *same]))[:CANDIDATES]
    if not meant:
        raise _missing(graph, name, [one.entity for one in found])
    return NamedBy(meant[0], tuple(meant[1:]))


def _rows(graph: Graph, column: str, value: str) -> list[int]:
    """Return the entities that have a value in a column, in order."""
    import pyarrow.compute as pc

    found = pc.equal(ArrowTable(_folder(graph) / ENTITIES).column(column), value)
    rows: list[int] = np.flatnonzero(found.to_numpy()).tolist()
    return rows


def _missing(graph: Graph, name: str, nearest: list[int]) -> MissingError:
    names = [repr(graph.name(entity)) for entity in nearest[:3]]
    hint = f" (did you mean {' or '.join(names)}?)" if names else ""
    folder = graph.generation.folder
    return MissingError(f"nothing in {folder} is called {name!r}{hint}")


def _folder(graph: Graph) -> Path:
    return graph.generation.folder / graph.generation.manifest.graph
