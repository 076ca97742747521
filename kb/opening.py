"""Open a file of text, plain or compressed, and say plainly what is wrong with it if it is.

Compression is told from the first bytes, not from the name: a `.gz` that a browser has already
unpacked is read as it is, and a gzipped file without the suffix is read too.
"""

import bz2
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from wherefrom.kb.errors import SourceError

UTF8_BOM = b"\xef\xbb\xbf"
LONGEST_LINE_BYTES = 64 * 1024 * 1024
_SNIFFED_BYTES = 4096
_FORMATS = {  # first bytes of files that people give by mistake
    b"PK\x03\x04": "a zip archive",
    b"%PDF": "a PDF document",
    b"PAR1": "a Parquet file",
    b"ARROW1": "an Arrow file",
    b"\x28\xb5\x2f\xfd": "zstandard-compressed",
    b"\xfd7zXZ\x00": "xz-compressed",
    b"\xff\xfe\x00\x00": "UTF-32 text",
    b"\x00\x00\xfe\xff": "UTF-32 text",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}


def existing_file(path: Path) -> Path:
    """Return the path when it leads to a file that is not empty.

    Raises
    ------
    SourceError
        If nothing is there, it is not a file, it may not be read, or it is empty.
    """
    try:
        if path.is_dir():
            raise SourceError(f"{path} is a folder; a file is needed")
        if path.stat().st_size == 0 and path.is_file():
            raise SourceError(f"{path} is empty (0 bytes)")
    except FileNotFoundError as error:
        raise SourceError(f"{path} does not exist") from error
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}") from error
    return path


def existing_folder(path: Path) -> Path:
    """Return the path when it leads to a folder.

    Raises
    ------
    SourceError
        If nothing is there, or it is not a folder.
    """
    if not path.exists():
        raise SourceError(f"{path} does not exist")
    if not path.is_dir():
        raise SourceError(f"{path} is a file; a folder is needed")
    return path


@contextmanager
def open_bytes(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading bytes, unpacking gzip and bzip2 on the way.

    Raises
    ------
    SourceError
        If the file is missing, empty, not readable, or its compressed data end early or are
        damaged; also when that shows only while reading inside the ``with`` block.
    """
    existing_file(path)
    try:
        with path.open("rb") as raw:
            head = raw.peek(4)
            if head.startswith(b"\x1f\x8b"):
                with gzip.GzipFile(fileobj=raw) as unpacked:
                    yield cast(BinaryIO, unpacked)
            elif head.startswith(b"BZh"):
                with bz2.BZ2File(raw) as unpacked_bz2:
                    yield cast(BinaryIO, unpacked_bz2)
            else:
                yield raw
    except EOFError as error:
        raise SourceError(f"{path} is truncated: its compressed data end early") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise SourceError(f"{path} is damaged gzip data: {error}") from error
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}") from error


def read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a text file with their numbers from 1, without the byte order mark.

    Lines end at a line feed only, which is kept. They stay bytes so that the caller can name the
    line that is not UTF-8 (`decoded`) and skip it.

    Raises
    ------
    SourceError
        As `open_bytes`; also if the file is binary or a line is longer than 64 MiB.
    """
    with open_bytes(path) as stream:
        number = 0
        while line := stream.readline(LONGEST_LINE_BYTES):
            number += 1
            if number == 1:
                refuse_binary(path, line)
                line = line.removeprefix(UTF8_BOM)
            if len(line) == LONGEST_LINE_BYTES and not line.endswith(b"\n"):
                raise SourceError(
                    f"{path}, line {number} is longer than {LONGEST_LINE_BYTES // 2**20} MiB; "
                    "is this a file of one record a line?"
                )
            yield number, line
        if number == 0:
            raise SourceError(f"{path} is empty once unpacked (0 bytes)")


def refuse_binary(path: Path, beginning: bytes) -> None:
    """Raise when the first bytes of a file show that it is not text.

    Raises
    ------
    SourceError
        If they are those of a known binary format, or hold a zero byte.
    """
    for magic, name in _FORMATS.items():
        if beginning.startswith(magic):
            raise SourceError(f"{path} is {name}; plain or gzipped UTF-8 text is needed")
    if b"\x00" in beginning[:_SNIFFED_BYTES]:
        at = beginning.index(b"\x00")
        raise SourceError(
            f"{path} is binary (a zero byte at byte {at}); plain or gzipped UTF-8 text is needed"
        )


def not_utf8(error: UnicodeDecodeError) -> str:
    """Say which byte is not UTF-8, for a message."""
    return f"byte 0x{error.object[error.start]:02x} at byte {error.start} is not UTF-8"
