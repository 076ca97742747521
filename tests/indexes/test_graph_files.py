"""What is written of a graph is read, and what is no such file is named."""

import numpy as np
import pyarrow as pa
import pytest

from wherefrom.indexes.graph_files import (
    CONTENT,
    ENTITIES,
    NAMES,
    PASSAGES,
    GraphArrays,
    read_arrays,
    read_names,
    write_arrays,
    write_entities,
)
from wherefrom.kb.entities import Entities
from wherefrom.kb.errors import DamagedError
from wherefrom.kb.name_rows import ALIAS, TITLE

NUMBERS = np.empty(0, dtype=np.int64)


def arrays(passages: int) -> GraphArrays:
    row = np.arange(passages, dtype=np.int32)
    return GraphArrays(
        passages=row[::-1].astype(np.int64),
        documents=row,
        about=np.stack([row] * 2),
        mentions=np.stack([row] * 4),
        facts=np.stack([row] * 2),
    )


def entities(*names: str) -> Entities:
    owners = list(range(len(names)))
    kinds = [TITLE if n % 2 else ALIAS for n in owners]
    iris = [f"http://x/{n}" for n in owners]
    return Entities(list(names), iris, list(names), owners, kinds, NUMBERS, NUMBERS)


@pytest.mark.parametrize("count", [0, 5])
def test_what_is_written_is_read(tmp_path, count):
    written, names = arrays(count), entities(*[f"name {n} 日本" for n in range(count)])
    write_arrays(tmp_path, written)
    write_entities(tmp_path, names)
    read = read_arrays(tmp_path)
    for name in GraphArrays.__slots__:
        found, wanted = getattr(read, name), getattr(written, name)
        assert isinstance(found.base, np.memmap)
        assert (found.dtype, found.tolist()) == (wanted.dtype, wanted.tolist())
    assert read_names(tmp_path) == (names.surfaces, names.owners, names.kinds)
    table = pa.ipc.open_file(str(tmp_path / ENTITIES)).read_all()
    assert table.to_pydict() == {"name": names.names, "iri": names.iris}
    assert {path.name for path in tmp_path.iterdir()} == {PASSAGES, *CONTENT}


def test_columns_have_their_types_in_an_empty_graph_too(tmp_path):
    write_entities(tmp_path, entities())
    for name, types in ((ENTITIES, "string string"), (NAMES, "string int32 int8")):
        schema = pa.ipc.open_file(str(tmp_path / name)).schema
        assert " ".join(str(field.type) for field in schema) == types


@pytest.mark.parametrize("name", [PASSAGES, *[one for one in CONTENT if one.endswith(".npy")]])
@pytest.mark.parametrize(
    "content",
    [
        None,
        b"rubbish",
        np.zeros((3, 3), dtype=np.int32),
        np.zeros((2, 2, 2), dtype=np.int64),
        np.zeros((2, 3), dtype=np.float32),
        np.array([None, 1]),  # would be a pickle
    ],
)
def test_what_is_no_such_array_is_named(tmp_path, name, content):
    write_arrays(tmp_path, arrays(3))
    if content is None:
        (tmp_path / name).unlink()
    elif isinstance(content, bytes):
        (tmp_path / name).write_bytes(content)
    else:
        np.save(tmp_path / name, content)
    with pytest.raises(DamagedError, match=name.replace(".", r"\.")):
        read_arrays(tmp_path)


@pytest.mark.parametrize("content", [None, b"rubbish", b""])
def test_names_that_cannot_be_read_are_named(tmp_path, content):
    if content is not None:
        (tmp_path / NAMES).write_bytes(content)
    with pytest.raises(DamagedError, match=r"names\.arrow"):
        read_names(tmp_path)
