"""Read the facts of one SOURCE: one immutable, memory-mapped Arrow file.

Its columns are the fields of `Triple` but `source`, which is that of the whole file. Rows stand in
the order of the source and are counted from 0.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wherefrom.kb.arrow_table import ArrowTable
from wherefrom.kb.digest import MultisetDigest, fact_digest, placed_digest
from wherefrom.kb.errors import DamagedError
from wherefrom.kb.manifest import FactsRecord
from wherefrom.kb.records import Triple
from wherefrom.kb.segment_names import facts_path


class FactSegment:
    """The facts of one SOURCE, opened from their file.

    Raises
    ------
    DamagedError
        If the file is absent or not an Arrow file.
    """

    def __init__(self, path: Path, source: str) -> None:
        self.source = source
        self._table = ArrowTable(path)

    @property
    def triples(self) -> int:
        """Return how many facts it holds."""
        return len(self._table)

    def iterate(self) -> Iterator[Triple]:
        """Go over all facts, in order of rows."""
        for record in self._table.records():
            yield Triple(**record, source=self.source)

    def triple(self, row: int) -> Triple:
        """Return the fact in a row."""
        return Triple(**self._table.record(row), source=self.source)

    def column(self, name: str) -> Any:
        """Return a column over all facts as an Arrow chunked array, a view of the file."""
        return self._table.column(name)

    def digest(self) -> MultisetDigest:
        """Digest the facts whatever their order and their places, reading all of them."""
        return MultisetDigest().plus(map(fact_digest, self.iterate()))

    def placed_digest(self) -> MultisetDigest:
        """Digest the facts with their places whatever their order, reading all of them."""
        return MultisetDigest().plus(
            placed_digest(fact_digest(fact), fact.place) for fact in self.iterate()
        )


def open_facts(folder: Path, record: FactsRecord) -> FactSegment:
    """Open the facts of the knowledge base in `folder` that the manifest names so.

    Raises
    ------
    DamagedError
        If the file is absent, is no Arrow file, or does not hold as many facts.
    """
    path = folder / facts_path(record.name)
    facts = FactSegment(path, record.source)
    if facts.triples != record.triples:
        raise DamagedError(
            f"{path} holds {facts.triples} facts, the manifest says {record.triples}"
        )
    return facts
