"""Check all that a knowledge base promises: every file's hash, and the laws that join the files."""

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import numpy as np

from wherefrom.indexes.dense_files import open_exact
from wherefrom.indexes.graph_check import verify_graph
from wherefrom.indexes.opened import Opened
from wherefrom.indexes.reports import VerifyReport
from wherefrom.kb.digest import MultisetDigest, content_digest, document_digest
from wherefrom.kb.errors import DamagedError
from wherefrom.kb.generation import Generation, Place, manifest_version
from wherefrom.kb.integrity import RESTORE, hash_files, require
from wherefrom.kb.manifest import Manifest, read_manifest
from wherefrom.kb.progress import NoProgress, Progress
from wherefrom.kb.records import Document, Passage
from wherefrom.kb.segment import Segment

HASHING = "check files"
READING = "check documents"
READING_FACTS = "check facts"
NORM_TOLERANCE = 1e-3  # of a normalised float32 vector; FAISS and encoders stay within 1e-6
BLOCK_ROWS = 65_536


def verify(path: Path | str, *, progress: Progress | None = None) -> VerifyReport:
    """Hash every file of a knowledge base and check its inner laws.

    Every passage is the slice of its document that it says; every passage has one vector of length
    1; ids are unique; digests and counts are right, of facts too; the term index covers every live
    passage; the graph has the live passages, and all that it leads to exists.

    Parameters
    ----------
    path
        The directory of the knowledge base.
    progress
        Told how far the work is.

    Raises
    ------
    MissingError, FormatError
        If there is no knowledge base that this release can read.
    DamagedError
        If anything is not as it must be; the message says what and where.
    """
    started = perf_counter()
    folder = Path(path)
    while True:
        version = manifest_version(folder)
        manifest = read_manifest(folder)
        try:
            _verify_generation(folder, manifest, progress or NoProgress())
            break
        except DamagedError:
            # a writer that ended meanwhile has removed files of the generation before
            if manifest_version(folder) == version:
                raise
    return VerifyReport(
        files=len(manifest.files),
        bytes=sum(record.bytes for record in manifest.files.values()),
        documents=manifest.documents,
        passages=manifest.passages,
        triples=manifest.triples,
        seconds=perf_counter() - started,
    )


def _verify_generation(folder: Path, manifest: Manifest, progress: Progress) -> None:
    progress.start(HASHING, sum(record.bytes for record in manifest.files.values()))
    hash_files(folder, manifest.files, advance=lambda count: progress.advance(HASHING, count))
    progress.finish(HASHING)
    opened = Opened.open(folder)
    generation = opened.generation
    progress.start(READING, sum(segment.documents for segment in generation.segments))
    digest, documents, passages = MultisetDigest(), 0, 0
    for number, segment in enumerate(generation.segments):
        live = set(generation.live_document_rows(number).tolist())
        for row, (document, cut) in enumerate(_documents(segment, manifest.segments[number].name)):
            progress.advance(READING)
            content = _verified_document(segment, row, document, cut)
            if row in live:
                _require_found(generation, document, Place(number, row))
                digest = digest.plus([content])
                documents += 1
                passages += len(cut)
        _verify_vectors(folder, manifest, number)
    progress.finish(READING)
    digest += _verified_facts(generation, progress)
    require(digest == manifest.digest, f"{folder}: the digest of the content is {digest.hex}")
    found = f"{folder}: found {documents} documents and {passages} passages that are not deleted"
    require((documents, passages) == (manifest.documents, manifest.passages), found)
    opened.require_all_terms()
    verify_graph(generation, progress)


def _verified_facts(generation: Generation, progress: Progress) -> MultisetDigest:
    """Check the digests and the counts of all facts; return the digest of all of them."""
    manifest = generation.manifest
    sources = [record.source for record in manifest.facts]
    require(sources == sorted(set(sources)), f"{generation.folder}: facts come from {sources}")
    triples = sum(record.triples for record in manifest.facts)
    require(triples == manifest.triples, f"{generation.folder}: found {triples} facts")
    if not triples:
        return MultisetDigest()
    total = MultisetDigest()
    progress.start(READING_FACTS, triples)
    for record, facts in zip(manifest.facts, generation.facts, strict=True):
        found = facts.digest()
        require(
            found == record.digest, f"the digest of the facts of {record.source} is {found.hex}"
        )
        total += found
        progress.advance(READING_FACTS, record.triples)
    progress.finish(READING_FACTS)
    return total


def _documents(segment: Segment, name: str) -> Iterator[tuple[Document, list[Passage]]]:
    """Go over documents with their passages, which must follow each other without a gap."""
    passages = segment.iterate_passages()
    row = 0
    for number, document in enumerate(segment.iterate_documents()):
        span = segment.span(number)
        place = f"segment {name}, document {document.id!r}"
        require(span.start == row and len(span) > 0, f"{place}: its passages are {span}")
        row = span.stop
        require(row <= segment.passages, f"{place}: its passages are {span}")
        yield document, [next(passages) for _ in span]
    require(row == segment.passages, f"segment {name}: passages from row {row} have no document")


def _verified_document(
    segment: Segment, row: int, document: Document, passages: list[Passage]
) -> bytes:
    """Check a document's passages and digests; return the digest of its content."""
    for ordinal, passage in enumerate(passages):
        text = document.text[passage.start : passage.end]
        wanted = Passage(
            id=f"{document.id}#{ordinal}",
            document_id=document.id,
            title=document.title,
            text=text,
            start=passage.start,
            end=passage.end,
            source=document.source,
            url=document.url,
        )
        require(
            passage == wanted and 0 <= passage.start < passage.end <= len(document.text),
            f"passage {passage.id!r} is not the slice of document {document.id!r} that it says",
        )
    digest = document_digest(document)
    content = content_digest(digest, passages)
    require(
        (digest, content) == (segment.digest(row), segment.content(row)),
        f"the digest of document {document.id!r} is not that of its fields",
    )
    return content


def _require_found(generation: Generation, document: Document, place: Place) -> None:
    found = generation.find(document.id)
    require(found == place, f"document {document.id!r} lies at {place}, but is found at {found}")


def _verify_vectors(folder: Path, manifest: Manifest, number: int) -> None:
    record = manifest.segments[number]
    index = open_exact(folder, record)
    for start in range(0, len(index), BLOCK_ROWS):
        lengths = np.linalg.norm(index.vectors[start : start + BLOCK_ROWS], axis=1)
        wrong = np.flatnonzero(~(np.abs(lengths - 1) <= NORM_TOLERANCE))
        if len(wrong):
            row = int(wrong[0])
            raise DamagedError(
                f"segment {record.name}: the vector of passage row {start + row} has length "
                f"{lengths[row]:.4f}, not 1; {RESTORE}"
            )
