"""Make a knowledge base, or extend one, so that a killed build can go on.

Documents are read and cut first, so a bad record stops the build before the costly part; then
passages are encoded block by block, each block kept on disk (`staging`); then words are indexed
and a new manifest makes it all visible at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from wherefrom.indexes.commit import all_files, commit
from wherefrom.indexes.dense_choice import chosen_kind, write_kind
from wherefrom.indexes.dense_files import add_approximate
from wherefrom.indexes.dense_kind import DenseKind, check_dimensions
from wherefrom.indexes.encoder import Encoder
from wherefrom.indexes.encoding import chosen_encoder, write_fingerprint
from wherefrom.indexes.intake import Intake, take_in
from wherefrom.indexes.licences import described_sources
from wherefrom.indexes.options import BuildOptions
from wherefrom.indexes.publish import Part, SparsePart, parts_of, publish_segment, with_mask
from wherefrom.indexes.reports import BuildReport
from wherefrom.indexes.rules import chosen_rules, write_rules
from wherefrom.indexes.sparse_rows import build_sparse
from wherefrom.indexes.vectors import STAGE, encode_segment
from wherefrom.indexes.writing import creating
from wherefrom.kb.durable import remove_tree
from wherefrom.kb.errors import UsageError
from wherefrom.kb.generation import Generation
from wherefrom.kb.layout import STAGING
from wherefrom.kb.manifest import Manifest, Settings
from wherefrom.kb.progress import NoProgress, Progress
from wherefrom.kb.source import parse_source

SCRATCH = f"{STAGING}/segments"


@dataclass(frozen=True, slots=True)
class _Means:
    """What the manifest says of how a knowledge base was made."""

    encoder: Settings
    dense: Settings
    rules: Settings


def build(
    path: Path | str,
    specs: Sequence[str],
    *,
    options: BuildOptions = BuildOptions(),  # noqa: B008
    progress: Progress | None = None,
) -> BuildReport:
    """Make a knowledge base from sources, or add them to one that exists.

    A document whose id is there already replaces the old version, unless nothing of it changed. A
    build that was killed goes on where it stopped when it is run again with the same arguments.

    Parameters
    ----------
    path
        The directory of the knowledge base: one that exists, an empty or an absent directory.
    specs
        At least one SOURCE, as on the command line.
    options
        How to read, cut and encode.
    progress
        Told how far the work is.

    Raises
    ------
    UsageError
        If `path` is something else, a SOURCE is malformed, the rules or the dense index are not
        those that the knowledge base was made with, or an index does not fit the encoder.
    SourceError, RecordError
        If a source cannot be read or is empty, or a record is malformed.
    EncoderMismatchError
        If another encoder is asked for than the knowledge base was made with.
    LockedError
        If another process is writing.
    StorageError
        If the disk refuses. As after every error, the knowledge base is as it was before.
    """
    started = perf_counter()
    folder = Path(path)
    if isinstance(specs, str) or not specs:
        raise UsageError(f"a build needs a list of at least one SOURCE, got {specs!r}")
    for spec in specs:
        parse_source(spec)
    before = options.sources.skipped.count if options.sources.skipped else 0
    try:
        with creating(folder) as generation:
            intake, number = _extend(folder, specs, generation, options, progress or NoProgress())
    except KeyboardInterrupt as interrupt:
        raise KeyboardInterrupt(
            f"stopped; {folder} is as it was before, and the same command goes on where it stopped"
        ) from interrupt
    return BuildReport(
        added=intake.added,
        replaced=intake.replaced,
        unchanged=intake.unchanged,
        skipped=(options.sources.skipped.count if options.sources.skipped else 0) - before,
        passages=intake.passages,
        generation=number,
        seconds=perf_counter() - started,
    )


def _extend(
    folder: Path,
    specs: Sequence[str],
    generation: Generation | None,
    options: BuildOptions,
    progress: Progress,
) -> tuple[Intake, int]:
    """Add the sources to the knowledge base; return what they held and the generation's number."""
    old = None if generation is None else generation.manifest
    rules = chosen_rules(options.rules, old, folder)
    dense = chosen_kind(options.dense, old, folder)
    encoder = None
    if old is None or options.encoder is not None:
        encoder = chosen_encoder(options.encoder, old, folder, device=options.device)
        check_dimensions(dense, encoder.dimensions)
    scratch = folder / SCRATCH
    remove_tree(scratch)
    try:
        intake = take_in(
            specs, generation, scratch, rules=rules, options=options.sources, progress=progress
        )
        if old is not None and not intake.segments:
            remove_tree(folder / STAGING)
            return intake, old.generation
        if encoder is None:
            encoder = chosen_encoder(None, old, folder, device=options.device)
        _encode(folder, intake, encoder, options.block_passages, progress)
        fresh = _published(folder, intake, dense, progress)
    finally:
        remove_tree(scratch)
    parts = _outdated(folder, old, intake) + fresh
    sparse = build_sparse(folder, parts, progress)
    means = _Means(
        encoder=write_fingerprint(encoder.fingerprint) if old is None else old.encoder,
        dense=write_kind(dense),
        rules=write_rules(rules),
    )
    manifest = _next_manifest(old, parts, sparse, intake, means)
    sources = described_sources(specs, manifest.sources, options.licence)
    commit(folder, replace(manifest, sources=sources))
    remove_tree(folder / STAGING)
    return intake, manifest.generation


def _encode(
    folder: Path, intake: Intake, encoder: Encoder, block_passages: int, progress: Progress
) -> None:
    """Write the exact vectors of the new segments."""
    progress.start(STAGE, intake.passages)
    for scratch in intake.segments:
        encode_segment(folder, scratch, encoder, block_passages=block_passages, progress=progress)
    progress.finish(STAGE)


def _published(folder: Path, intake: Intake, dense: DenseKind, progress: Progress) -> list[Part]:
    """Index the vectors of the new segments and move their files to where they belong."""
    parts = []
    for scratch in intake.segments:
        add_approximate(scratch.folder, dense, progress)
        parts.append(publish_segment(folder, scratch))
    return parts


def _outdated(folder: Path, old: Manifest | None, intake: Intake) -> list[Part]:
    """Return the older segments with their new masks, without those that have nothing left."""
    parts = [] if old is None else parts_of(old)
    kept = []
    for number, part in enumerate(parts):
        mask = intake.masks.get(number)
        if mask is None:
            kept.append(part)
        elif not mask.all():
            kept.append(with_mask(folder, part, mask))
    return kept


def _next_manifest(
    old: Manifest | None, parts: list[Part], sparse: SparsePart, intake: Intake, means: _Means
) -> Manifest:
    passages = intake.passages - intake.outdated_passages
    return Manifest(
        generation=1 if old is None else old.generation + 1,
        digest=intake.digest,
        documents=intake.added + (0 if old is None else old.documents),
        passages=passages + (0 if old is None else old.passages),
        encoder=means.encoder,
        dense=means.dense,
        rules=means.rules,
        segments=tuple(part.record for part in parts),
        sparse=sparse.folder,
        sources=() if old is None else old.sources,
        files=all_files(parts, sparse),
    )
