"""A folder of files becomes documents, one each, in order of path."""

import gzip

import pytest

from wherefrom.kb.errors import RecordError, SourceError
from wherefrom.kb.files import markdown_text, read_files
from wherefrom.kb.skipped import SkippedRecords


def pdf(*pages, title=""):
    """Write a PDF document by hand, one line of text on each page."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>"]
    numbers = [4 + 2 * number for number in range(len(pages))]
    kids = " ".join(f"{number} 0 R" for number in numbers)
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>")
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for number, text in zip(numbers, pages, strict=True):
        lines = " T* ".join(f"({line}) Tj" for line in text.split("\n")) if text else ""
        stream = f"BT /F1 12 Tf 14 TL 72 700 Td {lines} ET"
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R"
            f" >> >> /Contents {number + 1} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    objects.append(f"<< /Title ({title}) >>" if title else "<< >>")
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    trailer = f"<< /Size {size} /Root 1 0 R /Info {size - 1} 0 R >>"
    body += f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n{trailer}\n".encode()
    return body + f"startxref\n{body.rindex(b'xref')}\n%%EOF\n".encode()


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def fields(folder, **options):
    found = (item.document for item in read_files(folder, "files:x", **options))
    return [(one.id, one.title, one.text) for one in found]


def test_every_format_is_read_in_order_of_path(tmp_path):
    write(
        tmp_path,
        {
            "b.txt": "\ufeffOne line.\r\nTwo.",
            "a/notes.MD": "# Notes\n\nOwls *fly*.",
            "a/page.html": "<title>Page</title><p>Bats fly.</p>",
            "c.pdf": pdf("Birds sing.", "They fly.", title="Birds"),
            "d_e.txt.gz": gzip.compress(b"Packed."),
            ".hidden/x.txt": "no",
            ".x.txt": "no",
        },
    )
    assert fields(tmp_path) == [
        ("b.txt", "b", "One line.\nTwo."),
        ("c.pdf", "Birds", "Birds sing.\n\nThey fly."),
        ("d_e.txt.gz", "d e", "Packed."),
        ("a/notes.MD", "Notes", "Notes\n\nOwls fly."),
        ("a/page.html", "Page", "Bats fly."),
    ]


def test_other_files_are_counted_and_said(tmp_path):
    write(tmp_path, {"a.txt": "x", "b.docx": "x", "c/d.docx": "x", "Makefile": "x"})
    said = []
    assert len(fields(tmp_path, notice=said.append)) == 1
    assert said == [f"{tmp_path}: passed over 3 files that are not text (2 .docx, 1 no suffix)"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.txt", b"", r"x\.txt is empty"),
        ("x.txt", b" \n", "there is no text in it"),
        ("x.txt", b"fine\ncaf\xe9", r"x\.txt, line 2: byte 0xe9 at byte 8 is not UTF-8"),
        ("x.txt", b"a\x00b", "is binary"),
        ("x.txt", b"a\x1bb", r"control character U\+001B"),
        ("x.md", pdf("x"), "is a PDF document"),
        ("x.txt.gz", gzip.compress(b"word " * 999, mtime=0)[:-9], "is truncated"),
        ("x.html", b"<p></p>", "there is no text in it"),
        ("x.pdf", b"%PDF-1.4\nnonsense", "PDF"),
        ("x.pdf", b"nonsense", "PDF"),
        ("x.pdf", pdf("Birds sing.")[:200], "PDF"),
        ("x.pdf", pdf(""), "no text on its 1 pages; is it a scan"),
    ],
)
def test_a_bad_file_is_named_or_skipped(tmp_path, name, content, message):
    write(tmp_path, {name: content, "z.txt": "good"})
    with pytest.raises(RecordError, match=message) as caught:
        fields(tmp_path)
    assert str(tmp_path / name) in str(caught.value)
    skipped = SkippedRecords()
    assert fields(tmp_path, skipped=skipped) == [("z.txt", "z", "good")]
    assert skipped.count == 1


def test_a_file_that_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("wherefrom.kb.files.LARGEST_FILE_BYTES", 1000)
    write(tmp_path, {"x.txt.gz": gzip.compress(b"word " * 1000)})
    with pytest.raises(RecordError, match="larger than"):
        fields(tmp_path)


def test_a_locked_pdf_is_refused(tmp_path):
    from pypdf import PdfReader, PdfWriter

    write(tmp_path, {"open.pdf": pdf("Secret.")})
    writer = PdfWriter(PdfReader(tmp_path / "open.pdf"))
    writer.encrypt("password", algorithm="RC4-128")
    writer.write(tmp_path / "open.pdf")
    with pytest.raises(RecordError, match="locked by a password"):
        fields(tmp_path)


def test_lines_of_a_pdf_are_joined_at_hyphens(tmp_path):
    write(tmp_path, {"a.pdf": pdf("The hyphen-\nated word\nends.")})
    assert fields(tmp_path) == [("a.pdf", "a", "The hyphenated word\nends.")]


def test_a_folder_with_nothing_to_read_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"holds no txt, md, html or pdf file \(found nothing\)"):
        fields(tmp_path)
    write(tmp_path, {"a.docx": "x"})
    with pytest.raises(SourceError, match=r"found only 1 \.docx"):
        fields(tmp_path)
    with pytest.raises(SourceError, match="a folder is needed"):
        fields(tmp_path / "a.docx")


def test_a_name_that_is_not_utf8_is_refused_in_printable_words(tmp_path):
    path = tmp_path / "caf\udce9.txt"
    try:
        path.write_text("x")
    except OSError:
        pytest.skip("this file system keeps names in UTF-8")
    with pytest.raises(RecordError, match=r"lone surrogate U\+DCE9") as caught:
        fields(tmp_path)
    assert str(caught.value).encode()


@pytest.mark.parametrize(
    ("markdown", "title", "text"),
    [
        ("---\ntitle: 'My page'\ntags: x\n---\nText", "My page", "Text"),
        ("---\ntitle: Plain one\n---\n# Heading\n", "Plain one", "Heading"),
        ("no heading", "", "no heading"),
        ("# A `b`\n\n```\ncode\n```\n> quoted\n\n1. x\n2. y", "A b", None),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "", "a | b\n\n1 | 2"),
    ],
)
def test_markdown(markdown, title, text):
    found = markdown_text(markdown)
    assert found[0] == title
    assert text is None or found[1] == text
