"""Remember which titles lead to which article, on disk where memory would not do.

English Wikipedia has about eleven million redirects. They go to a private SQLite database that
spills to a temporary file, which the operating system frees even after a crash.
"""

import sqlite3
from collections.abc import Iterable

from wherefrom.kb.errors import StorageError

_CACHE_KIB = 65_536  # of the database's pages kept in memory
_LONGEST_CHAIN = 5  # a redirect to a redirect to …; Wikipedia itself follows one step


class Redirects:
    """The redirects of a wiki, from title to title.

    Examples
    --------
    >>> redirects = Redirects([("Doggo", "Dog"), ("Canis familiaris", "Dog"), ("Pup", "Doggo")])
    >>> redirects.aliases("Dog")
    ('Canis familiaris', 'Doggo', 'Pup')
    >>> redirects.close()
    """

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        # An empty name makes a temporary database; a generator may be drained in another thread.
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        try:
            self._database.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            self._database.execute("PRAGMA journal_mode = OFF")
            self._database.execute("CREATE TABLE redirect (title TEXT, target TEXT)")
            self._database.executemany("INSERT INTO redirect VALUES (?, ?)", pairs)
            self._database.execute("CREATE INDEX by_target ON redirect (target, title)")
        except sqlite3.Error as error:
            self.close()
            raise StorageError(f"the temporary file of redirects cannot grow: {error}") from error
        except BaseException:
            self.close()
            raise

    def aliases(self, title: str) -> tuple[str, ...]:
        """Return the titles that lead to an article, directly or over others, in order."""
        rows = self._database.execute(
            "WITH RECURSIVE leading (title, steps) AS ("
            " SELECT title, 1 FROM redirect WHERE target = :title"
            " UNION SELECT redirect.title, steps + 1 FROM redirect"
            " JOIN leading ON redirect.target = leading.title WHERE steps < :longest)"
            " SELECT DISTINCT title FROM leading WHERE title <> :title ORDER BY title",
            {"title": title, "longest": _LONGEST_CHAIN},
        )
        return tuple(row[0] for row in rows)

    def close(self) -> None:
        """Free the temporary file."""
        self._database.close()
