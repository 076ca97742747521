"""Make a knowledge base, or extend one, so that a killed build can go on.

Documents are read and cut first, then facts, so a bad record stops the build before the costly
part; then passages are encoded block by block, each block kept on disk (`staging`); then words are
indexed and a new manifest makes it all visible at once.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from wherefrom.indexes.commit import all_files, commit
from wherefrom.indexes.dense_choice import chosen_kind, write_kind
from wherefrom.indexes.dense_kind import DenseKind, check_dimensions
from wherefrom.indexes.document_parts import encoded_parts, outdated_parts
from wherefrom.indexes.encoder import Encoder
from wherefrom.indexes.encoding import chosen_encoder, write_fingerprint
from wherefrom.indexes.fact_intake import (
    FactIntake,
    facts_digest,
    opened_facts,
    take_in_facts,
    with_facts,
)
from wherefrom.indexes.graph_build import with_graph
from wherefrom.indexes.intake import Intake, take_in
from wherefrom.indexes.licences import described_sources
from wherefrom.indexes.options import BuildOptions
from wherefrom.indexes.publish import (
    FactsPart,
    FolderPart,
    Part,
    facts_of,
    parts_of,
    sparse_of,
)
from wherefrom.indexes.reports import BuildReport
from wherefrom.indexes.rules import chosen_rules, write_rules
from wherefrom.indexes.sparse_rows import build_sparse
from wherefrom.indexes.writing import creating
from wherefrom.kb.durable import remove_tree
from wherefrom.kb.errors import UsageError
from wherefrom.kb.generation import Generation
from wherefrom.kb.layout import STAGING
from wherefrom.kb.manifest import Manifest, Settings
from wherefrom.kb.passages import PassageRules
from wherefrom.kb.progress import NoProgress, Progress
from wherefrom.kb.source import Source, SourceOptions, parse_sources

SCRATCH = f"{STAGING}/segments"


@dataclass(frozen=True, slots=True)
class _Means:
    """How a knowledge base is made; `fingerprint` is that of its encoder.

    The encoder is None as long as nothing needs it, which for a new one is never.
    """

    fingerprint: Settings
    encoder: Encoder | None
    dense: DenseKind
    rules: PassageRules


@dataclass(frozen=True, slots=True)
class _Taken:
    """What the sources held: new documents and facts, in scratch."""

    documents: Intake
    facts: FactIntake

    @property
    def is_new(self) -> bool:
        """Whether anything is new or changed."""
        return bool(self.documents.segments or self.facts.changed)


def build(
    path: Path | str,
    specs: Sequence[str],
    *,
    options: BuildOptions = BuildOptions(),  # noqa: B008
    progress: Progress | None = None,
) -> BuildReport:
    """Make a knowledge base from sources, or add them to one that exists.

    A document whose id is there already replaces the old version, unless nothing of it changed. The
    facts of a source replace all that came from the same SOURCE before. A build that was killed
    goes on where it stopped when it is run again with the same arguments.

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
        If `path` is something else, a SOURCE is malformed, an option fits none of them, the rules
        or the dense index are not those that the knowledge base was made with, or an index does
        not fit the encoder.
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
    sources = parse_sources(specs, options.sources)
    before = options.sources.skipped.count if options.sources.skipped else 0
    try:
        with creating(folder) as generation:
            taken, number = _extend(folder, sources, generation, options, progress or NoProgress())
    except KeyboardInterrupt as interrupt:
        raise KeyboardInterrupt(
            f"stopped; {folder} is as it was before, and the same command goes on where it stopped"
        ) from interrupt
    return BuildReport(
        added=taken.documents.added,
        replaced=taken.documents.replaced,
        unchanged=taken.documents.unchanged,
        skipped=(options.sources.skipped.count if options.sources.skipped else 0) - before,
        passages=taken.documents.passages,
        triples=taken.facts.triples,
        triples_unchanged=taken.facts.unchanged,
        generation=number,
        seconds=perf_counter() - started,
    )


def _extend(
    folder: Path,
    sources: Sequence[Source],
    generation: Generation | None,
    options: BuildOptions,
    progress: Progress,
) -> tuple[_Taken, int]:
    """Add the sources to the knowledge base; return what they held and the generation's number."""
    old = None if generation is None else generation.manifest
    means = _chosen_means(folder, old, options)
    scratch = folder / SCRATCH
    remove_tree(scratch)
    try:
        taken = _take_in(scratch, sources, generation, means.rules, options.sources, progress)
        if old is not None and not taken.is_new:
            remove_tree(folder / STAGING)
            return taken, old.generation
        if old is not None and not taken.documents.segments:
            parts, sparse = parts_of(old), sparse_of(old)
        else:
            encoder = means.encoder or chosen_encoder(None, old, folder, device=options.device)
            fresh = encoded_parts(
                folder,
                taken.documents.segments,
                encoder,
                means.dense,
                block_passages=options.block_passages,
                progress=progress,
            )
            parts = outdated_parts(folder, old, taken.documents.masks) + fresh
            sparse = build_sparse(folder, parts, progress)
        facts = with_facts(folder, old, taken.facts)
    finally:
        remove_tree(scratch)
        with suppress(OSError):  # what was encoded before an error stays, to go on from
            (folder / STAGING).rmdir()
    manifest = _next_manifest(old, means, taken.documents, parts, sparse, facts)
    specs = [source.spec for source in sources]
    described = described_sources(specs, manifest.sources, options.licence)
    commit(folder, with_graph(folder, replace(manifest, sources=described), progress))
    remove_tree(folder / STAGING)
    return taken, manifest.generation


def _chosen_means(folder: Path, old: Manifest | None, options: BuildOptions) -> _Means:
    """Say how to make the knowledge base: as it was made, for a new one as the caller wants."""
    rules = chosen_rules(options.rules, old, folder)
    dense = chosen_kind(options.dense, old, folder)
    if old is not None and options.encoder is None:
        return _Means(old.encoder, None, dense, rules)
    encoder = chosen_encoder(options.encoder, old, folder, device=options.device)
    check_dimensions(dense, encoder.dimensions)
    fingerprint = write_fingerprint(encoder.fingerprint) if old is None else old.encoder
    return _Means(fingerprint, encoder, dense, rules)


def _take_in(
    scratch: Path,
    sources: Sequence[Source],
    generation: Generation | None,
    rules: PassageRules,
    options: SourceOptions,
    progress: Progress,
) -> _Taken:
    """Read all sources, documents first."""
    facts = opened_facts([source for source in sources if source.holds_facts], options)
    documents = take_in(
        [source.spec for source in sources if not source.holds_facts],
        generation,
        scratch / "documents",
        rules=rules,
        options=options,
        progress=progress,
    )
    return _Taken(documents, take_in_facts(facts, generation, scratch / "facts", progress))


def _next_manifest(
    old: Manifest | None,
    means: _Means,
    intake: Intake,
    parts: list[Part],
    sparse: FolderPart,
    facts: list[FactsPart],
) -> Manifest:
    passages = intake.passages - intake.outdated_passages
    outdated = [] if old is None else facts_of(old)
    return Manifest(
        generation=1 if old is None else old.generation + 1,
        digest=intake.digest - facts_digest(outdated) + facts_digest(facts),
        documents=intake.added + (0 if old is None else old.documents),
        passages=passages + (0 if old is None else old.passages),
        triples=sum(part.record.triples for part in facts),
        encoder=means.fingerprint,
        dense=write_kind(means.dense),
        rules=write_rules(means.rules),
        segments=tuple(part.record for part in parts),
        sparse=sparse.folder,
        facts=tuple(part.record for part in facts),
        graph="",
        sources=() if old is None else old.sources,
        files=all_files(parts, sparse, facts),
    )
