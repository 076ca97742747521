"""Say what a knowledge base holds, from its manifest alone."""

from pathlib import Path

from wherefrom.indexes.encoding import read_fingerprint
from wherefrom.indexes.reports import FactCount, Info
from wherefrom.indexes.rules import read_rules
from wherefrom.kb.layout import STAGING
from wherefrom.kb.manifest import Manifest, read_manifest


def info(path: Path | str) -> Info:
    """Describe the knowledge base in the directory `path`.

    Raises
    ------
    MissingError, DamagedError, FormatError
        If there is no knowledge base, or its manifest is not as it must be.
    """
    folder = Path(path)
    return describe(folder, read_manifest(folder))


def describe(folder: Path, manifest: Manifest) -> Info:
    """Describe the knowledge base in `folder` whose manifest is given."""
    rules = read_rules(manifest.rules, folder)
    rows = sum(segment.passages for segment in manifest.segments)
    staged = (folder / STAGING).glob("*.npy")
    return Info(
        path=str(folder),
        generation=manifest.generation,
        digest=manifest.digest.hex,
        documents=manifest.documents,
        passages=manifest.passages,
        deleted_passages=rows - manifest.passages,
        triples=manifest.triples,
        segments=len(manifest.segments),
        facts=tuple(FactCount(record.source, record.triples) for record in manifest.facts),
        sources=manifest.sources,
        encoder=read_fingerprint(manifest.encoder, folder),
        dense=str(manifest.dense.get("kind")),
        max_words=rules.max_words,
        overlap_sentences=rules.overlap_sentences,
        bytes=sum(record.bytes for record in manifest.files.values()),
        unfinished_bytes=sum(path.stat().st_size for path in staged),
    )
