"""Read a folder of txt, md, html and pdf files, each as one document.

The id of a document is the path of its file inside the folder, with `/` on every system, so that
the same folder gives the same ids wherever it lies.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from wherefrom.kb.errors import RecordError, SourceError
from wherefrom.kb.found import Found, Place, make_found
from wherefrom.kb.opening import UTF8_BOM, existing_folder, not_utf8, open_bytes, refuse_binary
from wherefrom.kb.paged import pdf_text
from wherefrom.kb.skipped import SkippedRecords, refuse
from wherefrom.kb.webpage import webpage_text

LARGEST_FILE_BYTES = 64 * 1024 * 1024  # one file is one document, and is held in memory
_PLAIN, _MARKDOWN, _HTML, _PDF = (".txt", ".text"), (".md", ".markdown"), (".html", ".htm"), ".pdf"
_READ = (*_PLAIN, *_MARKDOWN, *_HTML, _PDF)
_COMPRESSED = (".gz", ".bz2")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)?---[ \t]*\n", re.DOTALL)
_FRONT_TITLE = re.compile(r"^title:[ \t]*(?:\"(.+)\"|'(.+)'|(.+?))[ \t]*$", re.MULTILINE)


def read_files(
    folder: Path,
    source: str,
    *,
    skipped: SkippedRecords | None = None,
    notice: Callable[[str], None] | None = None,
) -> Iterator[Found]:
    """Yield a document for each file of a folder and its subfolders, in order of path.

    Parameters
    ----------
    notice
        Called with one sentence at the end when files with other suffixes were passed over.
        Hidden files and folders (their name begins with a dot) are not looked at.

    Raises
    ------
    RecordError
        If a file is empty, not UTF-8, damaged, larger than 64 MiB or without text, and `skipped`
        is None.
    SourceError
        If the folder is missing or holds no file that can be read.
    """
    existing_folder(folder)
    passed_over: Counter[str] = Counter()
    seen = 0
    for path in _walk(folder):
        suffix = _suffix(path)
        if suffix not in _READ:
            passed_over[suffix or "no suffix"] += 1
            continue
        seen += 1
        try:
            yield _document(folder, path, suffix, source)
        except RecordError as error:
            refuse(error, skipped)
        except SourceError as error:  # one file of many: the caller may choose to go on
            refuse(RecordError(str(error)), skipped)
    others = ", ".join(f"{count} {name}" for name, count in passed_over.most_common(8))
    if not seen:
        found = f"only {others}" if others else "nothing"
        raise SourceError(f"{folder} holds no txt, md, html or pdf file (found {found})")
    if passed_over and notice is not None:
        notice(f"{folder}: passed over {passed_over.total()} files that are not text ({others})")


def _walk(folder: Path) -> Iterator[Path]:
    def stop(error: OSError) -> None:
        raise SourceError(f"{error.filename} cannot be read: {error.strerror}") from error

    for parent, folders, names in os.walk(folder, onerror=stop):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(parent, name)


def _suffix(path: Path) -> str:
    """Return the suffix that tells the format: `.md` of `a.MD` and of `a.md.gz`."""
    suffix = path.suffix.lower()
    if suffix in _COMPRESSED:
        return Path(path.stem).suffix.lower() or suffix
    return suffix


def _document(folder: Path, path: Path, suffix: str, source: str) -> Found:
    data = _contents(path)
    place = Place(str(path))
    if suffix == _PDF:
        title, text = pdf_text(place, data)
    else:
        text = _decoded(path, data)
        title = ""
        if suffix in _MARKDOWN:
            title, text = markdown_text(text)
        elif suffix in _HTML:
            title, text = webpage_text(text)
    name = path.relative_to(folder).as_posix()
    if not title:
        title = path.name.split(".")[0].replace("_", " ")
    if not text.strip():
        raise RecordError(f"{place}: there is no text in it")
    return make_found(place, source, id=name, title=title, text=text)


def _contents(path: Path) -> bytes:
    with open_bytes(path) as stream:
        data = stream.read(LARGEST_FILE_BYTES + 1)
    if len(data) > LARGEST_FILE_BYTES:
        limit = LARGEST_FILE_BYTES // 2**20
        raise RecordError(f"{path}: larger than {limit} MiB; split it, or use jsonl:FILE")
    return data


def _decoded(path: Path, data: bytes) -> str:
    refuse_binary(path, data)
    try:
        text = data.removeprefix(UTF8_BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RecordError(
            f"{path}, line {line}: {not_utf8(error)}; save the file as UTF-8"
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def markdown_text(markdown: str) -> tuple[str, str]:
    """Return the title and the text of a Markdown file.

    The title is that of the front matter, or the first heading.

    Examples
    --------
    >>> markdown_text("# Owls\\n\\nOwls fly *at night*, see [bats](bats.md).")
    ('Owls', 'Owls\\n\\nOwls fly at night, see bats.')
    """
    from markdown_it import MarkdownIt

    front = _FRONT_MATTER.match(markdown)
    title = ""
    if front:
        named = _FRONT_TITLE.search(front[0])
        title = next((part for part in named.groups() if part), "") if named else ""
        markdown = markdown[front.end() :]
    html = MarkdownIt("commonmark").enable("table").render(markdown)
    heading, text = webpage_text(html)
    return title or heading, text
