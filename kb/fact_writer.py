"""Write the facts of one SOURCE as a stream: one Arrow file, a batch at a time, each fact once.

Which facts were seen already may not fit in memory, so their digests go to a private SQLite
database that spills to a temporary file, as in `kb.uniqueness`.
"""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wherefrom.kb.arrow_writer import ArrowWriter
from wherefrom.kb.digest import MultisetDigest, fact_digest
from wherefrom.kb.errors import StorageError
from wherefrom.kb.fact_segment import FactSegment
from wherefrom.kb.records import Triple

COLUMNS = (
    "head",
    "relation",
    "tail",
    "weight",
    "negated",
    "literal",
    "head_iri",
    "relation_iri",
    "tail_iri",
    "language",
    "datatype",
    "place",
)
BATCH_ROWS = 16_384  # facts are short
_KEY_BYTES = 16  # of a digest: enough to tell 2**60 facts apart
_CACHE_KIB = 65_536  # of the database's pages kept in memory
_TOLD_AFTER = 1_024  # facts; telling of each would take longer than writing it


@dataclass(frozen=True, slots=True)
class FactScratch:
    """The unpublished facts of a SOURCE: their file, their number, the sum of their digests."""

    path: Path
    triples: int
    digest: MultisetDigest

    def open(self, source: str) -> FactSegment:
        """Open the facts for reading."""
        return FactSegment(self.path, source)


def write_facts(
    path: Path, facts: Iterable[Triple], *, advance: Callable[[int], object]
) -> FactScratch:
    """Write facts of one SOURCE into the Arrow file `path`, in their order.

    Of facts that differ in nothing but their place only the first is kept.

    Parameters
    ----------
    path
        The file; it is replaced.
    facts
        One batch of them is held at a time.
    advance
        Called now and then with how many more facts were read.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    digest, triples, untold = MultisetDigest(), 0, 0
    writer = ArrowWriter(path, _schema(), batch_rows=BATCH_ROWS)
    try:
        with closing(_Seen()) as seen:
            for fact in facts:
                one = fact_digest(fact)
                if seen.is_new(one[:_KEY_BYTES]):
                    row = {name: getattr(fact, name) for name in COLUMNS}
                    writer.add(row, characters=len(fact.head) + len(fact.tail))
                    digest = digest.plus([one])
                    triples += 1
                untold += 1
                if untold == _TOLD_AFTER:
                    advance(untold)
                    untold = 0
        advance(untold)
        writer.close()
    finally:
        writer.abandon()
    return FactScratch(path, triples, digest)


def _schema() -> Any:
    import pyarrow as pa

    types = {"weight": pa.float64(), "negated": pa.bool_(), "literal": pa.bool_()}
    return pa.schema([(name, types.get(name, pa.string())) for name in COLUMNS])


class _Seen:
    """The keys that have occurred."""

    def __init__(self) -> None:
        # An empty name makes a temporary database
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("CREATE TABLE seen (digest BLOB PRIMARY KEY) WITHOUT ROWID")
        # Else each row would be a transaction, and a million of them take minutes
        self._database.execute("BEGIN")

    def is_new(self, key: bytes) -> bool:
        """Say whether a key occurs for the first time."""
        try:
            rows = self._database.execute("INSERT OR IGNORE INTO seen VALUES (?)", (key,))
        except sqlite3.Error as error:
            raise StorageError(f"the temporary file of facts cannot grow: {error}") from error
        return rows.rowcount == 1

    def close(self) -> None:
        """Let the temporary file go."""
        self._database.close()
