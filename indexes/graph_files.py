"""Write and read the files of the graph index: plain arrays, memory-mapped.

entities.arrow   the name and the IRI of each entity, in order of number
names.arrow      every name: its entity, and whether it is a title or an alias
passages.npy     (P,) the row in the generation of each passage, in order of document and place
documents.npy    (P,) the number of the document of each passage, in order of id
about.npy        (2, A) entity and passage: what the passages of a document are about
mentions.npy     (4, M) passage, entity, start and end in the document; in this order
facts.npy        (2, F) head and tail of every fact, in order of source and row; -1 for no entity

Passages and entities have numbers of their own here, which depend on the content alone;
`passages.npy` is the one file that depends on how the knowledge base came to be.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wherefrom.kb.arrow_table import ArrowTable
from wherefrom.kb.entities import Entities
from wherefrom.kb.errors import DamagedError

Rows = NDArray[np.int64]
Numbers = NDArray[np.int32]
ENTITIES, NAMES = "entities.arrow", "names.arrow"
PASSAGES, DOCUMENTS = "passages.npy", "documents.npy"
ABOUT, MENTIONS, FACTS = "about.npy", "mentions.npy", "facts.npy"
CONTENT = (ENTITIES, NAMES, DOCUMENTS, ABOUT, MENTIONS, FACTS)  # what the content alone decides


@dataclass(frozen=True, slots=True)
class GraphArrays:
    """The arrays of a graph; shapes and meanings as at the head of this file."""

    passages: Rows
    documents: Numbers
    about: Numbers
    mentions: Numbers
    facts: Numbers


def write_arrays(folder: Path, arrays: GraphArrays) -> None:
    """Write the arrays of a graph into `folder`."""
    np.save(folder / PASSAGES, arrays.passages)
    np.save(folder / DOCUMENTS, arrays.documents)
    np.save(folder / ABOUT, arrays.about)
    np.save(folder / MENTIONS, arrays.mentions)
    np.save(folder / FACTS, arrays.facts)


def read_arrays(folder: Path) -> GraphArrays:
    """Open the arrays of a graph, memory-mapped.

    Raises
    ------
    DamagedError
        If one is absent or not as it must be.
    """
    return GraphArrays(
        passages=_read(folder / PASSAGES, np.int64, None),
        documents=_read(folder / DOCUMENTS, np.int32, None),
        about=_read(folder / ABOUT, np.int32, 2),
        mentions=_read(folder / MENTIONS, np.int32, 4),
        facts=_read(folder / FACTS, np.int32, 2),
    )


def write_entities(folder: Path, entities: Entities) -> None:
    """Write the entities and their names into `folder`."""
    import pyarrow as pa

    text = pa.string()
    shown = {"name": pa.array(entities.names, text), "iri": pa.array(entities.iris, text)}
    every = {
        "name": pa.array(entities.surfaces, text),
        "entity": pa.array(entities.owners, pa.int32()),
        "kind": pa.array(entities.kinds, pa.int8()),
    }
    _write_table(folder / ENTITIES, shown)
    _write_table(folder / NAMES, every)


def read_names(folder: Path) -> tuple[list[str], list[int], list[int]]:
    """Read every name with its entity and its kind, as `wherefrom.kb.name_table` takes them."""
    return names_in(ArrowTable(folder / NAMES))


def names_in(
    table: ArrowTable, rows: NDArray[np.int64] | None = None
) -> tuple[list[str], list[int], list[int]]:
    """Return the names in an opened table of names, all or some rows, as `read_names` does."""
    columns = (table.column(column) for column in ("name", "entity", "kind"))
    names, entities, kinds = (one if rows is None else one.take(rows) for one in columns)
    return names.to_pylist(), entities.to_pylist(), kinds.to_pylist()


def _write_table(path: Path, columns: dict[str, Any]) -> None:
    """Write columns of equal length, Arrow arrays by name, into one file."""
    import pyarrow as pa

    table = pa.table(columns)
    # A Python file: its errors keep their errno, Arrow's own do not always
    with path.open("wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def _read(path: Path, kind: type, rows: int | None) -> Any:
    try:
        found = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DamagedError(f"{path} cannot be read as a NumPy array: {error}") from error
    shaped = found.ndim == 1 if rows is None else found.ndim == 2 and found.shape[0] == rows
    if not shaped or found.dtype != kind:
        wanted = f"{np.dtype(kind)} ({'' if rows is None else f'{rows}, '}N)"
        raise DamagedError(f"{path} must be {wanted}, found {found.dtype} {found.shape}")
    return np.asarray(found)  # still mapped; slices of a memmap itself take longer to make
