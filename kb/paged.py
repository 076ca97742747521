"""Take the title and the text out of a PDF document."""

import logging
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from wherefrom.kb.errors import RecordError
from wherefrom.kb.found import Place

_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_HYPHENATED = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]\n(?=[a-zà-ÿ])")


def pdf_text(place: Place, data: bytes) -> tuple[str, str]:
    """Return the title of a PDF document, empty if it states none, and the text of its pages.

    Pages are parted by a blank line. A word that was hyphenated at the end of a line is joined,
    ligatures are taken apart, and control characters, which fonts without a map of their letters
    leave behind, become spaces.

    Raises
    ------
    RecordError
        If the document is damaged, locked by a password, or has no text (a scan, say).
    """
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        with _quiet("pypdf"):
            reader = PdfReader(BytesIO(data))
            if reader.is_encrypted and not reader.decrypt(""):
                raise RecordError(f"{place}: the PDF is locked by a password; unlock it first")
            pages = [_tidy(page.extract_text()) for page in reader.pages]
            title = reader.metadata.title if reader.metadata else None
    # Damaged objects surface as whatever the parser stumbled over.
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise RecordError(f"{place}: damaged PDF: {error}") from error
    except (RecursionError, OSError, ArithmeticError, NotImplementedError) as error:
        raise RecordError(f"{place}: PDF that cannot be read: {error}") from error
    text = "\n\n".join(page for page in pages if page)
    if not text:
        raise RecordError(f"{place}: the PDF has no text on its {len(pages)} pages; is it a scan?")
    return _tidy(str(title)) if title else "", text


def _tidy(text: str) -> str:
    text = _NOT_TEXT.sub(" ", text)
    if not text.isascii():
        text = "".join(
            unicodedata.normalize("NFKC", letter) if "\ufb00" <= letter <= "\ufb06" else letter
            for letter in text
        )
    lines = _HYPHENATED.sub("", text).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


@contextmanager
def _quiet(logger_name: str) -> Iterator[None]:
    """Keep the log of a library from the screen: what matters becomes an error or is mended."""
    logger = logging.getLogger(logger_name)
    disabled = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = disabled
