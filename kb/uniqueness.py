"""Refuse a document id that occurs twice in one build, naming both places.

The ids of a corpus may not fit in memory, so their digests and places go to a private SQLite
database that spills to a temporary file, which the operating system frees even after a crash.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from hashlib import blake2b

from wherefrom.kb.errors import RecordError, StorageError
from wherefrom.kb.found import Found, Place
from wherefrom.kb.records import Document
from wherefrom.kb.skipped import SkippedRecords, refuse

_CACHE_KIB = 65_536  # of the database's pages kept in memory


def unique(found: Iterable[Found], *, skipped: SkippedRecords | None) -> Iterator[Document]:
    """Yield the documents in order, refusing every id after its first.

    Raises
    ------
    RecordError
        If an id occurs a second time and `skipped` is None; otherwise the second is counted.
    StorageError
        If the temporary file cannot grow.
    """
    files: dict[str, int] = {}
    # An empty name makes a temporary database; a generator may be drained in another thread.
    database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    with closing(database) as seen:
        seen.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        seen.execute("PRAGMA journal_mode = OFF")
        seen.execute("CREATE TABLE seen (digest BLOB PRIMARY KEY, file INT, spot) WITHOUT ROWID")
        seen.execute("BEGIN")  # else each row would be a transaction: minutes for a million of them
        for item in found:
            first = _first_place(seen, item, files)
            if first is None:
                yield item.document
            else:
                message = (
                    f"{item.place}: the id {item.document.id!r} was already used at {first}; "
                    "ids must be unique in one build"
                )
                refuse(RecordError(message), skipped)


def _first_place(seen: sqlite3.Connection, item: Found, files: dict[str, int]) -> str | None:
    """Return the place where the id was seen before, or None after noting this one."""
    digest = blake2b(item.document.id.encode(), digest_size=16).digest()
    number = files.setdefault(item.place.file, len(files))
    try:
        row = (digest, number, item.place.spot)
        if seen.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", row).rowcount == 1:
            return None
        query = "SELECT file, spot FROM seen WHERE digest = ?"
        first_file, spot = seen.execute(query, (digest,)).fetchone()
    except sqlite3.Error as error:
        raise StorageError(f"the temporary file of document ids cannot grow: {error}") from error
    return str(Place(list(files)[first_file], spot))
