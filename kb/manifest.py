"""Say what a knowledge base consists of: the values of manifest.json and their JSON.

The manifest is the only file that changes. Whatever it does not name is not part of the knowledge
base. docs/file-formats.md explains every field.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from wherefrom.kb.digest import MultisetDigest
from wherefrom.kb.durable import write_file
from wherefrom.kb.errors import DamagedError, FormatError, MissingError
from wherefrom.kb.manifest_fields import Fields, Scalar
from wherefrom.kb.writer_lock import LOCK_NAME, is_lock_file

MANIFEST_NAME = "manifest.json"
FORMAT_NAME = "wherefrom knowledge base"
FORMAT_VERSION = 2  # what is written
READABLE_VERSIONS = (1, 2)  # 1 knows no facts and no graph

Settings = Mapping[str, Scalar]  # the fields of a frozen value of a later layer, as JSON scalars


@dataclass(frozen=True, slots=True)
class FileRecord:
    """The size and sha256 that a file must have."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SegmentRecord:
    """One immutable segment: its name, its rows, and the mask of its deleted passages.

    `mask` is a path relative to the knowledge base, empty where nothing is deleted.
    """

    name: str
    documents: int
    passages: int
    mask: str = ""


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """Where content came from, as written on the command line, and under which licence."""

    spec: str
    licence: str


@dataclass(frozen=True, slots=True)
class FactsRecord:
    """The facts of one SOURCE, an immutable file; `digest` is the sum of their digests."""

    name: str
    source: str
    triples: int
    digest: MultisetDigest


@dataclass(frozen=True, slots=True)
class Manifest:
    """One generation of a knowledge base.

    `documents`, `passages` and `triples` count what is live; `sparse` is the folder of the term
    index, `graph` that of the graph index, empty where there is none; `encoder`, `dense` and
    `rules` are the fields of the values that the vectors, the dense index and the passages were
    made with. `facts` stand in order of their source.
    """

    generation: int
    digest: MultisetDigest
    documents: int
    passages: int
    triples: int
    encoder: Settings
    dense: Settings
    rules: Settings
    segments: tuple[SegmentRecord, ...]
    sparse: str
    facts: tuple[FactsRecord, ...]
    graph: str
    sources: tuple[SourceRecord, ...]
    files: Mapping[str, FileRecord]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest of the knowledge base in `folder`; this is what commits a change."""
    content = asdict(manifest)
    content["digest"] = manifest.digest.hex
    for item, record in zip(content["facts"], manifest.facts, strict=True):
        item["digest"] = record.digest.hex
    content = {"format": FORMAT_NAME, "version": FORMAT_VERSION, **content}
    content["sha256"] = _self_digest(content)
    text = json.dumps(content, indent=1, ensure_ascii=False)
    write_file(folder / MANIFEST_NAME, text.encode() + b"\n")


def read_manifest(folder: Path) -> Manifest:
    """Read and check the manifest of the knowledge base in `folder`.

    Raises
    ------
    MissingError
        If there is no knowledge base in `folder`.
    DamagedError
        If the manifest is empty, cut short, altered or not a manifest at all.
    FormatError
        If it was written in a format that this release does not know.
    """
    path = folder / MANIFEST_NAME
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise MissingError(_absence(folder)) from error
    except OSError as error:
        raise DamagedError(f"cannot read {path}: {error.strerror or error}") from error
    return parse_manifest(content, path)


def parse_manifest(content: bytes, path: Path) -> Manifest:
    """Check the bytes of a manifest and make the value; `path` is only named in messages."""
    found = _checked_json(content, path)
    if found["version"] == 1:
        found = {**found, "triples": 0, "facts": [], "graph": ""}
    fields = Fields(found, str(path))
    return Manifest(
        generation=fields.count("generation"),
        digest=MultisetDigest.from_hex(fields.hexadecimal("digest", 64)),
        documents=fields.count("documents"),
        passages=fields.count("passages"),
        triples=fields.count("triples"),
        encoder=fields.settings("encoder"),
        dense=fields.settings("dense"),
        rules=fields.settings("rules"),
        segments=tuple(
            SegmentRecord(
                item.hexadecimal("name", 16),
                item.count("documents"),
                item.count("passages"),
                item.path("mask"),
            )
            for item in fields.items("segments")
        ),
        sparse=fields.path("sparse"),
        facts=tuple(
            FactsRecord(
                item.hexadecimal("name", 16),
                item.text("source"),
                item.count("triples"),
                MultisetDigest.from_hex(item.hexadecimal("digest", 64)),
            )
            for item in fields.items("facts")
        ),
        graph=fields.path("graph"),
        sources=tuple(
            SourceRecord(item.text("spec"), item.text("licence"))
            for item in fields.items("sources")
        ),
        files={
            name: FileRecord(item.count("bytes"), item.hexadecimal("sha256", 64))
            for name, item in fields.named_items("files")
        },
    )


def _checked_json(content: bytes, path: Path) -> Mapping[str, object]:
    restore = "restore it from a copy, or build the knowledge base again in a new directory"
    if not content.strip():
        raise DamagedError(f"{path} is empty ({len(content)} bytes); {restore}")
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DamagedError(
            f"{path} is not whole JSON ({error}; {len(content)} bytes); {restore}"
        ) from error
    if not isinstance(found, dict) or found.get("format") != FORMAT_NAME:
        raise FormatError(
            f"{path} is JSON, but not the manifest of a wherefrom knowledge base "
            f'(no "format": "{FORMAT_NAME}"); was another directory meant?'
        )
    version = found.get("version")
    if type(version) is not int or version not in READABLE_VERSIONS:
        known = " and ".join(map(str, READABLE_VERSIONS))
        raise FormatError(
            f"{path} has format version {version!r}; this release of wherefrom reads versions "
            f"{known} only: use the release that wrote it, or build it again"
        )
    if found.get("sha256") != _self_digest(found):
        raise DamagedError(f"{path} was altered: its content does not match its sha256; {restore}")
    return found


def _self_digest(content: Mapping[str, object]) -> str:
    rest = {name: value for name, value in content.items() if name != "sha256"}
    canonical = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _absence(folder: Path) -> str:
    if not folder.exists():
        return f"there is no knowledge base at {folder}; make one: wherefrom build {folder} SOURCE"
    if not folder.is_dir():
        return f"{folder} is a file; a knowledge base is a directory with a {MANIFEST_NAME}"
    if is_lock_file(folder / LOCK_NAME):
        return (
            f"{folder} holds no finished knowledge base ({MANIFEST_NAME} is absent): run the build "
            "that was begun there again; it goes on where it stopped"
        )
    return f"{folder} is not a knowledge base: it holds no {MANIFEST_NAME}"
