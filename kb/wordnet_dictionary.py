"""Open a WordNet dictionary with NLTK: its synsets, what they are called, where they stand.

NLTK's reader expects to be reached through NLTK's own downloaded data. Four things make it read any
folder: the folder is made known to NLTK while the reader is made; it is kept from looking for a
second WordNet to compare with; files that only its other uses need (`lexnames`, `*.exc`, which
Debian or npm leave out) are taken as empty; and satellite adjectives are counted as published data
do, among all adjectives of a lemma (NLTK 3.10 counts them apart).
"""

from collections.abc import Iterator
from contextlib import ExitStack
from io import StringIO
from pathlib import Path
from typing import Any, TextIO

from wherefrom.kb.errors import RecordError, SourceError
from wherefrom.kb.found import Place
from wherefrom.kb.opening import existing_file, existing_folder, not_utf8, read_lines

PARTS = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}  # in the order of reading
_SATELLITE = "s"  # an adjective that leans on another; both stand in data.adj
_NEEDED = tuple(f"{kind}.{part}" for kind in ("data", "index") for part in PARTS.values())
_FILE_NUMBERS = "".join(f"{number:02d}\tnot\tknown\n" for number in range(100))
_SHOWN_CHARACTERS = 120


class Dictionary:
    """An opened dictionary; to be closed."""

    def __init__(self, folder: Path) -> None:
        check_folder(folder)
        self.folder = folder
        self._streams = ExitStack()
        self._satellites: dict[int, str] = {}
        offsets = {
            pos: {offset for offset, line in self.lines(pos) if _in_place(line, offset)}
            for pos in PARTS
        }
        failures: tuple[type[Exception], ...] = (*_failures(), OSError)
        try:
            self._reader = _made_reader(folder, offsets, self._streams)
        except failures as error:
            self.close()
            raise SourceError(
                f"{folder} is no whole WordNet dictionary: NLTK cannot read its index files: "
                f"{_reason(error)}"
            ) from error

    def close(self) -> None:
        """Close the files."""
        self._streams.close()

    def file(self, pos: str) -> Path:
        """Return the file with the synsets of a part of speech (`n`, `v`, `a`, `r`)."""
        return self.folder / f"data.{PARTS[pos]}"

    def lines(self, pos: str) -> Iterator[tuple[int, bytes]]:
        """Yield the lines of the synsets of a part of speech, each with its place in bytes."""
        offset = 0
        for _, line in read_lines(self.file(pos)):
            if not line[:1].isspace():  # the licence at the head is set in
                yield offset, line
            offset += len(line)

    def synset(self, place: Place, pos: str, offset: int, line: bytes) -> Any:
        """Return NLTK's synset of a line.

        Raises
        ------
        RecordError
            If the line does not say its own place, is not UTF-8, or cannot be understood.
        """
        if not _in_place(line, offset):
            raise RecordError(
                f"{place}: the line does not begin with its place in the file, {offset:08d}; "
                "was it edited, or its line ends changed?"
            )
        try:
            line.decode("utf-8")
            return self._reader.synset_from_pos_and_offset(pos, offset)
        except UnicodeDecodeError as error:
            raise RecordError(f"{place}: {not_utf8(error)}") from error
        except _failures() as error:
            raise RecordError(
                f"{place}: its line cannot be understood ({_reason(error)})"
            ) from error

    def name(self, place: Place, synset: Any) -> str:
        """Return the name of a synset: `dog.n.01`.

        Raises
        ------
        RecordError
            If another adjective of the same lemma cannot be understood.
        """
        if synset.pos() != _SATELLITE:
            return str(synset.name())
        offset = synset.offset()
        if offset not in self._satellites:
            lemma = synset.lemma_names()[0].lower()
            try:
                senses = self._reader.synsets(lemma, "a", check_exceptions=False)
                number = 1 + [sense.offset() for sense in senses].index(offset)
            except _failures() as error:
                raise RecordError(
                    f"{place}: {lemma!r} cannot be counted: {_reason(error)}"
                ) from error
            self._satellites[offset] = f"{lemma}.{_SATELLITE}.{number:02d}"
        return self._satellites[offset]

    def related(self, place: Place, synset: Any, method: str) -> list[str]:
        """Return the names of what a synset, or any lemma in it, is related to; each once, sorted.

        Raises
        ------
        RecordError
            If a pointer leads to nothing, or to a line that cannot be understood.
        """
        names = set()
        try:
            for start in (synset, *synset.lemmas()):
                for found in getattr(start, method, list)():  # a synset has no antonyms
                    names.add(self.name(place, found if start is synset else found.synset()))
        except _failures() as error:
            raise RecordError(f"{place}: {method} cannot be followed: {_reason(error)}") from error
        return sorted(names)


def _in_place(line: bytes, offset: int) -> bool:
    """Say whether a line begins with its place in the file, as every one should."""
    return line.startswith(b"%08d " % offset)


def check_folder(folder: Path) -> None:
    """Refuse a folder that lacks a file of a dictionary.

    Raises
    ------
    SourceError
        If it is none; the files that are missing are named.
    """
    existing_folder(folder)
    missing = [name for name in _NEEDED if not (folder / name).is_file()]
    if missing:
        inner = folder / "dict"
        hint = f" (did you mean {inner}?)" if (inner / missing[0]).is_file() else ""
        raise SourceError(f"{folder} is no WordNet dictionary: it lacks {', '.join(missing)}{hint}")
    for name in _NEEDED:
        existing_file(folder / name)


def _made_reader(folder: Path, offsets: dict[str, set[int]], streams: ExitStack) -> Any:
    """Make NLTK's reader of a folder; its files are closed with `streams`."""
    import nltk
    from nltk.corpus.reader.wordnet import WordNetCorpusReader, WordNetError

    class Reader(WordNetCorpusReader):  # type: ignore[misc]
        """NLTK's reader with the changes that the head of this module tells."""

        def map_wn(self, version: str = "wordnet") -> None:
            """Do without the map to another WordNet, which would have to be downloaded."""

        def open(self, file: str) -> TextIO:
            """Open a file of the folder."""
            if not (folder / file).is_file():
                return StringIO(_FILE_NUMBERS if file == "lexnames" else "")
            # what is not UTF-8 is refused line by line, and must not keep its neighbours from view
            stream = (folder / file).open(encoding="utf-8", errors="surrogateescape", newline="\n")
            return streams.enter_context(stream)

        def synset_from_pos_and_offset(self, pos: str, offset: int) -> Any:
            """Return a synset; raise, always the same error, where NLTK may only warn."""
            pos = "a" if pos == _SATELLITE else pos
            if offset not in offsets.get(pos, ()):
                raise WordNetError(f"there is no synset {offset:08d} in data.{PARTS.get(pos, pos)}")
            try:
                return super().synset_from_pos_and_offset(pos, offset)
            except (KeyError, ValueError):  # other numbers are a WordNetError already
                reason = f"index.{PARTS[pos]} does not list it by its first lemma"
            except _failures() as error:
                reason = _reason(error)
            where = f"synset {offset:08d} of data.{PARTS[pos]}"
            raise WordNetError(f"{where} cannot be understood: {reason}")

    # NLTK reads no folder that is not named here; this is the way that it documents.
    root = str(folder.resolve())
    nltk.data.path.append(root)
    try:
        without_other_languages = ()  # None would do as well, with a warning
        return Reader(nltk.data.FileSystemPathPointer(root), without_other_languages)
    finally:
        nltk.data.path.remove(root)


def _failures() -> tuple[type[Exception], ...]:
    """Return what NLTK lets escape when a line is not as it expects."""
    from nltk.corpus.reader.wordnet import WordNetError

    broken = (ValueError, LookupError, AssertionError, StopIteration)
    return (WordNetError, *broken, TypeError, AttributeError, RecursionError)


def _reason(error: Exception) -> str:
    """Say briefly why NLTK failed."""
    if isinstance(error, StopIteration):
        return "the line ends early"
    said = str(error)
    if said.startswith("line '"):  # it repeats the whole line; what causes it is shorter
        said = str(error.__cause__)
    return f"{said[:_SHOWN_CHARACTERS]}…" if len(said) > _SHOWN_CHARACTERS else said
